//! Waits for what a [`Receiver`] should receive, for assertions on it.

mod found;
mod shown;

use std::panic::Location;
use std::time::Duration;

use crate::receiver::{Contents, Log, Metric, Receiver, Span, Trace};

pub use found::Found;

/// One-line assertions.
impl Receiver {
    /// Waits for a span of exactly this name, such as `search books`. If there are several, it is the first that arrived.
    ///
    /// # Panics
    ///
    /// If none arrives; shows the spans that did.
    #[track_caller]
    pub fn span(&self, name: &str) -> impl Future<Output = Found<Span>> + Send {
        let wanted = name.to_owned();
        self.found(
            format!("no span named {name:?}"),
            move |contents| first(&contents.spans, |span| span.name == wanted),
            Self::received_spans,
        )
    }

    /// Waits for a span for which `condition` is true. If there are several, it is the first that arrived.
    ///
    /// ```no_run
    /// # async fn example(receiver: milvus_otel_testkit::Receiver) {
    /// let search = receiver.span_where(|span| span.text("db.collection.name") == Some("films")).await;
    /// search.assert_ok();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If none arrives; shows the spans that did.
    #[track_caller]
    pub fn span_where(
        &self,
        condition: impl Fn(&Span) -> bool + Send,
    ) -> impl Future<Output = Found<Span>> + Send {
        self.found(
            "no span that was looked for".to_owned(),
            move |contents| first(&contents.spans, &condition),
            Self::received_spans,
        )
    }

    /// Waits for a span of exactly this name that is [below](Found::assert_below) `ancestor`, for tests that share a
    /// receiver. If there are several, it is the first that arrived.
    ///
    /// ```no_run
    /// # async fn example(receiver: milvus_otel_testkit::Receiver) {
    /// let request = receiver.span("GET /books").await;
    /// receiver.span_below(&request, "search books").await.assert_ok();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If none arrives; shows the spans that did.
    #[track_caller]
    pub fn span_below(
        &self,
        ancestor: &Span,
        name: &str,
    ) -> impl Future<Output = Found<Span>> + Send {
        let (ancestor, wanted) = (ancestor.clone(), name.to_owned());
        self.found(
            format!("no span named {name:?} below {:?}", ancestor.name),
            move |contents| {
                first(&contents.spans, |span| {
                    span.name == wanted && span.is_below(&ancestor, &contents.spans)
                })
            },
            Self::received_spans,
        )
    }

    /// Waits until `count` spans of exactly this name have arrived, and asserts that no more do within `quiet`. With 0, it
    /// asserts that none arrives.
    ///
    /// Spans are sent in batches: flush the provider before, or choose `quiet` longer than its interval.
    ///
    /// ```no_run
    /// # async fn example(receiver: milvus_otel_testkit::Receiver) {
    /// use std::time::Duration;
    ///
    /// // One request, and no retry.
    /// receiver.assert_span_count("search books", 1, Duration::from_millis(200)).await;
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If fewer or more arrive; shows the spans that did.
    #[track_caller]
    pub fn assert_span_count(
        &self,
        name: &str,
        count: usize,
        quiet: Duration,
    ) -> impl Future<Output = ()> + Send {
        let (caller, receiver, name) = (Location::caller(), self.clone(), name.to_owned());
        async move {
            let named = |contents: &Contents| {
                let spans = contents.spans.iter();
                spans.filter(|span| span.name == name).count()
            };
            let reached = |wanted: usize| {
                move |contents: &Contents| Some(named(contents)).filter(|found| *found >= wanted)
            };
            receiver.wait(receiver.patience(), reached(count)).await;
            let more = receiver.wait(quiet, reached(count + 1)).await;
            let found = more.unwrap_or_else(|| receiver.read(named));
            if found != count {
                let received = receiver.received_spans();
                panic!("{found} spans named {name:?}, not {count}, at {caller}; {received}");
            }
        }
    }

    /// Waits for a metric of exactly this name, such as `db.client.operation.duration`.
    ///
    /// Metrics are sent every 60 s by default: flush the provider first.
    ///
    /// # Panics
    ///
    /// If none arrives; shows the metrics that did.
    #[track_caller]
    pub fn metric(&self, name: &str) -> impl Future<Output = Found<Metric>> + Send {
        let wanted = name.to_owned();
        self.found(
            format!("no metric named {name:?}"),
            move |contents| {
                contents
                    .metrics
                    .iter()
                    .rfind(|metric| metric.name == wanted)
                    .cloned()
            },
            Self::received_metrics,
        )
    }

    /// Waits for a log record whose body contains this text. If there are several, it is the first that arrived.
    ///
    /// # Panics
    ///
    /// If none arrives; shows the log records that did.
    #[track_caller]
    pub fn log(&self, text: &str) -> impl Future<Output = Found<Log>> + Send {
        let wanted = text.to_owned();
        let has = move |log: &&Log| {
            let body = log.body.as_ref();
            body.is_some_and(|body| body.to_string().contains(&wanted))
        };
        self.found(
            format!("no log record with {text:?}"),
            move |contents| contents.logs.iter().find(&has).cloned(),
            Self::received_logs,
        )
    }

    /// Waits until the trace [`is_complete`](Trace::is_complete).
    ///
    /// # Panics
    ///
    /// If it never is; shows the spans that have arrived.
    #[track_caller]
    pub fn complete_trace(&self, trace_id: &str) -> impl Future<Output = Trace> + Send {
        let id = trace_id.to_owned();
        let complete = move |contents: &Contents| {
            let trace = Trace::from_spans(&id, &contents.spans);
            trace.is_complete().then_some(trace)
        };
        let missing = format!(
            "trace {trace_id} is not complete: it has no root, several, or spans whose parent is missing"
        );
        let found = self.found(missing, complete, Self::received_spans);
        async { (*found.await).clone() }
    }

    /// Waits for what `find` finds. The failure names the caller, because a panic in a future does not.
    #[track_caller]
    fn found<T: Send>(
        &self,
        missing: String,
        find: impl Fn(&Contents) -> Option<T> + Send,
        received: fn(&Self) -> String,
    ) -> impl Future<Output = Found<T>> + Send {
        let (caller, receiver) = (Location::caller(), self.clone());
        async move {
            let patience = receiver.patience();
            match receiver.wait(patience, find).await {
                Some(item) => Found::new(item, &receiver),
                None => {
                    let received = received(&receiver);
                    panic!("{missing}, {patience:?} after {caller}; {received}")
                }
            }
        }
    }
}

fn first(spans: &[Span], is_meant: impl Fn(&Span) -> bool) -> Option<Span> {
    spans.iter().find(|span| is_meant(span)).cloned()
}
