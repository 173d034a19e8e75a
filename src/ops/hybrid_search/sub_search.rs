use super::super::find::{Find, Target, finding};
use super::super::refine::refining;
use crate::search::Needle;

/// One of the searches of a [`HybridSearch`](super::HybridSearch).
#[derive(Debug, Clone)]
#[must_use = "it is part of a hybrid search"]
pub struct SubSearch {
    pub(super) find: Find,
}

impl SubSearch {
    /// A search of this field. Unless it says otherwise, it finds as many as the hybrid search's limit and offset
    /// together.
    pub fn new(field: impl Into<String>, needle: impl Into<Needle>) -> Self {
        let needles = std::iter::once(needle.into()).collect();
        Self {
            find: Find {
                field: Some(field.into()),
                target: Target::Needles(needles),
                ..Find::default()
            },
        }
    }
}

finding!([] SubSearch);
refining!([] SubSearch);
