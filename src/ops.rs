//! The operations of a [`Client`](crate::Client): their types, and what they return.
//!
//! Each operation is a method of [`Client`](crate::Client). It returns a builder, whose methods set optional arguments. The
//! builder is also a lazy future: `.await`, or any other first poll, sends the request. So an operation can be passed to
//! everything that takes a future:
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use tracing::Instrument;
//!
//! let drop = client.drop_collection("books").timeout(Duration::from_secs(30));
//! tokio::spawn(drop.instrument(tracing::info_span!("cleanup"))).await??;
//! # Ok(())
//! # }
//! ```
//!
//! - Nothing is sent, and no span begins, before the first poll. The span's parent is the context of the first poll.
//! - An argument that cannot work is refused when the operation is awaited, before anything is sent. The error names the
//!   argument ([`is_invalid_argument`](crate::Error::is_invalid_argument)).
//! - Dropping an operation cancels it. A request that was sent may still be executed by the server.
//! - Operations own what they need, and most implement `Clone`, so that one can be prepared and sent many times. `insert`
//!   and `upsert` may borrow their rows, and are not `Clone`.
//!
//! # Panics
//!
//! After its first poll an operation is only a future: cloning it, or calling one of its setters, panics. So does polling it
//! after it has completed.
//!
//! # RPCs and spans
//!
//! Each RPC is a CLIENT span; an operation that makes several has an INTERNAL span of its own over them, and so has a
//! stream over its pages.
//!
//! <!-- operations, from the code -->
//!
//! | operation | RPCs |
//! |---|---|
//! | [`add_collection_struct_field`](crate::Client::add_collection_struct_field) | `AddCollectionStructField` |
//! | [`alter_index_properties`](crate::Client::alter_index_properties) | `AlterIndex` |
//! | [`alter_alias`](crate::Client::alter_alias) | `AlterAlias` |
//! | [`check_health`](crate::Client::check_health) | `CheckHealth` |
//! | [`count`](crate::Client::count) | `Query` |
//! | [`create_alias`](crate::Client::create_alias) | `CreateAlias` |
//! | [`create_collection`](crate::Client::create_collection) | `CreateCollection`, `CreateIndex`, `DescribeIndex`, `LoadCollection`, `GetLoadingProgress`. The last four only if there is an index to build. Before them `GetVersion`, once per connection, if the schema uses what not every server has and the version is not known. |
//! | [`create_index`](crate::Client::create_index) | `CreateIndex`, `DescribeIndex`. `DescribeIndex` until the index is built. |
//! | [`create_partition`](crate::Client::create_partition) | `CreatePartition` |
//! | [`delete`](crate::Client::delete) | `DescribeCollection`, `Delete`. `DescribeCollection` only if rows are given by primary keys. |
//! | [`describe_alias`](crate::Client::describe_alias) | `DescribeAlias` |
//! | [`describe_collection`](crate::Client::describe_collection) | `DescribeCollection` |
//! | [`describe_index`](crate::Client::describe_index) | `DescribeIndex` |
//! | [`drop_alias`](crate::Client::drop_alias) | `DropAlias` |
//! | [`drop_collection`](crate::Client::drop_collection) | `DropCollection` |
//! | [`drop_index`](crate::Client::drop_index) | `DropIndex` |
//! | [`drop_index_properties`](crate::Client::drop_index_properties) | `AlterIndex` |
//! | [`drop_partition`](crate::Client::drop_partition) | `DropPartition` |
//! | [`get`](crate::Client::get) | `DescribeCollection`, `Query`. Before Milvus 2.5 `DescribeCollection` again after `Query`. |
//! | [`get_load_state`](crate::Client::get_load_state) | `GetLoadState`, `GetLoadingProgress`. `GetLoadingProgress` only while the collection is being loaded. |
//! | [`get_server_version`](crate::Client::get_server_version) | `GetVersion` |
//! | [`has_collection`](crate::Client::has_collection) | `HasCollection` |
//! | [`has_partition`](crate::Client::has_partition) | `HasPartition` |
//! | [`hybrid_search`](crate::Client::hybrid_search) | `HybridSearch` |
//! | [`insert`](crate::Client::insert) | `DescribeCollection`, `Insert`. Several `Insert` if the rows do not fit into one. |
//! | [`list_aliases`](crate::Client::list_aliases) | `ListAliases` |
//! | [`list_collections`](crate::Client::list_collections) | `ShowCollections` |
//! | [`list_indexes`](crate::Client::list_indexes) | `DescribeIndex` |
//! | [`list_partitions`](crate::Client::list_partitions) | `ShowPartitions` |
//! | [`load_collection`](crate::Client::load_collection) | `LoadCollection`, `GetLoadingProgress`. `GetLoadingProgress` until the collection is loaded. |
//! | [`query`](crate::Client::query) | `Query`. As a [stream](crate::ops::Query::stream) `DescribeCollection`, then one `Query` per page. |
//! | [`release_collection`](crate::Client::release_collection) | `ReleaseCollection` |
//! | [`rename_collection`](crate::Client::rename_collection) | `RenameCollection` |
//! | [`search`](crate::Client::search) | `Search`. As a [stream](crate::ops::Search::stream) `DescribeCollection`, then one `Search` per page. |
//! | [`search_by_ids`](crate::Client::search_by_ids) | `Search` |
//! | [`search_many`](crate::Client::search_many) | `Search` |
//! | [`upsert`](crate::Client::upsert) | `DescribeCollection`, `Upsert`. Several `Upsert` if the rows do not fit into one. |
//!
//! <!-- end -->
//!
//! Answers to `DescribeCollection` are cached for all handles of a connection. A cached answer is dropped when the collection
//! is changed through this connection (including by [`send`](crate::Client::send) and [`raw`](crate::Client::raw)), when an
//! error or another answer contradicts it, and after ten minutes. Servers that do not check writes against the schema
//! (before Milvus 2.5, and Milvus Lite) are asked again if the answer is older than a second. On these servers, searches
//! use the cache for the name of the primary key, after the answer was received. A `delete` by primary keys never uses the
//! cache. If the server refuses a read because of a field, the collection is described again, and the read is repeated
//! once if that changes the request.
//!
//! While a write that was built from a description is in flight, changes of the collection through the same connection wait
//! for it, at most five seconds, and later writes wait for these changes.
//!
//! RPCs without a method of their own are sent by [`Client::send`](crate::Client::send), streaming RPCs by
//! [`Client::raw`](crate::Client::raw).

