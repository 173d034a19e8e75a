//! Arguments and results of searches: query vectors, rankers, function chains, highlighters, aggregations, hits.

mod aggregation;
mod bucket;
mod chain;
mod consistency;
mod encoded_search;
mod function_score;
mod highlighter;
mod hit;
#[cfg(feature = "arrow-60")]
mod hit_batch;
mod json_type;
mod made;
mod made_hits;
mod order;
mod query_vector;
mod ranker;
mod round;

pub use aggregation::{AggregationMetric, SearchAggregation, TopHits};
pub use bucket::{AggregationBucket, AggregationHit};
pub use chain::{
    CombineMode, FunctionChain, FunctionChainExpr, FunctionChainOp, FunctionChainStage,
    FunctionChainValue, XgboostOutput,
};
pub use consistency::Consistency;
pub(crate) use encoded_search::{EncodedSearch, SearchSettings};
pub use function_score::{FunctionScore, ScoreMode};
pub use highlighter::{Highlighter, LexicalHighlighter, SemanticHighlighter};
pub use hit::{Highlight, Hit, Hits};
pub(crate) use hit::{hits_from_response, presized_results};
pub use json_type::JsonType;
pub use order::Order;
pub(crate) use order::check_list_item;
pub(crate) use query_vector::QueryVectors;
pub use query_vector::{IntoQueryVector, QueryVector};
pub use ranker::{GroupScorer, Ranker};
pub(crate) use round::round_scores;
