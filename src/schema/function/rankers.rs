//! The functions that give hits another score, by what Milvus calls its rerankers.

use super::Function;
use crate::error::named_enum;
use crate::proto::flag;

named_enum! {
    /// How a score falls with the distance.
    pub enum DecayFunction {
        /// Slowly near by, faster further away, and slowly again: a bell.
        Gaussian = "gauss",
        /// Fast near by, and ever slower.
        Exponential = "exp",
        /// Evenly, down to 0.
        Linear = "linear",
    }
}

impl Function {
    fn ranker(name: impl Into<String>, field: Option<String>, reranker: &str) -> Self {
        Self::rerank(name, field).parameter("reranker", reranker)
    }

    /// Multiplies scores by a weight (Milvus 2.6.2): those of all hits, unless [`parameter`](Self::parameter) says
    /// which: `("filter", "year > 1950")`. `("random_score", r#"{"seed": 1, "field": "id"}"#)` multiplies by chance,
    /// too.
    pub fn boost(name: impl Into<String>, weight: f64) -> Self {
        Self::ranker(name, None, "boost").parameter("weight", weight.to_string())
    }

    /// Multiplies scores by one that falls from 1 the further the number in a field is from `origin`, to 0.5 at the
    /// distance `scale` (Milvus 2.6). [`parameter`](Self::parameter) says otherwise: `("decay", "0.3")`, and
    /// `("offset", "10")` for a distance up to which it does not fall.
    #[expect(clippy::needless_pass_by_value, reason = "numbers go in as they are")]
    pub fn decay(
        name: impl Into<String>,
        field: impl Into<String>,
        function: DecayFunction,
        origin: impl ToString,
        scale: impl ToString,
    ) -> Self {
        Self::ranker(name, Some(field.into()), "decay")
            .parameter("function", function.name())
            .parameter("origin", origin.to_string())
            .parameter("scale", scale.to_string())
    }

    /// Merges the lists of a hybrid search by ranks (Milvus 2.6): each adds `1 / (k + rank)`.
    pub fn rrf(name: impl Into<String>, k: u32) -> Self {
        Self::ranker(name, None, "rrf").parameter("k", k.to_string())
    }

    /// Merges the lists of a hybrid search by scores (Milvus 2.6), each search's multiplied by its weight; scaled to
    /// 0..1 before, if so wanted.
    pub fn weighted(
        name: impl Into<String>,
        weights: impl IntoIterator<Item = f64>,
        normalize: bool,
    ) -> Self {
        let weights: Vec<f64> = weights.into_iter().collect();
        let mut weighted = Self::ranker(name, None, "weighted");
        weighted.parameters.set_numbers("weights", &weights);
        weighted.parameter("norm_score", flag(normalize))
    }

    /// Scores by how well texts of a varchar field answer the queries, one for each vector that is searched for, as a
    /// model says (Milvus 2.6). `provider` is one that the server is set up for, such as `tei`;
    /// [`parameter`](Self::parameter) says the rest: `("endpoint", "http://reranker:8080")`.
    pub fn model_ranker<Q: Into<String>>(
        name: impl Into<String>,
        field: impl Into<String>,
        provider: impl Into<String>,
        queries: impl IntoIterator<Item = Q>,
    ) -> Self {
        let queries: Vec<String> = queries.into_iter().map(Into::into).collect();
        Self::ranker(name, Some(field.into()), "model")
            .parameter("provider", provider)
            .parameter("queries", serde_json::Value::from(queries).to_string())
    }
}
