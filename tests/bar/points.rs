//! The table.

use std::future::Future;
use std::pin::Pin;

use super::sides::Side::{self, Bare, Ours};
use super::{context, ends, metrics, safe, starts};

pub(crate) type Check = Pin<Box<dyn Future<Output = ()>>>;

pub(crate) struct Point {
    pub(crate) name: &'static str,
    pub(crate) shown: &'static str,
    pub(crate) sides: &'static [Side],
    pub(crate) check: fn(Side) -> Check,
}

const BOTH: &[Side] = &[Ours, Bare];

macro_rules! points {
    ($($name:literal, $shown:literal, $sides:expr, $check:path;)*) => {
        /// In the order of their numbers.
        pub(crate) const POINTS: &[Point] = &[
            $(Point { name: $name, shown: $shown, sides: $sides, check: |side| Box::pin($check(side)) }),*
        ];
    };
}

points! {
    "CLIENT kind", "spans of a unary call, of a stream and of one that failed", BOTH, starts::kind;
    "stable 1.45 rpc names", "all rpc.*, server.* and network.* of four calls, exactly", BOTH, starts::rpc_names;
    "stable db names only", "all db.* of four calls, exactly", BOTH, starts::db_names;
    "db.* and rpc.* on the same call", "one span has both, and there is one span", BOTH, starts::one_span;
    "span name as specified", "collection, else database, else server; `grpc` for an unknown RPC", BOTH, starts::names;
    "server.address from the configuration", "`localhost` over TCP to 127.0.0.1; also where nobody answers", BOTH, starts::server;
    "network.peer.*", "the listener's address over TCP, on the call that used it", BOTH, starts::peer;
    "attributes for sampling at the start", "a sampler that writes down what it is given", BOTH, starts::sampling;
    "every code but OK is an error", "all 16 codes: status, error.type, rpc.status_code", BOTH, ends::codes;
    "success leaves the status unset", "spans of calls and streams that went well", BOTH, ends::success;
    "error.type on span and metrics, the same", "gRPC failure, Milvus failure, dropped call", BOTH, ends::error_type;
    "status in trailers", "after a message, and instead of one", BOTH, ends::trailers;
    "a stream's span lives as long as the stream", "no span before its end; duration of reading included", BOTH, ends::stream;
    "a stream dropped early is marked", "CANCELLED after the first message", BOTH, ends::dropped_stream;
    "a call dropped or timed out is marked", "CANCELLED when dropped, DEADLINE_EXCEEDED by grpc-timeout", BOTH, ends::dropped_call;
    "duration metrics with stable names", "db.client.operation.duration, rpc.client.call.duration: unit, attributes, exactly", BOTH, metrics::names;
    "boundaries as advised", "those of the exported histograms", BOTH, metrics::boundaries;
    "measured on error, cancellation and unsampled", "each of four endings once, with a sampler that drops all", BOTH, metrics::always;
    "span and metric have one duration", "equal to the nanosecond, for four endings", BOTH, metrics::one_clock;
    "injects the new span, by the global propagator", "header = exported span; another propagator installed", BOTH, context::injects;
    "baggage is propagated", "what arrives at the server", BOTH, context::baggage;
    "propagates when disabled, unsampled, without SDK", "suppressed, AlwaysOff, no provider: what arrives at the server", BOTH, context::without_recording;
    "parents of tracing and of OpenTelemetry", "each alone and both ways around, with activation and without", BOTH, context::parents;
    "independent of log filters", "a process with RUST_LOG=off", BOTH, context::log_filters;
    "the span is current in inner calls", "a span started by the service below; between polls too", BOTH, context::current;
    "attempts are visible", "a child for each of three: number, backoff, code; resend_count; what is sent", &[Ours], ends::attempts;
    "errors in the body", "Milvus' code fails the span; rpc.status_code stays OK", BOTH, ends::in_body;
    "scope name, version and schema_url", "of spans and of metrics", BOTH, starts::scope;
    "no secrets", "password, token, vector, entity: nowhere in spans and metrics, but on the wire", BOTH, safe::secrets;
    "queries are sanitized", "literals, templates, limit, switched off; the server's quotes of it", BOTH, safe::filters;
    "cheap without an SDK, cost published", "at most 2 allocations; docs/performance.md has the bench's table", &[Bare], safe::cost;
    "exceptions as logs, no span events", "no events on failed spans; one WARN event in the span's context", BOTH, ends::no_events;
}
