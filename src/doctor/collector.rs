//! Sends a span, a metric and a log record, and tells what the collector took.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider as _,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use super::report::{Finding, State, Subject};
use crate::init::{Delivery, Signal, Telemetry};

const SCOPE: &str = "milvus_otel::doctor";
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);
const HEADERS: &str = "give the collector its credentials in `OTEL_EXPORTER_OTLP_HEADERS`";

/// What to do about a cause, which contains the first text.
const FIXES: [(&str, &str); 8] = [
    (
        "Connection refused",
        "start the collector, or write its address into `OTEL_EXPORTER_OTLP_ENDPOINT`: gRPC usually has port 4317, \
         `http/protobuf` 4318",
    ),
    (
        "lookup address",
        "write a host that exists into `OTEL_EXPORTER_OTLP_ENDPOINT`: the name of a container exists only in its network",
    ),
    ("Unauthenticated", HEADERS),
    ("PermissionDenied", HEADERS),
    ("HTTP 401", HEADERS),
    ("HTTP 403", HEADERS),
    (
        "HTTP 404 Not Found at",
        "write the collector's URL without a path into `OTEL_EXPORTER_OTLP_ENDPOINT`, or with the whole path into the \
         variable of the signal",
    ),
    (
        "no answer within",
        "look whether the collector works, and whether a firewall or a proxy stands before it",
    ),
];

/// What the collector took.
pub(super) struct Exported {
    pub(super) findings: Vec<Finding>,
    /// The first collector that accepted the span. If spans go to no collector, the file or console that took it.
    pub(super) destination: Option<Destination>,
}

/// What accepted a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// A collector with this URL.
    Collector(String),
    /// A file with this path, or the standard output.
    Local(String),
}

impl Destination {
    fn of(delivery: &Delivery) -> Self {
        let to = delivery.destination.clone();
        let schemes = ["http://", "https://"];
        match schemes.iter().any(|scheme| to.starts_with(scheme)) {
            true => Self::Collector(to),
            false => Self::Local(to),
        }
    }

    /// The URL, if it is a collector.
    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::Collector(url) => Some(url),
            Self::Local(_) => None,
        }
    }
}

/// Sends one item of each signal through `telemetry`. `before` is what it had delivered before the check.
pub(super) async fn export(telemetry: &Telemetry, limit: Duration) -> Exported {
    let deadline = Instant::now() + limit;
    let before = telemetry.deliveries();
    let is_recorded = emit(telemetry);
    let _ = timeout_at(deadline, flush(telemetry)).await;
    // The SDK may stop waiting before the export has ended.
    let mut now = telemetry.deliveries();
    while !settled(&before, &now) && Instant::now() < deadline {
        sleep(PAUSE).await;
        now = telemetry.deliveries();
    }
    let mut exported = Exported {
        findings: Vec::new(),
        destination: None,
    };
    let mut accepted = Vec::new();
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        let pairs = before.iter().zip(&now);
        let of_signal: Vec<_> = pairs.filter(|(_, now)| now.signal == signal).collect();
        if of_signal.is_empty() {
            exported.findings.push(not_exported(telemetry, signal));
        }
        for (before, now) in of_signal {
            if signal == Signal::Traces && !is_recorded {
                let why = "no span was sent, because the sampler drops every span";
                exported
                    .findings
                    .push(Finding::skipped(Subject::Traces, why));
                continue;
            }
            let finding = judge(before, now, limit);
            if signal == Signal::Traces && finding.state == State::Ok {
                accepted.push(Destination::of(now));
            }
            exported.findings.push(finding);
        }
    }
    let traces = now.iter().filter(|now| now.signal == Signal::Traces);
    let is_local = |now| Destination::of(now).url().is_none();
    let all_local = { traces }.all(is_local);
    let mut accepted = accepted.into_iter();
    exported.destination = accepted.find(|to| all_local || to.url().is_some());
    exported
}

