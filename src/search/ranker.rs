use super::FunctionScore;
use crate::error::named_enum;
use crate::proto::common::KeyValuePair;
use crate::proto::{finite, schema};
use crate::schema::Function;

/// How the hits of several searches become one list; made by `into()` from a [`Function`], too.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ranker {
    /// By ranks: each search adds `1 / (k + rank)`. No scale of scores matters.
    Rrf {
        /// The larger, the less the first ranks stand out; 60 is usual.
        k: f64,
    },
    /// By scores, each search's scaled to 0..1 and multiplied by its weight.
    Weighted {
        /// One per search, 0 to 1.
        weights: Vec<f64>,
        /// Whether scores are scaled first. Milvus' default is that they are.
        normalize: bool,
    },
    /// By a function of kind [`Rerank`](crate::schema::FunctionKind::Rerank) (Milvus 2.6).
    Function(Function),
}

impl From<Function> for Ranker {
    fn from(function: Function) -> Self {
        Self::Function(function)
    }
}

impl Ranker {
    /// By ranks, with this `k`.
    pub fn rrf(k: impl Into<f64>) -> Self {
        Self::Rrf { k: k.into() }
    }

    /// By scores, with one weight per search.
    pub fn weighted(weights: impl Into<Vec<f64>>) -> Self {
        Self::Weighted {
            weights: weights.into(),
            normalize: true,
        }
    }

    /// The error says which number is none: JSON, which takes it to the server, has no word for that.
    pub(crate) fn check(&self) -> Result<(), String> {
        let checked = match self {
            Self::Rrf { k } => finite("k", &[*k]),
            Self::Weighted { weights, .. } => finite("one of weights", weights),
            Self::Function(function) => return FunctionScore::from(function.clone()).check(),
        };
        checked.map_err(|why| format!("ranker: {why}"))
    }

    /// Of a function, which goes apart from parameters.
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
    /// How the scores of a group's hits make the score of the group, in a hybrid search that groups.
    pub enum GroupScorer {
        /// The best one's.
        Max = "max",
        /// Their mean.
        Average = "avg",
        /// Their sum.
        Sum = "sum",
    }
}
