//! Function chains: steps by which the server processes the hits of a search.

mod expression;
mod value;

pub use expression::{CombineMode, FunctionChainExpr, XgboostOutput};
pub use value::FunctionChainValue;

use super::Order;
use crate::error::named_enum;
use crate::proto::schema::{self, FunctionChainStage as Stage};

/// Steps by which the server processes the hits of a search: they compute columns, sort the hits and limit their
/// number. Since Milvus 3.0.
///
/// Hits have the columns `$score` (distance or similarity) and `$id` (primary key), and those that steps compute.
///
/// ```
/// use milvus_otel::schema::DecayFunction;
/// use milvus_otel::search::{CombineMode, FunctionChain, FunctionChainExpr, FunctionChainStage, Order};
///
/// let fresh = FunctionChainExpr::decay("published", DecayFunction::Exponential, 1_700_000_000, 86_400);
/// let both = FunctionChainExpr::num_combine(["$score", "fresh"], CombineMode::Weighted(vec![0.8, 0.2]));
/// let chain = FunctionChain::new(FunctionChainStage::L2Rerank)
///     .map("fresh", fresh)
///     .map("$score", both)
///     .sort("$score", Order::Descending)
///     .limit(10, 0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionChain {
    name: String,
    stage: FunctionChainStage,
    operations: Vec<FunctionChainOp>,
}

named_enum! {
    /// The stage at which the server runs a [`FunctionChain`].
    pub enum FunctionChainStage {
        /// When rows are written.
        Ingestion = "INGESTION",
        /// Before the search.
        PreProcess = "PRE_PROCESS",
        /// On the hits of each segment.
        L0Rerank = "L0_RERANK",
        /// On the hits of each query node, from all of its segments.
        L1Rerank = "L1_RERANK",
        /// On the merged hits of all query nodes.
        L2Rerank = "L2_RERANK",
        /// After the search.
        PostProcess = "POST_PROCESS",
    }
}

impl FunctionChainStage {
    fn number(self) -> i32 {
        let stage = match self {
            Self::Ingestion => Stage::Ingestion,
            Self::PreProcess => Stage::PreProcess,
            Self::L0Rerank => Stage::L0Rerank,
            Self::L1Rerank => Stage::L1Rerank,
            Self::L2Rerank => Stage::L2Rerank,
            Self::PostProcess => Stage::PostProcess,
        };
        stage as i32
    }
}

/// A step of a [`FunctionChain`], with the names and parameters of Milvus' protocol. For steps that `FunctionChain` has
/// no method for.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionChainOp {
    name: String,
    expression: Option<FunctionChainExpr>,
    inputs: Vec<String>,
    outputs: Vec<String>,
    parameters: value::Parameters,
}

impl FunctionChainOp {
    /// A step with this name, such as `map`, `sort` or `limit`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            expression: None,
            inputs: Vec::new(),
            outputs: Vec::new(),
            parameters: value::Parameters::default(),
        }
    }

    /// Sets the expression that the step computes.
    #[must_use]
    pub fn expression(mut self, expression: FunctionChainExpr) -> Self {
        self.expression = Some(expression);
        self
    }

    /// Sets the columns that the step reads.
    #[must_use]
    pub fn inputs<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.inputs = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the columns that the step computes.
    #[must_use]
    pub fn outputs<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.outputs = columns.into_iter().map(Into::into).collect();
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

    fn check(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("a step has no name".to_owned());
        }
        let columns = || self.inputs.iter().chain(&self.outputs);
        if columns().any(String::is_empty) {
            return Err(format!("{}: a column name is empty", self.name));
        }
        let named = |why: String| format!("{}: {why}", self.name);
        self.parameters.check().map_err(named)?;
        self.expression
            .as_ref()
            .map_or(Ok(()), |expression| expression.check().map_err(named))
    }

    fn to_proto(&self) -> schema::FunctionChainOp {
        schema::FunctionChainOp {
            op: self.name.clone(),
            expr: self.expression.as_ref().map(FunctionChainExpr::to_proto),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            params: self.parameters.to_proto(),
        }
    }
}

impl FunctionChain {
    /// A chain without steps, for this stage.
    pub fn new(stage: FunctionChainStage) -> Self {
        Self {
            name: String::new(),
            stage,
            operations: Vec::new(),
        }
    }

    /// Sets the name of the chain. Default: none.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Computes a column. An existing column is replaced; replacing `$score` changes the scores of the hits.
    #[must_use]
    pub fn map(self, output: impl Into<String>, expression: FunctionChainExpr) -> Self {
        let output: String = output.into();
        let step = FunctionChainOp::new("map").expression(expression);
        self.operation(step.outputs([output]))
    }

    /// Sorts by a column.
    #[must_use]
    pub fn sort(self, by: impl Into<String>, order: impl Into<Order>) -> Self {
        self.sorted(by.into(), order.into(), None)
    }

    /// Sorts by a column. Hits that are equal in it are sorted by `tie_break`, such as `$id`, in ascending order.
    #[must_use]
    pub fn sort_with_tie_break(
        self,
        by: impl Into<String>,
        order: impl Into<Order>,
        tie_break: impl Into<String>,
    ) -> Self {
        self.sorted(by.into(), order.into(), Some(tie_break.into()))
    }

    fn sorted(self, by: String, order: Order, tie_break: Option<String>) -> Self {
        let mut step = FunctionChainOp::new("sort")
            .parameter("column", by.as_str())
            .parameter("desc", order == Order::Descending);
        let mut inputs = vec![by];
        if let Some(tie_break) = tie_break {
            step = step.parameter("tie_break_col", tie_break.as_str());
            inputs.push(tie_break);
        }
        self.operation(step.inputs(inputs))
    }

    /// Skips the first `offset` hits and keeps the next `limit`, at least 1.
    #[must_use]
    pub fn limit(self, limit: u32, offset: u32) -> Self {
        let step = FunctionChainOp::new("limit")
            .parameter("limit", i64::from(limit))
            .parameter("offset", i64::from(offset));
        self.operation(step)
    }

    /// Adds a step of any kind.
    #[must_use]
    pub fn operation(mut self, operation: FunctionChainOp) -> Self {
        self.operations.push(operation);
        self
    }

    /// Refuses chains that no server accepts.
    pub(crate) fn check(&self) -> Result<(), String> {
        for operation in &self.operations {
            let named = |why: String| format!("function_chains: {why}");
            operation.check().map_err(named)?;
            let limit = operation.parameters.get("limit");
            if operation.name == "limit" && limit.and_then(FunctionChainValue::as_int) == Some(0) {
                return Err("function_chains: limit is 0: it must be at least 1".to_owned());
            }
        }
        Ok(())
    }

    pub(crate) fn to_proto(&self) -> schema::FunctionChain {
        schema::FunctionChain {
            name: self.name.clone(),
            stage: self.stage.number(),
            ops: self
                .operations
                .iter()
                .map(FunctionChainOp::to_proto)
                .collect(),
        }
    }
}
