//! Operations that write rows from memory to storage.

use super::background::{Background, Polling};
use super::operation::{Operation, named};
use super::wait::Polled;
use crate::client::{Call, Client};
use crate::proto::milvus::{
    FlushAllRequest, FlushAllResponse, FlushRequest, FlushResponse, GetFlushAllStateRequest,
    GetFlushStateRequest,
};

/// Flushes a collection. Returned by [`Client::flush`].
pub type Flush = Background<FlushRequest>;

/// Flushes all collections. Returned by [`Client::flush_all`].
pub type FlushAll = Background<FlushAllRequest, u64>;

/// # Flushing and compaction
impl Client {
    /// Seals the segments of a collection that still grow, and waits until their rows are in storage.
    ///
    /// Rows can be searched without a flush. It is for programs that read storage, such as backups, and for tests that
    /// need an index on all rows. Milvus also seals segments by itself. It limits how often clients may flush: by
    /// default, once every ten seconds for each collection ([`is_rate_limited`](crate::Error::is_rate_limited)).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.flush("books").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection; with Milvus Lite, the call
    /// succeeds.
    pub fn flush(&self, collection: impl Into<String>) -> Flush {
        let request = FlushRequest {
            collection_names: vec![collection.into()],
            ..Default::default()
        };
        let flush = Background::new(self, ("flush", "flush"), request, poll_flush, drop);
        flush.on(|request| match request.collection_names.as_slice() {
            [collection] => Some(collection),
            _ => None,
        })
    }

    /// Seals the growing segments of all collections in all databases, and waits until their rows are in storage. Returns
    /// the timestamp up to which rows are flushed, for [`get_flush_all_state`](Self::get_flush_all_state).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.flush_all().await?;
    /// # Ok(()) }
    /// ```
    pub fn flush_all(&self) -> FlushAll {
        let request = FlushAllRequest::default();
        let name = ("flush_all", "flush");
        Background::new(self, name, request, poll_flush_all, |answer| {
            timestamp(&answer)
        })
    }

    /// Returns whether all rows inserted before `timestamp`, which [`flush_all`](Self::flush_all) returned, are in
    /// storage.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let timestamp = client.flush_all().wait(false).await?;
    /// let is_flushed: bool = client.get_flush_all_state(timestamp).await?;
    /// # Ok(()) }
    /// ```
    pub fn get_flush_all_state(&self, timestamp: u64) -> Operation<GetFlushAllStateRequest, bool> {
        let request = flush_all_state(timestamp);
        Operation::new(self, "get_flush_all_state", request, |answer| {
            answer.flushed
        })
    }
}

impl Flush {
    /// Flushes this collection as well.
    pub fn and(self, collection: impl Into<String>) -> Self {
        self.try_set(|request| {
            let collection = collection.into();
            named("collection", &collection)?;
            request.collection_names.push(collection);
            Ok(())
        })
    }
}

const NOT_FLUSHED: &str = "not everything was flushed";

fn poll_flush<'a>(
    client: &'a Client,
    call: Call<'a>,
    request: &'a FlushRequest,
    answer: &'a FlushResponse,
) -> Polling<'a> {
    Box::pin(async move {
        let total = request.collection_names.len() as u64;
        let mut done = 0;
        for collection in &request.collection_names {
            let segments = answer.coll_seg_i_ds.get(collection);
            let request = GetFlushStateRequest {
                segment_i_ds: segments.map(|ids| ids.data.clone()).unwrap_or_default(),
                flush_ts: answer.coll_flush_ts.get(collection).copied().unwrap_or(0),
                db_name: String::new(),
                collection_name: collection.clone(),
            };
            if client.call(call, request).await?.flushed {
                done += 1;
            }
        }
        let state = NOT_FLUSHED.to_owned();
        Ok(Polled { done, total, state })
    })
}

fn poll_flush_all<'a>(
    client: &'a Client,
    call: Call<'a>,
    _: &'a FlushAllRequest,
    answer: &'a FlushAllResponse,
) -> Polling<'a> {
    Box::pin(async move {
        let request = flush_all_state(timestamp(answer));
        let flushed = client.call(call, request).await?.flushed;
        Ok(Polled::once(flushed, NOT_FLUSHED))
    })
}

#[expect(
    deprecated,
    reason = "what pymilvus reads, and all that Milvus before 3.0 sends"
)]
fn timestamp(answer: &FlushAllResponse) -> u64 {
    answer.flush_all_ts
}

#[expect(
    deprecated,
    reason = "what pymilvus sends, and all that Milvus before 3.0 reads"
)]
fn flush_all_state(flush_all_ts: u64) -> GetFlushAllStateRequest {
    GetFlushAllStateRequest {
        flush_all_ts,
        ..Default::default()
    }
}
