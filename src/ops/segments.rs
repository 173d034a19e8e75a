//! Operations on segments, the parts that the rows of a collection are stored in.

use super::features::SEGMENT_STATES;
use super::names::server_enum;
use super::operation::Operation;
use crate::client::Client;
use crate::proto::Request;
use crate::proto::milvus::{
    GetPersistentSegmentInfoRequest, GetPersistentSegmentInfoResponse, GetQuerySegmentInfoRequest,
    GetQuerySegmentInfoResponse,
};

/// Lists segments in storage. Returned by [`Client::list_segments`] and [`Client::list_persistent_segments`].
pub type ListPersistentSegments = Operation<GetPersistentSegmentInfoRequest, Vec<SegmentInfo>>;

server_enum! {
    /// The state of a segment.
    SegmentState {
        /// The server does not report it.
        Unspecified = 0 "None",
        /// There is no such segment.
        NotExist = 1 "NotExist",
        /// It takes new rows.
        Growing = 2 "Growing",
        /// It takes no new rows.
        Sealed = 3 "Sealed",
        /// Its rows are in storage.
        Flushed = 4 "Flushed",
        /// Its rows are being written to storage.
        Flushing = 5 "Flushing",
        /// It will be removed.
        Dropped = 6 "Dropped",
        /// A bulk import fills it.
        Importing = 7 "Importing",
    }
}

server_enum! {
    /// What a segment contains.
    SegmentLevel {
        /// Rows, written by a Milvus before 2.4.
        Legacy = 0 "Legacy",
        /// Deletions.
        L0 = 1 "L0",
        /// Rows.
        L1 = 2 "L1",
        /// Rows, clustered by a compaction.
        L2 = 3 "L2",
    }
}

/// A segment in storage. Returned by [`Client::list_segments`] and [`Client::list_persistent_segments`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SegmentInfo {
    /// The ID of the segment.
    pub id: i64,
    /// The ID of its collection.
    pub collection: i64,
    /// The ID of its partition.
    pub partition: i64,
    /// The number of rows, including deleted ones.
    pub rows: u64,
    /// The state.
    pub state: SegmentState,
    /// What it contains.
    pub level: SegmentLevel,
    /// Whether the rows are sorted by primary key.
    pub is_sorted: bool,
    /// The version of the storage format.
    pub storage_version: i64,
    /// The channel that its rows were inserted through; empty if the server does not report it.
    pub channel: String,
    /// The IDs of the segments that it was merged from.
    pub compacted_from: Vec<i64>,
}

/// A segment in the memory of the query nodes. Returned by [`Client::list_loaded_segments`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct LoadedSegmentInfo {
    /// The ID of the segment.
    pub id: i64,
    /// The ID of its collection.
    pub collection: i64,
    /// The ID of its partition.
    pub partition: i64,
    /// The number of rows, including deleted ones.
    pub rows: u64,
    /// The memory that it takes, in bytes; 0 if the server does not report it.
    pub memory: u64,
    /// The state.
    pub state: SegmentState,
    /// What it contains.
    pub level: SegmentLevel,
    /// Whether the rows are sorted by primary key.
    pub is_sorted: bool,
    /// The version of the storage format.
    pub storage_version: i64,
    /// The index that is loaded with it; empty if there is none.
    pub index: String,
    /// The ID of the index.
    pub index_id: i64,
    /// The IDs of the query nodes that hold it.
    pub nodes: Vec<i64>,
}

/// # Segments
impl Client {
    /// Lists the segments of a collection that the server keeps, in every [state](SegmentInfo::state), including those that
    /// it will remove. Before Milvus 3.0, only flushed ones are listed.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for segment in client.list_segments("books").await? {
    ///     println!("{}: {} rows, {}", segment.id, segment.rows, segment.state);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such collection.
    pub fn list_segments(&self, collection: impl Into<String>) -> ListPersistentSegments {
        use SegmentState::{Dropped, Flushed, Flushing, Growing, Importing, Sealed};
        let request = GetPersistentSegmentInfoRequest::on(collection);
        Operation::new(self, "list_segments", request, SegmentInfo::all)
            .in_states([Growing, Sealed, Flushing, Flushed, Importing, Dropped])
    }

    /// Lists the segments of a collection that are in storage.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for segment in client.list_persistent_segments("books").await? {
    ///     println!("{}: {} rows, {}", segment.id, segment.rows, segment.state);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_persistent_segments(
        &self,
        collection: impl Into<String>,
    ) -> ListPersistentSegments {
        let request = GetPersistentSegmentInfoRequest::on(collection);
        Operation::new(self, "list_persistent_segments", request, SegmentInfo::all)
    }

    /// Lists the segments of a collection that are in the memory of query nodes.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// for segment in client.list_loaded_segments("books").await? {
    ///     println!("{}: {} bytes on nodes {:?}", segment.id, segment.memory, segment.nodes);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list_loaded_segments(
        &self,
        collection: impl Into<String>,
    ) -> Operation<GetQuerySegmentInfoRequest, Vec<LoadedSegmentInfo>> {
        let request = GetQuerySegmentInfoRequest::on(collection);
        Operation::new(
            self,
            "list_loaded_segments",
            request,
            LoadedSegmentInfo::all,
        )
    }
}

impl ListPersistentSegments {
    /// Lists only segments in one of these states. Default: the server's choice. Since Milvus 3.0.
    pub fn states(self, states: impl IntoIterator<Item = SegmentState>) -> Self {
        self.in_states(states).uses(&SEGMENT_STATES, true)
    }

    fn in_states(self, states: impl IntoIterator<Item = SegmentState>) -> Self {
        let states = states.into_iter().map(SegmentState::number).collect();
        self.set(|request| request.states = states)
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl SegmentInfo {
    fn all(answer: GetPersistentSegmentInfoResponse) -> Vec<Self> {
        let segments = answer.infos.into_iter();
        segments
            .map(|segment| Self {
                id: segment.segment_id,
                collection: segment.collection_id,
                partition: segment.partition_id,
                rows: count(segment.num_rows),
                state: SegmentState::from_proto(segment.state),
                level: SegmentLevel::from_proto(segment.level),
                is_sorted: segment.is_sorted,
                storage_version: segment.storage_version,
                channel: segment.insert_channel,
                compacted_from: segment.compaction_from,
            })
            .collect()
    }
}

impl LoadedSegmentInfo {
    fn all(answer: GetQuerySegmentInfoResponse) -> Vec<Self> {
        let segments = answer.infos.into_iter();
        segments
            .map(|segment| Self {
                id: segment.segment_id,
                collection: segment.collection_id,
                partition: segment.partition_id,
                rows: count(segment.num_rows),
                memory: count(segment.mem_size),
                state: SegmentState::from_proto(segment.state),
                level: SegmentLevel::from_proto(segment.level),
                is_sorted: segment.is_sorted,
                storage_version: segment.storage_version,
                index: segment.index_name,
                index_id: segment.index_id,
                nodes: segment.node_ids,
            })
            .collect()
    }
}
