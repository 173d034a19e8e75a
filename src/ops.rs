//! The operations: one file each, its method on [`Client`](crate::Client) included.

mod check_health;
mod count;
mod create_collection;
mod create_index;
mod delete;
mod describe_collection;
mod drop_collection;
mod find;
mod get_load_state;
mod get_server_version;
mod has_collection;
mod hybrid_search;
mod insert;
mod list_collections;
mod load_collection;
mod query;
mod read;
mod release_collection;
mod rename_collection;
mod search;
mod stream;
mod upsert;
mod wait;
mod write;

pub use check_health::{CheckHealth, Health};
pub use count::Count;
pub use create_collection::{CollectionShape, CreateCollection};
pub use create_index::CreateIndex;
pub use delete::{Delete, DeleteRows, Deleted};
pub use describe_collection::{CollectionInfo, DescribeCollection};
pub use drop_collection::DropCollection;
pub use get_load_state::{GetLoadState, LoadState};
pub use get_server_version::GetServerVersion;
pub use has_collection::HasCollection;
pub use hybrid_search::{HybridSearch, SubSearch};
pub use insert::Insert;
pub use list_collections::ListCollections;
pub use load_collection::LoadCollection;
pub use query::{Query, QueryColumns, QueryStream};
pub use release_collection::ReleaseCollection;
pub use rename_collection::RenameCollection;
pub use search::{Many, One, Search, SearchHits, SearchStream};
pub use upsert::Upsert;
pub use write::Written;

/// What every operation has: a timeout, and `.await`.
macro_rules! operation {
    ($name:ident => $output:ty) => {
        impl $name {
            /// How long the operation may take, everything it does included. Default: the client's timeout for each
            /// call it makes.
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
