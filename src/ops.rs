//! The builders of the operations, and what the operations return.
//!
//! A builder is made by the method of [`Client`](crate::Client) that has its name, and `.await` sends it. It owns what
//! it needs, so it can be kept, cloned and moved into a task; where a plain future is asked for, `into_future` makes
//! it one:
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! let drop = client.drop_collection("books").timeout(Duration::from_secs(30));
//! tokio::spawn(drop.into_future()).await??;
//! # Ok(())
//! # }
//! ```
//!
//! Each RPC is a CLIENT span; an operation that makes several has an INTERNAL span of its own over them, and so has a
//! stream over its pages.
//!
//! | operation | RPCs |
//! |---|---|
//! | [`add_collection_struct_field`](crate::Client::add_collection_struct_field) | `AddCollectionStructField` |
//! | [`alter_index_properties`](crate::Client::alter_index_properties) | `AlterIndex` |
//! | [`check_health`](crate::Client::check_health) | `CheckHealth` |
//! | [`count`](crate::Client::count) | `Query` |
//! | [`create_collection`](crate::Client::create_collection) | `CreateCollection`; before it `GetVersion`, once per connection, where the schema uses what not every server has and the version is not known; then those of `create_index` and `load_collection` where there is an index to build |
//! | [`create_index`](crate::Client::create_index) | `CreateIndex`, then `DescribeIndex` until it is built |
//! | [`delete`](crate::Client::delete) | `Delete`; by primary keys, `DescribeCollection` before each |
//! | [`describe_collection`](crate::Client::describe_collection) | `DescribeCollection` |
//! | [`describe_index`](crate::Client::describe_index) | `DescribeIndex` |
//! | [`drop_collection`](crate::Client::drop_collection) | `DropCollection` |
//! | [`drop_index`](crate::Client::drop_index) | `DropIndex` |
//! | [`drop_index_properties`](crate::Client::drop_index_properties) | `AlterIndex` |
//! | [`get`](crate::Client::get) | `DescribeCollection`, then `Query`; before Milvus 2.5 `DescribeCollection` after it |
//! | [`get_load_state`](crate::Client::get_load_state) | `GetLoadState`, and `GetLoadingProgress` while it is loading |
//! | [`get_server_version`](crate::Client::get_server_version) | `GetVersion` |
//! | [`has_collection`](crate::Client::has_collection) | `HasCollection` |
//! | [`hybrid_search`](crate::Client::hybrid_search) | `HybridSearch` |
//! | [`insert`](crate::Client::insert) | `DescribeCollection`, then `Insert`, several where one request cannot hold the rows |
//! | [`list_collections`](crate::Client::list_collections) | `ShowCollections` |
//! | [`list_indexes`](crate::Client::list_indexes) | `DescribeIndex` |
//! | [`load_collection`](crate::Client::load_collection) | `LoadCollection`, then `GetLoadingProgress` until it is loaded |
//! | [`query`](crate::Client::query) | `Query`; as a [stream](crate::ops::Query::stream) `DescribeCollection`, then one per page |
//! | [`release_collection`](crate::Client::release_collection) | `ReleaseCollection` |
//! | [`rename_collection`](crate::Client::rename_collection) | `RenameCollection` |
//! | [`search`](crate::Client::search), [`search_many`](crate::Client::search_many), [`search_by_ids`](crate::Client::search_by_ids) | `Search`; as a [stream](crate::ops::Search::stream) `DescribeCollection`, then one per page |
//! | [`upsert`](crate::Client::upsert) | as `insert`, with `Upsert` |
//!
//! What `DescribeCollection` answers is cached, for all handles of a connection, and dropped when the collection is
//! changed through the connection (also by [`send`](crate::Client::send) and [`raw`](crate::Client::raw)), when an error
//! or an answer contradicts it, and after ten minutes. Servers that do not check what is written against the schema
//! (before Milvus 2.5, and Milvus Lite) are asked again when it is older than a second; there searches need it too,
//! afterwards, for the name of the primary key. A `delete` by primary keys never uses the cache. A read that the server
//! refuses because of a field asks for it, and is repeated once if that changes the question.
//!
//! While a write is in flight that was built from a description, changes of its collection through the same connection
//! wait, for five seconds at most, and later writes wait for them.
//!
//! For all other RPCs there is [`Client::send`](crate::Client::send), which takes their requests as they are, and for
//! streams [`Client::raw`](crate::Client::raw).

mod add_collection_struct_field;
mod alter_index_properties;
mod by_key;
mod check_health;
mod count;
mod create_collection;
mod create_index;
mod delete;
mod describe_collection;
mod describe_index;
mod drop_collection;
mod drop_index;
mod drop_index_properties;
mod features;
mod fields;
mod find;
mod get_load_state;
mod get_server_version;
mod has_collection;
mod hybrid_search;
mod insert;
mod list_collections;
mod list_indexes;
mod load_collection;
mod query;
mod read;
mod refine;
mod release_collection;
mod rename_collection;
mod search;
mod send;
mod stream;
mod upsert;
mod wait;
mod write;

pub use add_collection_struct_field::AddCollectionStructField;
pub use alter_index_properties::AlterIndexProperties;
pub use check_health::{CheckHealth, Health};
pub use count::Count;
pub use create_collection::{CollectionShape, CreateCollection};
pub use create_index::CreateIndex;
pub use delete::{Delete, DeleteRows, Deleted};
pub use describe_collection::{CollectionInfo, DescribeCollection};
pub use describe_index::{DescribeIndex, IndexInfo, IndexState};
pub use drop_collection::DropCollection;
pub use drop_index::DropIndex;
pub use drop_index_properties::DropIndexProperties;
pub use get_load_state::{GetLoadState, LoadState};
pub use get_server_version::GetServerVersion;
pub use has_collection::HasCollection;
pub use hybrid_search::{HybridSearch, SubSearch};
pub use insert::Insert;
pub use list_collections::ListCollections;
pub use list_indexes::ListIndexes;
pub use load_collection::LoadCollection;
pub use query::{Query, QueryColumns, QueryStream};
pub use release_collection::ReleaseCollection;
pub use rename_collection::RenameCollection;
pub use search::{Many, One, Search, SearchHits, SearchStream};
pub use send::SendRequest;
pub use upsert::Upsert;
pub use write::Written;

pub use crate::client::{Borrowing, Pending};

/// What every operation has: a timeout, and `.await`.
macro_rules! operation {
    ($name:ident => $output:ty) => {
        impl $name {
            /// How long the operation may take, everything it does included: retries, and waiting for the server to
            /// be done. Default: the [client's timeout](crate::ClientBuilder::timeout) for each call it makes.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.timeout = Some(timeout);
                self
            }
        }

        impl IntoFuture for $name {
            type Output = crate::Result<$output>;
            type IntoFuture = crate::client::Pending<$output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
use operation;
