//! What an example runs against: the Milvus and the receiver of spans that are there, or else ones of its own.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use testkit::demo::Demo;
//!
//! let demo = Demo::find_or_start().await?;
//! // .. send spans to `demo.otlp_endpoint()`, calls to `demo.milvus_uri()`, and end telemetry ..
//! demo.show("4bf92f3577b34da6a3ce929d0e0e4736").await?;
//! # Ok(())
//! # }
//! ```

mod collector;
mod output;
mod server;

use std::fmt::Display;
use std::io;
use std::time::Duration;

use crate::milvus::{Milvus, Unavailable};
use crate::receiver::Receiver;

use collector::Collector;
use server::Start;

/// A Milvus and a receiver of spans, found or started.
///
/// Dropping it ends what was started.
#[derive(Debug)]
pub struct Demo {
    uri: String,
    started: Option<Milvus>,
    collector: Collector,
}

impl Demo {
    /// Finds what is running, starts what is not, and says on the standard error which it was.
    ///
    /// Milvus is looked for at `MILVUS_URI` or `http://localhost:19530`; the receiver of spans at the endpoint that
    /// the `OTEL_EXPORTER_OTLP_*` variables name or `http://localhost:4317`. Without one this process receives the
    /// spans, also those of a Milvus that it starts.
    pub async fn find_or_start() -> Result<Self, Unavailable> {
        Self::with(|receiver| Start::Whole { receiver }).await
    }

    /// As [`find_or_start`](Self::find_or_start), for what Milvus 2.3.5 does not have (sparse vectors, BM25, hybrid
    /// search): what is started is Milvus Lite 2.5.1. A Milvus that is found may be too old.
    pub async fn find_or_start_lite() -> Result<Self, Unavailable> {
        Self::with(|_| Start::Lite).await
    }

    async fn with(start: impl FnOnce(Option<String>) -> Start) -> Result<Self, Unavailable> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let collector = collector::find_or_start(&collector::Target::of(variable)).await?;
        let start = start(collector.for_milvus());
        let (uri, started) = server::find_or_start(variable("MILVUS_URI"), start).await?;
        Ok(Self {
            uri,
            started,
            collector,
        })
    }

    /// Where to connect: what `MILVUS_URI` says, with its credentials, or the server found or started.
    pub fn milvus_uri(&self) -> &str {
        &self.uri
    }

    /// Where to send spans, when that is not where the `OTEL_EXPORTER_OTLP_*` variables or OpenTelemetry's defaults
    /// send them: the receiver in this process.
    pub fn otlp_endpoint(&self) -> Option<&str> {
        match &self.collector {
            Collector::Own { endpoint, .. } => Some(endpoint),
            Collector::Found { .. } => None,
        }
    }

    /// Ends the Milvus that was started, and says where to look at the trace: in Jaeger, or here, drawn, and in a page
    /// of its own. To be called when the spans of this process have been sent.
    pub async fn show(self, trace_id: impl Display) -> io::Result<()> {
        let trace_id = trace_id.to_string();
        if trace_id.bytes().all(|digit| digit == b'0') {
            println!("no span was recorded: OTEL_SDK_DISABLED or the like switches telemetry off");
            return Ok(());
        }
        let its_own = self.started.is_some();
        if let Some(milvus) = self.started {
            milvus.stop().await;
        }
        match self.collector {
            Collector::Found { target } => {
                output::elsewhere(&target, &trace_id, collector::jaeger_page(&target).await)
            }
            Collector::Own { receiver, .. } => {
                arrived(&receiver, &trace_id).await;
                output::here(&receiver.trace(&trace_id), its_own)
            }
        }
    }
}

/// Waits for the trace's spans. Everybody has sent theirs by now, so what does not come soon does not come.
async fn arrived(receiver: &Receiver, trace_id: &str) {
    const PATIENCE: Duration = Duration::from_secs(5);
    let of_trace = |spans: &[crate::receiver::Span]| spans.iter().any(|s| s.trace_id == trace_id);
    receiver.wait_for(Duration::from_secs(2), of_trace).await;
    receiver.settle(Duration::from_millis(300), PATIENCE).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn spans_that_come_late_are_waited_for() {
        let receiver = Receiver::start().unwrap();
        let begun = std::time::Instant::now();
        arrived(&receiver, "4bf92f3577b34da6a3ce929d0e0e4736").await;
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(2), "{waited:?}");
        assert!(waited < Duration::from_secs(7), "{waited:?}");
    }
}
