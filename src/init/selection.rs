//! Which spans and events of `tracing` are exported.

use std::sync::Arc;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;

use super::env::Env;
use super::variables;

/// The crates that the export itself uses: if their spans were exported, each export would create more spans.
///
/// These must match whole crate names: applications want the spans of `tower_http` and `reqwest_tracing`.
const TRANSPORT_CRATES: [&str; 10] = [
    "h2",
    "hyper",
    "hyper_util",
    "opentelemetry",
    "opentelemetry_http",
    "opentelemetry_otlp",
    "opentelemetry_sdk",
    "reqwest",
    "tonic",
    "tower",
];

/// Targets whose spans represent requests, at levels too verbose for other spans: TRACE for
/// `axum-tracing-opentelemetry` and related crates, DEBUG for `tower_http::TraceLayer`.
const REQUEST_TARGETS: [&str; 2] = ["otel::tracing", "tower_http::trace"];

/// Fields that `tracing-opentelemetry` interprets: a span that declares one is intended for export.
const EXPORT_FIELDS: [&str; 2] = ["otel.kind", "otel.name"];

/// The levels set in code.
#[derive(Debug, Default)]
pub(super) struct Levels {
    pub(super) general: Option<LevelFilter>,
    /// By target.
    pub(super) targets: Vec<(String, LevelFilter)>,
}

/// Decides which callsites are exported. The decision depends only on a callsite's metadata.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    general: LevelFilter,
    /// Sorted by descending length of the target.
    targets: Arc<[(String, LevelFilter)]>,
}

impl Selection {
    /// Levels set in code take precedence over those of the environment.
    pub(super) fn resolve(env: &mut Env, from_code: Levels) -> Self {
        let mut targets = from_code.targets;
        // If a target has two levels, the one set last must be found first.
        targets.reverse();
        let mut general = from_code.general;
        if let Some(parsed) = env.get(&variables::RUST_FILTER) {
            general = general.or_else(|| parsed.default_level());
            targets.extend(parsed);
        }
        // The sort is stable: levels from code stay before those from the environment.
        targets.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Self {
            general: general.unwrap_or(LevelFilter::INFO),
            targets: targets.into(),
        }
    }

    /// Whether a span or event of this callsite is exported.
    pub(super) fn includes(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        let enabled = match self.level_of(target) {
            Some(level) => *metadata.level() <= level,
            None => *metadata.level() <= self.general || self.includes_at_any_level(metadata),
        };
        enabled && !is_transport(target)
    }

    /// The level of the longest prefix of the target; `None` if the general one applies.
    fn level_of(&self, target: &str) -> Option<LevelFilter> {
        let mut targets = self.targets.iter();
        let found = targets.find(|(prefix, _)| target.starts_with(prefix.as_str()));
        found.map(|(_, level)| *level)
    }

    /// The level that excludes a span, and whether it is one of the span's target; `None` if the span is exported, or never is
    /// because it is one of the export itself.
    pub(super) fn excluded_by_level(&self, span: &Metadata<'_>) -> Option<(LevelFilter, bool)> {
        let target = span.target();
        if !span.is_span() || self.includes(span) || is_transport(target) {
            return None;
        }
        let own = self.level_of(target);
        Some((own.unwrap_or(self.general), own.is_some()))
    }

    fn includes_at_any_level(&self, metadata: &Metadata<'_>) -> bool {
        let fields = metadata.fields();
        metadata.is_span()
            && self.general != LevelFilter::OFF
            && (REQUEST_TARGETS
                .iter()
                .any(|prefix| metadata.target().starts_with(prefix))
                || EXPORT_FIELDS
                    .iter()
                    .any(|name| fields.field(name).is_some()))
    }

    /// The most verbose level of all spans and events that may be exported.
    pub(super) fn max_level(&self) -> LevelFilter {
        let requests = match self.general {
            LevelFilter::OFF => LevelFilter::OFF,
            _ => LevelFilter::TRACE,
        };
        let targets = self.targets.iter().map(|(_, level)| *level);
        targets.fold(requests, LevelFilter::max)
    }
}

