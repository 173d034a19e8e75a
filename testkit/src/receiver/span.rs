//! Spans and the trace they form.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::value::{Attributes, Value};

/// A finished span with the resource and scope it was exported under.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// 32 lower-case hexadecimal digits.
    pub trace_id: String,
    /// 16 lower-case hexadecimal digits.
    pub span_id: String,
    /// `None` for the root of a trace.
    pub parent_span_id: Option<String>,
    /// The name as exported.
    pub name: String,
    /// The role the span plays in a call.
    pub kind: Kind,
    /// When the span was started, by its own process' clock.
    pub start: SystemTime,
    /// When the span was ended, by its own process' clock.
    pub end: SystemTime,
    /// The span's attributes.
    pub attributes: Attributes,
    /// Keys that were sent more than once, which the specification forbids.
    pub repeated_keys: Vec<String>,
    /// Whether the operation succeeded.
    pub status: Status,
    /// Timestamped events, in the order they were sent.
    pub events: Vec<Event>,
    /// Other spans that this one refers to.
    pub links: Vec<Link>,
    /// The `tracestate` header's value, empty when there is none.
    pub trace_state: String,
    /// W3C trace flags in the low byte; bits 8 and 9 tell whether the parent is remote.
    pub flags: u32,
    /// The number of attributes that the SDK dropped because of its limits.
    pub dropped_attributes: u32,
    /// `service.name` of the resource, empty when it was not sent.
    pub service: String,
    /// The resource's attributes.
    pub resource: Attributes,
    /// Name of the instrumentation scope.
    pub scope_name: String,
    /// Version of the instrumentation scope, empty when it was not sent.
    pub scope_version: String,
    /// Attributes of the instrumentation scope.
    pub scope_attributes: Attributes,
    /// The scope's schema URL, or the resource's when the scope has none.
    pub schema_url: String,
}

impl Span {
    /// How long the span took; zero when its clock went backwards.
    pub fn duration(&self) -> Duration {
        self.end.duration_since(self.start).unwrap_or_default()
    }

    /// The attribute's value.
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        self.attributes.get(key)
    }

    /// The attribute's value when it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.attribute(key).and_then(Value::as_str)
    }

    /// The attribute's value when it is a whole number.
    pub fn int(&self, key: &str) -> Option<i64> {
        self.attribute(key).and_then(Value::as_int)
    }

    /// The first event of that name.
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.name == name)
    }

    /// Whether `ancestor` is its parent, or a parent of its parent and so on, and all of them are among these spans.
    pub(crate) fn is_below(&self, ancestor: &Self, spans: &[Self]) -> bool {
        let trace = Trace::from_spans(&ancestor.trace_id, spans);
        let below = trace.descendants(&ancestor.span_id);
        self.trace_id == ancestor.trace_id && below.iter().any(|span| span.span_id == self.span_id)
    }

    /// Whether its status is an error.
    pub fn is_error(&self) -> bool {
        matches!(self.status, Status::Error(_))
    }
}

/// The role a span plays in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Unspecified.
    #[default]
    Unspecified,
    /// Work inside one process.
    Internal,
    /// The receiving side of a call.
    Server,
    /// The calling side.
    Client,
    /// Sends a message that is handled later.
    Producer,
    /// Handles a message.
    Consumer,
}

impl Kind {
    pub(crate) fn from_wire(number: i32) -> Self {
        match number {
            1 => Self::Internal,
            2 => Self::Server,
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Unspecified,
        }
    }

    pub(crate) fn to_wire(self) -> i32 {
        match self {
            Self::Unspecified => 0,
            Self::Internal => 1,
            Self::Server => 2,
            Self::Client => 3,
            Self::Producer => 4,
            Self::Consumer => 5,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unspecified => "UNSPECIFIED",
            Self::Internal => "INTERNAL",
            Self::Server => "SERVER",
            Self::Client => "CLIENT",
            Self::Producer => "PRODUCER",
            Self::Consumer => "CONSUMER",
        })
    }
}

