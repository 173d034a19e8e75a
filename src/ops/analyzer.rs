//! Running analyzers.

use super::features::ANALYZERS_OF_FIELDS;
use super::operation::{Operation, named, not_empty};
use crate::client::Client;
use crate::proto::milvus::{AnalyzerResult, RunAnalyzerRequest};

/// Runs an analyzer. Returned by [`Client::run_analyzer`].
pub type RunAnalyzer = Operation<RunAnalyzerRequest, Vec<Vec<Token>>>;

/// A token that an analyzer made of a text. Returned by [`Client::run_analyzer`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Token {
    /// The token.
    pub text: String,
    /// Where it begins in the text, in bytes. This and the following are 0 without
    /// [`with_detail`](RunAnalyzer::with_detail).
    pub start: u64,
    /// Where it ends in the text, in bytes.
    pub end: u64,
    /// Its position among the tokens.
    pub position: u64,
    /// The number of positions that it takes.
    pub position_length: u64,
    /// Its hash; 0 without [`with_hash`](RunAnalyzer::with_hash).
    pub hash: u32,
}

/// # Analyzers
impl Client {
    /// Runs an [analyzer](https://milvus.io/docs/analyzer-overview.md) on texts, and returns the tokens of each: an analyzer
    /// given by its [parameters](RunAnalyzer::analyzer), or that of a [field](RunAnalyzer::field). Default: the standard
    /// analyzer. Since Milvus 2.5.11.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let tokens = client.run_analyzer(["Call me Ishmael."]).analyzer(r#"{"type": "english"}"#).await?;
    /// println!("{:?}", tokens[0].iter().map(|token| &token.text).collect::<Vec<_>>());
    /// # Ok(()) }
    /// ```
    pub fn run_analyzer<T: Into<String>>(&self, texts: impl IntoIterator<Item = T>) -> RunAnalyzer {
        let texts = texts.into_iter().map(|text| text.into().into());
        let request = RunAnalyzerRequest {
            placeholder: texts.collect(),
            ..Default::default()
        };
        Operation::new(self, "run_analyzer", request, |answer| {
            answer.results.into_iter().map(Token::all).collect()
        })
        .without_collection()
        .check(|request| {
            if !request.field_name.is_empty() {
                named("collection", &request.collection_name)?;
            }
            not_empty(&request.placeholder, "texts is empty: pass at least one")
        })
    }
}

impl RunAnalyzer {
    /// The parameters of the analyzer, as JSON: `{"type": "english"}`.
    pub fn analyzer(self, parameters: impl Into<String>) -> Self {
        self.set(|request| request.analyzer_params = parameters.into())
    }

    /// Runs the analyzer of this field. Since Milvus 2.5.13.
    pub fn field(self, collection: impl Into<String>, field: impl Into<String>) -> Self {
        self.set(|request| {
            request.collection_name = collection.into();
            request.field_name = field.into();
        })
        .uses(&ANALYZERS_OF_FIELDS, true)
    }

    /// The names of the analyzers to run, for a field that has several: one for all texts, or one for each. Since
    /// Milvus 2.5.13.
    pub fn analyzer_names<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.set(|request| request.analyzer_names = names)
            .uses(&ANALYZERS_OF_FIELDS, true)
    }

    /// Whether to return where the tokens are. Default false.
    pub fn with_detail(self, with_detail: bool) -> Self {
        self.set(|request| request.with_detail = with_detail)
    }

    /// Whether to return the hashes of the tokens. Default false.
    pub fn with_hash(self, with_hash: bool) -> Self {
        self.set(|request| request.with_hash = with_hash)
    }
}

impl Token {
    fn all(result: AnalyzerResult) -> Vec<Self> {
        let count = |number| u64::try_from(number).unwrap_or_default();
        let tokens = result.tokens.into_iter();
        tokens
            .map(|token| Self {
                text: token.token,
                start: count(token.start_offset),
                end: count(token.end_offset),
                position: count(token.position),
                position_length: count(token.position_length),
                hash: token.hash,
            })
            .collect()
    }
}
