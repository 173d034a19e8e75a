//! What searches and queries have in common.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::data::{Row, Table};
use crate::error::Result;
use crate::proto::common::KeyValuePair;
use crate::search::{Consistency, listed};
use crate::stack::LastWrite;

/// How a received row becomes what the caller asked for.
pub(super) type ReadRow<T> = fn(&Arc<Table>, usize) -> Result<T>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the other way to read a row can fail"
)]
pub(super) fn as_row(table: &Arc<Table>, row: usize) -> Result<Row> {
    Ok(Row::new(table, row))
}

pub(super) fn typed<T: DeserializeOwned>(table: &Arc<Table>, row: usize) -> Result<T> {
    table.row(row)
}

/// Which writes a read sees.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) consistency: Option<Consistency>,
    pub(super) timestamp: Option<u64>,
    /// Whether it is a page of a stream.
    pub(super) paged: bool,
}

/// As the requests say it.
pub(super) struct Guarantee {
    pub(super) level: i32,
    pub(super) timestamp: u64,
    pub(super) use_default: bool,
}

/// Everything that was written before the read.
const NOW: u64 = 0;
/// Everything that has arrived.
const EVENTUALLY: u64 = 1;
/// What the server reckons to be a few seconds ago.
const BOUNDED: u64 = 2;

impl Seen {
    /// The error says that two setters contradict each other.
    pub(super) fn check(self) -> std::result::Result<(), String> {
        match (self.consistency, self.timestamp) {
            (Some(_), Some(_)) if !self.paged => Err(
                "consistency and guarantee_timestamp do not go together: leave one out".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Servers know three timestamps that are none: 0 for now, 1 for whatever is there, 2 for a while ago.
    pub(super) fn guarantee(self, client: &Client) -> Guarantee {
        if self.paged {
            return self.snapshot();
        }
        let last_write = client.last_write();
        let consistency = match (self.consistency, last_write) {
            // Nothing but all there is contains that write for certain.
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
            use_default: self.consistency.is_none() && self.timestamp.is_none(),
        }
    }

    /// Of a stream's pages, servers since 2.4 show the data as it was at the timestamp, even at 1 or 2. So the first
    /// page has none, and the others have the one that the server gave with it.
    fn snapshot(self) -> Guarantee {
        let level = match self.consistency {
            // What this client wrote last is known as a timestamp only.
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

/// Names as requests list them. The error says that one is empty, or more than one.
pub(super) fn names<N: AsRef<str>>(
    argument: &str,
    names: impl IntoIterator<Item = N>,
) -> std::result::Result<String, String> {
    let one = |name: N| listed(argument, name.as_ref()).map(str::to_owned);
    let names: Vec<String> = names
        .into_iter()
        .map(one)
        .collect::<std::result::Result<_, _>>()?;
    Ok(names.join(","))
}

/// A bool as Milvus Lite, which is written in Python, reads it too.
pub(super) fn flag(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// The setters that all reads have; and where those have what is said in Milvus' own words.
macro_rules! reading {
    ([$($generic:ident),*] $name:ty, $($parameters:ident).+) => {
        impl<$($generic),*> $name {
            /// Reads only these partitions. Default: all.
            pub fn partitions<P: Into<String>>(mut self, partitions: impl IntoIterator<Item = P>) -> Self {
                self.partitions = partitions.into_iter().map(Into::into).collect();
                self
            }

            /// The fields to be returned; dynamic ones too, by whatever name they have, and `"*"` for all.
            ///
            /// What the collection is known to lack is refused before anything is sent.
            pub fn output<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Self {
                let names = fields.into_iter().map(Into::into).collect();
                self.output = crate::ops::fields::Output::named(names);
                self
            }

            /// Which writes it must see. Default: what the collection was created with;
            /// mostly bounded, which may miss what was written a moment ago.
            /// [`Consistency::Session`](crate::Consistency::Session) sees all that this client's connection wrote.
            pub fn consistency(mut self, consistency: crate::Consistency) -> Self {
                self.seen.consistency = Some(consistency);
                self
            }

            /// Sees all writes up to this time of the server, as [`Written::timestamp`](crate::ops::Written::timestamp)
            /// gives it. In place of [`consistency`](Self::consistency).
            pub fn guarantee_timestamp(mut self, timestamp: u64) -> Self {
                self.seen.timestamp = Some(timestamp);
                self
            }

            /// Leaves out rows that are not in a sealed segment yet: faster, but misses the latest. Default off.
            pub fn ignore_growing(mut self, ignore: bool) -> Self {
                self.ignore_growing = ignore;
                self.$($parameters).+.unset("ignore_growing");
                self
            }

            /// The namespace of a collection that has them (Milvus 3.0).
            pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
                self.namespace = Some(namespace.into());
                self
            }

            /// How long the operation may take, everything it does included. Default: the client's timeout for each
            /// call it makes.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.timeout = Some(timeout);
                self
            }
        }
    };
}
pub(super) use reading;

/// The `IntoFuture` of a read.
macro_rules! awaited {
    ($name:ident<T> => $output:ty) => {
        impl<T: Send + 'static> IntoFuture for $name<T> {
            type Output = crate::Result<$output>;
            type IntoFuture = crate::client::Pending<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
pub(super) use awaited;
