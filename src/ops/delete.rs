mod rows;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

pub use rows::{DeleteRows, IntoDeleteRows};

use super::features;
use super::operation::{Lazy, Run, operation};
use super::wait::Wait;
use crate::client::{Call, Client, Known};
use crate::error::{Error, ErrorKind, Result};
use crate::filter::Filter;
use crate::proto::milvus::DeleteRequest;
use crate::search::Consistency;

/// Deletes rows. Returned by [`Client::delete`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Delete(Lazy<'static, Builder, Deleted>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    rows: DeleteRows,
    partition: Option<String>,
    namespace: Option<String>,
    consistency: Option<Consistency>,
    primary_key: Option<String>,
    timeout: Option<Duration>,
}

/// The result of a delete.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Deleted {
    /// The number of deleted rows, as the server counts them. A delete by primary keys counts the keys, whether there
    /// was a row or not.
    pub count: u64,
    /// The server's timestamp of the delete, for [`guarantee_timestamp`](crate::ops::Query::guarantee_timestamp). 0 if
    /// the server does not return one, like Milvus 2.3 and Milvus Lite.
    pub timestamp: u64,
}

impl Deleted {
    /// The result of a delete of this many rows, for the tests of your program.
    pub fn new(count: u64) -> Self {
        Self {
            count,
            timestamp: 0,
        }
    }
}

impl Client {
    /// [Deletes](https://milvus.io/docs/delete-entities.md) rows: those that match a [`Filter`] or an expression
    /// (`"year < 1900"`), or those with the given primary keys (`7`, `[1, 2]`, `["a", "b"]`, an iterator). A string alone is
    /// an expression. See [`IntoDeleteRows`].
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.delete("books", [1, 2]).await?;
    /// client.delete("books", "year < 1900").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Milvus deletes by filters only. To delete by primary keys, the client needs the name of the primary key, and looks
    /// it up for each delete with an additional RPC, which takes about a millisecond. The name is not cached: after the
    /// collection was dropped and created again, or an alias was moved, another field may be the primary key. Changes
    /// through this client's connection cannot come between the lookup and the delete. Another process may still replace
    /// the collection in that millisecond. If that must not happen, delete by a filter that matches only the intended
    /// rows. [`primary_key`](Delete::primary_key) avoids the lookup.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) for a filter that does not fit the collection, and for
    /// an empty one.
    #[doc(alias = "delete_many")]
    #[doc(alias = "delete_one")]
    #[doc(alias = "delete_points")]
    #[doc(alias = "remove")]
    pub fn delete<K>(&self, collection: impl Into<String>, rows: impl IntoDeleteRows<K>) -> Delete {
        Delete(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            rows: rows.into_delete_rows(),
            partition: None,
            namespace: None,
            consistency: None,
            primary_key: None,
            timeout: None,
        }))
    }
}

operation!([] Delete => Deleted, timeout);

/// What to do if a server refuses a filter that is only a word.
const KEY_ALONE: &str = "a string alone is a filter expression: to delete by primary keys, pass a list, such as [\"key\"]";

impl Delete {
    /// Deletes only in this partition. Default: in all partitions.
    pub fn partition(mut self, partition: impl Into<String>) -> Self {
        self.0.builder_mut().partition = Some(partition.into());
        self
    }

    /// The namespace to delete from, if the collection has [namespaces](crate::schema::SchemaBuilder::namespaces).
    /// Since Milvus 3.0.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.0.builder_mut().namespace = Some(namespace.into());
        self
    }

    /// Which writes the filter sees, if it uses other fields than the primary key: Milvus then reads the rows before it
    /// deletes them. Default [`Consistency::Strong`], so that no earlier write is missed. Weaker levels are faster. Since
    /// Milvus 2.4: older servers use a level of their own, by default bounded, and may miss writes of the last seconds.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.0.builder_mut().consistency = Some(consistency);
        self
    }

    /// The name of the primary key, to avoid the lookup of a delete by primary keys. Use it only if the collection is
    /// never created again with another primary key.
    pub fn primary_key(mut self, field: impl Into<String>) -> Self {
        self.0.builder_mut().primary_key = Some(field.into());
        self
    }
}

impl Run<Deleted> for Builder {
    async fn run(self) -> Result<Deleted> {
        let (client, collection) = (self.client.clone(), self.collection.clone());
        let several = matches!(&self.rows, DeleteRows::Ids(ids) if !ids.is_empty())
            && self.primary_key.is_none();
        let call = Call::new("delete").on(&collection);
        client
            .composite_if(several, call, pin!(self.delete()))?
            .await
    }
}

impl Builder {
    async fn delete(self) -> Result<Deleted> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("delete").on(&self.collection);
        let ids = match (&self.rows, &self.primary_key) {
            (DeleteRows::Matching(_), Some(_)) => {
                return Err(call.refuse(
                    "primary_key cannot be combined with a filter: the filter names the field",
                ));
            }
            (DeleteRows::Matching(filter), None) if filter.is_empty() => {
                return Err(call.refuse(
                    "the filter is empty: select the rows to delete, or drop the collection",
                ));
            }
            (DeleteRows::Matching(filter), None) if filter.matches_nothing() => {
                return Ok(Deleted::default());
            }
            (DeleteRows::Matching(filter), None) => {
                let outcome = self.send_filter(&wait, filter).await;
                return outcome.map_err(|error| {
                    let is_refused = error.kind() == ErrorKind::Server && !error.is_not_found();
                    match is_refused && self.rows.looks_like_a_key() {
                        true => error.with_hint(KEY_ALONE),
                        false => error,
                    }
                });
            }
            (DeleteRows::Ids(ids), _) if ids.is_empty() => return Ok(Deleted::default()),
            (DeleteRows::Ids(_), Some(key)) if !is_field_name(key) => {
                return Err(call.refuse("primary_key is not a valid field name"));
            }
            (DeleteRows::Ids(ids), Some(key)) => {
                return self.send_filter(&wait, &Filter::ids(key, ids)).await;
            }
            (DeleteRows::Ids(ids), None) => ids,
        };
        let mut rejected: Option<(Arc<Known>, Error)> = None;
        loop {
            let known = self.client.look_up(wait.step(call)).await?;
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
        // A server without them would delete from all partitions and namespaces.
        let reads = matches!(self.rows, DeleteRows::Matching(_)) && self.consistency.is_some();
        let used = features::of_rows(&self.partition, self.namespace.as_ref())
            .chain(features::used_of([(reads, &features::DELETE_CONSISTENCY)]));
        features::check(&self.client, wait.step(call), used).await?;
        let filter = filter
            .clone()
            .for_server(self.client.template_support())
            .map_err(|why| call.refuse(why))?;
        let request = DeleteRequest {
            collection_name: self.collection.clone(),
            partition_name: self.partition.clone().unwrap_or_default(),
            expr: filter.text().to_owned(),
            expr_template_values: filter.values(),
            namespace: self.namespace.clone(),
            consistency_level: self.consistency.unwrap_or(Consistency::Strong).to_proto(),
            ..DeleteRequest::default()
        };
        let answer = self.client.call(wait.step(call), request).await?;
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
