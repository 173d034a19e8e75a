//! Detects that another filter of the subscriber disables spans that should be exported.
//!
//! A filter over the whole subscriber (an `EnvFilter` that is not attached to one layer) decides for all layers. A layer
//! cannot see this: if the filter was added after it, the layer is never called for the span. `tracing` registers each
//! callsite with every subscriber, though. So a second subscriber, which records nothing, asks the application's
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

/// The part of the application's subscriber. It does nothing but to say which subscriber that is.
pub(super) struct VetoLayer {
    watch: Arc<Watch>,
    /// Keeps the watching subscriber alive, and registered, as long as the watched one.
    _watching: Dispatch,
}

impl VetoLayer {
    pub(super) fn new(selection: Selection, quiet: bool) -> Self {
        let watch = Arc::new(Watch {
            selection,
            application: OnceLock::new(),
            told: AtomicBool::new(quiet),
        });
        Self {
            _watching: Dispatch::new(Watching(Arc::clone(&watch))),
            watch,
        }
    }
}

impl<S: Subscriber> Layer<S> for VetoLayer {
    fn on_register_dispatch(&self, application: &Dispatch) {
        let _ = self.watch.application.set(application.downgrade());
    }
}

struct Watch {
    selection: Selection,
    application: OnceLock<WeakDispatch>,
    told: AtomicBool,
}

impl Watch {
    /// What the application's subscriber says of a callsite, so that the interest of both together is its own.
    fn interest(&self, callsite: &'static Metadata<'static>) -> Interest {
        let application = self.application.get().and_then(WeakDispatch::upgrade);
        let Some(application) = application else {
            return Interest::never();
        };
        let interest = application.register_callsite(callsite);
        if callsite.is_span()
            && !self.told.load(Ordering::Relaxed)
            && self.selection.wants(callsite)
            && !Context::is_current_telemetry_suppressed()
            // Our own layer enables the span, so a refusal is another's.
            && !application.enabled(callsite)
            && !self.told.swap(true, Ordering::Relaxed)
        {
            tell(callsite);
        }
        interest
    }
}

/// Says it on the standard error: what disables spans would swallow a warning too.
fn tell(span: &Metadata<'_>) {
    let (name, target, level) = (span.name(), span.target(), span.level());
    let filter = match std::env::var("RUST_LOG") {
        Ok(directives) => format!("RUST_LOG={directives:?}"),
        Err(_) => "RUST_LOG is not set, so an EnvFilter allows errors only".to_owned(),
    };
    let _ = writeln!(
        std::io::stderr(),
        "milvus-otel: the {level} span {name:?} of {target} is disabled by a filter over the whole subscriber ({filter}), \
         and others may be: a disabled span is not exported, and calls to Milvus in it start separate traces; put the \
         filter on the layer that writes the log, as in `fmt::layer().with_filter(EnvFilter::from_default_env())`, or let \
         it enable the span"
    );
}

/// A subscriber that is never the current one.
struct Watching(Arc<Watch>);

impl Subscriber for Watching {
    fn register_callsite(&self, callsite: &'static Metadata<'static>) -> Interest {
        self.0.interest(callsite)
    }

    /// Callsites above the level that all subscribers agree on are not even registered.
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
