use super::FunctionScore;
use crate::error::named_enum;
use crate::proto::common::KeyValuePair;
use crate::proto::{finite, schema};
use crate::schema::Function;

/// How the hits of several searches are merged into one list.
///
/// Also converted by `into()` from a [`Function`].
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::search::Ranker;
///
/// let search = client.hybrid_search("books").vector("embedding", [0.1, 0.2]).vector("words", "desert planet");
/// let hits = search.ranker(Ranker::weighted([0.7, 0.3])).await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "RRFRanker")]
#[doc(alias = "WeightedRanker")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ranker {
    /// [Reciprocal rank fusion](https://milvus.io/docs/rrf-ranker.md): the score of a row is the sum of
    /// `1 / (k + rank)` over the searches. The scores of the searches are not used.
    Rrf {
        /// A larger number lowers the weight of the first ranks. Usually 60.
        k: f64,
    },
    /// The score of a row is the [weighted sum](https://milvus.io/docs/weighted-ranker.md) of its scores in the
    /// searches.
    Weighted {
        /// One weight per search, 0 to 1.
        weights: Vec<f64>,
        /// Whether the scores of each search are first scaled to 0..1. Default of Milvus: true.
        normalize: bool,
    },
    /// A function of kind [`Rerank`](crate::schema::FunctionKind::Rerank) (since Milvus 2.6).
    Function(Function),
}

impl From<Function> for Ranker {
    fn from(function: Function) -> Self {
        Self::Function(function)
    }
}

impl Ranker {
    /// Reciprocal rank fusion with this `k`.
    pub fn rrf(k: impl Into<f64>) -> Self {
        Self::Rrf { k: k.into() }
    }

    /// The weighted sum of scores that are scaled to 0..1, with one weight per search.
    pub fn weighted(weights: impl Into<Vec<f64>>) -> Self {
        Self::Weighted {
            weights: weights.into(),
            normalize: true,
        }
    }

    /// Refuses NaN and infinity, which the JSON of the request cannot represent.
    pub(crate) fn check(&self) -> Result<(), String> {
        let checked = match self {
            Self::Rrf { k } => finite("k", &[*k]),
            Self::Weighted { weights, .. } => finite("one of weights", weights),
            Self::Function(function) => return FunctionScore::from(function.clone()).check(),
        };
        checked.map_err(|why| format!("ranker: {why}"))
    }

    /// The message of a function. The other rankers are sent as parameters.
    pub(crate) fn function_score(&self) -> Option<schema::FunctionScore> {
        match self {
            Self::Function(function) => Some(FunctionScore::from(function.clone()).to_proto()),
            _ => None,
        }
    }

    pub(crate) fn to_proto(&self) -> Vec<KeyValuePair> {
        let (strategy, parameters) = match self {
            Self::Rrf { k } => ("rrf", serde_json::json!({ "k": k })),
            Self::Weighted { weights, normalize } => (
                "weighted",
                serde_json::json!({ "weights": weights, "norm_score": normalize }),
            ),
            Self::Function(_) => return Vec::new(),
        };
        vec![
            KeyValuePair {
                key: "strategy".to_owned(),
                value: strategy.to_owned(),
            },
            KeyValuePair {
                key: "params".to_owned(),
                value: parameters.to_string(),
            },
        ]
    }
}

named_enum! {
    /// How a hybrid search with grouping computes the score of a group from the scores of its hits.
    pub enum GroupScorer {
        /// The maximum.
        Max = "max",
        /// The mean.
        Average = "avg",
        /// The sum.
        Sum = "sum",
    }
}