/// Whether the operation succeeded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Unset, which usually means success.
    #[default]
    Unset,
    /// Success, stated by the application.
    Ok,
    /// Failure, with the description, which may be empty.
    Error(String),
}

/// Something that happened at one moment of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The event's name, `exception` for recorded errors.
    pub name: String,
    /// When it happened.
    pub time: SystemTime,
    /// The event's attributes.
    pub attributes: Attributes,
}

/// A reference to a span of this or another trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Trace id of the span referred to.
    pub trace_id: String,
    /// Span id of the span referred to.
    pub span_id: String,
    /// Its `tracestate`, empty when there is none.
    pub trace_state: String,
    /// The link's attributes.
    pub attributes: Attributes,
}

/// The spans of one trace, ordered by start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The trace id all spans share.
    pub id: String,
    /// The spans, ordered by start.
    pub spans: Vec<Span>,
}

impl Trace {
    /// Selects the spans of trace `id`.
    pub fn from_spans(id: &str, spans: &[Span]) -> Self {
        let mut spans: Vec<Span> = spans
            .iter()
            .filter(|span| span.trace_id == id)
            .cloned()
            .collect();
        spans.sort_by_key(|span| span.start);
        Self {
            id: id.to_owned(),
            spans,
        }
    }

    /// The span with this id.
    pub fn span(&self, span_id: &str) -> Option<&Span> {
        self.spans.iter().find(|span| span.span_id == span_id)
    }

    /// All spans of that exact name.
    pub fn named(&self, name: &str) -> Vec<&Span> {
        self.spans.iter().filter(|span| span.name == name).collect()
    }

    /// Spans without a parent.
    pub fn roots(&self) -> Vec<&Span> {
        self.spans
            .iter()
            .filter(|span| span.parent_span_id.is_none())
            .collect()
    }

    /// Spans whose parent has not arrived.
    pub fn orphans(&self) -> Vec<&Span> {
        let known: HashSet<&str> = self
            .spans
            .iter()
            .map(|span| span.span_id.as_str())
            .collect();
        self.spans
            .iter()
            .filter(|span| {
                span.parent_span_id
                    .as_deref()
                    .is_some_and(|parent| !known.contains(parent))
            })
            .collect()
    }

    /// Whether all spans are connected: one of them is the root, and the parents of the others are among them.
    ///
    /// Missing spans are noticed only if they have children that have arrived. The trace can be printed:
    /// `assert!(trace.is_complete(), "{trace}")`.
    pub fn is_complete(&self) -> bool {
        self.roots().len() == 1 && self.orphans().is_empty()
    }

    /// The direct children of a span, ordered by start.
    pub fn children(&self, span_id: &str) -> Vec<&Span> {
        self.spans
            .iter()
            .filter(|span| span.parent_span_id.as_deref() == Some(span_id))
            .collect()
    }

    /// All descendants of a span.
    pub fn descendants(&self, span_id: &str) -> Vec<&Span> {
        let mut below: HashSet<&str> = HashSet::from([span_id]);
        loop {
            let before = below.len();
            for span in &self.spans {
                if span
                    .parent_span_id
                    .as_deref()
                    .is_some_and(|parent| below.contains(parent))
                {
                    below.insert(&span.span_id);
                }
            }
            if below.len() == before {
                break;
            }
        }
        below.remove(span_id);
        self.spans
            .iter()
            .filter(|span| below.contains(span.span_id.as_str()))
            .collect()
    }

    /// The names of the services in the trace.
    pub fn services(&self) -> BTreeSet<&str> {
        self.spans
            .iter()
            .map(|span| span.service.as_str())
            .collect()
    }

    /// From the earliest start to the latest end.
    pub fn duration(&self) -> Duration {
        let start = self.spans.iter().map(|span| span.start).min();
        let end = self.spans.iter().map(|span| span.end).max();
        match (start, end) {
            (Some(start), Some(end)) => end.duration_since(start).unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

/// The time of a wire timestamp.
pub(crate) fn time(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}

/// Nanoseconds since the epoch, the unit of OTLP.
pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
