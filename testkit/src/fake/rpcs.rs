//! Which RPCs the in-memory Milvus answers, and with which functions.

use milvus_otel::proto::Request;
use prost::Message;

use super::fail::{Fail, Outcome};
use super::store::{Collection, DEFAULT_DATABASE, Database, Store};
use super::{
    Reply, aliases, collections, databases, hybrid, indexes, load, partitions, read, search,
    server, write,
};

/// What a call may change, and the database of its metadata.
pub(super) struct Scope<'a> {
    pub(super) store: &'a mut Store,
    database: &'a str,
}

impl Scope<'_> {
    /// The name of the database of a request, which may be empty.
    pub(super) fn name(&self, database: &str) -> String {
        let names = [database, self.database, DEFAULT_DATABASE];
        let name = names.into_iter().find(|name| !name.is_empty());
        name.unwrap_or_default().to_owned()
    }

    pub(super) fn database(&mut self, database: &str) -> Outcome<&mut Database> {
        let name = self.name(database);
        self.store.database(&name)
    }

    pub(super) fn collection(&mut self, database: &str, name: &str) -> Outcome<&mut Collection> {
        let database = self.name(database);
        self.store.collection(&database, name)
    }
}

/// Decodes the request, and encodes the answer.
fn run<Q: Request + Default>(
    scope: &mut Scope<'_>,
    message: &[u8],
    function: fn(&mut Scope<'_>, Q) -> Outcome<Q::Answer>,
) -> Outcome<Reply> {
    let request = Q::decode(message)
        .map_err(|error| Fail::unexpected(format!("the request cannot be decoded: {error}")))?;
    function(scope, request).map(|answer| Reply::Message(answer.encode_to_vec()))
}

macro_rules! rpcs {
    ($($rpc:literal => $function:path,)*) => {
        /// The answer to a call.
        pub(super) fn answer(store: &mut Store, rpc: &str, message: &[u8], database: &str) -> Reply {
            let mut scope = Scope { store, database };
            let answered = match rpc {
                $($rpc => run(&mut scope, message, $function),)*
                _ => Err(Fail::missing(rpc)),
            };
            answered.unwrap_or_else(Reply::from)
        }
    };
}

rpcs! {
    "Connect" => server::connect,
    "GetVersion" => server::version,
    "CheckHealth" => server::health,
    "CreateDatabase" => databases::create,
    "DropDatabase" => databases::drop,
    "ListDatabases" => databases::list,
    "DescribeDatabase" => databases::describe,
    "AlterDatabase" => databases::alter,
    "CreateCollection" => collections::create,
    "DropCollection" => collections::drop,
    "HasCollection" => collections::has,
    "DescribeCollection" => collections::describe,
    "ShowCollections" => collections::list,
    "RenameCollection" => collections::rename,
    "AlterCollection" => collections::alter,
    "TruncateCollection" => collections::truncate,
    "GetCollectionStatistics" => collections::statistics,
    "CreatePartition" => partitions::create,
    "DropPartition" => partitions::drop,
    "HasPartition" => partitions::has,
    "ShowPartitions" => partitions::list,
    "GetPartitionStatistics" => partitions::statistics,
    "CreateAlias" => aliases::create,
    "DropAlias" => aliases::drop,
    "AlterAlias" => aliases::alter,
    "DescribeAlias" => aliases::describe,
    "ListAliases" => aliases::list,
    "CreateIndex" => indexes::create,
    "AlterIndex" => indexes::alter,
    "DescribeIndex" => indexes::describe,
    "DropIndex" => indexes::drop,
    "LoadCollection" => load::load,
    "ReleaseCollection" => load::release,
    "LoadPartitions" => load::load_partitions,
    "ReleasePartitions" => load::release_partitions,
    "GetLoadState" => load::state,
    "GetLoadingProgress" => load::progress,
    "Insert" => write::insert,
    "Upsert" => write::upsert,
    "Delete" => write::delete,
    "Flush" => server::flush,
    "GetFlushState" => server::flush_state,
    "FlushAll" => server::flush_all,
    "GetFlushAllState" => server::flush_all_state,
    "Query" => read::query,
    "Search" => search::search,
    "HybridSearch" => hybrid::hybrid_search,
}
