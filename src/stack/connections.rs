//! The bottom of the stack: the client's connections, or the user's own service and layers.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceExt};

use super::connect::{Destination, Pools};
use crate::error::{CallRecord, Stage};
use crate::wire::Limited;

/// The service below the stack, with its type erased. The user's [`layer`](crate::ClientBuilder::layer)s wrap one.
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
            service.map_err(|error| TransportError::new(error.into())),
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

impl TransportError {
    /// Unwraps an error that a layer has passed on, which would otherwise be wrapped twice.
    fn new(error: BoxError) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self(error),
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // Not the source of that error: it may be the status of the call, which layers wrap in errors of their own.
        Some(&*self.0)
    }
}

/// What sends the attempts of a call.
pub(super) trait Sender: Clone + Send + Sync + 'static {
    /// Sends a request, waiting for a connection if necessary, and records how far it gets.
    fn send(
        &self,
        request: http::Request<Body>,
        record: &Arc<CallRecord>,
    ) -> impl Future<Output = Result<http::Response<Limited<Body>>, Status>> + Send;

    /// Why an attempt is still at a stage before [`Stage::Sent`] after this time.
    fn waits_for(&self, stage: Stage, waited: Duration) -> Option<String>;
}

/// Sends attempts to the server, and turns errors into gRPC statuses.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    route: Route,
    /// The connections at the bottom, unless the user supplied their own.
    pools: Option<Pools>,
    /// Idle copies of the user's service. A copy has its own buffers, so reusing one saves allocations.
    idle: Mutex<Vec<Transport>>,
    destination: Destination,
    /// The size limit of each message of an answer, in bytes.
    max_response: usize,
}

/// How many idle copies of the user's service are kept.
const IDLE: usize = 64;

#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// Not a `Transport`, because erasing the type costs two allocations for each call.
    Pools(Pools),
    Transport(Transport),
}

impl Connections {
    pub(crate) fn new(
        route: Route,
        pools: Option<Pools>,
        destination: Destination,
        max_response: usize,
    ) -> Self {
        Self(Arc::new(Shared {
            route,
            pools,
            idle: Mutex::default(),
            destination,
            max_response,
        }))
    }

    pub(crate) fn max_response(&self) -> usize {
        self.0.max_response
    }

    /// Whether calls go to the network without passing through the user's service or layers.
    pub(crate) fn is_direct(&self) -> bool {
        matches!(self.0.route, Route::Pools(_))
    }

    /// Whether the client makes the connections.
    pub(crate) fn is_ours(&self) -> bool {
        self.0.pools.is_some()
    }

    /// Waits, for at most `limit`, until there is a connection, and with it what the server tells about itself, or an
    /// attempt fails.
    pub(crate) async fn connected(&self, limit: Duration) {
        if let Some(pools) = &self.0.pools {
            pools.connected(limit).await;
        }
    }

    /// The client has introduced itself to its server, which identifies the connection by this ID.
    pub(crate) fn introduced(&self, identifier: Option<i64>) {
        if let Some(pools) = &self.0.pools {
            pools.introduced(identifier.map(HeaderValue::from));
        }
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.0.destination
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Transport>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the user's service that is ready. A used copy that is not ready again is dropped, and a new one is tried.
    async fn ready(&self, service: &Transport) -> Result<Transport, Status> {
        loop {
            let used = self.idle().pop();
            let is_new = used.is_none();
            let mut copy = used.unwrap_or_else(|| service.clone());
            match poll_fn(|context| copy.poll_ready(context)).await {
                Ok(()) => return Ok(copy),
                Err(error) if is_new => return Err(self.destination.unready(error.0)),
                Err(_) => self.idle().clear(),
            }
        }
    }

    fn give_back(&self, service: Transport) {
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(service);
        }
    }
}

impl Sender for Connections {
    async fn send(
        &self,
        mut request: http::Request<Body>,
        record: &Arc<CallRecord>,
    ) -> Result<http::Response<Limited<Body>>, Status> {
        let shared = &self.0;
        let response = match &shared.route {
            // Boxed, because it would make up most of every operation's future: an insert's would take 20 KB.
            Route::Pools(pools) => Box::pin(pools.send(request, Some(record))).await,
            Route::Transport(service) => {
                record.reach(Stage::Queued);
                let mut service = shared.ready(service).await?;
                // The connections below the layers continue this record.
                request.extensions_mut().insert(Arc::clone(record));
                record.reach(Stage::Sent);
                let answer = service.call(request);
                shared.give_back(service);
                let answer = answer.await;
                answer.map_err(|error| shared.destination.lost(error.0))
            }
        };
        response.map(|response| response.map(|body| Limited::new(body, shared.max_response)))
    }

    fn waits_for(&self, stage: Stage, waited: Duration) -> Option<String> {
        let shared = &self.0;
        if stage == Stage::Connecting {
            return shared.pools.as_ref()?.waits_for(waited);
        }
        let layers = match &shared.route {
            Route::Pools(_) => "",
            Route::Transport(_) => "your layers or ",
        };
        Some(format!(
            "{layers}the server accepted no more concurrent calls within {waited:?}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::stack::Endpoint;

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

    /// Accepts one call, and is then never ready again. Its copies start afresh.
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
        Connections::new(
            Route::Transport(transport),
            None,
            Destination::new(Arc::new(endpoint), Duration::from_secs(1)),
            usize::MAX,
        )
    }

    async fn send(connections: &Connections) {
        let record = Arc::new(CallRecord::new(None, None));
        let sent = connections.send(http::Request::default(), &record);
        sent.await.unwrap();
    }

    #[tokio::test]
    async fn sequential_attempts_share_a_copy_of_the_service() {
        let copies = Arc::<AtomicUsize>::default();
        let connections = connections(Transport::new(Copied(Arc::clone(&copies))));
        for _ in 0..3 {
            send(&connections).await;
        }
        assert_eq!(copies.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_copy_that_is_never_ready_again_is_replaced() {
        let connections = connections(Transport::new(Once::default()));
        for _ in 0..3 {
            send(&connections).await;
        }
    }
}
