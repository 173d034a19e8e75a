use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::wait::Wait;
use super::{features, operation};
use crate::client::{Call, Client, Known};
use crate::data::Id;
use crate::error::{Error, ErrorKind, Result};
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
    primary_key: Option<String>,
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
    ///
    /// Milvus deletes by filter only, so that it takes the name of the primary key to delete by keys. It is looked up for
    /// this very call (one RPC more, about a millisecond), because a collection that was dropped and created anew, or an
    /// alias that was moved, may have another key, and a field with the old one's name. Nothing done through this
    /// client's connection comes between the lookup and the delete. Another process may still replace the collection in
    /// that millisecond: where that must not happen, delete by a filter that fits only the rows meant.
    /// [`primary_key`](Delete::primary_key) saves the lookup.
    pub fn delete(&self, collection: impl Into<String>, rows: impl Into<DeleteRows>) -> Delete {
        Delete {
            client: self.clone(),
            collection: collection.into(),
            rows: rows.into(),
            partition: None,
            namespace: None,
            consistency: Consistency::Strong,
            primary_key: None,
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

    /// The name of the primary key, so that it is not looked up: only where the collection is never created anew with
    /// another. Only with primary keys.
    pub fn primary_key(mut self, field: impl Into<String>) -> Self {
        self.primary_key = Some(field.into());
        self
    }

    async fn send(self) -> Result<Deleted> {
        let (client, collection) = (self.client.clone(), self.collection.clone());
        let several = matches!(&self.rows, DeleteRows::Of(ids) if !ids.is_empty())
            && self.primary_key.is_none();
        let call = Call::new("delete").on(&collection);
        client.composite_if(several, call, pin!(self.run()))?.await
    }

    async fn run(self) -> Result<Deleted> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("delete").on(&self.collection);
        let refuse = |why: &str| Error::invalid_argument(call.operation, why).on(call.collection);
        let ids = match (&self.rows, &self.primary_key) {
            (DeleteRows::Matching(_), Some(_)) => {
                return Err(refuse(
                    "primary_key goes with primary keys: a filter names its fields",
                ));
            }
            (DeleteRows::Matching(filter), None) if filter.is_empty() => {
                return Err(refuse(
                    "the filter is empty: say which rows, or drop the collection",
                ));
            }
            (DeleteRows::Matching(filter), None) => return self.send_filter(&wait, filter).await,
            (DeleteRows::Of(ids), _) if ids.is_empty() => {
                return Ok(Deleted {
                    count: 0,
                    timestamp: 0,
                });
            }
            (DeleteRows::Of(_), Some(key)) if !is_field_name(key) => {
                return Err(refuse("primary_key is not the name of a field"));
            }
            (DeleteRows::Of(ids), Some(key)) => {
                return self.send_filter(&wait, &Filter::ids(key, ids)).await;
            }
            (DeleteRows::Of(ids), None) => ids,
        };
        let mut rejected: Option<(Arc<Known>, Error)> = None;
        loop {
            let known = self.client.look_up(call.timeout(wait.remaining())).await?;
            if let Some((_, error)) = rejected.take_if(|(before, _)| before.is_same(&known)) {
                return Err(error);
            }
            let entered = self.client.enter(call, &known, wait.remaining()).await?;
            let Some(_pass) = entered else {
                continue;
            };
            let filter = Filter::ids(known.key(), ids);
            match self.send_filter(&wait, &filter).await {
                // The collection may have been replaced between the lookup and the delete.
                Err(error)
                    if rejected.is_none()
                        && error.kind() == ErrorKind::Server
                        && !error.is_retryable() =>
                {
                    rejected = Some((known, error));
                }
                outcome => return outcome,
            }
        }
    }

    async fn send_filter(&self, wait: &Wait, filter: &Filter) -> Result<Deleted> {
        let call = Call::new("delete").on(&self.collection);
        // A server without them would delete from the collection at large.
        let used = features::of_rows(&self.partition, self.namespace.as_ref());
        features::check(&self.client, call.timeout(wait.remaining()), used).await?;
        let filter = filter
            .clone()
            .for_server(self.client.placing())
            .map_err(|why| Error::invalid_argument(call.operation, why).on(call.collection))?;
        let request = DeleteRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            partition_name: self.partition.clone().unwrap_or_default(),
            expr: filter.text().to_owned(),
            expr_template_values: filter.values(),
            namespace: self.namespace.clone(),
            consistency_level: self.consistency.to_proto(),
            ..DeleteRequest::default()
        };
        let answer = self
            .client
            .call(call.timeout(wait.remaining()), request)
            .await?;
        Ok(Deleted {
            count: u64::try_from(answer.delete_cnt).unwrap_or_default(),
            timestamp: answer.timestamp,
        })
    }
}

/// Whether Milvus would let a field have this name.
fn is_field_name(name: &str) -> bool {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(word) && name.starts_with(|first: char| !first.is_ascii_digit())
}
