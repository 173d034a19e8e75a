use super::value::{FunctionChainValue, Parameters};
use crate::error::named_enum;
use crate::proto::schema::{
    self, FunctionChainColumnArg, FunctionChainExprArg, function_chain_expr_arg::Arg,
};
use crate::schema::DecayFunction;

/// An expression that a step of a [`FunctionChain`](super::FunctionChain) computes: a function of the server with its
/// arguments and parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionChainExpr {
    name: String,
    arguments: Vec<Argument>,
    parameters: Parameters,
}

#[derive(Debug, Clone, PartialEq)]
enum Argument {
    Column(String),
    Literal(FunctionChainValue),
}

/// How [`FunctionChainExpr::num_combine`] combines numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CombineMode {
    /// The sum.
    Sum,
    /// The product.
    Multiply,
    /// The maximum.
    Max,
    /// The minimum.
    Min,
    /// The mean.
    Average,
    /// The weighted sum, with one weight per column.
    Weighted(Vec<f64>),
}

named_enum! {
    /// The result of [`FunctionChainExpr::xgboost`].
    pub enum XgboostOutput {
        /// The margin, transformed by the objective of the model.
        Default = "default",
        /// The raw margin.
        Raw = "raw",
    }
}

impl FunctionChainExpr {
    /// A function by its name in Milvus.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            arguments: Vec::new(),
            parameters: Parameters::default(),
        }
    }

    /// Adds a column as an argument: a field, `$score`, `$id`, or the output of an earlier step.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.arguments.push(Argument::Column(name.into()));
        self
    }

    fn columns<C: Into<String>>(self, names: impl IntoIterator<Item = C>) -> Self {
        names.into_iter().fold(self, Self::column)
    }

    /// Adds a constant as an argument.
    #[must_use]
    pub fn literal(mut self, value: impl Into<FunctionChainValue>) -> Self {
        self.arguments.push(Argument::Literal(value.into()));
        self
    }

    /// Sets a parameter. A second value for a name replaces the first.
    #[must_use]
    pub fn parameter(
        mut self,
        key: impl Into<String>,
        value: impl Into<FunctionChainValue>,
    ) -> Self {
        self.parameters.set(key, value);
        self
    }

    /// Combines the numbers in two or more columns into one.
    pub fn num_combine<C: Into<String>>(
        columns: impl IntoIterator<Item = C>,
        mode: CombineMode,
    ) -> Self {
        let expression = Self::new("num_combine").columns(columns);
        let (mode, weights) = match mode {
            CombineMode::Sum => ("sum", None),
            CombineMode::Multiply => ("multiply", None),
            CombineMode::Max => ("max", None),
            CombineMode::Min => ("min", None),
            CombineMode::Average => ("avg", None),
            CombineMode::Weighted(weights) => ("weighted", Some(weights)),
        };
        let expression = expression.parameter("mode", mode);
        match weights {
            Some(weights) => expression.parameter("weights", weights),
            None => expression,
        }
    }

    /// A factor that depends on the number in a column: 1 at `origin`, and less with the distance from it. At the
    /// distance `scale`, it is 0.5; the parameter `decay` sets another factor. The parameter `offset` sets a distance
    /// up to which the factor is 1.
    pub fn decay(
        column: impl Into<String>,
        function: DecayFunction,
        origin: impl Into<FunctionChainValue>,
        scale: impl Into<FunctionChainValue>,
    ) -> Self {
        Self::new("decay")
            .column(column)
            .parameter("function", function.name())
            .parameter("origin", origin)
            .parameter("scale", scale)
            .parameter("offset", 0)
            .parameter("decay", 0.5)
    }

    /// The number in a column, rounded to 0 to 6 decimal digits.
    pub fn round_decimal(column: impl Into<String>, digits: u32) -> Self {
        Self::new("round_decimal")
            .column(column)
            .parameter("decimal", digits)
    }

    /// The prediction of an XGBoost model from one or more columns, in the order of its features. The model is a file
    /// resource of the server.
    pub fn xgboost<C: Into<String>>(
        features: impl IntoIterator<Item = C>,
        model_resource: impl Into<String>,
        output: XgboostOutput,
    ) -> Self {
        Self::new("xgboost")
            .columns(features)
            .parameter("model_resource", model_resource.into())
            .parameter("output", output.name())
    }

    /// The score of a model for how well the text in a column answers the queries. The model, for which the server must
    /// be configured, is set by [parameters](Self::parameter), such as `("provider", "voyageai")` and `("model",
    /// "rerank-2")`.
    pub fn rerank_model<Q: Into<String>>(
        column: impl Into<String>,
        queries: impl IntoIterator<Item = Q>,
    ) -> Self {
        let queries: Vec<String> = queries.into_iter().map(Into::into).collect();
        Self::new("rerank_model")
            .column(column)
            .parameter("queries", queries)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("a function has no name".to_owned());
        }
        let named = |why: String| format!("{}: {why}", self.name);
        for argument in &self.arguments {
            match argument {
                Argument::Column(name) if name.is_empty() => {
                    return Err(named("a column name is empty".to_owned()));
                }
                Argument::Column(_) => {}
                Argument::Literal(value) => {
                    let named = |why| named(format!("a value {why}"));
                    value.check().map_err(named)?;
                }
            }
        }
        self.parameters.check().map_err(named)?;
        self.check_kind().map_or(Ok(()), |why| Err(named(why)))
    }

    /// The fault of a function whose rules are known.
    fn check_kind(&self) -> Option<String> {
        let columns = self.arguments.len();
        let length = |key: &str| self.parameters.get(key).and_then(FunctionChainValue::len);
        match self.name.as_str() {
            "num_combine" if columns < 2 => {
                Some(format!("it has {columns} columns: it needs at least 2"))
            }
            "num_combine" => {
                let weights = length("weights").filter(|weights| *weights != columns)?;
                Some(format!("it has {weights} weights for {columns} columns"))
            }
            "decay" => {
                let number = |key: &&str| {
                    let value = self.parameters.get(key);
                    !value.is_some_and(FunctionChainValue::is_number)
                };
                let key = ["origin", "scale", "offset", "decay"]
                    .into_iter()
                    .find(number)?;
                Some(format!("{key} is not a number"))
            }
            "round_decimal" => {
                let digits = self.parameters.get("decimal")?.as_int()?;
                let wrong = !(0..=6).contains(&digits);
                wrong.then(|| format!("decimal is {digits}: it must be 0 to 6"))
            }
            "xgboost" if columns == 0 => Some("it needs at least one column".to_owned()),
            "xgboost" => {
                let model = self.parameters.get("model_resource")?;
                (model.len() == Some(0)).then(|| "model_resource is empty".to_owned())
            }
            "rerank_model" => {
                let queries = self.parameters.get("queries")?;
                let wrong = queries.len() == Some(0) || queries.contains_empty_text();
                wrong.then(|| {
                    "queries is empty or contains an empty string: pass at least one query"
                        .to_owned()
                })
            }
            _ => None,
        }
    }

    pub(super) fn to_proto(&self) -> schema::FunctionChainExpr {
        let argument = |argument: &Argument| FunctionChainExprArg {
            arg: Some(match argument {
                Argument::Column(name) => {
                    Arg::Column(FunctionChainColumnArg { name: name.clone() })
                }
                Argument::Literal(value) => Arg::Literal(value.to_proto()),
            }),
        };
        schema::FunctionChainExpr {
            name: self.name.clone(),
            args: self.arguments.iter().map(argument).collect(),
            params: self.parameters.to_proto(),
        }
    }
}
