//! Every operation on every server. What each server does is the table docs/servers.md:
//! `UPDATE_DOCS=1 cargo test --test it every_operation` writes it.

mod administration;
mod rows;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use milvus_otel::{Client, Result};
use testkit::{Milvus, require};

use crate::operations::documented;

/// What the operations did on one server.
struct Tour {
    client: Client,
    is_lite: bool,
    outcomes: BTreeMap<&'static str, String>,
}

/// How long an operation may wait. None takes longer than seconds.
const LIMIT: Duration = Duration::from_secs(60);
/// A server that has the operation and does it.
const WORKS: &str = "yes";
/// A server that does not have the operation, and an error that says so.
const UNSUPPORTED: &str = "-";

impl Tour {
    fn new(client: Client, is_lite: bool) -> Self {
        Self {
            client,
            is_lite,
            outcomes: BTreeMap::new(),
        }
    }

    /// Runs an operation. Returns its result if the server has it.
    async fn run<T>(
        &mut self,
        name: &'static str,
        operation: impl Future<Output = Result<T>>,
    ) -> Option<T> {
        let (outcome, result) = match operation.await {
            Ok(result) => (WORKS.to_owned(), Some(result)),
            Err(error) if error.is_unsupported() => (UNSUPPORTED.to_owned(), None),
            Err(error) => (error.to_string(), None),
        };
        let earlier = self.outcomes.entry(name).or_default();
        if earlier.is_empty() || earlier == WORKS {
            *earlier = outcome;
        }
        result
    }

    /// Runs an operation that a server that has it refuses for this reason.
    async fn refused<T>(
        &mut self,
        name: &'static str,
        operation: impl Future<Output = Result<T>>,
        why: &str,
    ) {
        self.run(name, operation).await;
        let outcome = self.outcomes.get_mut(name).unwrap();
        if outcome.contains(why) {
            WORKS.clone_into(outcome);
        }
    }

    async fn all(mut self) -> BTreeMap<&'static str, String> {
        self.databases().await;
        self.collection().await;
        self.storage().await;
        self.loading().await;
        self.basics().await;
        self.resources().await;
        self.users().await;
        self.snapshots().await;
        self.clusters().await;
        self.schema().await;
        self.end().await;
        for (name, outcome) in &self.outcomes {
            assert!(
                [WORKS, UNSUPPORTED].contains(&outcome.as_str()),
                "{name}: {outcome}"
            );
        }
        self.outcomes
    }
}

/// The operations whose requests are compared with pymilvus', from the sources of these tests.
fn compared_with_pymilvus(name: &str) -> bool {
    let call = format!("client.{name}(");
    [
        include_str!("../pymilvus_requests.rs"),
        include_str!("../pymilvus_requests/operations.rs"),
        include_str!("../pymilvus_requests/others.rs"),
        include_str!("../pymilvus_requests/pages.rs"),
        include_str!("../pymilvus_requests/rows.rs"),
    ]
    .iter()
    .any(|source| {
        let mut calls = source.split(&call).skip(1);
        // Python has texts in other quotes than Rust.
        calls.any(|arguments| {
            let first = arguments.trim_start_matches(['[', '{', ' ', '\\', '\n']);
            first.starts_with(['\'', ')'])
                || first.starts_with(|letter: char| letter.is_ascii_digit())
        })
    })
}

#[tokio::test]
async fn every_operation_does_on_each_server_what_the_table_says() {
    let standalone = Milvus::standalone().authorization(true).start();
    let servers = [
        standalone.await,
        Milvus::lite().start().await,
        Milvus::lite_python().start().await,
    ];
    let mut columns = Vec::new();
    for (number, server) in servers.into_iter().enumerate() {
        let Some(server) = require(server) else {
            return;
        };
        let client = Client::builder(server.uri())
            .token("root:Milvus")
            .connect()
            .await
            .unwrap();
        columns.push(Tour::new(client, number > 0).all().await);
        server.stop().await;
    }
    let mut page = PAGE.to_owned();
    for name in documented::names() {
        let cells = columns.iter().map(|column| {
            let outcome = column.get(name.as_str());
            outcome
                .unwrap_or_else(|| panic!("{name} is not in the tour"))
                .as_str()
        });
        let cells: Vec<&str> = cells.collect();
        let compared = if compared_with_pymilvus(&name) {
            WORKS
        } else {
            ""
        };
        page += &format!("| `{name}` | {} | {compared} |\n", cells.join(" | "));
    }
    documented::written("docs/servers.md", &page);
}

const PAGE: &str = "\
# Operations and servers

The result of each operation on the servers of the tests: \"yes\" if it succeeded, \"-\" if the server does not support it
and the error says so ([`Error::is_unsupported`](https://docs.rs/milvus-otel/latest/milvus_otel/struct.Error.html#method.is_unsupported)).
The last column has the operations whose requests are the same as those of pymilvus 3.0.2, field by field. Operations
that none of these servers supports need a newer version, which their documentation states.

| operation | Milvus 2.3.5 | Milvus Lite 2.5.1 | Milvus Lite 3.2.2 | as pymilvus |
|---|---|---|---|---|
";
