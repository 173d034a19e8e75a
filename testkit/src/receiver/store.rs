//! The received requests, and the answers to the next ones.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use tokio::sync::watch;
use tonic::Code;

use super::log::Log;
use super::metric::Metric;
use super::span::Span;
use super::{decode, decode_metrics};

/// One export request, accepted or rejected.
#[derive(Clone, Debug)]
pub struct Request {
    /// The signal.
    pub signal: Signal,
    /// The transport.
    pub transport: Transport,
    /// gRPC metadata or HTTP headers, names in lower case; binary values are left out.
    pub metadata: BTreeMap<String, String>,
    /// The number of spans, metrics or log records.
    pub items: usize,
    /// The code of the rejection; `None` if it was accepted.
    pub refused: Option<Code>,
    /// When it arrived.
    pub at: SystemTime,
}

/// The signal of an export request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metrics.
    Metrics,
    /// Log records.
    Logs,
}

/// The transport of an export request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// OTLP/gRPC.
    Grpc,
    /// OTLP/HTTP with protobuf.
    HttpProtobuf,
    /// OTLP/HTTP with JSON.
    HttpJson,
}

/// The message of an export request, as decoded from the wire.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Traces(ExportTraceServiceRequest),
    Metrics(ExportMetricsServiceRequest),
    Logs(ExportLogsServiceRequest),
}

impl Payload {
    pub(crate) fn signal(&self) -> Signal {
        match self {
            Self::Traces(_) => Signal::Traces,
            Self::Metrics(_) => Signal::Metrics,
            Self::Logs(_) => Signal::Logs,
        }
    }

    fn items(&self) -> usize {
        match self {
            Self::Traces(export) => {
                let scopes = export
                    .resource_spans
                    .iter()
                    .flat_map(|group| &group.scope_spans);
                scopes.map(|scoped| scoped.spans.len()).sum()
            }
            Self::Metrics(export) => {
                let scopes = export
                    .resource_metrics
                    .iter()
                    .flat_map(|group| &group.scope_metrics);
                scopes.map(|scoped| scoped.metrics.len()).sum()
            }
            Self::Logs(export) => {
                let scopes = export
                    .resource_logs
                    .iter()
                    .flat_map(|group| &group.scope_logs);
                scopes.map(|scoped| scoped.log_records.len()).sum()
            }
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) spans: Vec<Span>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) logs: Vec<Log>,
    pub(crate) requests: Vec<Request>,
    pub(crate) paths: Vec<String>,
    pub(crate) payloads: Vec<Payload>,
    pub(crate) faults: Faults,
}

/// Faults for the next requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) next: Option<(usize, Code)>,
    pub(crate) all: Option<Code>,
    pub(crate) delay: Duration,
    pub(crate) partial: Option<Partial>,
}

/// The content of a partial success.
#[derive(Clone, Debug)]
pub(crate) struct Partial {
    pub(crate) rejected: u32,
    pub(crate) reason: String,
}

impl Faults {
    /// Decides on one request, which uses up a counted fault.
    fn verdict(&mut self) -> Option<Code> {
        if let Some((left, code)) = &mut self.next {
            let code = *code;
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.next = None;
            }
            return Some(code);
        }
        self.all
    }
}

/// Shared by the handles and both servers.
#[derive(Debug)]
pub(crate) struct Store {
    contents: Mutex<Contents>,
    changed: watch::Sender<u64>,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            contents: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    /// Ignores poisoning: a test that panicked while it read the contents has not changed them.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Observes every request that is accepted from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Records the path of a request.
    pub(crate) fn requested(&self, path: &str) {
        self.lock().paths.push(path.to_owned());
    }

    /// Records the request, and stores its content unless a fault rejects it. Returns the partial success of an
    /// accepted request.
    pub(crate) async fn receive(
        &self,
        payload: Payload,
        transport: Transport,
        metadata: BTreeMap<String, String>,
    ) -> Result<Option<Partial>, Code> {
        let at = SystemTime::now();
        let (refused, delay) = {
            let mut contents = self.lock();
            (contents.faults.verdict(), contents.faults.delay)
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let mut contents = self.lock();
        contents.requests.push(Request {
            signal: payload.signal(),
            transport,
            metadata,
            items: payload.items(),
            refused,
            at,
        });
        if refused.is_none() {
            match payload.clone() {
                Payload::Traces(export) => {
                    contents.spans.extend(decode::spans(export.resource_spans))
                }
                Payload::Metrics(export) => {
                    contents
                        .metrics
                        .extend(decode_metrics::metrics(export.resource_metrics));
                }
                Payload::Logs(export) => contents.logs.extend(decode::logs(export.resource_logs)),
            }
            contents.payloads.push(payload);
        }
        let partial = contents.faults.partial.clone();
        drop(contents);
        self.changed.send_modify(|version| *version += 1);
        refused.map_or(Ok(partial), Err)
    }
}
