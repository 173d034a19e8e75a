//! Searches whose hits are returned as columns.

use std::future::Future;

use super::super::operation::{Lazy, Run, operation};
use super::SearchSpec;
use crate::error::Result;
use crate::search::Hits;

/// A [`Search`](super::Search) whose hits are returned as [`Hits`]. Returned by
/// [`Search::columns`](super::Search::columns).
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct SearchHits(Lazy<'static, SearchSpec, Hits>);

operation!([] SearchHits => Hits, options.timeout);

impl SearchHits {
    pub(super) fn new(spec: SearchSpec) -> Self {
        Self(Lazy::Builder(spec))
    }
}

impl Run<Hits> for SearchSpec {
    async fn run(self) -> Result<Hits> {
        Ok(self.hits().await?.0)
    }
}
