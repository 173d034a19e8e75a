mod rankers;

pub use rankers::DecayFunction;

use std::fmt;

use super::field::{DataType, Field};
use crate::proto::Parameters;
use crate::proto::schema::{FunctionSchema, FunctionType};

/// A field of a [`Schema`](crate::Schema) that Milvus computes of others.
#[derive(Clone, PartialEq, Eq)]
pub struct Function {
    pub(super) name: String,
    pub(super) kind: FunctionKind,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    description: String,
    parameters: Parameters,
}

/// What a [`Function`] computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FunctionKind {
    /// A sparse vector of the words of a text, for full-text search (Milvus 2.5).
    Bm25,
    /// A vector of a text, by a model that the server is set up to ask (Milvus 2.6).
    TextEmbedding,
    /// A new score of what a search found.
    Rerank,
    /// A binary vector of hashes of a text's words, for near duplicates (Milvus 2.6).
    MinHash,
    /// A kind this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl FunctionKind {
    fn number(self) -> i32 {
        let kind = match self {
            Self::Bm25 => FunctionType::Bm25,
            Self::TextEmbedding => FunctionType::TextEmbedding,
            Self::Rerank => FunctionType::Rerank,
            Self::MinHash => FunctionType::MinHash,
            Self::Unknown(number) => return number,
        };
        kind as i32
    }

    fn of(number: i32) -> Self {
        match FunctionType::try_from(number) {
            Ok(FunctionType::Bm25) => Self::Bm25,
            Ok(FunctionType::TextEmbedding) => Self::TextEmbedding,
            Ok(FunctionType::Rerank) => Self::Rerank,
            Ok(FunctionType::MinHash) => Self::MinHash,
            _ => Self::Unknown(number),
        }
    }
}

impl fmt::Debug for Function {
    /// The names of its parameters: what they say may be a credential or user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("Function")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("description", &self.description)
            .field("parameters", &names)
            .finish()
    }
}

impl Function {
    /// A function of any kind.
    pub fn new<N: Into<String>>(
        name: impl Into<String>,
        kind: FunctionKind,
        inputs: impl IntoIterator<Item = N>,
        outputs: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            inputs: inputs.into_iter().map(Into::into).collect(),
            outputs: outputs.into_iter().map(Into::into).collect(),
            description: String::new(),
            parameters: Parameters::default(),
        }
    }

    /// Full-text search: fills a sparse vector field with the words of a varchar field that has an
    /// [`analyzer`](Field::analyzer). Index the vector field with [`Metric::Bm25`](crate::Metric::Bm25), and search it
    /// for texts.
    pub fn bm25(
        name: impl Into<String>,
        text: impl Into<String>,
        sparse: impl Into<String>,
    ) -> Self {
        Self::new(name, FunctionKind::Bm25, [text.into()], [sparse.into()])
    }

    /// Fills a vector field with what a model makes of a varchar field. `provider` is one that the server is set up
    /// for, such as `openai`; [`parameter`](Self::parameter) says the rest: `("model_name", "text-embedding-3-small")`.
    pub fn text_embedding(
        name: impl Into<String>,
        text: impl Into<String>,
        vector: impl Into<String>,
        provider: impl Into<String>,
    ) -> Self {
        Self::new(
            name,
            FunctionKind::TextEmbedding,
            [text.into()],
            [vector.into()],
        )
        .parameter("provider", provider)
    }

    /// Gives what a search found another score, by fields of the rows (Milvus 2.6). [`parameter`](Self::parameter) says
    /// how: `("reranker", "decay")`, `("function", "gauss")`, `("origin", "100")`, `("scale", "50")`.
    pub fn rerank<N: Into<String>>(
        name: impl Into<String>,
        fields: impl IntoIterator<Item = N>,
    ) -> Self {
        let fields: Vec<String> = fields.into_iter().map(Into::into).collect();
        Self::new(name, FunctionKind::Rerank, fields, Vec::new())
    }

    /// A parameter in Milvus' own words. The last one of a name counts.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set_checked(key, value.into());
        self
    }

    /// Free text about the function, kept by the server.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it computes.
    pub fn kind(&self) -> FunctionKind {
        self.kind
    }

    /// The fields it reads.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The fields it fills.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Its parameters, in Milvus' own words.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter()
    }

    pub(crate) fn check_parameters(&self) -> Result<(), String> {
        self.parameters.check()
    }

    pub(super) fn check(&self, fields: &[Field]) -> Result<(), String> {
        let own = &self.name;
        let named = |why| format!("the function {own:?}: {why}");
        self.check_parameters().map_err(named)?;
        let find = |what: &str, name: &String| {
            let missing = || format!("the function {own:?} {what} {name:?}, which is no field");
            let mut fields = fields.iter();
            fields
                .find(|field| field.name() == name)
                .ok_or_else(missing)
        };
        for name in &self.inputs {
            let field = find("reads", name)?;
            if !matches!(self.kind, FunctionKind::Bm25 | FunctionKind::TextEmbedding) {
                continue;
            }
            if !matches!(field.data_type(), DataType::VarChar { .. } | DataType::Text) {
                return Err(format!(
                    "the function {own:?} reads {name:?}, which is no varchar"
                ));
            }
            let analyzed = |field: &Field| {
                field
                    .parameters()
                    .any(|pair| pair == ("enable_analyzer", "true"))
            };
            if self.kind == FunctionKind::Bm25 && !analyzed(field) {
                return Err(format!(
                    "the function {own:?} reads {name:?}, which has no analyzer: call .analyzer(..) on it"
                ));
            }
        }
        for name in &self.outputs {
            let field = find("fills", name)?;
            let sparse = *field.data_type() == DataType::SparseFloatVector;
            if self.kind == FunctionKind::Bm25 && !sparse {
                return Err(format!(
                    "the function {own:?} fills {name:?}, which is no sparse float vector"
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn to_proto(&self) -> FunctionSchema {
        FunctionSchema {
            name: self.name.clone(),
            description: self.description.clone(),
            r#type: self.kind.number(),
            input_field_names: self.inputs.clone(),
            output_field_names: self.outputs.clone(),
            params: self.parameters.to_proto(),
            ..FunctionSchema::default()
        }
    }

    pub(super) fn from_proto(function: &FunctionSchema) -> Self {
        Self {
            name: function.name.clone(),
            kind: FunctionKind::of(function.r#type),
            inputs: function.input_field_names.clone(),
            outputs: function.output_field_names.clone(),
            description: function.description.clone(),
            parameters: function.params.as_slice().into(),
        }
    }
}
