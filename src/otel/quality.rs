//! Metrics of the scores that searches return.

use std::fmt;
use std::sync::Arc;

use opentelemetry::KeyValue;

use super::metrics::Instruments;
use super::scores::Scores;

type Threshold = dyn Fn(&str) -> Option<WeakScore> + Send + Sync;

/// Settings for the metrics of search scores: see [`OtelLayer::answer_quality`](super::OtelLayer::answer_quality).
#[derive(Clone, Default)]
pub struct AnswerQuality {
    weak: Option<Arc<Threshold>>,
}

/// The threshold beyond which a hit is too dissimilar to be useful.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WeakScore {
    /// Hits with a lower score are weak: for `COSINE`, `IP` and `BM25`, where higher is better.
    Below(f32),
    /// Hits with a higher score are weak: for `L2`, `HAMMING` and `JACCARD`, which are distances.
    Above(f32),
}

impl WeakScore {
    fn is_weak(self, score: f32) -> bool {
        match self {
            Self::Below(threshold) => score < threshold,
            Self::Above(threshold) => score > threshold,
        }
    }
}

impl AnswerQuality {
    /// Records the best scores, their spread, and query vectors without a hit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also counts hits that are worse than the threshold of their collection; return `None` for a collection without a
    /// threshold.
    ///
    /// ```
    /// # use milvus_otel::{OtelLayer, otel::{AnswerQuality, WeakScore}};
    /// let quality = AnswerQuality::new().weak_hits(|collection| match collection {
    ///     "books" => Some(WeakScore::Below(0.7)),
    ///     _ => None,
    /// });
    /// let layer = OtelLayer::new().answer_quality(quality);
    /// ```
    #[must_use]
    pub fn weak_hits(
        mut self,
        threshold: impl Fn(&str) -> Option<WeakScore> + Send + Sync + 'static,
    ) -> Self {
        self.weak = Some(Arc::new(threshold));
        self
    }

    /// Records the scores of a search with `query_count` query vectors.
    pub(super) fn measure(
        &self,
        instruments: &Instruments,
        scores: &Scores,
        query_count: u64,
        collection: Option<&str>,
        labels: &[KeyValue],
    ) {
        let Some(hits) = scores.by_query() else {
            return;
        };
        let (mut queries, mut empty) = (0, 0);
        for scores in hits {
            queries += 1;
            match scores {
                [best, ..] => {
                    let last = scores.last().unwrap_or(best);
                    instruments.top_score.record(f64::from(*best), labels);
                    let spread = f64::from((best - last).abs());
                    instruments.score_spread.record(spread, labels);
                }
                [] => empty += 1,
            }
        }
        if scores.hits.is_empty() {
            // Without any hit, the response does not list the query vectors.
            (queries, empty) = (query_count, query_count);
        }
        instruments.searched_vectors.add(queries, labels);
        instruments.empty_searches.add(empty, labels);
        let weak = self.weak.as_ref().zip(collection);
        if let Some(weak) = weak.and_then(|(weak, collection)| weak(collection)) {
            let hits = scores.all.iter().filter(|score| weak.is_weak(**score));
            instruments.weak_hits.add(hits.count() as u64, labels);
        }
    }
}

impl fmt::Debug for AnswerQuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerQuality")
            .field("weak_hits", &self.weak.is_some())
            .finish()
    }
}
