//! An OTLP receiver for traces, metrics and logs over gRPC and HTTP, for assertions.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use milvus_otel_testkit::Receiver;
//!
//! let receiver = Receiver::start()?;
//! // .. point the exporters at `receiver.grpc_endpoint()`, do some work, and flush ..
//! let handler = receiver.span("GET /books").await;
//! let search = receiver.span("search books").await;
//! search.assert_child_of(&handler).assert_attribute("db.system.name", "milvus");
//!
//! let duration = receiver.metric("db.client.operation.duration").await;
//! duration.assert_count(1, &[("db.operation.name", "search")]);
//! receiver.log("found 3 books").await.assert_in(&handler);
//! # Ok(())
//! # }
//! ```
//!
//! A failed assertion shows what has arrived: spans as a waterfall, metrics and log records as lists.

mod decode;
mod decode_metrics;
mod grpc;
mod http;
mod log;
mod metric;
mod span;
mod store;
mod value;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};
use tokio::sync::{oneshot, watch};
use tonic::Code;

use store::{Partial, Store};

pub use log::Log;
pub use metric::{Exemplar, Metric, MetricKind, Point, PointValue, Temporality};
pub use span::{Event, Kind, Link, Span, Status, Trace};
pub use store::{Request, Signal, Transport};
pub use value::{Attributes, Value};

pub(crate) use decode::spans as flatten;
pub(crate) use span::nanos;
pub(crate) use store::{Contents, Payload};

/// A thousand times the default batch of 512 spans.
const MESSAGE_LIMIT: usize = 64 << 20;

/// How long assertions wait, unless [`Receiver::within`] says otherwise. Exporters of spans send every 5 s by default.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running OTLP receiver. Clones share it; dropping the last one stops it and frees its ports.
#[derive(Clone)]
pub struct Receiver {
    server: Arc<Server>,
    patience: Duration,
}

/// The thread of both servers. It has its own runtime, so that the receiver answers while a test blocks its runtime, and has
/// real time while a test pauses its clock.
struct Server {
    store: Arc<Store>,
    grpc: SocketAddr,
    http: SocketAddr,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Joined, so that the ports are free again. A panic was already printed.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("grpc", &self.server.grpc)
            .field("http", &self.server.http)
            .field("spans", &self.server.store.lock().spans.len())
            .finish_non_exhaustive()
    }
}

impl Receiver {
    /// Starts a receiver on two free loopback ports.
    pub fn start() -> io::Result<Self> {
        Self::start_on(0, 0)
    }

    /// Starts a receiver with a service for traces only, like Jaeger. Metrics and logs are answered with gRPC's UNIMPLEMENTED
    /// and HTTP's 404.
    pub fn traces_only() -> io::Result<Self> {
        Self::serve(0, 0, true)
    }

    /// Starts a receiver on these loopback ports; 0 lets the system choose one.
    pub fn start_on(grpc_port: u16, http_port: u16) -> io::Result<Self> {
        Self::serve(grpc_port, http_port, false)
    }

