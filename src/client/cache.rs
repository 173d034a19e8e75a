//! The cached descriptions of collections. The rules are in the module `collections`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::schema::Schema;
use crate::stack::{Holder, Names};

/// How long a description is trusted.
pub(super) const TRUSTED: Duration = Duration::from_secs(600);

/// How long it is trusted for writes that the server does not check.
const TRUSTED_UNCHECKED: Duration = Duration::from_secs(1);

/// The maximum number of descriptions. When it is reached, the cache is emptied.
const LIMIT: usize = 4096;

/// Descriptions by database, and by the name or alias that was looked up.
type ByDatabase = HashMap<String, HashMap<String, Arc<Known>>>;

/// Descriptions by the holder of the credentials that they were requested with, because not every user may see every
/// collection.
#[derive(Debug, Default)]
pub(super) struct Collections(Mutex<HashMap<Holder, ByDatabase>>);

/// A collection as the server described it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) schema: Schema,
    /// Always 0 with Milvus Lite.
    pub(crate) id: i64,
    /// When the schema was last changed; 0 if the server does not report it. Writes carry it, so that a server with a
    /// newer schema rejects them.
    pub(crate) updated: u64,
    /// Whether rows may have primary keys although the server generates them.
    pub(crate) key_allowed: bool,
    /// Whether the collection is configured to recognise repeated inserts by their keys.
    pub(crate) knows_idempotency_keys: bool,
    /// The name or alias that was looked up, and the name of the collection.
    pub(super) names: Names,
    /// The last change through this connection before the lookup.
    pub(super) since: u64,
    /// When it was requested.
    pub(super) requested: Instant,
}

impl Known {
    /// The name of the primary key.
    pub(crate) fn key(&self) -> &str {
        self.schema.primary_key().map_or("", |field| field.name())
    }

    /// Whether both describe the same collection with the same schema, as far as the server reports it.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.id, self.key_allowed) == (other.id, other.key_allowed) && self.schema == other.schema
    }

    /// Whether it was requested before an operation began, so that a new lookup may differ.
    pub(crate) fn is_from_before(&self, began: Instant) -> bool {
        self.requested < began
    }

    pub(super) fn is_young(&self, limit: Duration) -> bool {
        self.requested.elapsed() <= limit
    }

    /// Whether a write may be built from this.
    pub(crate) fn is_recent(&self) -> bool {
        let limit = if self.updated > 0 {
            TRUSTED
        } else {
            TRUSTED_UNCHECKED
        };
        self.is_young(limit)
    }
}

impl Collections {
    fn lock(&self) -> MutexGuard<'_, HashMap<Holder, ByDatabase>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(
        &self,
        holder: Holder,
        database: &str,
        collection: &str,
    ) -> Option<Arc<Known>> {
        let all = self.lock();
        all.get(&holder)?.get(database)?.get(collection).cloned()
    }

    pub(super) fn insert(
        &self,
        holder: Holder,
        database: &str,
        collection: &str,
        known: Arc<Known>,
    ) {
        let mut all = self.lock();
        let databases = all.values().flat_map(HashMap::values);
        if databases.map(HashMap::len).sum::<usize>() >= LIMIT {
            all.clear();
        }
        let databases = all.entry(holder).or_default();
        let database = databases.entry(database.to_owned()).or_default();
        database.insert(collection.to_owned(), known);
    }
}
