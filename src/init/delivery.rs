//! Public counts of delivered and lost telemetry.

use std::fmt;

/// A kind of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// Spans, counted one by one.
    Traces,
    /// Metrics, counted as instruments per collection: 3 instruments collected twice are 6.
    Metrics,
    /// Log records, counted one by one.
    Logs,
}

impl Signal {
    pub(super) const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// The path of the signal in OTLP over HTTP, relative to the general endpoint.
    pub(super) const fn http_path(self) -> &'static str {
        match self {
            Self::Traces => "/v1/traces",
            Self::Metrics => "/v1/metrics",
            Self::Logs => "/v1/logs",
        }
    }

    /// The gRPC method that accepts the signal.
    pub(super) const fn grpc_path(self) -> &'static str {
        match self {
            Self::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            Self::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            Self::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        }
    }

    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
            Self::Logs => "LOGS",
        }
    }

    pub(super) const fn unit(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "metrics",
            Self::Logs => "log records",
        }
    }
}

/// How much of one signal was delivered to one destination since the start, and how much was not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Spans, metrics or log records.
    pub signal: Signal,
    /// The endpoint without credentials, the path of a file, or `stdout`.
    pub destination: String,
    /// The number of sampled spans that ended, collected metrics, or emitted log records.
    pub accepted: u64,
    /// How many of them the destination acknowledged and did not reject.
    pub delivered: u64,
    /// How many were in a batch whose export failed, after any retries.
    pub failed: u64,
    /// How many the collector rejected from batches that it otherwise accepted (OTLP's `partial_success`). For metrics,
    /// the collector counts data points, so each rejected data point counts as one metric here, up to the number of
    /// metrics in the batch.
    pub rejected: u64,
    /// How many were dropped because the collector has no service for the signal, which was not requested explicitly.
    /// They do not count as lost, since a collector that accepts traces only is a valid setup.
    pub unsupported: u64,
    /// The reason for the latest failure or rejection.
    pub last_error: Option<String>,
    /// [`lost`](Self::lost) for metrics.
    pub(super) lost_metrics: u64,
}

impl Delivery {
    /// How many were not part of a completed export. Before shutdown, these are the items still queued and those
    /// dropped because the queue was full; after shutdown, only the latter.
    pub fn unsent(&self) -> u64 {
        let settled = self.delivered + self.failed + self.rejected + self.unsupported;
        self.accepted.saturating_sub(settled)
    }

    /// How many will never arrive. This is meaningful after shutdown only. Cumulative metrics that failed to export are
    /// replaced by those of the next successful export, so only the failures since then count.
    pub fn lost(&self) -> u64 {
        match self.signal {
            Signal::Traces | Signal::Logs => self
                .accepted
                .saturating_sub(self.delivered + self.unsupported),
            Signal::Metrics => self.lost_metrics,
        }
    }
}

impl Delivery {
    /// Writes the counts of the signal. A cause equal to `previous`, which was just written, is not repeated.
    pub(super) fn describe(
        &self,
        f: &mut fmt::Formatter<'_>,
        previous: Option<&str>,
    ) -> fmt::Result {
        let (unit, to) = (self.signal.unit(), &self.destination);
        let accepted = self.accepted;
        let lost = self.lost();
        if lost == 0 {
            write!(f, "{} of {accepted} {unit} to {to}", self.delivered)?;
            if self.unsupported > 0 {
                write!(f, ", which does not accept the others")?;
            }
            return Ok(());
        }
        write!(f, "{lost} of {accepted} {unit} to {to}")?;
        if self.signal != Signal::Metrics {
            for (count, what) in [(self.rejected, "rejected"), (self.unsent(), "never sent")] {
                if count > 0 && count < lost {
                    write!(f, ", {count} of them {what}")?;
                }
            }
        }
        match self.last_error.as_deref() {
            Some(cause) if previous == Some(cause) => f.write_str(" (for the same reason)"),
            Some(cause) => write!(f, " ({cause})"),
            None if self.unsent() > 0 => f.write_str(" (never sent)"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f, None)
    }
}
