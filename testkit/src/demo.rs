//! The Milvus and the OTLP receiver of an example: running ones, or ones that it starts.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use milvus_otel_testkit::demo::Demo;
//!
//! let demo = Demo::find_or_start().await?;
//! // .. send spans to `demo.otlp_endpoint()` and calls to `demo.started_milvus()` or, if these are `None`, as configured
//! // by the environment; then shut telemetry down ..
//! demo.show("4bf92f3577b34da6a3ce929d0e0e4736").await;
//! # Ok(())
//! # }
//! ```

mod collector;
mod output;
mod server;

use std::fmt::Display;
use std::time::Duration;

use milvus_otel::ClientBuilder;

use crate::milvus::{Milvus, Unavailable};
use crate::receiver::Receiver;

use collector::Collector;
use server::Start;

/// A Milvus and an OTLP receiver, found or started.
///
/// Dropping it stops what was started.
#[derive(Debug)]
pub struct Demo {
    started: Option<Milvus>,
    /// The URI of the Milvus that was started, with the user, if it has users.
    uri: Option<String>,
    collector: Collector,
}

impl Demo {
    /// Finds a running Milvus and receiver, or starts them, and reports on standard error which ones are used.
    ///
    /// Milvus is expected where [`ClientBuilder::from_env`] connects (`MILVUS_URI` or `http://localhost:19530`), and the
    /// OTLP receiver at the endpoint in the `OTEL_EXPORTER_OTLP_*` variables or `http://localhost:4317`. If no receiver
    /// answers, this process receives the spans, including those of a Milvus that it starts.
    ///
    /// # Errors
    /// One of these variables cannot be used, or no Milvus answers and none can be started.
    pub async fn find_or_start() -> Result<Self, Unavailable> {
        Self::with(|receiver| Start::Whole { receiver }).await
    }

    /// Like [`find_or_start`](Self::find_or_start), but starts Milvus Lite 2.5.1, which supports sparse vectors,
    /// BM25 and hybrid search, unlike Milvus 2.3.5. A running Milvus may be too old for them.
    pub async fn find_or_start_lite() -> Result<Self, Unavailable> {
        Self::with(|_| Start::Lite).await
    }

    /// Like [`find_or_start`](Self::find_or_start), but starts a Milvus with users. The URI of
    /// [`started_milvus`](Self::started_milvus) has the name and password of `root`.
    ///
    /// # Errors
    ///
    /// Like [`find_or_start`](Self::find_or_start).
    pub async fn find_or_start_with_users() -> Result<Self, Unavailable> {
        let mut demo = Self::with(|receiver| Start::WithUsers { receiver }).await?;
        demo.uri = demo
            .uri
            .map(|uri| uri.replacen("://", "://root:Milvus@", 1));
        Ok(demo)
    }

    async fn with(start: impl FnOnce(Option<String>) -> Start) -> Result<Self, Unavailable> {
        let milvus = ClientBuilder::from_env().map_err(|e| Unavailable::new(e.to_string()))?;
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let collector = collector::find_or_start(&collector::Target::of(variable)).await?;
        let start = start(collector.for_milvus());
        let started = server::find_or_start(milvus, start).await?;
        Ok(Self {
            uri: started.as_ref().map(|milvus| milvus.uri().to_owned()),
            started,
            collector,
        })
    }

    /// The URI of the Milvus that was started; `None` if one is running where [`ClientBuilder::from_env`] connects.
    pub fn started_milvus(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The endpoint of the receiver in this process; `None` if the `OTEL_EXPORTER_OTLP_*` variables or OpenTelemetry's defaults
    /// apply.
    pub fn otlp_endpoint(&self) -> Option<&str> {
        match &self.collector {
            Collector::Own { endpoint, .. } => Some(endpoint),
            Collector::Found { .. } => None,
        }
    }

    /// Stops the Milvus that was started and shows the trace, as a link to Jaeger, or as a drawing and an HTML page. Call it
    /// after this process has sent its spans.
    ///
    /// Errors are printed to standard error and do not fail the program.
    pub async fn show(self, trace_id: impl Display) {
        let trace_id = trace_id.to_string();
        if trace_id.bytes().all(|digit| digit == b'0') {
            println!("no trace was recorded: look at OTEL_SDK_DISABLED and OTEL_TRACES_SAMPLER");
            return;
        }
        let milvus_sent_here = self.started.is_some();
        if let Some(milvus) = self.started {
            milvus.stop().await;
        }
        match self.collector {
            Collector::Found { target } => {
                output::elsewhere(&target, &trace_id, collector::jaeger_page(&target).await);
            }
            Collector::Own { receiver, .. } => {
                arrived(&receiver, &trace_id).await;
                output::here(&receiver.trace(&trace_id), milvus_sent_here);
            }
        }
    }
}

/// Waits for the spans of the trace. All of them have been sent, so the wait is short.
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
    async fn late_spans_are_awaited() {
        let receiver = Receiver::start().unwrap();
        let begun = std::time::Instant::now();
        arrived(&receiver, "4bf92f3577b34da6a3ce929d0e0e4736").await;
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(2), "{waited:?}");
        assert!(waited < Duration::from_secs(7), "{waited:?}");
    }
}
