//! Indexes in files and in texts.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Index, Metric};
use crate::error::Error;

/// An index as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexText {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<Metric>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, serde_json::Value>,
}

/// As in `Deserialize`.
impl Serialize for Index {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parameters = self.parameters.iter();
        let text = IndexText {
            kind: self.kind.clone(),
            metric: self.metric,
            parameters: parameters
                .map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
        };
        text.serialize(serializer)
    }
}

/// ```
/// use milvus_otel::{Index, Metric};
///
/// let json = r#"{ "kind": "HNSW", "metric": "COSINE", "parameters": { "M": 16, "efConstruction": 200 } }"#;
/// assert_eq!(serde_json::from_str::<Index>(json)?, Index::hnsw(Metric::Cosine, 16, 200));
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// Values of parameters are texts, numbers, bools, or any other JSON. Unknown keys are refused. The kind can be one that
/// this version of the crate does not know.
impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = IndexText::deserialize(deserializer)?;
        let mut index = Self::new(known(&text.kind).unwrap_or(&text.kind));
        for (key, value) in text.parameters {
            let value = match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            index = index.parameter(key, value);
        }
        if let Some(metric) = text.metric {
            index = index.metric(metric);
        }
        index.check().map_err(de::Error::custom)?;
        Ok(index)
    }
}

/// The kind as Milvus spells it.
fn known(kind: &str) -> Option<&'static str> {
    let mut all = Index::KINDS.iter().copied();
    all.find(|known| known.eq_ignore_ascii_case(kind))
}

/// The kind, metric and parameters: `HNSW(COSINE, M=16, efConstruction=200)`.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        let metric = self.metric.map(|metric| metric.name().to_owned());
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|(key, value)| format!("{key}={value}"));
        let all: Vec<String> = metric.into_iter().chain(parameters).collect();
        if all.is_empty() {
            return Ok(());
        }
        write!(f, "({})", all.join(", "))
    }
}

impl FromStr for Index {
    type Err = Error;

    /// Reads what `Display` writes; kind and metric in any case. Values of parameters cannot contain commas here.
    ///
    /// ```
    /// use milvus_otel::{Index, Metric};
    ///
    /// let index: Index = "ivf_flat(l2, nlist=128)".parse()?;
    /// assert_eq!(index, Index::ivf_flat(Metric::L2, 128));
    /// # Ok::<_, milvus_otel::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) for a kind that this version of the crate does not know, and the
    /// same for metrics.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |why: String| Error::invalid_argument("parse", why);
        let (kind, rest) = match text.trim().split_once('(') {
            None => (text.trim(), ""),
            Some((kind, rest)) => {
                let rest = rest.strip_suffix(')').ok_or_else(|| {
                    refuse(format!(
                        "{text:?} is not an index: the parenthesis is not closed"
                    ))
                })?;
                (kind.trim(), rest)
            }
        };
        let kind = known(kind).ok_or_else(|| {
            let kinds = Self::KINDS.join(", ");
            refuse(format!("{kind:?} is not a kind of index: expected {kinds}"))
        })?;
        let mut index = Self::new(kind);
        for part in rest
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            index = match part.split_once('=') {
                Some((key, value)) => index.parameter(key.trim(), value.trim()),
                None => index.metric(part.parse()?),
            };
        }
        index.check().map_err(refuse)?;
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_read_as_they_are_written() {
        for index in [
            Index::hnsw(Metric::Cosine, 16, 200),
            Index::minhash_lsh(32, 8),
            Index::inverted(),
            Index::trie(),
            Index::ngram(2, 3).parameter("mmap.enabled", "true"),
        ] {
            assert_eq!(index.to_string().parse::<Index>().unwrap(), index);
            let json = serde_json::to_string(&index).unwrap();
            assert_eq!(serde_json::from_str::<Index>(&json).unwrap(), index);
        }
        let new = Index::new("NEW").parameter("x", 1);
        let json = serde_json::to_string(&new).unwrap();
        assert_eq!(json, r#"{"kind":"NEW","parameters":{"x":"1"}}"#);
        assert_eq!(serde_json::from_str::<Index>(&json).unwrap(), new);
        assert_eq!("trie".parse::<Index>().unwrap(), Index::trie());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, why) in [
            (
                "hnws",
                "\"hnws\" is not a kind of index: expected AUTOINDEX, ",
            ),
            ("hnsw(cosin)", "\"cosin\" is not a Metric"),
            ("hnsw(cosine", "the parenthesis is not closed"),
            ("hnsw(cosine, M=NaN)", "M is NaN"),
        ] {
            let error = text.parse::<Index>().unwrap_err();
            assert!(error.is_invalid_argument());
            assert!(error.message().contains(why), "{error}");
        }
        let json = r#"{"kind":"HNSW","metric_type":"L2"}"#;
        let error = serde_json::from_str::<Index>(json).unwrap_err().to_string();
        assert!(error.contains("unknown field `metric_type`"), "{error}");
    }
}
