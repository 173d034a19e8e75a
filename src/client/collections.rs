//! What a client remembers of the collections it works with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::DescribeCollectionRequest;
use crate::schema::Schema;

/// More collections than this are not remembered at once: it starts anew.
const LIMIT: usize = 4096;

/// By name: aliases are remembered like collections of their own.
#[derive(Debug, Default)]
pub(super) struct Collections(Mutex<HashMap<String, Remembered>>);

#[derive(Debug, Default)]
struct Remembered {
    known: Option<Arc<Known>>,
    /// 0 where the server did not say when it was.
    last_write: Option<u64>,
}

/// A collection as the server described it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) schema: Schema,
    pub(crate) id: i64,
    /// When the schema was last changed; 0 where the server does not tell. Writes carry it, so that a server which
    /// knows a newer schema refuses them.
    pub(crate) updated: u64,
    /// Whether it takes primary keys although it generates them for rows without one.
    pub(crate) key_allowed: bool,
}

impl Collections {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, collection: &str, change: impl FnOnce(&mut Remembered) -> T) -> T {
        let mut all = self.lock();
        if let Some(remembered) = all.get_mut(collection) {
            return change(remembered);
        }
        if all.len() >= LIMIT {
            all.clear();
        }
        change(all.entry(collection.to_owned()).or_default())
    }
}

impl Client {
    /// The collection as it was described before, if it was; else as it is described now.
    pub(crate) async fn known(&self, call: Call<'_>) -> Result<(Arc<Known>, Freshness)> {
        let collection = call.collection.unwrap_or_default();
        let remembered = self
            .inner
            .collections
            .lock()
            .get(collection)
            .and_then(|found| found.known.clone());
        match remembered {
            Some(known) => Ok((known, Freshness::Remembered)),
            None => Ok((self.look_up(call).await?, Freshness::New)),
        }
    }

    /// The cached description of a collection, if there is one; nothing is sent. It may be out of date: use it to refuse
    /// what cannot fit before sending, never to decide something that the server does not check.
    pub(crate) fn cached_schema(&self, collection: &str) -> Option<Arc<Known>> {
        self.inner.collections.lock().get(collection)?.known.clone()
    }

    /// The collection as it is described now.
    pub(crate) async fn look_up(&self, call: Call<'_>) -> Result<Arc<Known>> {
        let collection = call.collection.unwrap_or_default();
        let request = DescribeCollectionRequest {
            db_name: self.database().unwrap_or_default().to_owned(),
            collection_name: collection.to_owned(),
            ..DescribeCollectionRequest::default()
        };
        let answer = self
            .call(call, request)
            .await
            .inspect_err(|_| self.forget(collection))?;
        let Some(schema) = answer.schema else {
            return Err(Error::answer(
                call.operation,
                "the collection's description has no schema",
            )
            .on(call.collection));
        };
        let known = Arc::new(Known {
            schema: Schema::from_proto(&schema),
            id: answer.collection_id,
            updated: answer.update_timestamp,
            key_allowed: (answer.properties.iter())
                .chain(&schema.properties)
                .any(|pair| {
                    pair.key == "allow_insert_auto_id" && pair.value.eq_ignore_ascii_case("true")
                }),
        });
        self.inner.collections.change(collection, |found| {
            // A new collection of the same name has seen none of the writes.
            if found
                .known
                .as_ref()
                .is_some_and(|before| before.id != known.id)
            {
                found.last_write = None;
            }
            found.known = Some(Arc::clone(&known));
        });
        Ok(known)
    }

    /// Forgets what is known of a collection, which was dropped, renamed, or changed.
    pub(crate) fn forget(&self, collection: &str) {
        self.inner.collections.lock().remove(collection);
    }

    /// Forgets what a collection's fields are, which were changed.
    pub(crate) fn forget_schema(&self, collection: &str) {
        let mut all = self.inner.collections.lock();
        if let Some(found) = all.get_mut(collection) {
            found.known = None;
        }
    }

    /// Remembers when this client last wrote: at 0 where the server does not say, as Milvus 2.3 of a delete.
    pub(crate) fn wrote(&self, collection: &str, timestamp: u64) {
        self.inner.collections.change(collection, |found| {
            found.last_write = match timestamp {
                0 => Some(0),
                timestamp => found.last_write.max(Some(timestamp)),
            };
        });
    }

    /// When this client last wrote, if it did.
    pub(crate) fn last_write(&self, collection: &str) -> Option<u64> {
        self.inner.collections.lock().get(collection)?.last_write
    }
}

/// Whether a description may have gone stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    Remembered,
    New,
}
