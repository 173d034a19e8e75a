//! The same work with milvus-otel, milvus-sdk-rust and tonic with prost: `cargo run --release`.
//!
//! The server runs on its own thread and sends the same answer to all clients at once. Client, connection and runtime run on
//! one thread, whose CPU time and allocations are measured. Unless stated otherwise, milvus-otel has telemetry on: every call
//! is a sampled span below a span of the caller, passed to a batch processor, and both duration metrics are recorded.
//! milvus-sdk-rust has default settings and no telemetry.
//!
//! Each client does each kind of work in separate processes, because freed memory of one would change the cost of memory for
//! the next. The clients take turns, so that other load of the machine affects all of them. The best round counts.

mod clients;
mod data;
mod ingest;
mod measure;
mod messages;
mod ours;
mod raw;
mod report;
mod sdk;
mod sink;
mod telemetry;
mod works;

use std::process::Command;

use measure::{Cost, Figures};
use works::Work;

const COLLECTION: &str = "books";
const ROWS: usize = 1000;
const DIMENSION: usize = 768;
/// Of each search.
const HITS: usize = 10;
/// The size of the vectors of one operation.
const PAYLOAD: usize = ROWS * DIMENSION * 4;
/// In each process.
const ROUNDS: u32 = 12;
/// For each work and client.
const PROCESSES: u32 = 3;
/// The same for many short calls, whose time depends on whether the cores are asleep.
const PROCESSES_OF_SHORT: u32 = 15;
const MANY: u32 = 100;
/// The variable with the work and the client of a process.
const CELL: &str = "PEERS_CELL";

fn main() {
    let works = works::all();
    if let Ok(cell) = std::env::var(CELL) {
        let (work, client) = cell.split_once(' ').unwrap();
        let work = &works[work.parse::<usize>().unwrap()];
        return measure_one(work, client.parse().unwrap());
    }
    if let Ok(way) = std::env::var(ingest::WAY) {
        return ingest::measure_one(way.parse().unwrap());
    }
    // To run one row only: PEERS_ONLY='to columns' cargo run --release
    let only = std::env::var("PEERS_ONLY").unwrap_or_default();
    let rows: Vec<_> = works
        .iter()
        .enumerate()
        .filter(|(_, work)| work.name.contains(&only))
        .map(|(index, work)| {
            eprintln!("{}", work.name);
            (work, measure_all(index))
        })
        .collect();
    if !rows.is_empty() {
        report::print(&rows);
    }
    if ingest::NAME.contains(&only) {
        ingest::print();
    }
}

/// Runs in the process of one work and client, and prints the cost. To profile it:
/// PEERS_CELL='3 0' perf record target/release/milvus-otel-peers
fn measure_one(work: &Work, client: usize) {
    let telemetry = telemetry::install();
    let caller = telemetry::caller();
    let clients = clients::Clients::new();
    let mut prepare = work.clients[client](&clients);
    let cost = measure::measure(&clients.runtime, &mut prepare, work.calls, ROUNDS);
    let cost = cost.per_call(work.at_once);
    drop((prepare, clients, caller));
    println!("{} {cost}", telemetry.end());
}

/// The cost of the work for each client.
fn measure_all(work: usize) -> [Figures; 3] {
    let mut best = [Figures::default(); 3];
    let all = works::all();
    let short = all[work].calls * all[work].at_once >= MANY;
    let processes = if short { PROCESSES_OF_SHORT } else { PROCESSES };
    for _ in 0..processes {
        for (client, best) in best.iter_mut().enumerate() {
            best.usual.keep_lower(&in_process(work, client, false));
            best.kept.keep_lower(&in_process(work, client, true));
        }
    }
    best
}

/// Measures in a separate process, in which glibc returns large memory blocks to the operating system, as by default, or keeps
/// them.
fn in_process(work: usize, client: usize, keeps_memory: bool) -> Cost {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CELL, format!("{work} {client}"));
    if keeps_memory {
        command.env("MALLOC_MMAP_MAX_", "0");
        command.env("MALLOC_TRIM_THRESHOLD_", i64::MAX.to_string());
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (spans, cost) = text.trim().split_once(' ').unwrap();
    let name = works::all()[work].name;
    let traced = name == works::OVER_CONNECTIONS || client == 0 && !name.contains("no-op");
    assert_eq!(spans != "0", traced, "{spans} spans were exported");
    Cost::parse(cost)
}
