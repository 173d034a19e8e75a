use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::{Code, Error, Result};
use crate::index::{Index, Metric};
use crate::proto::common::{IndexState as State, KeyValuePair, Status};
use crate::proto::milvus::{DescribeIndexRequest, IndexDescription};

/// A question what an index is and how far it is built; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct DescribeIndex {
    client: Client,
    collection: String,
    name: String,
    timeout: Option<Duration>,
}

/// What a server knows of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexInfo {
    /// Its name; the field's, unless it was given another.
    pub name: String,
    /// The field it is on.
    pub field: String,
    /// Milvus' name of its kind: `HNSW`, `AUTOINDEX`.
    pub kind: String,
    /// How near vectors are to each other; `None` of scalars, and of a metric that this crate does not know, which is
    /// among the parameters then.
    pub metric: Option<Metric>,
    /// What it was built with, and its properties, in Milvus' own words: `("M", "16")`, `("mmap.enabled", "true")`.
    pub parameters: Vec<(String, String)>,
    /// How far it is built.
    pub state: IndexState,
    /// How many rows are indexed.
    pub indexed_rows: u64,
    /// How many rows of sealed segments still have to be, where the server tells (Milvus 2.3).
    pub pending_rows: u64,
    /// How many rows there are to index.
    pub total_rows: u64,
}

/// How far an index is built.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexState {
    /// Nobody builds it yet.
    Waiting,
    /// It is being built, or built again.
    Building,
    /// All sealed rows are indexed.
    Finished,
    /// It cannot be built.
    Failed {
        /// What the server says of it.
        reason: String,
    },
    /// A state that this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl Client {
    /// What an index is, with the parameters it was built with, and how far it is.
    ///
    /// One `DescribeIndex` call. [`list_indexes`](Self::list_indexes) tells the names.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when the collection has no index of this name.
    pub fn describe_index(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> DescribeIndex {
        DescribeIndex {
            client: self.clone(),
            collection: collection.into(),
            name: name.into(),
            timeout: None,
        }
    }
}

operation!(DescribeIndex => IndexInfo);

impl DescribeIndex {
    async fn send(self) -> Result<IndexInfo> {
        let call = Call::new("describe_index")
            .on(&self.collection)
            .timeout(self.timeout);
        named(call, &self.name)?;
        let known = known(&self.client, call, &self.name).await?;
        // Milvus Lite answers with all there are.
        let index = known.into_iter().find(|index| index.name == self.name);
        index.ok_or_else(|| {
            let missing = Status {
                code: Code::INDEX_NOT_FOUND.0,
                reason: format!("the collection has no index {:?}", self.name),
                ..Status::default()
            };
            Error::milvus(call.operation, &missing).on(call.collection)
        })
    }
}

/// Refuses an index without a name: Milvus would take all of the collection's for meant.
pub(super) fn named(call: Call<'_>, name: &str) -> Result<()> {
    if name.is_empty() {
        let why = "the index's name is empty";
        return Err(Error::invalid_argument(call.operation, why).on(call.collection));
    }
    Ok(())
}

/// The indexes of this name; without one, all of the collection.
pub(super) async fn known(client: &Client, call: Call<'_>, name: &str) -> Result<Vec<IndexInfo>> {
    let request = DescribeIndexRequest {
        db_name: client.database().unwrap_or_default().to_owned(),
        collection_name: call.collection.unwrap_or_default().to_owned(),
        index_name: name.to_owned(),
        ..DescribeIndexRequest::default()
    };
    let answer = client.call(call, request).await?;
    Ok(answer
        .index_descriptions
        .into_iter()
        .map(IndexInfo::from_proto)
        .collect())
}

impl IndexInfo {
    fn from_proto(description: IndexDescription) -> Self {
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
            info.say(key, value);
        }
        info
    }

    fn say(&mut self, key: String, value: String) {
        match key.as_str() {
            "index_type" => self.kind = value,
            "metric_type" => match Metric::named(&value) {
                Some(metric) => self.metric = Some(metric),
                None => self.parameters.push((key, value)),
            },
            // Servers keep some parameters in one JSON object, as older clients sent them.
            "params" => match serde_json::from_str(&value) {
                Ok(serde_json::Value::Object(fields)) => {
                    for (key, value) in fields {
                        let text = value.as_str().map(ToOwned::to_owned);
                        self.say(key, text.unwrap_or_else(|| value.to_string()));
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
    fn what_is_not_known_stays_as_it_was_said() {
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
