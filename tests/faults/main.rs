//! The fault matrix: what the client does on every fault that a test can provoke.
//!
//! ```sh
//! cargo test --test faults -- --nocapture               # runs all rows, and prints the table
//! FAULTS=goaway cargo test --test faults -- --nocapture # the rows with this text in their name
//! FAULTS_LONG=1 cargo test --test faults -- --nocapture # also the rows that take minutes
//! FAULTS_BARS=1 cargo test --test faults -- --nocapture # with the time limits of a machine that does nothing else
//! UPDATE_DOCS=1 cargo test --test faults documented     # writes the table of docs/resilience.md
//! ```
//!
//! A row is a fault, what is done on it, and what must come of it: see [`row`]. The rows are in [`rows`], a file per kind of
//! fault. [`scripted`] is a server that sends any bytes, and [`wire`] a proxy that breaks connections.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod case;
mod data;
mod documented;
mod frames;
mod glob;
#[path = "../it/connections/grpcio.rs"]
mod grpcio;
mod harness;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../it/connections/http2_server.rs"]
mod http2_server;
mod process;
mod row;
mod rows;
mod scripted;
mod seen;
mod self_test;
mod support;
mod table;
mod wire;

use row::Row;

/// Rows that are not long, at least: see [`row::Row::long`].
const ROWS: usize = 45;

#[test]
fn every_row_of_the_table_holds() {
    let only = std::env::var("FAULTS").unwrap_or_default();
    let long = std::env::var("FAULTS_LONG").is_ok_and(|set| set == "1");
    let rows = rows::all();
    let short = rows.iter().filter(|row| !row.is_long()).count();
    assert!(short >= ROWS, "{short} rows");
    let mut rows: Vec<_> = rows
        .into_iter()
        .filter(|row| row.name().contains(&only))
        .collect();
    if std::env::var("FAULTS_BARS").is_ok_and(|set| set == "1") {
        rows.iter_mut().for_each(Row::set_bar);
    }
    let finished = harness::run(&rows, long);
    println!("{}", table::of(&finished));
    let failed = table::failures(&finished);
    assert!(failed.is_empty(), "\n{failed}");
}
