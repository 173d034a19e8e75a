//! The innermost service: a channel to Milvus, or what a user put in its place.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use pin_project_lite::pin_project;
use tonic::Status;
use tonic::body::Body;
use tonic::transport::{Channel, channel};
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceExt};

use super::cause::Destination;
use super::peer::Waiting;

/// The service below the stack, its type erased: what a user's [`layer`](crate::ClientBuilder::layer) is put around.
#[derive(Debug, Clone)]
pub struct Transport(Erased);

type Erased = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, TransportError>;

impl Transport {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = service.map_response(|response| response.map(Body::new));
        Self(BoxCloneSyncService::new(
            service.map_err(|error| TransportError(error.into())),
        ))
    }
}

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<Body>;
    type Error = TransportError;
    type Future = <Erased as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

/// What a [`Transport`] failed with.
// A type of its own because `BoxError` in a boxed future does not compile: "implementation of `From` is not general
// enough".
#[derive(Debug)]
pub struct TransportError(BoxError);

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Where attempts go.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    route: Route,
    /// What errors name.
    destination: Arc<Destination>,
}

#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// The channel itself, because erasing its type would cost two allocations a call.
    Channel(Channel),
    Transport(Transport),
}

impl Connections {
    pub(crate) fn new(route: Route, destination: Destination) -> Self {
        Self {
            route,
            destination: Arc::new(destination),
        }
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.destination
    }
}

impl Service<http::Request<Body>> for Connections {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Sent;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let ready: Result<(), BoxError> = match &mut self.route {
            Route::Channel(channel) => ready!(channel.poll_ready(context)).map_err(Into::into),
            Route::Transport(transport) => {
                ready!(transport.poll_ready(context)).map_err(|failed| failed.0)
            }
        };
        Poll::Ready(ready.map_err(|error| self.destination.lost(error)))
    }

    fn call(&mut self, request: http::Request<Body>) -> Sent {
        let waiting = match &self.route {
            Route::Channel(_) => self.destination.wait(),
            Route::Transport(_) => None,
        };
        let answer = match &mut self.route {
            Route::Channel(channel) => Answering::Channel {
                answer: channel.call(request),
            },
            Route::Transport(transport) => Answering::Transport {
                answer: transport.call(request),
            },
        };
        Sent {
            answer,
            destination: Arc::clone(&self.destination),
            waiting,
        }
    }
}

pin_project! {
    /// A request that was sent.
    pub(crate) struct Sent {
        #[pin]
        answer: Answering,
        destination: Arc<Destination>,
        waiting: Option<Waiting>,
    }
}

pin_project! {
    #[project = AnsweringProj]
    enum Answering {
        Channel { #[pin] answer: channel::ResponseFuture },
        Transport { #[pin] answer: <Transport as Service<http::Request<Body>>>::Future },
    }
}

impl Future for Sent {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer: Result<_, BoxError> = match this.answer.project() {
            AnsweringProj::Channel { answer } => ready!(answer.poll(context)).map_err(Into::into),
            AnsweringProj::Transport { answer } => {
                ready!(answer.poll(context)).map_err(|failed| failed.0)
            }
        };
        Poll::Ready(answer.map_err(|error| this.destination.lost(error)))
    }
}
