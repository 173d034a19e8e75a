//! What searches and queries have in common.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::fields::Output;

use crate::client::Client;
use crate::data::{Row, Table};
use crate::error::Result;
use crate::proto::common::KeyValuePair;
use crate::search::{Consistency, check_list_item};
use crate::stack::LastWrite;

/// Converts one row of a table into what the caller wants.
pub(super) type ReadRow<T> = fn(&Arc<Table>, usize) -> Result<T>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the other way to read a row can fail"
)]
pub(super) fn as_row(table: &Arc<Table>, row: usize) -> Result<Row> {
    Ok(Row::of_table(table, row))
}

pub(super) fn typed<T: DeserializeOwned>(table: &Arc<Table>, row: usize) -> Result<T> {
    table.row(row)
}

/// What to read, and how to convert its rows.
pub(super) struct Read<S, T> {
    pub(super) spec: S,
    pub(super) row: ReadRow<T>,
}

// Derived, it would demand the same of `T`.
impl<S: Clone, T> Clone for Read<S, T> {
    fn clone(&self) -> Self {
        Self {
            spec: self.spec.clone(),
            row: self.row,
        }
    }
}

impl<S: fmt::Debug, T> fmt::Debug for Read<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spec.fmt(f)
    }
}

/// The settings that all reads have.
#[derive(Debug, Clone, Default)]
pub(super) struct ReadOptions {
    pub(super) partitions: Vec<String>,
    pub(super) output: Output,
    pub(super) consistency: ReadConsistency,
    pub(super) ignore_growing: bool,
    pub(super) namespace: Option<String>,
    pub(super) timeout: Option<Duration>,
}

/// Which writes a read sees.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ReadConsistency {
    pub(super) level: Option<Consistency>,
    pub(super) timestamp: Option<u64>,
    /// Whether it is a page of a stream.
    pub(super) paged: bool,
}

/// The fields of a request that say which writes it sees.
pub(super) struct Guarantee {
    pub(super) level: i32,
    pub(super) timestamp: u64,
    pub(super) use_default: bool,
}

/// Everything that was written before the read.
const NOW: u64 = 0;
/// Everything that has arrived.
const EVENTUALLY: u64 = 1;
/// Everything that was written until a few seconds ago.
const BOUNDED: u64 = 2;

