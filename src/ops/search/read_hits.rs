//! Reading the hits in an answer.

use super::super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::SearchResults;
use crate::search::{Hits, hits_from_response, round_scores};

/// The settings of a search that matter when its answer is read.
#[derive(Debug, Default)]
pub(in crate::ops) struct Reading {
    pub(in crate::ops) queries: usize,
    /// The number of decimal places that scores are rounded to.
    pub(in crate::ops) digits: Option<u32>,
    /// The output fields that the caller gave, if the request has others.
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
    // Milvus before 2.5 and Milvus Lite do not return the name of the primary key.
    let known = if nameless(&answer) {
        // Boxed because it is rarely needed, and would make the future of every search larger.
        let known = Box::pin(client.recent(wait.step(call)));
        Some(known.await?)
    } else {
        None
    };
    let key = known.as_ref().map_or("", |known| known.key());
    hits_from_response(answer, reading.queries, key).map_err(|why| call.invalid_response(why))
}