fn is_transport(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or(target);
    TRANSPORT_CRATES.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing::{Subscriber, span};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    use super::*;

    fn resolve(variable: &str, from_code: Levels) -> (Selection, Vec<String>) {
        let mut env = Env::fixed([("OTEL_RUST_FILTER", variable)]);
        let selection = Selection::resolve(&mut env, from_code);
        let warnings = env.into_warnings();
        (
            selection,
            warnings.iter().map(ToString::to_string).collect(),
        )
    }

    /// Returns the targets of the spans and events that a layer with this selection receives.
    fn exported(selection: Selection, traced: impl FnOnce()) -> Vec<String> {
        struct Recorder(Arc<Mutex<Vec<String>>>);

        impl<S: Subscriber> Layer<S> for Recorder {
            fn on_new_span(&self, attrs: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
                let target = attrs.metadata().target().to_owned();
                self.0.lock().unwrap().push(target);
            }
            fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
                let target = event.metadata().target();
                self.0.lock().unwrap().push(format!("{target}!"));
            }
        }

        let recorded = Arc::default();
        let filter = super::super::layer::filter(selection);
        let layer = Recorder(Arc::clone(&recorded)).with_filter(filter);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, traced);
        std::mem::take(&mut recorded.lock().unwrap())
    }

    fn spans_and_events() {
        drop(tracing::info_span!(target: "app", ""));
        drop(tracing::debug_span!(target: "app::fine", ""));
        tracing::debug!(target: "app::fine", "");
        drop(tracing::trace_span!(target: "kind", "", otel.kind = "server"));
        drop(tracing::trace_span!(target: "name", "", otel.name = "GET /"));
        tracing::trace!(target: "name", { otel.name = "no span" }, "");
        drop(tracing::trace_span!(target: "otel::tracing", ""));
        drop(tracing::debug_span!(target: "tower_http::trace::make_span", ""));
        tracing::debug!(target: "tower_http::trace::on_request", "");
        drop(tracing::debug_span!(target: "tower_http::cors", ""));
        drop(tracing::error_span!(target: "hyper_util::client", "", otel.kind = "client"));
        tracing::error!(target: "opentelemetry_sdk", "");
    }

    #[test]
    fn requests_are_exported_at_any_level() {
        let (selection, warnings) = resolve("", Levels::default());
        assert_eq!(warnings, [""; 0]);
        let requests = [
            "kind",
            "name",
            "otel::tracing",
            "tower_http::trace::make_span",
        ];
        assert_eq!(
            exported(selection, spans_and_events),
            [&["app"], &requests[..]].concat()
        );
        let (selection, _) = resolve("error", Levels::default());
        assert_eq!(exported(selection, spans_and_events), requests);
        let (selection, _) = resolve("off", Levels::default());
        assert_eq!(exported(selection, spans_and_events), [""; 0]);
    }

    #[test]
    fn a_target_has_the_level_of_its_longest_prefix() {
        let directives = "off,app=info,app::fine=debug,tower_http=debug,kind=off,hyper_util=trace";
        let (selection, warnings) = resolve(directives, Levels::default());
        assert_eq!(warnings, [""; 0]);
        assert_eq!(
            exported(selection, spans_and_events),
            [
                "app",
                "app::fine",
                "app::fine!",
                "tower_http::trace::make_span",
                "tower_http::trace::on_request!",
                "tower_http::cors",
            ]
        );
    }

    #[test]
    fn code_precedes_the_environment() {
        let from_code = Levels {
            general: Some(LevelFilter::OFF),
            targets: vec![
                ("app".into(), LevelFilter::OFF),
                ("app".into(), LevelFilter::INFO),
            ],
        };
        let (selection, _) = resolve("trace,app=trace,name=trace", from_code);
        assert_eq!(
            exported(selection, spans_and_events),
            ["app", "name", "name!"]
        );
    }

    #[test]
    fn the_filter_decides_once_per_callsite() {
        use tracing_subscriber::Registry;
        use tracing_subscriber::layer::Filter;

        let spans = tracing::subscriber::with_default(tracing_subscriber::registry(), || {
            [
                tracing::info_span!(target: "app", ""),
                tracing::trace_span!(target: "otel::tracing", ""),
                tracing::debug_span!(target: "app", ""),
                tracing::error_span!(target: "h2::client", ""),
            ]
            .map(|span| span.metadata().unwrap())
        });
        let filter = super::super::layer::filter(resolve("", Levels::default()).0);
        let never = |span| Filter::<Registry>::callsite_enabled(&filter, span).is_never();
        assert_eq!(spans.map(never), [false, false, true, true]);
    }

    #[test]
    fn invalid_directives_cause_a_warning() {
        let (selection, warnings) = resolve("app=loud", Levels::default());
        assert!(
            warnings[0].starts_with("OTEL_RUST_FILTER: ") && warnings[0].contains("app=loud"),
            "{warnings:?}"
        );
        assert_eq!(selection.general, LevelFilter::INFO);
    }

    #[test]
    fn transport_crates_match_by_their_whole_name() {
        for target in ["h2", "h2::proto::connection", "hyper_util::client"] {
            assert!(is_transport(target), "{target}");
        }
        for target in ["tower_http::trace", "reqwest_tracing", "h2x", "app::tower"] {
            assert!(!is_transport(target), "{target}");
        }
    }

    #[test]
    fn max_level_is_the_most_verbose_exported_level() {
        for (directives, level) in [
            ("", LevelFilter::TRACE),
            ("error", LevelFilter::TRACE),
            ("off", LevelFilter::OFF),
            ("off,app=debug,other=warn", LevelFilter::DEBUG),
        ] {
            let (selection, _) = resolve(directives, Levels::default());
            assert_eq!(selection.max_level(), level, "{directives}");
        }
    }
}
