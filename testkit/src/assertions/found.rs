//! Assertions on what has arrived, which show all of it when they fail.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;

use super::shown::{line, listed};
use crate::receiver::{
    Attributes, Contents, Log, Metric, Point, Receiver, Span, Temporality, Trace, Value,
};

/// A span, metric or log record that a [`Receiver`] has received, with assertions.
///
/// It dereferences to the [`Span`], [`Metric`] or [`Log`]. An assertion that fails panics with what was received: spans as a
/// waterfall, metrics and log records as lists.
#[derive(Clone)]
pub struct Found<T> {
    item: T,
    receiver: Receiver,
}

impl<T> Found<T> {
    pub(super) fn new(item: T, receiver: &Receiver) -> Self {
        let receiver = receiver.clone();
        Self { item, receiver }
    }
}

impl<T> Deref for Found<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T: fmt::Debug> fmt::Debug for Found<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.item.fmt(f)
    }
}

impl Found<Span> {
    /// Asserts that the span's parent is `parent`, in the same trace.
    ///
    /// # Panics
    ///
    /// If it is not; shows the spans received so far.
    #[track_caller]
    pub fn assert_child_of(&self, parent: &Span) -> &Self {
        let is_child = self.trace_id == parent.trace_id
            && self.parent_span_id.as_ref() == Some(&parent.span_id);
        self.check(is_child, || {
            format!("is not a child of {:?}: {}", parent.name, self.ancestry())
        })
    }

    /// Waits until `ancestor` is known to be the span's parent, or a parent of its parent and so on: the spans between
    /// them end, and arrive, after the span.
    ///
    /// ```no_run
    /// # async fn example(receiver: milvus_otel_testkit::Receiver) {
    /// let request = receiver.span("GET /books").await;
    /// receiver.span("search books").await.assert_below(&request).await.assert_ok();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is not; shows the spans received so far.
    #[track_caller]
    pub fn assert_below<'a>(
        &'a self,
        ancestor: &Span,
    ) -> impl Future<Output = &'a Self> + Send + use<'a> {
        let (caller, ancestor) = (Location::caller(), ancestor.clone());
        async move {
            let below =
                |contents: &Contents| self.is_below(&ancestor, &contents.spans).then_some(());
            let patience = self.receiver.patience();
            // The trace of a span does not change.
            let is_below = self.trace_id == ancestor.trace_id
                && self.receiver.wait(patience, below).await.is_some();
            if !is_below {
                let (name, received) = (&self.name, self.receiver.received_spans());
                let ancestry = self.ancestry();
                panic!(
                    "span {name:?} is not below {:?}: {ancestry}, at {caller}; {received}",
                    ancestor.name
                );
            }
            self
        }
    }

    /// Asserts that the span has no parent, so that a trace begins with it.
    ///
    /// # Panics
    ///
    /// If it has one; shows the spans received so far.
    #[track_caller]
    pub fn assert_root(&self) -> &Self {
        self.check(self.parent_span_id.is_none(), || {
            format!("is not a root: {}", self.ancestry())
        })
    }

    /// Asserts that the attribute `key` has this value.
    ///
    /// # Panics
    ///
    /// If it has another value or is missing; shows the span's attributes.
    #[track_caller]
    pub fn assert_attribute(&self, key: &str, value: impl Into<Value>) -> &Self {
        let mistake = wrong_attribute(&self.attributes, key, &value.into());
        self.check(mistake.is_none(), || mistake.unwrap_or_default())
    }

    /// Asserts that the span's status is not an error.
    ///
    /// # Panics
    ///
    /// If it is one; shows the spans received so far.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        self.check(!self.is_error(), || format!("failed: {:?}", self.status))
    }

    /// Asserts that the span's status is an error.
    ///
    /// # Panics
    ///
    /// If it is not; shows the spans received so far.
    #[track_caller]
    pub fn assert_error(&self) -> &Self {
        self.check(self.is_error(), || "did not fail".to_owned())
    }

    /// The spans of its trace that were received so far.
    pub fn trace(&self) -> Trace {
        self.receiver.trace(&self.trace_id)
    }

    #[track_caller]
    fn check(&self, holds: bool, mistake: impl FnOnce() -> String) -> &Self {
        if !holds {
            let (name, received) = (&self.name, self.receiver.received_spans());
            panic!("span {name:?} {}; {received}", mistake());
        }
        self
    }

    fn ancestry(&self) -> String {
        let Some(parent) = &self.parent_span_id else {
            return "it has no parent".to_owned();
        };
        match self.trace().span(parent) {
            Some(parent) => format!("its parent is {:?}", parent.name),
            None => format!("its parent, {parent}, has not arrived"),
        }
    }
}

