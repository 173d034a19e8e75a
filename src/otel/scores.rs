//! The scores in the response of a search.

/// The scores of larger responses are not measured. Milvus limits a query vector to a quarter of this.
const MAX_SCORES: usize = 65_536;

/// The scores of a search, collected while the response is received.
#[derive(Debug, Default)]
pub(super) struct Scores {
    /// The scores of all hits, in the order of the query vectors.
    pub(super) all: Vec<f32>,
    /// The number of hits of each query vector.
    pub(super) hits: Vec<usize>,
    /// The first bytes of a score that continues in the next piece.
    partial: Vec<u8>,
    too_many: bool,
}

impl Scores {
    /// Adds the next bytes of the array of scores.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        const SIZE: usize = size_of::<f32>();
        if self.too_many || self.all.len() + bytes.len() / SIZE > MAX_SCORES {
            self.too_many = true;
            return;
        }
        if !self.partial.is_empty() {
            let missing = (SIZE - self.partial.len()).min(bytes.len());
            let (end, rest) = bytes.split_at(missing);
            self.partial.extend_from_slice(end);
            bytes = rest;
            if let Ok(score) = self.partial.as_slice().try_into() {
                self.all.push(f32::from_le_bytes(score));
                self.partial.clear();
            }
        }
        let scores = bytes.chunks_exact(SIZE);
        self.partial.extend_from_slice(scores.remainder());
        self.all.reserve(scores.len());
        let scores = scores.filter_map(|score| score.try_into().ok());
        self.all.extend(scores.map(f32::from_le_bytes));
    }

    /// Adds the number of hits of the next query vector.
    pub(super) fn query(&mut self, hits: i64) {
        if self.hits.len() < MAX_SCORES {
            self.hits.push(usize::try_from(hits).unwrap_or_default());
        } else {
            self.too_many = true;
        }
    }

    /// The scores of each query vector; `None` if the response is incomplete or too large.
    pub(super) fn by_query(&self) -> Option<impl Iterator<Item = &[f32]>> {
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
    fn scores_are_read_from_pieces_of_any_size() {
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
    fn incomplete_and_large_responses_have_no_scores() {
        let mut scores = Scores::default();
        assert_eq!(queries(&scores), Some(vec![]), "no hits");
        scores.feed(&bytes(&[0.5]));
        scores.query(2);
        assert_eq!(queries(&scores), None, "a score is missing");
        let mut scores = Scores::default();
        scores.feed(&bytes(&vec![0.5; MAX_SCORES + 1]));
        scores.query(MAX_SCORES as i64 + 1);
        assert_eq!(queries(&scores), None, "too many scores");
        let mut scores = Scores::default();
        scores.query(-1);
        assert_eq!(queries(&scores), Some(vec![vec![]]));
    }
}
