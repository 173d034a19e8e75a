//! Indexes as servers describe them.

use std::fmt;

use crate::index::{Index, Metric};
use crate::proto::common::{IndexState as State, KeyValuePair};
use crate::proto::milvus::IndexDescription;

/// An index as the server describes it. Returned by [`Client::describe_index`](crate::Client::describe_index).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct IndexInfo {
    /// The name of the index. Default when it was created: the name of the field.
    pub name: String,
    /// The field that is indexed.
    pub field: String,
    /// The type of the index by its Milvus name: `HNSW`, `AUTOINDEX`.
    pub kind: String,
    /// The metric of a vector index. `None` for scalar indexes, and for a metric that this crate does not know, which is
    /// then among the parameters.
    pub metric: Option<Metric>,
    /// Parameters that it was built with, and its properties, by their Milvus names: `("M", "16")`,
    /// `("mmap.enabled", "true")`.
    #[serde(serialize_with = "crate::data::as_map")]
    pub parameters: Vec<(String, String)>,
    /// Whether it is built.
    pub state: IndexState,
    /// The number of rows that are indexed.
    pub indexed_rows: u64,
    /// The number of rows in sealed segments that are not indexed yet; 0 if the server does not report it (before Milvus
    /// 2.3).
    pub pending_rows: u64,
    /// The number of rows to index.
    pub total_rows: u64,
}

/// The progress of building an index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum IndexState {
    /// Building has not begun.
    #[default]
    Waiting,
    /// It is being built, or rebuilt.
    Building,
    /// All sealed rows are indexed.
    Finished,
    /// Building failed.
    Failed {
        /// The server's explanation.
        reason: String,
    },
    /// A state that this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl fmt::Display for IndexState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => f.pad("waiting"),
            Self::Building => f.pad("building"),
            Self::Finished => f.pad("finished"),
            Self::Failed { reason } => write!(f, "failed: {reason}"),
            Self::Unknown(number) => write!(f, "state {number}"),
        }
    }
}

impl IndexInfo {
    pub(super) fn from_proto(description: IndexDescription) -> Self {
        let state = match State::try_from(description.state) {
            Ok(State::Finished) => IndexState::Finished,
            Ok(State::Failed) => IndexState::Failed {
                reason: description.index_state_fail_reason,
            },
            Ok(State::InProgress | State::Retry) => IndexState::Building,
            Ok(State::None | State::Unissued) => IndexState::Waiting,
            Err(_) => IndexState::Unknown(description.state),
        };
        let rows = |count: i64| u64::try_from(count).unwrap_or_default();
        let mut info = Self {
            name: description.index_name,
            field: description.field_name,
            kind: String::new(),
            metric: None,
            parameters: Vec::new(),
            state,
            indexed_rows: rows(description.indexed_rows),
            pending_rows: rows(description.pending_index_rows),
            total_rows: rows(description.total_rows),
        };
        for KeyValuePair { key, value } in description.params {
            info.set(key, value);
        }
        info
    }

    /// Sets what a parameter of the index says.
    fn set(&mut self, key: String, value: String) {
        match key.as_str() {
            "index_type" => self.kind = value,
            "metric_type" => match value.parse::<Metric>() {
                Ok(metric) => self.metric = Some(metric),
                Err(_) => self.parameters.push((key, value)),
            },
            // Servers keep the parameters that older clients sent in one JSON object.
            "params" => match serde_json::from_str(&value) {
                Ok(serde_json::Value::Object(fields)) => {
                    for (key, value) in fields {
                        let text = value.as_str().map(ToOwned::to_owned);
                        self.set(key, text.unwrap_or_else(|| value.to_string()));
                    }
                }
                _ => self.parameters.push((key, value)),
            },
            _ if self.parameters.iter().any(|(known, _)| *known == key) => {}
            _ => self.parameters.push((key, value)),
        }
    }
}

impl From<&IndexInfo> for Index {
    /// The same index, to be built on another field or collection.
    fn from(info: &IndexInfo) -> Self {
        let mut index = Self::new(&info.kind);
        if let Some(metric) = info.metric {
            index = index.metric(metric);
        }
        for (key, value) in &info.parameters {
            index = index.parameter(key, value);
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(params: &[(&str, &str)]) -> IndexInfo {
        let pair = |(key, value): &(&str, &str)| KeyValuePair {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        IndexInfo::from_proto(IndexDescription {
            params: params.iter().map(pair).collect(),
            ..IndexDescription::default()
        })
    }

    #[test]
    fn parameters_are_read_one_by_one_and_from_json() {
        for params in [
            &[
                ("index_type", "HNSW"),
                ("metric_type", "L2"),
                ("M", "16"),
                ("nope", "x"),
            ][..],
            &[
                ("index_type", "HNSW"),
                ("metric_type", "L2"),
                ("params", r#"{"M":16,"nope":"x"}"#),
            ],
            &[
                ("M", "16"),
                ("params", r#"{"M":"8","metric_type":"L2","nope":"x"}"#),
                ("index_type", "HNSW"),
            ],
        ] {
            let info = described(params);
            assert_eq!(
                (info.kind.as_str(), info.metric),
                ("HNSW", Some(Metric::L2))
            );
            let parameters =
                [("M", "16"), ("nope", "x")].map(|(key, value)| (key.into(), value.into()));
            assert_eq!(info.parameters, parameters);
        }
    }

    #[test]
    fn unknown_parameters_are_kept_as_they_are() {
        let info = described(&[("metric_type", "NEAREST"), ("params", "[1]")]);
        assert_eq!(info.metric, None);
        let parameters = [("metric_type", "NEAREST"), ("params", "[1]")];
        assert_eq!(
            info.parameters,
            parameters.map(|(key, value)| (key.into(), value.into()))
        );
    }

    #[test]
    fn the_same_index_can_be_built_again() {
        let index = Index::hnsw(Metric::Cosine, 16, 200);
        let description = IndexDescription {
            params: index.to_proto(),
            ..IndexDescription::default()
        };
        assert_eq!(Index::from(&IndexInfo::from_proto(description)), index);
    }
}