impl Found<Metric> {
    /// The number of measurements with these attributes so far, over all time series. Values are compared as text.
    ///
    /// # Panics
    ///
    /// If the metric is a number and not a distribution.
    #[track_caller]
    pub fn count(&self, attributes: &[(&str, &str)]) -> u64 {
        let points = self.points(attributes);
        let counts = points.iter().map(|point| {
            let count = point.value.count();
            count.unwrap_or_else(|| panic!("metric {:?} has no count: use `total`", self.name))
        });
        counts.sum()
    }

    /// The sum of the measurements with these attributes so far, over all time series: the value of a counter.
    pub fn total(&self, attributes: &[(&str, &str)]) -> f64 {
        let points = self.points(attributes);
        points.iter().filter_map(|point| point.value.total()).sum()
    }

    /// Asserts the number of measurements with these attributes, over all time series.
    ///
    /// # Panics
    ///
    /// If it is another number; shows the points received so far.
    #[track_caller]
    pub fn assert_count(&self, expected: u64, attributes: &[(&str, &str)]) -> &Self {
        let count = self.count(attributes);
        if count != expected {
            let (name, received) = (&self.name, self.receiver.received_metrics());
            panic!(
                "metric {name:?} has {count} measurements, not {expected}, with {attributes:?}; {received}"
            );
        }
        self
    }

    /// Asserts the sum of the measurements with these attributes, of all time series together: the value of a counter.
    ///
    /// ```no_run
    /// # async fn example(receiver: milvus_otel_testkit::Receiver) {
    /// let rows = receiver.metric("bookshop.sold").await;
    /// rows.assert_total(3.0, &[("genre", "fiction")]);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is another number; shows the points received so far.
    #[track_caller]
    pub fn assert_total(&self, expected: f64, attributes: &[(&str, &str)]) -> &Self {
        let total = self.total(attributes);
        // Sums of fractions differ in their last digits.
        let is_same = (total - expected).abs() <= expected.abs() * 1e-9;
        if !is_same {
            let (name, received) = (&self.name, self.receiver.received_metrics());
            panic!("metric {name:?} is {total}, not {expected}, with {attributes:?}; {received}");
        }
        self
    }

    /// What is counted: the last export of each resource and scope or, if exports contain only what is new, all of
    /// them.
    fn points(&self, attributes: &[(&str, &str)]) -> Vec<Point> {
        let metrics = self.receiver.metrics();
        let ours = metrics.iter().filter(|metric| metric.name == self.name);
        let mut counted: Vec<&Metric> = Vec::new();
        for metric in ours.rev() {
            let newer = |other: &&Metric| {
                other.resource == metric.resource && other.scope_name == metric.scope_name
            };
            if metric.temporality == Some(Temporality::Delta) || !counted.iter().any(newer) {
                counted.push(metric);
            }
        }
        let points = counted.into_iter().flat_map(|metric| &metric.points);
        let wanted = points.filter(|point| has_all(&point.attributes, attributes));
        wanted.cloned().collect()
    }
}

impl Found<Log> {
    /// Asserts that the record was written inside this span, so that a log viewer leads to the trace.
    ///
    /// # Panics
    ///
    /// If it was not; shows the log records received so far.
    #[track_caller]
    pub fn assert_in(&self, span: &Span) -> &Self {
        let is_in = self.trace_id.as_ref() == Some(&span.trace_id)
            && self.span_id.as_ref() == Some(&span.span_id);
        self.check(is_in, || {
            let (trace, id) = (self.trace_id.as_deref(), self.span_id.as_deref());
            format!(
                "was not written in the span {:?}, {} of trace {}, but in {} of trace {}",
                span.name,
                span.span_id,
                span.trace_id,
                id.unwrap_or("none"),
                trace.unwrap_or("none")
            )
        })
    }

    /// Asserts that the attribute `key` has this value.
    ///
    /// # Panics
    ///
    /// If it has another value or is missing; shows the record's attributes.
    #[track_caller]
    pub fn assert_attribute(&self, key: &str, value: impl Into<Value>) -> &Self {
        let mistake = wrong_attribute(&self.attributes, key, &value.into());
        self.check(mistake.is_none(), || mistake.unwrap_or_default())
    }

    #[track_caller]
    fn check(&self, holds: bool, mistake: impl FnOnce() -> String) -> &Self {
        if !holds {
            let (line, received) = (line(self), self.receiver.received_logs());
            panic!("log record {line:?} {}; {received}", mistake());
        }
        self
    }
}

fn has_all(attributes: &Attributes, wanted: &[(&str, &str)]) -> bool {
    let has = |(key, value): &(&str, &str)| {
        let found = attributes.get(*key).map(Value::to_string);
        found.as_deref() == Some(*value)
    };
    wanted.iter().all(has)
}

fn wrong_attribute(attributes: &Attributes, key: &str, expected: &Value) -> Option<String> {
    let found = attributes.get(key);
    if found == Some(expected) {
        return None;
    }
    let found = found.map_or_else(|| "missing".to_owned(), |value| format!("{value:?}"));
    Some(format!(
        "has not {key:?} = {expected:?}: it is {found} among {}",
        listed(attributes)
    ))
}
