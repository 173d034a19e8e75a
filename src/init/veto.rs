//! Detects that another filter of the subscriber disables spans that should be exported.
//!
//! A filter over the whole subscriber (an `EnvFilter` that is not attached to one layer) applies to all layers. A layer
//! cannot detect this: if the filter was added after it, the layer is never called for the span. But `tracing`
//! registers each callsite with every subscriber, so a second subscriber, which records nothing, asks the application's
//! subscriber about each callsite.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use opentelemetry::Context;
use tracing::dispatcher::WeakDispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber, span};
use tracing_subscriber::layer::Layer;

use super::selection::Selection;
use super::unselected::{describe, note_selection, note_span};

/// A layer of the application's subscriber whose only purpose is to identify that subscriber.
pub(super) struct VetoLayer {
    probe: Arc<Probe>,
    /// Keeps the probe alive and registered for as long as the application's subscriber.
    _probe: Dispatch,
}

impl VetoLayer {
    pub(super) fn new(selection: Selection, quiet: bool) -> Self {
        note_selection(&selection);
        let probe = Arc::new(Probe {
            selection,
            application: OnceLock::new(),
            reported: AtomicBool::new(false),
            quiet,
        });
        Self {
            _probe: Dispatch::new(ProbeSubscriber(Arc::clone(&probe))),
            probe,
        }
    }
}

impl<S: Subscriber> Layer<S> for VetoLayer {
    fn on_register_dispatch(&self, application: &Dispatch) {
        let _ = self.probe.application.set(application.downgrade());
    }
}

struct Probe {
    selection: Selection,
    application: OnceLock<WeakDispatch>,
    reported: AtomicBool,
    quiet: bool,
}

/// The first span of the process that such a filter disabled.
static DISABLED: OnceLock<String> = OnceLock::new();

/// The level, name and target of the first span that a filter over the whole subscriber disabled.
pub(crate) fn disabled_span() -> Option<&'static str> {
    DISABLED.get().map(String::as_str)
}

impl Probe {
    /// Returns the interest of the application's subscriber in a callsite, so that the probe does not change the
    /// combined interest. Reports the first selected span that the application's subscriber disables.
    fn interest(&self, callsite: &'static Metadata<'static>) -> Interest {
        let application = self.application.get().and_then(WeakDispatch::upgrade);
        let Some(application) = application else {
            return Interest::never();
        };
        let interest = application.register_callsite(callsite);
        if !Context::is_current_telemetry_suppressed() {
            note_span(callsite, &self.selection);
        }
        if callsite.is_span()
            && !self.reported.load(Ordering::Relaxed)
            && self.selection.includes(callsite)
            && !Context::is_current_telemetry_suppressed()
            // Our own layer enables the span, so another filter disables it.
            && !application.enabled(callsite)
            && !self.reported.swap(true, Ordering::Relaxed)
        {
            let span = describe(callsite);
            if !self.quiet {
                report(&span);
            }
            let _ = DISABLED.set(span);
        }
        interest
    }
}

/// Reports the span on stderr, because the same filter would probably disable a `tracing` warning too.
fn report(span: &str) {
    let filter = match std::env::var("RUST_LOG") {
        Ok(directives) => format!("RUST_LOG={directives:?}"),
        Err(_) => "RUST_LOG is not set, so an EnvFilter allows errors only".to_owned(),
    };
    let _ = writeln!(
        std::io::stderr(),
        "milvus-otel: {span} is disabled by a filter over the whole subscriber ({filter}), \
         and others may be: a disabled span is not exported, and calls to Milvus in it start separate traces; put the \
         filter on the layer that writes the log, as in `fmt::layer().with_filter(EnvFilter::from_default_env())`, or let \
         it enable the span"
    );
}

/// A subscriber that is registered but is never the default.
struct ProbeSubscriber(Arc<Probe>);

impl Subscriber for ProbeSubscriber {
    fn register_callsite(&self, callsite: &'static Metadata<'static>) -> Interest {
        self.0.interest(callsite)
    }

    /// `tracing` does not register callsites that are more verbose than the hints of all subscribers.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.selection.max_level())
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
