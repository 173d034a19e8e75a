use std::time::Duration;

use super::operation;
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::data::Id;
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::proto::milvus::DeleteRequest;
use crate::search::Consistency;

/// Rows to be deleted; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Delete {
    client: Client,
    collection: String,
    rows: DeleteRows,
    partition: Option<String>,
    namespace: Option<String>,
    consistency: Consistency,
    timeout: Option<Duration>,
}

/// Which rows a [`Delete`] is about: made by `into()` from a [`Filter`], an expression as text, or a list of primary
/// keys.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DeleteRows {
    /// Those that a filter lets through.
    Matching(Filter),
    /// Those with these primary keys.
    Of(Vec<Id>),
}

impl<F: Into<Filter>> From<F> for DeleteRows {
    fn from(filter: F) -> Self {
        Self::Matching(filter.into())
    }
}

macro_rules! from_ids {
    ($($id:ty),*) => {
        $(
            impl From<Vec<$id>> for DeleteRows {
                fn from(ids: Vec<$id>) -> Self {
                    Self::Of(ids.into_iter().map(Into::into).collect())
                }
            }

            impl From<&[$id]> for DeleteRows {
                fn from(ids: &[$id]) -> Self {
                    ids.to_vec().into()
                }
            }

            impl From<&Vec<$id>> for DeleteRows {
                fn from(ids: &Vec<$id>) -> Self {
                    ids.clone().into()
                }
            }

            impl<const N: usize> From<[$id; N]> for DeleteRows {
                fn from(ids: [$id; N]) -> Self {
                    Vec::from(ids).into()
                }
            }
        )*
    };
}
from_ids!(i64, &str, String, Id);

/// What a delete did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deleted {
    /// How many rows the server says are gone. By primary keys, Milvus counts keys, whether a row had them or not.
    pub count: u64,
    /// The server's time of the delete; 0 where it does not tell, as Milvus 2.3 and Milvus Lite.
    pub timestamp: u64,
}

impl Client {
    /// Deletes rows: `"year < 1900"`, a [`Filter`], or primary keys (`[1, 2]`, `["a", "b"]`).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.delete("books", [1, 2]).await?;
    /// client.delete("books", "year < 1900").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self, collection: impl Into<String>, rows: impl Into<DeleteRows>) -> Delete {
        Delete {
            client: self.clone(),
            collection: collection.into(),
            rows: rows.into(),
            partition: None,
            namespace: None,
            consistency: Consistency::Strong,
            timeout: None,
        }
    }
}

operation!(Delete => Deleted);

impl Delete {
    /// Deletes only in this partition. Default: in all.
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = Some(partition.into());
        self
    }

    /// The namespace of a collection that has them (Milvus 3.0).
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// How recent the rows must be that the filter is compared with, where it names more than primary keys: Milvus
    /// looks them up first. Default [`Consistency::Strong`], so that no row is overlooked that was written before;
    /// weaker ones wait less.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    async fn send(self) -> Result<Deleted> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("delete").on(&self.collection);
        let filter = match self.rows {
            DeleteRows::Matching(filter) if filter.is_empty() => {
                let why = "the filter is empty: say which rows, or drop the collection";
                return Err(Error::invalid_argument(call.operation, why).on(call.collection));
            }
            DeleteRows::Matching(filter) => filter,
            DeleteRows::Of(ids) if ids.is_empty() => {
                return Ok(Deleted {
                    count: 0,
                    timestamp: 0,
                });
            }
            DeleteRows::Of(ids) => {
                let (known, _) = self.client.known(call.timeout(wait.remaining())).await?;
                Filter::ids(
                    known.schema.primary_key().map_or("", |field| field.name()),
                    &ids,
                )
            }
        };
        let filter = filter
            .for_server(self.client.placing())
            .map_err(|why| Error::invalid_argument(call.operation, why).on(call.collection))?;
        let request = DeleteRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            partition_name: self.partition.unwrap_or_default(),
            expr: filter.text().to_owned(),
            expr_template_values: filter.values(),
            namespace: self.namespace,
            consistency_level: self.consistency.to_proto(),
            ..DeleteRequest::default()
        };
        let answer = self
            .client
            .call(call.timeout(wait.remaining()), request)
            .await?;
        self.client.wrote(&self.collection, answer.timestamp);
        Ok(Deleted {
            count: u64::try_from(answer.delete_cnt).unwrap_or_default(),
            timestamp: answer.timestamp,
        })
    }
}
