mod rankers;

pub use rankers::DecayFunction;

use std::fmt;
use std::str::FromStr;

use super::field::{DataType, Field};
use super::named::is_named;
use crate::error::{Error, by_name};
use crate::proto::Parameters;
use crate::proto::schema::{FunctionSchema, FunctionType};

/// A function of a [`Schema`](crate::Schema), by which Milvus computes a field from other fields; or a function that
/// computes new scores for the hits of a search.
#[doc(alias = "FunctionSchema")]
#[derive(Clone, PartialEq, Eq)]
pub struct Function {
    pub(super) name: String,
    pub(super) kind: FunctionKind,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    pub(super) description: String,
    parameters: Parameters,
}

/// The kind of a [`Function`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FunctionKind {
    /// Computes a sparse vector from the words of a text, for full-text search (since Milvus 2.5).
    Bm25,
    /// Computes a vector from a text, by a model that the server is configured for (since Milvus 2.6).
    TextEmbedding,
    /// Computes new scores for the hits of a search (since Milvus 2.6).
    Rerank,
    /// Computes a binary vector from hashes of the words of a text, to find near duplicates (since Milvus 2.6).
    MinHash,
    /// A kind that this version of the crate does not support, by its number in Milvus' protocol.
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

impl FunctionKind {
    /// All kinds that this version of the crate supports.
    pub const ALL: &'static [Self] =
        &[Self::Bm25, Self::TextEmbedding, Self::Rerank, Self::MinHash];
}

/// The name that Milvus uses: `BM25`, `TextEmbedding`.
impl fmt::Display for FunctionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Bm25 => "BM25",
            Self::TextEmbedding => "TextEmbedding",
            Self::Rerank => "Rerank",
            Self::MinHash => "MinHash",
            Self::Unknown(number) => return number.fmt(f),
        })
    }
}

impl FromStr for FunctionKind {
    type Err = Error;

    /// Reads the name that Milvus uses, in any case.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument): no kind has this name. The message lists the names.
    fn from_str(name: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.iter();
        let found = all.find(|kind| is_named(name, &kind.to_string()));
        found.copied().ok_or_else(|| {
            let names: Vec<String> = Self::ALL.iter().map(Self::to_string).collect();
            let names = names.join(", ");
            let why = format!("{name:?} is not a FunctionKind: expected {names}");
            Error::invalid_argument("parse", why)
        })
    }
}

by_name!(FunctionKind);

impl fmt::Debug for Function {
    /// Shows only the names of the parameters. The values may be credentials or user data.
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
    /// A function of any kind, which reads the fields `inputs` and computes the fields `outputs`.
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

    /// Computes a sparse vector field from the words of a varchar field, for
    /// [full-text search](https://milvus.io/docs/full-text-search.md). Since Milvus 2.5.
    ///
    /// The varchar field needs an [`analyzer`](Field::analyzer). The index of the vector field needs
    /// [`Metric::Bm25`](crate::Metric::Bm25). Search the vector field with a text in place of a vector.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::schema::Function;
    /// use milvus_otel::{Field, Index, Metric, Schema};
    ///
    /// let schema = Schema::builder()
    ///     .field(Field::int64("id").primary_key())
    ///     .field(Field::varchar("text", 4096).analyzer(serde_json::json!({ "type": "english" })))
    ///     .field(Field::sparse_vector("words"))
    ///     .function(Function::bm25("bm25", "text", "words"))
    ///     .build()?;
    /// let index = Index::sparse_inverted(Metric::Bm25);
    /// client.create_collection("articles", schema).index("words", index).await?;
    /// let hits = client.search("articles", "desert planet").field("words").output(["text"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bm25(
        name: impl Into<String>,
        text: impl Into<String>,
        sparse: impl Into<String>,
    ) -> Self {
        Self::new(name, FunctionKind::Bm25, [text.into()], [sparse.into()])
    }

    /// Computes a vector field from a varchar field by an
    /// [embedding model](https://milvus.io/docs/embedding-function-overview.md). Since Milvus 2.6.
    ///
    /// `provider` is one that the server is configured for, such as `openai`. Its settings are
    /// [parameters](Self::parameter), such as `("model_name", "text-embedding-3-small")`.
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

    /// Computes new scores for the hits of a search from fields of the rows. Since Milvus 2.6.
    ///
    /// [`decay`](Self::decay), [`boost`](Self::boost) and similar constructors set the parameters of Milvus' own
    /// rerankers. For any other, set the parameter `reranker` and its settings with [`parameter`](Self::parameter).
    pub fn rerank<N: Into<String>>(
        name: impl Into<String>,
        fields: impl IntoIterator<Item = N>,
    ) -> Self {
        let fields: Vec<String> = fields.into_iter().map(Into::into).collect();
        Self::new(name, FunctionKind::Rerank, fields, Vec::new())
    }

    /// Sets a parameter by its name in Milvus. A second value for a name replaces the first.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.set_checked(key, value.into());
        self
    }

    /// Sets the description of the function. Default: empty.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of the function.
    pub fn kind(&self) -> FunctionKind {
        self.kind
    }

    /// The fields that the function reads.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The fields that the function computes.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// The parameters, by their names in Milvus.
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
            let missing = || {
                format!("the function {own:?} {what} {name:?}, which is not a field of the schema")
            };
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
                    "the function {own:?} reads {name:?}, which is not a varchar field"
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
            let field = find("writes", name)?;
            let sparse = *field.data_type() == DataType::SparseFloatVector;
            if self.kind == FunctionKind::Bm25 && !sparse {
                return Err(format!(
                    "the function {own:?} writes {name:?}, which is not a sparse float vector field"
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
