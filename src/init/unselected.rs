//! Remembers a `tracing` span that `init` does not export because of its level, for the doctor: a call inside it starts a
//! trace of its own.

use std::sync::{Mutex, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};

use super::selection::Selection;

/// The spans that `init` does not export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unselected {
    /// All, because its level is `OFF`.
    All,
    /// This one, the first of the least verbose level, and perhaps others.
    Span {
        level: Level,
        /// Its level, name and target.
        shown: String,
        target: String,
        /// The most verbose level that is exported of its target, and whether that is a level of the target.
        exported: LevelFilter,
        by_target: bool,
    },
}

static UNSELECTED: Mutex<Option<Unselected>> = Mutex::new(None);

/// The spans that `init` does not export, as far as the process has created any.
pub(crate) fn unselected_spans() -> Option<Unselected> {
    UNSELECTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Remembers the selection of a subscriber, if it excludes everything: `tracing` then asks nobody about spans.
pub(super) fn note_selection(selection: &Selection) {
    if selection.max_level() == LevelFilter::OFF {
        put(Unselected::All);
    }
}

/// Remembers a span of the application, if its level excludes it.
pub(super) fn note_span(span: &Metadata<'_>, selection: &Selection) {
    if let Some((exported, by_target)) = selection.excluded_by_level(span) {
        put(Unselected::Span {
            level: *span.level(),
            shown: describe(span),
            target: span.target().to_owned(),
            exported,
            by_target,
        });
    }
}

fn put(new: Unselected) {
    let mut known = UNSELECTED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_better = match (&*known, &new) {
        (None, _) => true,
        (Some(Unselected::All), _) => false,
        (Some(_), Unselected::All) => true,
        (Some(Unselected::Span { level: known, .. }), Unselected::Span { level, .. }) => {
            level < known
        }
    };
    if is_better {
        *known = Some(new);
    }
}

/// The level, name and target of a span.
pub(super) fn describe(span: &Metadata<'_>) -> String {
    let (name, target, level) = (span.name(), span.target(), span.level());
    format!("the {level} span {name:?} of {target}")
}

impl Unselected {
    /// Whether a span is excluded that most applications mean to export.
    pub(crate) fn is_usual(&self) -> bool {
        match self {
            Self::All => true,
            Self::Span { level, .. } => *level <= Level::INFO,
        }
    }

    pub(crate) fn found(&self) -> String {
        match self {
            Self::All => "`init` exports no `tracing` spans, because its level is OFF: calls inside them start traces of \
                          their own"
                .to_owned(),
            Self::Span {
                shown,
                target,
                exported,
                by_target,
                ..
            } => {
                let of = match by_target {
                    true => format!(" of {target}"),
                    false => String::new(),
                };
                format!(
                    "`init` exports spans{of} up to {} only, so {shown} is not exported, and calls inside it start traces \
                     of their own",
                    exported.to_string().to_uppercase()
                )
            }
        }
    }

    /// How to export them.
    pub(crate) fn fix(&self) -> String {
        const FROM_CODE: &str = "unless the code sets a level";
        match self {
            Self::Span {
                level,
                target,
                exported,
                by_target,
                ..
            } if *by_target || *level > Level::INFO => {
                let directive = level.to_string().to_lowercase();
                let other = match *level > Level::INFO && *exported >= LevelFilter::INFO {
                    true => "; or make it a span at INFO",
                    false => "",
                };
                let general = match by_target {
                    true => String::new(),
                    false => format!("{},", exported.to_string().to_lowercase()),
                };
                format!(
                    "export it: `.level_for({target:?}, LevelFilter::{level})` on the builder of `init` or, {FROM_CODE}, \
                     `OTEL_RUST_FILTER={general}{target}={directive}`{other}"
                )
            }
            Self::All | Self::Span { .. } => format!(
                "export spans up to INFO: `.level(LevelFilter::INFO)` on the builder of `init` or, {FROM_CODE}, \
                 `OTEL_RUST_FILTER=info`"
            ),
        }
    }
}
