//! Hits as they are received.

use super::super::wait::Wait;
use super::{Many, Search};
use crate::client::{Call, Client, Pending};
use crate::data::Row;
use crate::error::{Error, Result};
use crate::proto::milvus::SearchResults;
use crate::search::{Hits, found, round_scores};

/// What of a search concerns how its answer is read.
#[derive(Debug, Default)]
pub(in crate::ops) struct Reading {
    pub(in crate::ops) queries: usize,
    /// To how many digits scores are rounded.
    pub(in crate::ops) digits: Option<u32>,
    /// The fields that were meant, where others were asked for.
    pub(in crate::ops) shown: Option<Vec<String>>,
}

/// The hits in an answer.
pub(in crate::ops) async fn read_hits(
    client: &Client,
    call: Call<'_>,
    wait: &Wait,
    mut answer: SearchResults,
    reading: Reading,
) -> Result<Hits> {
    if let Some(results) = &mut answer.results {
        if let Some(digits) = reading.digits {
            round_scores(&mut results.scores, digits);
        }
        if let Some(shown) = reading.shown {
            results.output_fields = shown;
        }
    }
    let nameless = |answer: &SearchResults| {
        let results = answer.results.as_ref();
        results.is_some_and(|results| {
            results.primary_field_name.is_empty() && !results.scores.is_empty()
        })
    };
    // Milvus before 2.5 and Milvus Lite do not say what the primary key is called.
    let known = if nameless(&answer) {
        // Boxed because it is seldom needed, and would make every search's future larger.
        let known = Box::pin(client.recent(call.timeout(wait.remaining())));
        Some(known.await?)
    } else {
        None
    };
    let key = known.as_ref().map_or("", |known| known.key());
    found(answer, reading.queries, key)
        .map_err(|why| Error::answer(call.operation, why).on(call.collection))
}

/// A [`Search`] whose hits come as [`Hits`]; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct SearchHits(pub(super) Search<Row, Many>);

impl IntoFuture for SearchHits {
    type Output = Result<Hits>;
    type IntoFuture = Pending<Hits>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.0.hits().await?.0) })
    }
}
