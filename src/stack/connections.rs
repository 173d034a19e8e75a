//! The innermost service of the stack: channels to Milvus, or the user's own service and layers.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use pin_project_lite::pin_project;
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceExt};

use super::connect::{self, Channels, Destination, PendingRequest};

/// The service below the stack, with its type erased. A [`layer`](crate::ClientBuilder::layer) of the user wraps one.
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

/// The error of a [`Transport`].
// Not `BoxError`, because that does not compile in a boxed future: "implementation of `From` is not general
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

/// Sends attempts to the server, and turns errors into gRPC statuses.
#[derive(Debug)]
pub(crate) struct Connections {
    /// The route that is ready for the next attempt, and whether it was used before.
    route: Option<(Route, bool)>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    route: Route,
    /// Copies of the route that are free. A copy has its own buffers, so reusing one saves allocations.
    idle: Mutex<Vec<Route>>,
    destination: Arc<Destination>,
}

/// The limit of free copies of the route.
const IDLE: usize = 64;

#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// Not a `Transport`, because erasing the type costs two allocations for each call.
    Channel(Channels),
    Transport(Transport),
}

impl Connections {
    pub(crate) fn new(route: Route, destination: Destination) -> Self {
        Self {
            route: None,
            shared: Arc::new(Shared {
                route,
                idle: Mutex::default(),
                destination: Arc::new(destination),
            }),
        }
    }

    /// Whether calls go to the network without passing a service or layer of the user.
    pub(crate) fn is_channel(&self) -> bool {
        matches!(self.shared.route, Route::Channel(_))
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.shared.destination
    }
}

impl Clone for Connections {
    /// A clone starts without a ready route: readiness belongs to one attempt.
    fn clone(&self) -> Self {
        Self {
            route: None,
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Route>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the route, and whether it was used before.
    fn take(&self) -> (Route, bool) {
        let idle = self.idle().pop();
        idle.map_or_else(|| (self.route.clone(), false), |route| (route, true))
    }

    fn give_back(&self, route: Route) {
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(route);
        }
    }
}

impl Service<http::Request<Body>> for Connections {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Sent;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let shared = &self.shared;
        loop {
            let (route, used) = self.route.get_or_insert_with(|| shared.take());
            let ready: Result<(), BoxError> = match route {
                Route::Channel(channels) => ready!(channels.poll_ready(context)),
                Route::Transport(transport) => {
                    ready!(transport.poll_ready(context)).map_err(|failed| failed.0)
                }
            };
            let Err(error) = ready else {
                return Poll::Ready(Ok(()));
            };
            let used = *used;
            // A used copy may never become ready again, so it is dropped, and a new copy is tried.
            self.route = None;
            shared.idle().clear();
            if !used {
                return Poll::Ready(Err(shared.destination.unready(error)));
            }
        }
    }

    fn call(&mut self, request: http::Request<Body>) -> Sent {
        let shared = &self.shared;
        let (mut route, _) = self.route.take().unwrap_or_else(|| shared.take());
        let (answer, pending) = match &mut route {
            Route::Channel(channels) => {
                let pending = shared.destination.request();
                let answer = channels.call(request);
                (Answering::Channel { answer }, pending)
            }
            Route::Transport(transport) => {
                let answer = transport.call(request);
                (Answering::Transport { answer }, None)
            }
        };
        shared.give_back(route);
        Sent {
            answer,
            destination: Arc::clone(&shared.destination),
            pending,
        }
    }
}

pin_project! {
    /// The future of an answer.
    pub(crate) struct Sent {
        #[pin]
        answer: Answering,
        destination: Arc<Destination>,
        pending: Option<PendingRequest>,
    }
}

pin_project! {
    #[project = AnsweringProj]
    enum Answering {
        Channel { #[pin] answer: connect::Sent },
        Transport { #[pin] answer: <Transport as Service<http::Request<Body>>>::Future },
    }
}

impl Future for Sent {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer: Result<_, BoxError> = match this.answer.project() {
            AnsweringProj::Channel { answer } => ready!(answer.poll(context)),
            AnsweringProj::Transport { answer } => {
                ready!(answer.poll(context)).map_err(|failed| failed.0)
            }
        };
        Poll::Ready(answer.map_err(|error| this.destination.lost(error)))
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, poll_fn, ready};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::otel::OtelLayer;
    use crate::stack::{Endpoint, Peer};

    /// Answers immediately, and counts its copies.
    #[derive(Debug, Default)]
    struct Copied(Arc<AtomicUsize>);

    impl Clone for Copied {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    impl Service<http::Request<Body>> for Copied {
        type Response = http::Response<Body>;
        type Error = std::io::Error;
        type Future = Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: http::Request<Body>) -> Self::Future {
            ready(Ok(http::Response::new(Body::empty())))
        }
    }

    /// Accepts one call, and then is never ready again. Its copies are new.
    #[derive(Debug, Default)]
    struct Once {
        used: bool,
    }

    impl Clone for Once {
        fn clone(&self) -> Self {
            Self::default()
        }
    }

    impl Service<http::Request<Body>> for Once {
        type Response = http::Response<Body>;
        type Error = std::io::Error;
        type Future = Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(if self.used {
                Err(std::io::Error::other("used"))
            } else {
                Ok(())
            })
        }

        fn call(&mut self, _: http::Request<Body>) -> Self::Future {
            self.used = true;
            ready(Ok(http::Response::new(Body::empty())))
        }
    }

    fn connections(transport: Transport) -> Connections {
        let (endpoint, _) = Endpoint::parse("http://milvus.test").unwrap();
        let peer = Arc::new(Peer::new(OtelLayer::new().connection_metrics("")));
        Connections::new(
            Route::Transport(transport),
            Destination::new(Arc::new(endpoint), peer, Duration::from_secs(1)),
        )
    }

    async fn get_ready(connections: &mut Connections) {
        let ready = poll_fn(|context| connections.poll_ready(context));
        ready.await.unwrap();
    }

    #[tokio::test]
    async fn sequential_attempts_share_a_copy_of_the_service() {
        let copies = Arc::<AtomicUsize>::default();
        let connections = connections(Transport::new(Copied(Arc::clone(&copies))));
        for _ in 0..3 {
            let mut attempt = connections.clone();
            get_ready(&mut attempt).await;
            attempt.call(http::Request::default()).await.unwrap();
        }
        assert_eq!(copies.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn concurrent_attempts_have_a_copy_each() {
        let copies = Arc::<AtomicUsize>::default();
        let connections = connections(Transport::new(Copied(Arc::clone(&copies))));
        let (mut one, mut other) = (connections.clone(), connections.clone());
        get_ready(&mut one).await;
        get_ready(&mut other).await;
        assert_eq!(copies.load(Ordering::Relaxed), 2);
        other.call(http::Request::default()).await.unwrap();
        one.call(http::Request::default()).await.unwrap();
    }

    #[tokio::test]
    async fn a_copy_that_is_never_ready_again_is_replaced() {
        let connections = connections(Transport::new(Once::default()));
        for _ in 0..3 {
            let mut attempt = connections.clone();
            get_ready(&mut attempt).await;
            attempt.call(http::Request::default()).await.unwrap();
        }
    }
}