    fn serve(grpc_port: u16, http_port: u16, traces_only: bool) -> io::Result<Self> {
        let (grpc_listener, grpc) = bind(grpc_port)?;
        let (http_listener, http) = bind(http_port)?;
        let store = Arc::new(Store::new());
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::channel();
        let shared = Arc::clone(&store);
        let thread = std::thread::Builder::new()
            .name("otlp-receiver".into())
            .spawn(move || {
                let runtime = match Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(ready.send(Err(error))),
                };
                runtime.block_on(async {
                    let listeners =
                        tokio::net::TcpListener::from_std(grpc_listener).and_then(|grpc| {
                            Ok((grpc, tokio::net::TcpListener::from_std(http_listener)?))
                        });
                    let (grpc, http) = match listeners {
                        Ok(listeners) => listeners,
                        Err(error) => return drop(ready.send(Err(error))),
                    };
                    tokio::spawn(grpc::serve(grpc, &shared, traces_only));
                    tokio::spawn(http::serve(http, &shared, traces_only));
                    if ready.send(Ok(Handle::current())).is_ok() {
                        // Resolves with an error when the sender is dropped, which stops the server.
                        let _ = stopped.await;
                    }
                });
            })?;
        let runtime = started.recv().map_err(|_| {
            io::Error::other("starting the OTLP receiver failed: its thread ended at once")
        })??;
        let server = Server {
            store,
            grpc,
            http,
            runtime,
            stop: Some(stop),
            thread: Some(thread),
        };
        Ok(Self {
            server: Arc::new(server),
            patience: PATIENCE,
        })
    }

    /// The URL for OTLP/gRPC.
    pub fn grpc_endpoint(&self) -> String {
        format!("http://{}", self.server.grpc)
    }

    /// Host and port for OTLP/gRPC, for Milvus' `trace.otlp.endpoint`.
    pub fn grpc_address(&self) -> String {
        self.server.grpc.to_string()
    }

    /// The base URL for OTLP/HTTP, to which exporters append `/v1/traces` and so on.
    pub fn http_endpoint(&self) -> String {
        format!("http://{}", self.server.http)
    }

    /// Every span received so far, in the order of arrival.
    pub fn spans(&self) -> Vec<Span> {
        self.server.store.lock().spans.clone()
    }

    /// Every metric received so far; an instrument appears once per export.
    pub fn metrics(&self) -> Vec<Metric> {
        self.server.store.lock().metrics.clone()
    }

    /// Every log record received so far.
    pub fn logs(&self) -> Vec<Log> {
        self.server.store.lock().logs.clone()
    }

    /// The spans of one trace received so far.
    pub fn trace(&self, trace_id: &str) -> Trace {
        Trace::from_spans(trace_id, &self.server.store.lock().spans)
    }

    /// Every export request so far, including rejected ones.
    pub fn requests(&self) -> Vec<Request> {
        self.server.store.lock().requests.clone()
    }

    /// The path of every request, including those without a service.
    pub fn requested_paths(&self) -> Vec<String> {
        self.server.store.lock().paths.clone()
    }

    /// Removes everything received, but not the faults.
    pub fn clear(&self) {
        let mut contents = self.server.store.lock();
        contents.spans.clear();
        contents.metrics.clear();
        contents.logs.clear();
        contents.requests.clear();
        contents.paths.clear();
        contents.payloads.clear();
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// The same receiver, whose [`span`](Self::span), [`metric`](Self::metric), [`log`](Self::log) and
    /// [`complete_trace`](Self::complete_trace) wait at most this long. Default: 10 seconds.
    pub fn within(&self, patience: Duration) -> Self {
        Self {
            server: Arc::clone(&self.server),
            patience,
        }
    }

    /// Waits until the spans satisfy the predicate, at most `within`, and returns the spans received until then. Assert on them,
    /// so that a failure shows what arrived.
    pub async fn wait_for(
        &self,
        within: Duration,
        predicate: impl Fn(&[Span]) -> bool + Send,
    ) -> Vec<Span> {
        let find =
            move |contents: &Contents| predicate(&contents.spans).then(|| contents.spans.clone());
        let found = self.wait(within, find).await;
        found.unwrap_or_else(|| self.spans())
    }

    /// What is in the store now.
    pub(crate) fn read<T>(&self, read: impl Fn(&Contents) -> T) -> T {
        read(&self.server.store.lock())
    }

    /// Waits for what `find` finds, at most `within`.
    pub(crate) async fn wait<T>(
        &self,
        within: Duration,
        find: impl Fn(&Contents) -> Option<T> + Send,
    ) -> Option<T> {
        let deadline = Instant::now() + within;
        let mut changes = self.server.store.watch();
        loop {
            changes.borrow_and_update();
            let found = find(&self.server.store.lock());
            if found.is_some() || !self.changed(&changes, deadline).await {
                return found;
            }
        }
    }

    /// Waits until nothing has arrived for `quiet`, at most `within`.
    pub async fn settle(&self, quiet: Duration, within: Duration) {
        let deadline = Instant::now() + within;
        let mut changes = self.server.store.watch();
        loop {
            changes.borrow_and_update();
            let until = deadline.min(Instant::now() + quiet);
            if !self.changed(&changes, until).await || Instant::now() >= deadline {
                return;
            }
        }
    }

    /// Whether a request arrived before the deadline, by the receiver's clock: the caller's may be paused, and its
    /// timers would then fire at once.
    async fn changed(&self, changes: &watch::Receiver<u64>, deadline: Instant) -> bool {
        let mut changes = changes.clone();
        let wait = async move {
            tokio::time::timeout_at(deadline.into(), changes.changed())
                .await
                .is_ok_and(|r| r.is_ok())
        };
        self.server.runtime.spawn(wait).await.unwrap_or(false)
    }

    /// Rejects the next `count` requests of any signal with this code or, over HTTP, with the corresponding status.
    /// Takes precedence over [`reject_all`](Self::reject_all).
    pub fn fail_next(&self, count: usize, code: Code) {
        self.server.store.lock().faults.next = (count > 0).then_some((count, code));
    }

    /// Rejects every request with this code until [`accept_all`](Self::accept_all).
    pub fn reject_all(&self, code: Code) {
        self.server.store.lock().faults.all = Some(code);
    }

    /// Accepts every request with a `partial_success` that reports this number of rejected items and the reason, until
    /// [`accept_all`](Self::accept_all).
    pub fn reject_items(&self, count: u32, reason: impl Into<String>) {
        self.server.store.lock().faults.partial = Some(Partial {
            rejected: count,
            reason: reason.into(),
        });
    }

    /// Ends [`fail_next`](Self::fail_next), [`reject_all`](Self::reject_all), [`reject_items`](Self::reject_items) and
    /// [`delay`](Self::delay).
    pub fn accept_all(&self) {
        self.server.store.lock().faults = store::Faults::default();
    }

    /// Delays every answer. The content of the request is stored just before the answer.
    pub fn delay(&self, delay: Duration) {
        self.server.store.lock().faults.delay = delay;
    }

    pub(crate) fn payloads(&self) -> Vec<Payload> {
        self.server.store.lock().payloads.clone()
    }
}

fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(wanted).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("starting the OTLP receiver on {wanted} failed: {error}"),
        )
    })?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}
