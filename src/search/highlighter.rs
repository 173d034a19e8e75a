use std::fmt;

use serde_json::{Value as Json, json};

use crate::proto::common::{self, HighlightType};
use crate::proto::{Parameters, flag};

/// Marks matching words in the texts of hits.
///
/// Converted by `into()` from a [`LexicalHighlighter`] or a [`SemanticHighlighter`].
#[derive(Clone, PartialEq, Eq)]
pub struct Highlighter {
    kind: HighlightType,
    parameters: Parameters,
}

impl Highlighter {
    fn new(kind: HighlightType) -> Self {
        Self {
            kind,
            parameters: Parameters::default(),
        }
    }

    /// Sets a parameter by its name in Milvus. A second value for a name replaces the first.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.set_checked(key, value);
        self
    }

    /// Refuses parameters that are NaN or infinity.
    pub(crate) fn check(&self) -> Result<(), String> {
        let named = |why| format!("highlighter: {why}");
        self.parameters.check().map_err(named)
    }

    pub(crate) fn to_proto(&self) -> common::Highlighter {
        common::Highlighter {
            r#type: self.kind as i32,
            params: self.parameters.to_proto(),
        }
    }
}

impl fmt::Debug for Highlighter {
    /// Shows only the names of the parameters. The queries are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.parameters.iter().map(|(name, _)| name);
        write!(f, "Highlighter({:?}, ", self.kind)?;
        f.debug_set().entries(names).finish()?;
        f.write_str(")")
    }
}

fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts = texts.into_iter().map(|text| Json::String(text.into()));
    Json::Array(texts.collect()).to_string()
}

/// The setters of both highlighters.
macro_rules! tags {
    ($name:ident) => {
        impl $name {
            /// Sets the text before each mark. Several texts are used in turn. Default: `["<em>"]`.
            #[must_use]
            pub fn pre_tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
                self.0.parameters.set("pre_tags", texts(tags));
                self
            }

            /// Sets the text after each mark. Default: `["</em>"]`.
            #[must_use]
            pub fn post_tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
                self.0.parameters.set("post_tags", texts(tags));
                self
            }
        }

        impl From<$name> for Highlighter {
            fn from(highlighter: $name) -> Self {
                highlighter.0
            }
        }
    };
}

/// Marks the words of the query, or other words. Since Milvus 2.6.8.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::search::LexicalHighlighter;
///
/// let words = LexicalHighlighter::new().pre_tags(["<b>"]).post_tags(["</b>"]).fragment_size(60);
/// let hits = client.search("books", "desert planet").field("bm25").output(["text"]).highlighter(words).await?;
/// println!("{:?}", hits[0].highlights);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexicalHighlighter(Highlighter);

tags!(LexicalHighlighter);

impl Default for LexicalHighlighter {
    fn default() -> Self {
        Self::new()
    }
}

impl LexicalHighlighter {
    /// Marks the words of the text that is searched for.
    pub fn new() -> Self {
        Self(Highlighter::new(HighlightType::Lexical))
    }

    /// Also marks the words of `text` in this field. `query_type` is the name in Milvus of the type of comparison, such
    /// as `TextMatch`.
    #[must_use]
    pub fn query(mut self, field: &str, text: &str, query_type: &str) -> Self {
        let known = self.0.parameters.get("highlight_query");
        let known = known.and_then(|value| serde_json::from_str(value).ok());
        let mut queries: Vec<Json> = known.unwrap_or_default();
        queries.push(json!({ "type": query_type, "field": field, "text": text }));
        let parameters = &mut self.0.parameters;
        parameters.set("highlight_query", Json::Array(queries));
        self
    }

    /// Sets whether the words of the text that is searched for are marked. Default: true in a search for a text.
    #[must_use]
    pub fn highlight_search_text(mut self, mark: bool) -> Self {
        self.0.parameters.set("highlight_search_text", flag(mark));
        self
    }

    /// Sets how many characters before the first mark a fragment begins. Default: 0.
    #[must_use]
    pub fn fragment_offset(mut self, characters: u32) -> Self {
        self.0.parameters.set("fragment_offset", characters);
        self
    }

    /// Sets the maximum number of characters of a fragment.
    #[must_use]
    pub fn fragment_size(mut self, characters: u32) -> Self {
        self.0.parameters.set("fragment_size", characters);
        self
    }

    /// Sets the maximum number of fragments per text.
    #[must_use]
    pub fn num_of_fragments(mut self, fragments: u32) -> Self {
        self.0.parameters.set("num_of_fragments", fragments);
        self
    }
}

/// Marks the parts of texts that have the same meaning as a query, by a model. Only Zilliz Cloud has one. Since Milvus
/// 2.6.8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemanticHighlighter(Highlighter);

tags!(SemanticHighlighter);

impl SemanticHighlighter {
    /// Marks parts of these fields that match one of these queries.
    pub fn new<Q: Into<String>, F: Into<String>>(
        queries: impl IntoIterator<Item = Q>,
        input_fields: impl IntoIterator<Item = F>,
    ) -> Self {
        let mut highlighter = Highlighter::new(HighlightType::Semantic);
        highlighter.parameters.set("queries", texts(queries));
        highlighter
            .parameters
            .set("input_fields", texts(input_fields));
        Self(highlighter)
    }

    /// Sets the minimum score of a marked part, from 0 to 1.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.0.parameters.set_checked("threshold", threshold);
        self
    }

    /// Sets whether only the marked parts are returned, without the text around them.
    #[must_use]
    pub fn highlight_only(mut self, only: bool) -> Self {
        self.0.parameters.set("highlight_only", flag(only));
        self
    }

    /// Sets the deployment of the model, by its id.
    #[must_use]
    pub fn model_deployment_id(mut self, id: impl Into<String>) -> Self {
        self.0.parameters.set("model_deployment_id", id.into());
        self
    }

    /// Sets the maximum number of texts per request to the model.
    #[must_use]
    pub fn max_client_batch_size(mut self, texts: u32) -> Self {
        self.0.parameters.set("max_client_batch_size", texts);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_queries() {
        let lexical = LexicalHighlighter::new().query("text", "my secret", "TextMatch");
        let semantic = SemanticHighlighter::new(["my secret"], ["text"]);
        for shown in [format!("{lexical:?}"), format!("{semantic:?}")] {
            assert!(
                shown.contains("quer") && !shown.contains("secret"),
                "{shown}"
            );
        }
    }
}
