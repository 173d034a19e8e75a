use std::fmt;

use crate::error::named_enum;
use crate::proto::Parameters;
use crate::proto::schema;
use crate::schema::{Function, FunctionKind};

/// Functions that compute new scores for the hits of a search, and how their results are combined. Since Milvus 2.6.
///
/// The functions must have the kind [`Rerank`](crate::schema::FunctionKind::Rerank). Also converted by `into()` from
/// one [`Function`] or a list of them.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::schema::Function;
/// use milvus_otel::search::{FunctionScore, ScoreMode};
///
/// let new = Function::boost("new", 1.5).parameter("filter", "year > 2000");
/// let popular = Function::boost("popular", 1.2).parameter("filter", "sold > 10000");
/// let score = FunctionScore::new([new, popular]).function_mode(ScoreMode::Sum);
/// let hits = client.search("books", [0.1, 0.2]).ranker(score).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct FunctionScore {
    functions: Vec<Function>,
    parameters: Parameters,
}

named_enum! {
    /// How a [`FunctionScore`] combines two numbers.
    pub enum ScoreMode {
        /// The product.
        Multiply = "Multiply",
        /// The sum.
        Sum = "Sum",
    }
}

impl FunctionScore {
    /// Computes scores by these functions.
    pub fn new(functions: impl IntoIterator<Item = Function>) -> Self {
        Self {
            functions: functions.into_iter().collect(),
            parameters: Parameters::default(),
        }
    }

    /// Sets how the weight of a [boost](Function::boost) is combined with the score of a hit. Default:
    /// [`ScoreMode::Multiply`].
    #[must_use]
    pub fn boost_mode(self, mode: ScoreMode) -> Self {
        self.parameter("boost_mode", mode.name())
    }

    /// Sets how the weights of several boosts are combined. Default: [`ScoreMode::Multiply`].
    #[must_use]
    pub fn function_mode(self, mode: ScoreMode) -> Self {
        self.parameter("function_mode", mode.name())
    }

    /// Sets a parameter by its name in Milvus. A second value for a name replaces the first.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.set_checked(key, value);
        self
    }

    /// Refuses functions that compute no scores, and parameters that are NaN or infinity.
    pub(crate) fn check(&self) -> Result<(), String> {
        for function in &self.functions {
            let name = function.name();
            if !can_score(function.kind()) {
                return Err(format!(
                    "ranker: the function {name:?} is of kind {:?}: expected Rerank",
                    function.kind()
                ));
            }
            let named = |why| format!("ranker: the function {name:?}: {why}");
            function.check_parameters().map_err(named)?;
        }
        let named = |why| format!("ranker: {why}");
        self.parameters.check().map_err(named)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    pub(crate) fn to_proto(&self) -> schema::FunctionScore {
        schema::FunctionScore {
            functions: self.functions.iter().map(Function::to_proto).collect(),
            params: self.parameters.to_proto(),
        }
    }
}

/// Kinds that this crate does not know are accepted.
fn can_score(kind: FunctionKind) -> bool {
    matches!(kind, FunctionKind::Rerank | FunctionKind::Unknown(_))
}

impl fmt::Debug for FunctionScore {
    /// Shows only the names of the functions. Their filters and queries are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.functions.iter().map(Function::name).collect();
        f.debug_struct("FunctionScore")
            .field("functions", &names)
            .field("parameters", &self.parameters)
            .finish()
    }
}

impl From<Function> for FunctionScore {
    fn from(function: Function) -> Self {
        Self::new([function])
    }
}

impl From<Vec<Function>> for FunctionScore {
    fn from(functions: Vec<Function>) -> Self {
        Self::new(functions)
    }
}

impl<const N: usize> From<[Function; N]> for FunctionScore {
    fn from(functions: [Function; N]) -> Self {
        Self::new(functions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_filters_or_queries() {
        let boost = Function::boost("boost", 2.0).parameter("filter", "name == 'secret'");
        let model = Function::model_ranker("model", "text", "tei", ["my secret"]);
        let functions = [boost, model];
        for shown in [
            format!("{functions:?}"),
            format!("{:?}", FunctionScore::new(functions.clone())),
        ] {
            assert!(
                shown.contains("boost") && !shown.contains("secret"),
                "{shown}"
            );
        }
    }
}
