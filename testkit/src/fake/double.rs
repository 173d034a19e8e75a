//! Hits, rows and failures that a test sets on a fake.

use milvus_otel::Hit;
use serde::Serialize;

use super::canned::{hits_of, rows_of};
use super::fault::Planned;
use super::names::rpc;
use super::{Fake, Fault};

/// These return the fake, so that they can be chained. Called alone, they change it in the middle of a test.
impl Fake {
    /// Answers all searches and hybrid searches with these hits, up to their limit, in this order and with all of their
    /// fields. Each query vector gets the same hits.
    ///
    /// The fields are a [`Row`](milvus_otel::Row), or any struct or map that is `Serialize`:
    /// [`Row::from_serialize`](milvus_otel::Row::from_serialize) says which types its values become.
    ///
    /// The collection need not exist. Until your program creates it, its description is made up and loading it succeeds,
    /// but `has_collection` is false, so that a program which creates what is missing does so.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::Hit;
    ///
    /// let hit = Hit::new("isbn-1", 0.9).with_field("title", "Dune");
    /// let client = milvus_otel_testkit::Fake::new().search([hit]).client().await?;
    /// let hits = client.search("books", [0.1, 0.2]).await?;
    /// assert_eq!(hits[0].id, "isbn-1");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Typed hits, and none:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::{Hit, Row};
    /// use milvus_otel_testkit::Fake;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Book {
    ///     title: String,
    /// }
    ///
    /// let fake = Fake::new().search([Hit::new(1, 0.9).with_entity(Book { title: "Dune".into() })]);
    /// let client = fake.client().await?;
    /// let hits = client.search("books", [0.1, 0.2]).rows::<Book>().await?;
    /// assert_eq!(hits[0].entity.title, "Dune");
    ///
    /// fake.search::<Row>([]);
    /// assert!(client.search("books", [0.1, 0.2]).await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// The fields of a hit are neither a struct nor a map. Hits differ in the type of a field, in the dimension of a
    /// vector, or in the type of their keys.
    #[track_caller]
    pub fn search<T: Serialize + 'static>(&self, hits: impl IntoIterator<Item = Hit<T>>) -> Self {
        let hits = hits_of(hits);
        self.state().canned.search(None, hits);
        self.clone()
    }

    /// Answers all queries, gets and counts with these rows, whatever their filter, up to their limit. A row can be
    /// anything that the fields of a hit can be in [`search`](Self::search). As there, the collection need not exist.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let book = serde_json::json!({ "title": "Dune" });
    /// let client = milvus_otel_testkit::Fake::new().query([book]).client().await?;
    /// let rows = client.get("books", [1]).await?;
    /// assert_eq!(rows[0].field::<String>("title")?, "Dune");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// A row is neither a struct nor a map. Rows differ in the type of a field, or in the dimension of a vector.
    #[track_caller]
    pub fn query<T: Serialize + 'static>(&self, rows: impl IntoIterator<Item = T>) -> Self {
        let rows = rows_of(rows);
        self.state().canned.query(None, rows);
        self.clone()
    }

    /// The part of the fake for one collection, to set answers and failures for that collection only.
    ///
    /// ```
    /// use milvus_otel::error::Code;
    /// use milvus_otel::Hit;
    /// use milvus_otel_testkit::Fake;
    ///
    /// let fake = Fake::new()
    ///     .collection("books").search([Hit::new(1, 0.9)])
    ///     .collection("films").fail("search", Code::COLLECTION_NOT_LOADED);
    /// # let _ = fake;
    /// ```
    pub fn collection(&self, name: impl Into<String>) -> FakeCollection {
        FakeCollection {
            fake: self.clone(),
            name: name.into(),
        }
    }

    /// The next call fails, with a code of Milvus or gRPC or with any other [`Fault`]. Calls that the client makes on
    /// its own are exempt: `Connect`, `GetVersion` and `DescribeCollection`.
    ///
    /// The client retries some failures, such as rate limits. The call then succeeds.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::error::Code;
    ///
    /// let fake = milvus_otel_testkit::Fake::new().fail_once(Code::RATE_LIMIT);
    /// fake.client().await?.list_collections().await?;
    /// assert_eq!(fake.count_of("list_collections"), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_once(&self, fault: impl Into<Fault>) -> Self {
        self.plan(None, None, fault.into().times(1))
    }

    /// Injects a fault into all calls of an operation, such as `search`, or of an RPC, or into as many as
    /// [`Fault::times`] sets. Faults that were set earlier are used first.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::error::Code;
    ///
    /// let fake = milvus_otel_testkit::Fake::new().fail("list_collections", Code::NOT_PERMITTED);
    /// let refused = fake.client().await?.list_collections().await;
    /// assert!(refused.unwrap_err().is_permission_denied());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// There is neither an operation nor an RPC of this name.
    #[track_caller]
    pub fn fail(&self, operation: &str, fault: impl Into<Fault>) -> Self {
        self.plan(Some(rpc(operation)), None, fault.into())
    }

    /// Removes all faults: calls succeed again.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::tonic;
    ///
    /// let fake = milvus_otel_testkit::Fake::new().fail("list_collections", tonic::Code::PermissionDenied);
    /// let client = fake.client().await?;
    /// assert!(client.list_collections().await.is_err());
    /// fake.recover();
    /// assert!(client.list_collections().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn recover(&self) -> Self {
        self.state().faults.clear();
        self.clone()
    }

    fn plan(&self, rpc: Option<&'static str>, collection: Option<String>, fault: Fault) -> Self {
        self.state().faults.push(Planned {
            fault,
            rpc,
            collection,
        });
        self.clone()
    }
}

/// One collection of a [`Fake`]: see [`Fake::collection`]. Its methods return the fake.
#[derive(Debug, Clone)]
#[must_use = "this does nothing without an answer or a fault"]
pub struct FakeCollection {
    fake: Fake,
    name: String,
}

impl FakeCollection {
    /// Like [`Fake::search`], for this collection.
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn search<T: Serialize + 'static>(self, hits: impl IntoIterator<Item = Hit<T>>) -> Fake {
        let hits = hits_of(hits);
        self.fake.state().canned.search(Some(&self.name), hits);
        self.fake
    }

    /// Like [`Fake::query`], for this collection.
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn query<T: Serialize + 'static>(self, rows: impl IntoIterator<Item = T>) -> Fake {
        let rows = rows_of(rows);
        self.fake.state().canned.query(Some(&self.name), rows);
        self.fake
    }

    /// Like [`Fake::fail_once`], for calls that name this collection.
    pub fn fail_once(self, fault: impl Into<Fault>) -> Fake {
        let fault = fault.into().times(1);
        self.fake.plan(None, Some(self.name), fault)
    }

    /// Like [`Fake::fail`], for calls that name this collection.
    ///
    /// # Panics
    ///
    /// There is neither an operation nor an RPC of this name.
    #[track_caller]
    pub fn fail(self, operation: &str, fault: impl Into<Fault>) -> Fake {
        let rpc = rpc(operation);
        self.fake.plan(Some(rpc), Some(self.name), fault.into())
    }
}