/// Records a span, a metric and a log record. Returns whether the sampler recorded the span.
fn emit(telemetry: &Telemetry) -> bool {
    if let Some(meters) = telemetry.meter_provider() {
        let meter = meters.meter(SCOPE);
        meter
            .u64_counter("milvus_otel.doctor.checks")
            .build()
            .add(1, &[]);
    }
    if let Some(logs) = telemetry.logger_provider() {
        let logger = logs.logger(SCOPE);
        let mut record = logger.create_log_record();
        record.set_severity_number(Severity::Info);
        record.set_body("the doctor checks the telemetry".into());
        logger.emit(record);
    }
    let Some(traces) = telemetry.tracer_provider() else {
        return false;
    };
    let tracer = traces.tracer(SCOPE);
    let sampled_parent = SpanContext::new(
        TraceId::from(1),
        SpanId::from(1),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let root = std::iter::repeat_n(Context::new(), TRIES as usize);
    // A sampler that drops all new traces may still follow a sampled parent.
    let parents = root.chain([Context::new().with_remote_span_context(sampled_parent)]);
    parents.into_iter().any(|parent| {
        let span = SpanBuilder::from_name("doctor export");
        let span = tracer.build_with_context(span, &parent);
        span.span_context().is_sampled()
    })
}

/// Exports what was recorded, on threads of its own, because the SDK blocks.
async fn flush(telemetry: &Telemetry) {
    let (done, mut all_done) = mpsc::channel::<()>(1);
    let traces = telemetry.tracer_provider().cloned();
    let metrics = telemetry.meter_provider().cloned();
    let logs = telemetry.logger_provider().cloned();
    let work: [Box<dyn FnOnce() + Send>; 3] = [
        Box::new(move || drop(traces.map(|traces| traces.force_flush()))),
        Box::new(move || drop(metrics.map(|metrics| metrics.force_flush()))),
        Box::new(move || drop(logs.map(|logs| logs.force_flush()))),
    ];
    for work in work {
        let done = done.clone();
        // If no thread can be started, the items are sent at the usual interval.
        let _ = std::thread::Builder::new()
            .name("milvus-otel-doctor".to_owned())
            .spawn(move || {
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                work();
                drop(done);
            });
    }
    drop(done);
    // Nothing is ever sent: this ends when all threads have dropped their senders.
    let _ = all_done.recv().await;
}

/// Whether an export has ended at each destination that has accepted an item since `before`.
fn settled(before: &[Delivery], now: &[Delivery]) -> bool {
    let ended = |d: &Delivery| d.delivered + d.failed + d.rejected + d.unsupported;
    before
        .iter()
        .zip(now)
        .all(|(before, now)| now.accepted == before.accepted || ended(now) > ended(before))
}

fn judge(before: &Delivery, now: &Delivery, limit: Duration) -> Finding {
    let (subject, item) = subject(now.signal);
    let to = &now.destination;
    let bad = |detail| match now.signal {
        Signal::Traces => Finding::problem(subject, detail),
        _ => Finding::warning(subject, detail),
    };
    let cause = now.last_error.as_deref().unwrap_or("no cause was given");
    if now.unsupported > before.unsupported {
        let unit = now.signal.variable().to_ascii_lowercase();
        return bad(format!("{to} does not accept {unit}")).fix(elsewhere(now.signal));
    }
    if now.rejected > before.rejected {
        // The cause begins with "rejected".
        return bad(format!("{to}: {item} was {cause}"));
    }
    if now.failed > before.failed {
        let finding = bad(format!("{item} did not reach {to}: {cause}"));
        if now.signal != Signal::Traces && is_missing(cause) {
            return finding.fix(elsewhere(now.signal));
        }
        return finding.fixes(fix_of(cause));
    }
    if now.delivered > before.delivered {
        return Finding::ok(subject, format!("{to} accepted {item}"));
    }
    let cause = format!("no answer within {limit:?}");
    let fixes = fix_of(&cause);
    bad(format!("{item} did not reach {to}: {cause}")).fixes(fixes)
}

/// Whether the collector has no service for the signal.
fn is_missing(cause: &str) -> bool {
    let signs = ["Unimplemented", "HTTP 404", "HTTP 405", "HTTP 501"];
    signs.iter().any(|sign| cause.contains(sign))
}

fn fix_of(cause: &str) -> Option<String> {
    let known = FIXES.iter().find(|(sign, _)| cause.contains(sign));
    known.map(|(_, fix)| (*fix).to_owned())
}

fn elsewhere(signal: Signal) -> String {
    let name = signal.variable();
    format!(
        "not every collector accepts all signals: switch this one off with `OTEL_{name}_EXPORTER=none`, or send it \
         elsewhere with `OTEL_EXPORTER_OTLP_{name}_ENDPOINT`"
    )
}

/// The finding for a signal without a destination.
fn not_exported(telemetry: &Telemetry, signal: Signal) -> Finding {
    let (subject, _) = subject(signal);
    let name = signal.variable();
    if telemetry.tracer_provider().is_none() {
        return Finding::skipped(subject, "telemetry is switched off");
    }
    match signal {
        Signal::Traces => Finding::problem(subject, "spans are not exported")
            .fix("remove `OTEL_TRACES_EXPORTER=none`"),
        _ => Finding::skipped(
            subject,
            format!(
                "they are not exported: `OTEL_{name}_EXPORTER=otlp` or the builder of `init` enables them"
            ),
        ),
    }
}

fn subject(signal: Signal) -> (Subject, &'static str) {
    match signal {
        Signal::Traces => (Subject::Traces, "the span"),
        Signal::Metrics => (Subject::Metrics, "the metric"),
        Signal::Logs => (Subject::Logs, "the log record"),
    }
}

/// What waits in the queue of spans and what was lost, before the doctor adds its own.
pub(super) fn queue(deliveries: &[Delivery]) -> Finding {
    let subject = Subject::Queue;
    let traces = || deliveries.iter().filter(|d| d.signal == Signal::Traces);
    let failed = traces().find(|d| d.failed + d.rejected > 0);
    if let Some(failed) = failed {
        let lost = failed.failed + failed.rejected;
        let cause = failed.last_error.as_deref().unwrap_or_default();
        return Finding::warning(
            subject,
            format!(
                "{lost} of {} spans were lost before this check: {cause}",
                failed.accepted
            ),
        );
    }
    match traces().map(Delivery::unsent).sum() {
        0 => Finding::ok(subject, "no span is waiting to be sent"),
        waiting => Finding::note(
            subject,
            format!(
                "{} to be sent, and will be lost if the process ends without a shutdown of telemetry",
                match waiting {
                    1 => "1 span is waiting".to_owned(),
                    _ => format!("{waiting} spans are waiting"),
                }
            ),
        )
        .fix("call `Telemetry::shutdown_or_warn` at the end of `main` and before `std::process::exit`, and \
              `Telemetry::shutdown_on_signal` for signals"),
    }
}