impl ReadConsistency {
    /// The error says that two setters contradict each other.
    pub(super) fn check(self) -> std::result::Result<(), String> {
        match (self.level, self.timestamp) {
            (Some(_), Some(_)) if !self.paged => {
                Err("consistency and guarantee_timestamp cannot be combined: remove one".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Three timestamps have a special meaning for servers: see [`NOW`], [`EVENTUALLY`] and [`BOUNDED`].
    pub(super) fn guarantee(self, client: &Client) -> Guarantee {
        if self.paged {
            return self.snapshot();
        }
        let last_write = client.last_write();
        let consistency = match (self.level, last_write) {
            // The time of the write is not known: only a strong read is sure to see it.
            (Some(Consistency::Session), LastWrite::Unknown) => Some(Consistency::Strong),
            (consistency, _) => consistency,
        };
        let timestamp = self.timestamp.unwrap_or_else(|| match consistency {
            Some(Consistency::Strong) => NOW,
            Some(Consistency::Bounded) => BOUNDED,
            Some(Consistency::Eventually) => EVENTUALLY,
            // Without a level it is the collection's, which may be session.
            Some(Consistency::Session) | None => match last_write {
                LastWrite::None => EVENTUALLY,
                LastWrite::At(timestamp) => timestamp.max(EVENTUALLY),
                LastWrite::Unknown => NOW,
            },
        });
        Guarantee {
            level: match (self.timestamp, consistency) {
                (Some(_), _) => crate::proto::common::ConsistencyLevel::Customized as i32,
                (None, consistency) => consistency.map_or(0, Consistency::to_proto),
            },
            timestamp,
            use_default: self.level.is_none() && self.timestamp.is_none(),
        }
    }

    /// Since Milvus 2.4, pages of a stream show the data as it was at the timestamp, even if that is 1 or 2. So the first
    /// page has no timestamp, and the others have the one that the server returned with the first.
    fn snapshot(self) -> Guarantee {
        let level = match self.level {
            // The last write is known by its timestamp only.
            Some(Consistency::Session) => Some(Consistency::Strong),
            level => level,
        }
        .filter(|_| self.timestamp.is_none());
        Guarantee {
            level: level.map_or(0, Consistency::to_proto),
            timestamp: self.timestamp.unwrap_or_default(),
            use_default: level.is_none(),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "numbers and texts go in as they are"
)]
pub(super) fn pair(key: &str, value: impl ToString) -> KeyValuePair {
    KeyValuePair {
        key: key.to_owned(),
        value: value.to_string(),
    }
}

/// A list of names as requests have it. The error says that a name is empty, or is itself a list.
pub(super) fn names<N: AsRef<str>>(
    argument: &str,
    names: impl IntoIterator<Item = N>,
) -> std::result::Result<String, String> {
    let one = |name: N| check_list_item(argument, name.as_ref()).map(str::to_owned);
    let names: Vec<String> = names
        .into_iter()
        .map(one)
        .collect::<std::result::Result<_, _>>()?;
    Ok(names.join(","))
}

/// The setters that all reads have. The type has two private methods: `options` for its [`ReadOptions`], and
/// `parameters` for the parameters that take precedence over them.
macro_rules! reading {
    ([$($generic:ident),*] $name:ty) => {
        impl<$($generic),*> $name {
            /// Reads only these partitions. Default: all.
            pub fn partitions<P: Into<String>>(mut self, partitions: impl IntoIterator<Item = P>) -> Self {
                self.options().partitions = partitions.into_iter().map(Into::into).collect();
                self
            }

            /// The fields to return. Default: all fields for a query; none besides primary key and score for a search;
            /// those of the row type for typed rows. Dynamic fields are given by their own names; `"*"` stands for all
            /// fields.
            ///
            /// A field that the collection is known to lack is refused before anything is sent.
            pub fn output<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Self {
                let names = fields.into_iter().map(Into::into).collect();
                self.options().output = crate::ops::fields::Output::named(names);
                self
            }

            /// Which writes the read sees. Default: the consistency that the collection was created with, usually
            /// bounded, which may miss writes of the last seconds.
            /// [`Consistency::Session`](crate::Consistency::Session) sees all writes of this client and its handles.
            pub fn consistency(mut self, consistency: crate::Consistency) -> Self {
                self.options().consistency.level = Some(consistency);
                self
            }

            /// Sees all writes up to this time of the server, such as a
            /// [`Written::timestamp`](crate::ops::Written::timestamp). Cannot be combined with
            /// [`consistency`](Self::consistency).
            pub fn guarantee_timestamp(mut self, timestamp: u64) -> Self {
                self.options().consistency.timestamp = Some(timestamp);
                self
            }

            /// Ignores rows that are not in a sealed segment yet. This is faster, but misses the latest writes.
            /// Default false.
            pub fn ignore_growing(mut self, ignore: bool) -> Self {
                self.options().ignore_growing = ignore;
                self.parameters().remove("ignore_growing");
                self
            }

            /// The cluster to read from, if the server has several (`cluster_id`): a `session` in pymilvus. Default: the
            /// server's choice. Since Milvus 3.0.
            #[doc(alias = "session")]
            pub fn cluster(mut self, id: impl Into<String>) -> Self {
                self.parameters().set("cluster_id", id.into());
                self
            }

            /// The namespace to read, if the collection has [namespaces](crate::schema::SchemaBuilder::namespaces).
            /// Since Milvus 3.0.
            pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
                self.options().namespace = Some(namespace.into());
                self
            }

            /// Limits how long the operation may take, including retries and all calls that it makes. Default: no limit
            /// for the operation as a whole; each call has the [client's timeout](crate::ClientBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.options().timeout = Some(timeout);
                self
            }
        }

        crate::ops::operation::retrying!([$($generic),*] $name, spec.client);
    };
}
pub(super) use reading;
