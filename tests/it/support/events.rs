//! The `tracing` events of a piece of work.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// An event as it came.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) level: Level,
    pub(crate) name: &'static str,
    pub(crate) target: String,
    pub(crate) fields: BTreeMap<String, String>,
    /// The OpenTelemetry span that was current: what exported logs are correlated with.
    pub(crate) span: SpanContext,
}

/// Keeps the events; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<Said>>>);

impl Events {
    /// Those of one target.
    pub(crate) fn of(&self, target: &str) -> Vec<Said> {
        let all = self.0.lock().unwrap().clone();
        all.into_iter()
            .filter(|said| said.target == target)
            .collect()
    }
}

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let current = opentelemetry::Context::current();
        self.0.lock().unwrap().push(Said {
            level: *event.metadata().level(),
            name: event.metadata().name(),
            target: event.metadata().target().to_owned(),
            fields: fields.0,
            span: current.span().span_context().clone(),
        });
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}
