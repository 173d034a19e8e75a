//! The cache of collection descriptions, and all its rules.
//!
//! *What is cached:* the schema, the id and the time of the last schema change, as `DescribeCollection` reports them.
//! There is one cache per connection, which all its handles share. The key of an entry is the credentials, the database and
//! the name or alias that was looked up: a user may not be allowed to see what another user has looked up.
//!
//! *How long an entry is trusted:* ten minutes if the server checks writes against the schema. Such a server reports
//! `update_timestamp`; writes carry it, and are rejected if the schema has changed since. Other servers accept whatever
//! seems to fit, and Milvus 2.3 and Milvus Lite 2.5 crash on a column of the wrong type: on those a write is never built
//! from an entry that is older than a second.
//!
//! *What the cache does not decide:* anything the server cannot check.
//!
//! - `delete` by primary keys looks up the name of the key for each call.
//! - `get`, and streams, which continue after a key, have the name confirmed after the answer ([`Client::confirm`]): the
//!   answer states it, or the collection is looked up again.
//!
//! *What invalidates an entry:*
//!
//! - A change through this connection, by a typed operation, `send` or `raw`. The stack sees every RPC that may change
//!   what a name means or what a collection looks like, and notes when it starts and ends (`stack::Effects`). A
//!   description that was requested before the end is not used after it. Entries know the collection's own name, so that
//!   a change by that name reaches those found by an alias. RPCs that change a schema may name the collection by any
//!   alias, so they invalidate everything.
//! - An error from the server for a call that names the collection, unless it is about limits or privileges.
//! - An answer that contradicts the entry: another id, another schema time, another primary key.
//!
//! *Ordering:* a write that was built from an entry holds a pass until it is answered ([`Client::enter`]). It is not
//! sent if the collection was changed through this connection since the lookup, and changes through this connection
//! wait until the pass is released. Another process can still change the collection between the lookup and the write.
//!
//! *Rejected writes:* if the server rejected a whole write, the collection is looked up again, and if its description
//! has changed, the write is built and sent once more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cache::TRUSTED;
use super::{Call, Client, Known};
use crate::error::{Error, Result};
use crate::proto::milvus::{DescribeCollectionRequest, DescribeCollectionResponse};
use crate::schema::Schema;
use crate::stack::{LastWrite, Names, Pass};

/// The name of the database that requests without one go to.
const DEFAULT_DATABASE: &str = "default";

/// The result of [`Client::confirm`].
#[derive(Debug)]
pub(crate) enum Confirmed {
    /// The answer came from the described collection.
    Yes,
    /// It may have come from another one. This is the new description.
    No(Arc<Known>),
}

impl Client {
    fn database_or_default(&self) -> &str {
        self.database().unwrap_or(DEFAULT_DATABASE)
    }

    /// The cached description of a collection, if there is one that is trusted; nothing is sent. It may be out of date:
    /// [`look_up`](Self::look_up) again before refusing anything because of it.
    pub(crate) fn cached_schema(&self, collection: &str) -> Option<Arc<Known>> {
        let settings = &self.inner.settings;
        let holder = settings.metadata.credentials().holder;
        let found = settings
            .collections
            .get(holder, self.database_or_default(), collection)?;
        let changes = settings.effects.changes();
        let trusted = found.is_young(TRUSTED) && changes.is_current(found.names, found.since);
        trusted.then_some(found)
    }

    /// The cached description of a collection, or the server's. For what the server checks or what is
    /// [confirmed](Self::confirm) afterwards.
    pub(crate) async fn known(&self, call: Call<'_>) -> Result<Arc<Known>> {
        match self.cached_schema(call.collection.unwrap_or_default()) {
            Some(known) => Ok(known),
            None => self.look_up(call).await,
        }
    }

    /// The same, but no older than a second if the server does not check writes against the schema.
    pub(crate) async fn recent(&self, call: Call<'_>) -> Result<Arc<Known>> {
        let cached = self.cached_schema(call.collection.unwrap_or_default());
        match cached.filter(|known| known.is_recent()) {
            Some(known) => Ok(known),
            None => self.look_up(call).await,
        }
    }

