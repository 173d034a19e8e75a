//! Metrics of the scores that searches return.

use std::fmt;
use std::sync::Arc;

use opentelemetry::KeyValue;

use super::metrics::Instruments;
use super::scores::Scores;

type Threshold = dyn Fn(&str) -> Option<WeakScore> + Send + Sync;

/// Measures the answers of searches: see [`OtelLayer::answer_quality`](super::OtelLayer::answer_quality).
#[derive(Clone, Default)]
pub struct AnswerQuality {
    weak: Option<Arc<Threshold>>,
}

/// Which hits are too far away to be of use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WeakScore {
    /// Those with a lower score: for `COSINE`, `IP`, `BM25`, of which the highest is the best.
    Below(f32),
    /// Those with a higher score: for `L2`, `HAMMING`, `JACCARD`, which are distances.
    Above(f32),
}

impl WeakScore {
    fn is(self, score: f32) -> bool {
        match self {
            Self::Below(threshold) => score < threshold,
            Self::Above(threshold) => score > threshold,
        }
    }
}

impl AnswerQuality {
    /// Best scores, their spread, and searches without a hit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also counts the hits that are weak by the threshold of their collection; `None` for a collection without one.
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

    /// Measures the answer to so many query vectors.
    pub(super) fn measure(
        &self,
        instruments: &Instruments,
        scores: &Scores,
        asked: u64,
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
            // Nothing at all was found.
            (queries, empty) = (asked, asked);
        }
        instruments.searched_vectors.add(queries, labels);
        instruments.empty_searches.add(empty, labels);
        let weak = self.weak.as_ref().zip(collection);
        if let Some(weak) = weak.and_then(|(weak, collection)| weak(collection)) {
            let hits = scores.all.iter().filter(|score| weak.is(**score));
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
