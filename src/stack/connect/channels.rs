//! A channel for each runtime that uses the client.
//!
//! The tasks behind a channel belong to the runtime in which it was made: when that runtime ends or is not driven, the
//! connection does not work. A client in a `static` may be used by many runtimes, one for each `#[tokio::test]`.

use std::future::Future;
use std::io;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, Id};
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint, channel};
use tower::{BoxError, Service};

use super::connector::Connector;

/// The channels of a client.
#[derive(Debug, Clone)]
pub(crate) struct Channels {
    shared: Arc<Shared>,
    /// The channel that was last polled for readiness, and its runtime.
    current: Option<(Id, Channel)>,
}

#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    connector: Connector,
    made: Mutex<Vec<(Id, Channel)>>,
}

impl Channels {
    /// The first call connects.
    pub(crate) fn new(endpoint: Endpoint, connector: Connector) -> Self {
        let shared = Shared {
            endpoint,
            connector,
            made: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            current: None,
        }
    }
}

impl Shared {
    fn made(&self) -> MutexGuard<'_, Vec<(Id, Channel)>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channel of the current runtime, which is `runtime`.
    fn channel(&self, runtime: Id) -> io::Result<Channel> {
        let mut made = self.made();
        if let Some((_, channel)) = made.iter().find(|(of, _)| *of == runtime) {
            return Ok(channel.clone());
        }
        check_drivers()?;
        made.retain(|(_, channel)| is_alive(channel.clone()));
        let connector = self.connector.clone();
        let channel = self.endpoint.connect_with_connector_lazy(connector);
        made.push((runtime, channel.clone()));
        Ok(channel)
    }

    fn forget(&self, runtime: Id) {
        self.made().retain(|(of, _)| *of != runtime);
    }
}

/// Whether the tasks behind a channel still run.
fn is_alive(mut channel: Channel) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    !matches!(channel.poll_ready(&mut context), Poll::Ready(Err(_)))
}

fn unusable(why: &str) -> io::Error {
    // `diagnosis` treats this kind as permanent.
    io::Error::new(io::ErrorKind::Unsupported, why)
}

/// Checks that the current runtime has timers and I/O. Tokio has no method for this; it panics if they are used, which is
/// caught.
fn check_drivers() -> io::Result<()> {
    let timers = || drop(tokio::time::sleep(Duration::ZERO));
    let sockets = || {
        let socket = std::net::UdpSocket::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket).map(drop)
    };
    let works = catch_unwind(timers).is_ok() && catch_unwind(sockets).is_ok();
    works.then_some(()).ok_or_else(|| {
        unusable("the tokio runtime has no timers or no I/O: build it with enable_all")
    })
}

impl Service<http::Request<Body>> for Channels {
    type Response = http::Response<Body>;
    type Error = BoxError;
    type Future = Sent;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let Ok(runtime) = Handle::try_current().map(|handle| handle.id()) else {
            let why = "no tokio runtime is running: call the client inside one";
            return Poll::Ready(Err(unusable(why).into()));
        };
        let mut is_new = false;
        loop {
            let channel = match &mut self.current {
                Some((of, channel)) if *of == runtime => channel,
                current => {
                    let channel = self.shared.channel(runtime)?;
                    &mut current.insert((runtime, channel)).1
                }
            };
            match ready!(channel.poll_ready(context)) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(error) if is_new => return Poll::Ready(Err(error.into())),
                Err(_) => {
                    self.shared.forget(runtime);
                    self.current = None;
                    is_new = true;
                }
            }
        }
    }

    fn call(&mut self, request: http::Request<Body>) -> Sent {
        match &mut self.current {
            Some((_, channel)) => Sent::Request {
                answer: channel.call(request),
            },
            None => Sent::Nothing,
        }
    }
}

pin_project! {
    /// A request on a channel.
    #[project = SentProj]
    pub(crate) enum Sent {
        Request { #[pin] answer: channel::ResponseFuture },
        /// The caller did not wait for the channel to be ready.
        Nothing,
    }
}

impl Future for Sent {
    type Output = Result<http::Response<Body>, BoxError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            SentProj::Request { answer } => answer.poll(context).map_err(Into::into),
            SentProj::Nothing => Poll::Ready(Err(
                "the connection was not polled until it was ready".into(),
            )),
        }
    }
}
