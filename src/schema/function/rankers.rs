//! Functions that compute new scores for the hits of a search, one for each reranker of Milvus.

use super::Function;
use crate::error::named_enum;
use crate::proto::flag;

named_enum! {
    /// The shape of the curve by which a [decay](Function::decay) lowers scores with the distance.
    pub enum DecayFunction {
        /// A bell curve: slow near the origin, then fast, then slow again.
        Gaussian = "gauss",
        /// Exponential: fast near the origin, then more and more slowly.
        Exponential = "exp",
        /// Linear, down to 0.
        Linear = "linear",
    }
}

impl Function {
    fn ranker(name: impl Into<String>, field: Option<String>, reranker: &str) -> Self {
        Self::rerank(name, field).parameter("reranker", reranker)
    }

    /// Multiplies scores by a weight ([boost ranker](https://milvus.io/docs/boost-ranker.md)). Since Milvus 2.6.2.
    ///
    /// Two optional [parameters](Self::parameter): `("filter", "year > 1950")` restricts it to some hits, and
    /// `("random_score", r#"{"seed": 1, "field": "id"}"#)` also multiplies by a random number.
    pub fn boost(name: impl Into<String>, weight: f64) -> Self {
        Self::ranker(name, None, "boost").parameter("weight", weight.to_string())
    }

    /// Multiplies scores by a factor that depends on the number in `field`: 1 at `origin`, and less with the distance
    /// from it ([decay ranker](https://milvus.io/docs/decay-ranker-overview.md)). At the distance `scale` the factor is
    /// 0.5. Since Milvus 2.6.
    ///
    /// Two optional [parameters](Self::parameter): `("decay", "0.3")` sets the factor at the distance `scale`, and
    /// `("offset", "10")` a distance up to which the factor is 1.
    #[expect(clippy::needless_pass_by_value, reason = "accepts numbers and texts")]
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

    /// Merges the lists of a hybrid search by ranks: the score of a row is the sum of `1 / (k + rank)` over the lists.
    /// Since Milvus 2.6.
    pub fn rrf(name: impl Into<String>, k: u32) -> Self {
        Self::ranker(name, None, "rrf").parameter("k", k.to_string())
    }

    /// Merges the lists of a hybrid search by scores: the score of a row is the sum of its scores, multiplied by the
    /// weights of the searches. With `normalize`, scores are first scaled to 0..1. Since Milvus 2.6.
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

    /// Lets a model score how well the texts of a varchar field answer the queries ([model
    /// ranker](https://milvus.io/docs/model-ranker-overview.md)). `queries` has one text for each query vector of the
    /// search. Since Milvus 2.6.
    ///
    /// `provider` is one that the server is configured for, such as `tei`. Its settings are
    /// [parameters](Self::parameter), such as `("endpoint", "http://reranker:8080")`.
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