// rustdoc shows the methods of `Client` in the order of these modules.
mod search;

mod hybrid_search;
mod query;

mod count;
mod insert;
mod upsert;

mod delete;

mod create_collection;

mod collections;
mod create_index;
mod indexes;
mod load_collection;
mod loading;
mod partitions;

mod aliases;
mod server;

mod operation;

mod ann;
mod by_key;
mod features;
mod fields;
mod read;
mod stream;
mod wait;
mod write;

#[cfg(doc)]
pub mod pymilvus {
    #![doc = include_str!("../docs/pymilvus.md")]
    #[expect(unused_imports, reason = "the page links to these")]
    use {
        super::*, crate::client::*, crate::filter::Filter, crate::index::Index, crate::schema::*,
    };
}

pub use aliases::AliasInfo;
pub use collections::{CollectionInfo, RenameCollection};
pub use count::Count;
pub use create_collection::{CollectionShape, CreateCollection};
pub use create_index::CreateIndex;
pub use delete::{Delete, DeleteRows, Deleted};
pub use hybrid_search::{HybridSearch, SubSearch};
pub use indexes::{AlterIndexProperties, IndexInfo, IndexState, ListIndexes};
pub use insert::Insert;
pub use load_collection::LoadCollection;
pub use loading::{GetLoadState, LoadState};
pub use operation::Operation;
pub use query::{Query, QueryColumns, QueryStream};
pub use search::{Many, One, Search, SearchHits, SearchStream};
pub use server::Health;
pub use upsert::Upsert;
pub use write::Written;
