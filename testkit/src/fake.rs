//! A Milvus in this process, for testing applications.
//!
//! Nothing is downloaded or started, and nothing is shared: each [`Fake`] is its own server, and is ready at once. It
//! gives the answers that your test sets:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use milvus_otel::Hit;
//! use milvus_otel_testkit::Fake;
//!
//! let client = Fake::new().search([Hit::new(1, 0.9).with_field("title", "Dune")]).client().await?;
//! let hits = client.search("books", [0.1, 0.2]).output(["title"]).await?;
//! assert_eq!(hits[0].entity.field::<String>("title")?, "Dune");
//! # Ok(())
//! # }
//! ```
//!
//! Or it stores data, and answers from that:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use serde_json::json;
//! use milvus_otel_testkit::Fake;
//!
//! let fake = Fake::new();
//! let client = fake.client().await?;
//! client.create_collection("books", 2).await?;
//! client.insert("books", &[json!({ "id": 1, "vector": [0.0, 1.0], "title": "Dune" })]).await?;
//! let hits = client.search("books", [0.1, 0.9]).filter("title like 'D%'").await?;
//! assert_eq!(hits[0].id, 1);
//! assert_eq!(fake.count_of("search"), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does
//!
//! It keeps databases, collections, partitions, aliases, indexes and rows in memory. It inserts, upserts and deletes,
//! queries by key and by filter, counts, and searches by brute force, with Milvus' error codes for the usual mistakes: a
//! collection that does not exist or is not loaded, a vector of a wrong dimension, an unknown field.
//!
//! | | |
//! |---|---|
//! | fields | bools, integers, floats, texts, JSON, arrays, dense and sparse vectors; generated keys, defaults, nulls, dynamic fields, partition keys |
//! | filters | comparisons, ranges, `in`, `like`, `and`, `or`, `not`, `is null`, arithmetic, JSON paths, `json_contains`, `array_contains`, `array_length`, `exists`; bound values |
//! | searches | dense vectors of all number types with `L2`, `IP` and `COSINE`, binary vectors with `HAMMING` and `JACCARD`, sparse vectors with `IP`; filters, output fields, offset, ranges, several vectors, by ids, streams |
//! | hybrid searches | of these, merged by rank (`rrf`) or by weighted scores |
//! | queries | filters, output fields, limit, offset, `count(*)`, streams |
//!
//! Everything else fails with gRPC's code `UNIMPLEMENTED` and the name of what is missing, and never returns an empty
//! success: fields of dates and times, geometry and molecules, arrays of structs; full-text search, functions, rankers that
//! are functions, groups; users and roles, snapshots. Set such answers yourself, as below, or test with Milvus Lite
//! ([`Milvus::lite`](crate::Milvus::lite)).
//!
//! It differs from Milvus in these ways:
//!
//! - Reads are never stale, whatever their consistency. Indexes are built and collections are loaded at once.
//! - Inserting a row with an existing key replaces the old row. Milvus keeps both until it compacts.
//! - Queries return rows in the order of their keys. Searches are exact, so index parameters do not matter.
//! - It reports itself as Milvus 3.0.
//!
//! # Answers of your own
//!
//! [`Fake::search`] and [`Fake::query`] set hits and rows; [`Fake::answer`] and [`Fake::script`] set any message of the
//! protocol, for any RPC. They take precedence over what is in memory.
//!
//! # Failures
//!
//! [`Fake::fail`] and [`Fake::fail_once`] make calls fail with a Milvus or gRPC code, be answered late or never, or
//! lose their answer after they were executed: see [`Fault`].
//!
//! # What was called
//!
//! [`Fake::count_of`] counts calls, and [`Fake::calls_of`] returns them, with their collection, metadata and trace
//! context. Retried calls arrive once per attempt.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the functions of RPCs have the same signature"
)]

mod aliases;
mod ask;
mod canned;
mod cell;
mod collections;
mod databases;
mod distance;
mod double;
mod fail;
mod fault;
mod filter;
mod fusion;
mod grpc;
mod hybrid;
mod indexes;
mod load;
mod names;
mod output;
mod partitions;
mod read;
mod received;
mod rows;
mod rpcs;
mod schema;
mod script;
mod search;
mod server;
mod state;
mod store;
mod vector;
mod write;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use milvus_otel::{Client, ClientBuilder};

pub use double::FakeCollection;
pub use fault::Fault;
pub(crate) use grpc::Answers;
pub use received::Received;
pub use script::Reply;
use state::State;
use store::Store;

/// A Milvus in this process: see the [module](self).
///
/// Clones share one server.
#[derive(Clone)]
pub struct Fake {
    state: Arc<Mutex<State>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self::new()
    }
}

impl Fake {
    /// A Milvus without collections, which keeps its data in memory.
    pub fn new() -> Self {
        Self::of(State {
            store: Some(Store::new()),
            ..State::default()
        })
    }

    /// A server that keeps nothing, and answers everything that is not scripted with an empty message, which means
    /// success. For tests of single calls with [`script`](Self::script).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel_testkit::Fake;
    ///
    /// let fake = Fake::scripted();
    /// fake.client().await?.drop_user("nobody").await?;
    /// assert_eq!(fake.count_of("drop_user"), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn scripted() -> Self {
        Self::of(State::default())
    }

    fn of(state: State) -> Self {
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// A client that is connected to it, without a network.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = milvus_otel_testkit::Fake::new().client().await?;
    /// client.create_collection("books", 4).await?;
    /// assert_eq!(client.list_collections().await?, ["books"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A fault or a script makes `Connect` fail.
    pub async fn client(&self) -> milvus_otel::Result<Client> {
        self.builder().connect().await
    }

    /// The same, as a builder to configure and connect.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let fake = milvus_otel_testkit::Fake::new();
    /// let client = fake.builder().timeout(Duration::from_secs(1)).connect().await?;
    /// assert!(client.list_collections().await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(&self) -> ClientBuilder {
        Client::builder("http://fake:19530").service(self.service())
    }

    /// The calls that have arrived so far, including failed ones.
    pub fn calls(&self) -> Vec<Received> {
        self.state().calls.clone()
    }

    /// The calls of an operation, such as `search`, or of an RPC, such as `Search`. Operations that send the same RPC,
    /// such as `query`, `get` and `count`, cannot be told apart.
    ///
    /// # Panics
    ///
    /// There is neither an operation nor an RPC of this name.
    #[track_caller]
    pub fn calls_of(&self, operation: &str) -> Vec<Received> {
        let rpc = names::rpc(operation);
        let state = self.state();
        let calls = state.calls.iter().filter(|call| call.rpc == rpc);
        calls.cloned().collect()
    }

    /// The number of calls of an operation or RPC, as in [`calls_of`](Self::calls_of).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = milvus_otel_testkit::Fake::new();
    /// fake.client().await?.list_collections().await?;
    /// assert_eq!(fake.count_of("list_collections"), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// There is neither an operation nor an RPC of this name.
    #[track_caller]
    pub fn count_of(&self, operation: &str) -> usize {
        let rpc = names::rpc(operation);
        let state = self.state();
        state.calls.iter().filter(|call| call.rpc == rpc).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake")
            .field("calls", &self.state().calls.len())
            .finish()
    }
}
