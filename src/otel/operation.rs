//! The spans of operations, which are the parents of their calls.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt};
use opentelemetry::{Context, KeyValue, Value};

use super::attributes as key;
use super::current_operation::CurrentOperation;
use super::layer::OtelLayer;
use super::propagation;
use super::settings::Settings;
use crate::error::{Clock, Error, one_line};

/// Operations that send a filter. A server's message may quote the filter, so it is only recorded on the span of the
/// call, which can redact it.
const WITH_FILTER: [&str; 4] = ["delete", "get", "query_stream", "search_stream"];

/// The span of an operation in flight. It has the operation and its collection but, because it is not a database call
/// itself, no `db.system.name`. Its name starts with `Client::`.
#[derive(Debug)]
pub(super) struct OperationSpan {
    name: &'static str,
    context: Context,
    clock: Clock,
    ended: bool,
}

impl OperationSpan {
    /// Returns `None` if no span is created.
    pub(super) fn start(
        settings: &Settings,
        name: &'static str,
        collection: Option<&str>,
        parent: &Context,
    ) -> Option<Self> {
        let now = Clock::now();
        let outer = parent.get::<CurrentOperation>();
        let clock = outer.map_or(now, |outer| outer.clock.within(now));
        let tracer = settings.tracers.tracer()?;
        let mut attributes = vec![
            KeyValue::new(key::MILVUS_OPERATION_NAME, name),
            KeyValue::new(key::DB_NAMESPACE, settings.database.clone()),
        ];
        let span_name = match collection {
            Some(collection) => {
                let collection = collection.to_owned();
                attributes.push(KeyValue::new(key::DB_COLLECTION_NAME, collection.clone()));
                format!("Client::{name} {collection}")
            }
            None => format!("Client::{name}"),
        };
        let span = SpanBuilder::from_name(span_name)
            .with_kind(SpanKind::Internal)
            .with_start_time(clock.start())
            .with_attributes(attributes);
        let context = tracer.start(span, parent)?.context()?;
        let operation = CurrentOperation {
            name,
            clock,
            page: None,
        };
        Some(Self {
            name,
            context: context.with_value(operation),
            clock,
            ended: false,
        })
    }

    /// The context for the operation's calls.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn end(
        mut self,
        failed: Option<&Error>,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        let failed = failed.map(|error| {
            let quotes = WITH_FILTER.contains(&self.name) && error.quotes_server();
            let message = if quotes { "" } else { error.message() };
            (error.error_type(), message)
        });
        self.end_as(failed, attributes);
    }

    fn end_as(
        &mut self,
        failed: Option<(String, &str)>,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        self.ended = true;
        let ended = self.clock.at(Instant::now());
        let span = self.context.span();
        for attribute in attributes {
            span.set_attribute(attribute);
        }
        if let Some((error_type, message)) = failed {
            span.set_attribute(KeyValue::new(key::ERROR_TYPE, Value::from(error_type)));
            span.set_status(Status::error(one_line(message).into_owned()));
        }
        span.end_with_timestamp(ended);
    }
}

impl Drop for OperationSpan {
    fn drop(&mut self) {
        if !self.ended {
            let dropped = ("CANCELLED".to_owned(), "the caller stopped waiting");
            self.end_as(Some(dropped), []);
        }
    }
}

/// The span of a stream of pages, from its first poll until it ends or is dropped; dropping a stream is not a failure.
/// Every page has a clone, so a page in flight keeps the span of a dropped stream open until the page ends.
#[derive(Debug, Clone)]
pub(crate) struct StreamSpan(Arc<Stream>);

#[derive(Debug)]
struct Stream {
    span: Mutex<Option<OperationSpan>>,
    context: Context,
    pages: AtomicU32,
    rows: AtomicI64,
}

impl OtelLayer {
    /// Starts the span of a stream at its first poll. If no span is active now, its parent is the context in which the
    /// stream was created.
    pub(crate) fn stream(
        &self,
        name: &'static str,
        collection: &str,
        created_in: &Context,
    ) -> StreamSpan {
        let polled_in = propagation::parent();
        let parent = if polled_in.has_active_span() {
            polled_in
        } else {
            created_in.clone()
        };
        let span = OperationSpan::start(&self.settings, name, Some(collection), &parent);
        let context = span.as_ref().map_or(parent, |span| span.context().clone());
        StreamSpan(Arc::new(Stream {
            span: Mutex::new(span),
            context,
            pages: AtomicU32::default(),
            rows: AtomicI64::default(),
        }))
    }
}

impl StreamSpan {
    /// The context for the call that fetches the next page.
    pub(crate) fn next_page(&self) -> Context {
        let Stream { context, pages, .. } = &*self.0;
        let page = pages.fetch_add(1, Ordering::Relaxed) + 1;
        let operation = context
            .get::<CurrentOperation>()
            .map(|operation| CurrentOperation {
                page: Some(page),
                ..*operation
            });
        match operation {
            Some(operation) => context.with_value(operation),
            None => context.clone(),
        }
    }

    /// Counts rows or hits that the stream returned.
    pub(crate) fn rows(&self, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.0.rows.fetch_add(count, Ordering::Relaxed);
    }

    /// Ends the span because a page failed.
    pub(crate) fn fail(&self, error: &Error) {
        self.0.end(Some(error));
    }
}

impl Stream {
    fn end(&self, failed: Option<&Error>) {
        let mut span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(span) = span.take() {
            let pages = i64::from(self.pages.load(Ordering::Relaxed));
            let rows = self.rows.load(Ordering::Relaxed);
            let counts = [
                KeyValue::new(key::MILVUS_STREAM_PAGES, pages),
                KeyValue::new(key::MILVUS_STREAM_ROWS, rows),
            ];
            span.end(failed, counts);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end(None);
    }
}
