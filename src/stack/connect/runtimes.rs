//! A pool of connections for each runtime that uses the client.
//!
//! The tasks behind a pool belong to the runtime in which it was made: when that runtime ends or is not driven, the
//! connection does not work. A client in a `static` may be used by many runtimes, one for each `#[tokio::test]`.

use std::future::Future;
use std::io;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime::{Handle, Id};
use tonic::Status;
use tonic::body::Body;
use tower::Service;

use super::diagnosis::{lost, unusable};
use super::pool::{Pool, PoolSettings};
use crate::error::CallRecord;

/// The pools of a client. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    settings: Arc<PoolSettings>,
    made: Arc<Mutex<Vec<(Id, Pool)>>>,
}

impl Pools {
    /// The first call connects.
    pub(crate) fn new(settings: PoolSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            made: Arc::default(),
        }
    }

    /// The pool of the current runtime.
    fn pool(&self) -> io::Result<Pool> {
        let Ok(runtime) = Handle::try_current().map(|handle| handle.id()) else {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "no tokio runtime is running: call the client inside one",
            ));
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made
            .iter()
            .find(|(of, pool)| *of == runtime && pool.is_alive());
        if let Some((_, pool)) = known {
            return Ok(pool.clone());
        }
        check_drivers()?;
        made.retain(|(_, pool)| pool.is_alive());
        let pool = Pool::new(Arc::clone(&self.settings));
        made.push((runtime, pool.clone()));
        Ok(pool)
    }

    /// Sends a request, and records how far it gets.
    pub(crate) async fn send(
        &self,
        request: http::Request<Body>,
        record: Option<&CallRecord>,
    ) -> Result<http::Response<Body>, Status> {
        let pool = self
            .pool()
            .map_err(|error| unusable(&self.settings, error))?;
        match pool.send(request, record).await {
            Ok(response) => Ok(response.map(Body::new)),
            Err(error) => Err(lost(&self.settings, error)),
        }
    }

    /// Waits until there is a connection or an attempt fails, for at most `limit`.
    pub(crate) async fn connected(&self, limit: Duration) {
        if let Ok(pool) = self.pool() {
            // Whatever the reason for having none, the next call will run into it again.
            let _ = tokio::time::timeout(limit, pool.connected()).await;
        }
    }

    /// The client has introduced itself to its server, which identifies the connection by this ID.
    pub(crate) fn introduced(&self, identifier: Option<HeaderValue>) {
        self.settings.introduction.end();
        if let Ok(pool) = self.pool() {
            pool.introduced(identifier);
        }
    }

    /// Why a call of this runtime is still waiting for a connection after `waited`.
    pub(crate) fn waits_for(&self, waited: Duration) -> Option<String> {
        self.pool().ok().map(|pool| pool.waits_for(waited))
    }
}

/// Checks that the current runtime has timers and I/O. Tokio has no method for this: using them panics, which is
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
        io::Error::new(
            io::ErrorKind::Unsupported,
            "the tokio runtime has no timers or no I/O: build it with enable_all",
        )
    })
}

/// For the user's layers.
impl Service<http::Request<Body>> for Pools {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    /// Always ready: a layer may take an error for the end of the service. Requests wait in the future instead.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let pools = self.clone();
        let record = request.extensions_mut().remove::<Arc<CallRecord>>();
        Box::pin(async move { pools.send(request, record.as_deref()).await })
    }
}