    /// The collection as the server describes it now.
    pub(crate) async fn look_up(&self, call: Call<'_>) -> Result<Arc<Known>> {
        let collection = call.collection.unwrap_or_default();
        let request = DescribeCollectionRequest {
            collection_name: collection.to_owned(),
            ..DescribeCollectionRequest::default()
        };
        let (requested, since) = (Instant::now(), self.inner.settings.effects.changes().now());
        let sent_by = self.inner.settings.metadata.credentials();
        let answer = self.call(call, request).await?;
        let DescribeCollectionResponse {
            schema: Some(schema),
            ..
        } = &answer
        else {
            let why = "the description of the collection has no schema";
            return Err(call.invalid_response(why));
        };
        let is_on = |property: &str| {
            let mut all = answer.properties.iter().chain(&schema.properties);
            all.any(|pair| pair.key == property && pair.value.eq_ignore_ascii_case("true"))
        };
        let known = Arc::new(Known {
            schema: Schema::from_proto(schema),
            id: answer.collection_id,
            updated: answer.update_timestamp,
            key_allowed: is_on("allow_insert_auto_id"),
            knows_idempotency_keys: is_on("collection.insert.idempotency.enabled"),
            // For an alias, Milvus 2.3 returns the collection's name only in the schema, Milvus Lite 3 in both places.
            names: Names::of([collection, &answer.collection_name, &schema.name]),
            since,
            requested,
        });
        let settings = &self.inner.settings;
        // If the credentials were replaced in the meantime, it is unknown whose attempt was answered.
        if settings.metadata.credentials() == sent_by {
            settings.collections.insert(
                sent_by.holder,
                self.database_or_default(),
                collection,
                Arc::clone(&known),
            );
        }
        Ok(known)
    }

    /// Waits for changes of the collection that are in flight on this connection, and holds up later ones until the pass
    /// is dropped. `None` if the collection was changed since it was described: what was built from the description must
    /// not be sent.
    ///
    /// # Errors
    ///
    /// A change takes longer than `timeout`.
    pub(crate) async fn enter(
        &self,
        call: Call<'_>,
        known: &Known,
        timeout: Option<Duration>,
    ) -> Result<Option<Pass<'_>>> {
        let changes = self.inner.settings.effects.changes();
        // Usually there is nothing to wait for, and no timer is needed.
        if let Some(entered) = changes.try_enter(known.names, known.since) {
            return Ok(entered);
        }
        let entered = changes.enter(known.names, known.since);
        let Some(timeout) = timeout.or(self.inner.settings.rules.timeout) else {
            return Ok(entered.await);
        };
        tokio::time::timeout(timeout, entered).await.map_err(|_| {
            let why = format!("another task was still changing the collection after {timeout:?}");
            Error::timeout(call.operation, why).on(call.collection)
        })
    }

    /// Whether an answer came from the described collection, so that its rows were selected by the primary key. `stated`
    /// is the name of the key according to the answer. It is empty before Milvus 2.5 and in Milvus Lite 2.5; there the
    /// collection is looked up again and compared by id. Milvus Lite 2.5 has no ids either: there the schemas are
    /// compared, and the description must not be older than `began`, if given.
    pub(crate) async fn confirm(
        &self,
        call: Call<'_>,
        known: &Known,
        stated: &str,
        began: Option<Instant>,
    ) -> Result<Confirmed> {
        let changes = self.inner.settings.effects.changes();
        if stated == known.key() {
            return Ok(Confirmed::Yes);
        }
        if !stated.is_empty() {
            changes.contradict(known.names);
            return Ok(Confirmed::No(self.look_up(call).await?));
        }
        let now = self.look_up(call).await?;
        // A collection keeps its key, and ids are not reused. Without ids, the collection may have been replaced and
        // replaced back, unless the description is only a moment old.
        let is_same = if known.id == 0 {
            let is_new = |began: Instant| {
                !known.is_from_before(began) && changes.is_unchanged(known.names, known.since)
            };
            began.is_none_or(is_new) && known.schema == now.schema
        } else {
            known.id == now.id
        };
        if is_same {
            return Ok(Confirmed::Yes);
        }
        if !known.is_same(&now) {
            changes.contradict(known.names);
        }
        Ok(Confirmed::No(now))
    }

    /// Drops the cached description if it differs from one that was just received.
    pub(crate) fn described(&self, collection: &str, id: i64, updated: u64) {
        if let Some(known) = self.cached_schema(collection)
            && (known.id, known.updated) != (id, updated)
        {
            let changes = self.inner.settings.effects.changes();
            changes.contradict(known.names);
        }
    }

    /// The last write of this connection.
    pub(crate) fn last_write(&self) -> LastWrite {
        self.inner.settings.effects.last_write()
    }
}
