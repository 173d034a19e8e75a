//! How good the answers of searches are, as far as their scores tell.

use std::fmt;
use std::sync::Arc;

use opentelemetry::KeyValue;

use super::metrics::Instruments;

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

/// Answers with more hits are not judged: that is as many as one query can have, four times.
const MAX_SCORES: usize = 65_536;

/// The scores of an answer, as they come in.
#[derive(Debug, Default)]
pub(super) struct Scores {
    /// Of all hits, one query after the other.
    all: Vec<f32>,
    /// How many hits each query has.
    hits: Vec<usize>,
    /// The beginning of a score that was cut by the end of a piece.
    cut: Vec<u8>,
    too_many: bool,
}

impl Scores {
    /// Takes further bytes of the array.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        const SIZE: usize = size_of::<f32>();
        if self.too_many || self.all.len() + bytes.len() / SIZE > MAX_SCORES {
            self.too_many = true;
            return;
        }
        if !self.cut.is_empty() {
            let missing = (SIZE - self.cut.len()).min(bytes.len());
            let (end, rest) = bytes.split_at(missing);
            self.cut.extend_from_slice(end);
            bytes = rest;
            if let Ok(score) = self.cut.as_slice().try_into() {
                self.all.push(f32::from_le_bytes(score));
                self.cut.clear();
            }
        }
        let scores = bytes.chunks_exact(SIZE);
        self.cut.extend_from_slice(scores.remainder());
        self.all.reserve(scores.len());
        let scores = scores.filter_map(|score| score.try_into().ok());
        self.all.extend(scores.map(f32::from_le_bytes));
    }

    /// Another query has so many hits.
    pub(super) fn query(&mut self, hits: i64) {
        if self.hits.len() < MAX_SCORES {
            self.hits.push(usize::try_from(hits).unwrap_or_default());
        } else {
            self.too_many = true;
        }
    }

    /// The scores of each query, where they are all there.
    fn by_query(&self) -> Option<impl Iterator<Item = &[f32]>> {
        let hits: usize = self.hits.iter().sum();
        if self.too_many || hits != self.all.len() {
            return None;
        }
        let mut rest = self.all.as_slice();
        Some(self.hits.iter().map(move |hits| {
            let (scores, after) = rest.split_at(*hits);
            rest = after;
            scores
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(scores: &[f32]) -> Vec<u8> {
        scores
            .iter()
            .flat_map(|score| score.to_le_bytes())
            .collect()
    }

    fn queries(scores: &Scores) -> Option<Vec<Vec<f32>>> {
        let queries = scores.by_query()?;
        Some(queries.map(<[f32]>::to_vec).collect())
    }

    #[test]
    fn scores_are_read_however_they_are_cut() {
        let sent = bytes(&[0.9, 0.5, 0.25]);
        for size in 1..=sent.len() {
            let mut scores = Scores::default();
            for piece in sent.chunks(size) {
                scores.feed(piece);
            }
            for hits in [2, 0, 1] {
                scores.query(hits);
            }
            let wanted = vec![vec![0.9, 0.5], vec![], vec![0.25]];
            assert_eq!(queries(&scores), Some(wanted), "pieces of {size}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_not_judged() {
        let mut scores = Scores::default();
        assert_eq!(queries(&scores), Some(vec![]), "nothing was found");
        scores.feed(&bytes(&[0.5]));
        scores.query(2);
        assert_eq!(queries(&scores), None, "a score is missing");
        let mut scores = Scores::default();
        scores.feed(&bytes(&vec![0.5; MAX_SCORES + 1]));
        scores.query(MAX_SCORES as i64 + 1);
        assert_eq!(queries(&scores), None, "too many");
        let mut scores = Scores::default();
        scores.query(-1);
        assert_eq!(queries(&scores), Some(vec![vec![]]));
    }
}
