//! The same work through milvus-otel, milvus-sdk-rust and tonic with prost: `cargo run --release`.
//!
//! The server answers at once, from a thread of its own, with the same bytes to all. Client, connection and runtime are
//! on this thread, whose CPU time and allocations are counted; the clients take turns, and the best round counts.
//! Where nothing else is said, milvus-otel has telemetry on: every call is a sampled span under a span of the caller, handed to a
//! batch processor, and both duration metrics are recorded. milvus-sdk-rust is as it is by default, and has none.

mod data;
mod measure;
mod messages;
mod ours;
mod raw;
mod report;
mod sdk;
mod sink;
mod telemetry;

use std::rc::Rc;

use measure::{Target, Work};

const COLLECTION: &str = "books";
const ROWS: usize = 1000;
const DIMENSION: usize = 768;
/// Of each search.
const HITS: usize = 10;
/// What the vectors of one operation take.
const PAYLOAD: usize = ROWS * DIMENSION * 4;
const ROUNDS: u32 = 25;

fn main() {
    let telemetry = telemetry::install();
    let _caller = telemetry::caller();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let uri = format!("http://{}", sink::start());
    let data = Rc::new(data::Data::new());
    let (ours, silent, sdk, raw) = runtime.block_on(async {
        (
            ours::Ours::connect(&uri, &data).await,
            ours::Ours::connect_without_telemetry(&uri, &data).await,
            sdk::Sdk::connect(&uri, &data).await,
            raw::Raw::connect(&uri, &data).await,
        )
    });
    let cpu = |ratio: f64| Target {
        cpu: Some(ratio),
        ..Target::default()
    };
    let mut works = vec![
        Work {
            name: "insert columns",
            calls: 5,
            clients: [
                ours.insert_columns(),
                sdk.insert_columns(),
                raw.insert_columns(),
            ],
            target: Target {
                payloads: Some(1.05),
                wall: true,
                ..cpu(0.30)
            },
        },
        Work {
            name: "insert typed rows (sdk: JSON rows, there already)",
            calls: 3,
            clients: [ours.insert_rows(), sdk.insert_json(), raw.insert_rows()],
            target: Target {
                payloads: Some(2.1),
                ..cpu(0.15)
            },
        },
        Work {
            name: "insert typed rows (sdk: JSON rows, made of structs)",
            calls: 3,
            clients: [ours.insert_rows(), sdk.insert_rows(), raw.insert_rows()],
            target: cpu(0.15),
        },
        Work {
            name: "query to columns",
            calls: 5,
            clients: [
                ours.query_columns(),
                sdk.query_columns(),
                raw.query_columns(),
            ],
            target: Target {
                wall: true,
                ..cpu(0.30)
            },
        },
        Work {
            name: "query to typed rows (sdk: borrowing rows)",
            calls: 5,
            clients: [ours.query_rows(), sdk.query_rows(), raw.query_rows()],
            target: cpu(0.6),
        },
        Work {
            name: "search for 1 vector, top 10",
            calls: 300,
            clients: [ours.search(), sdk.search(), raw.search()],
            target: Target {
                allocations: Some(50.0),
                ..cpu(1.0)
            },
        },
        Work {
            name: "search for 1 vector, top 10, no-op providers",
            calls: 300,
            clients: [silent.search(), sdk.search(), raw.search()],
            target: Target::default(),
        },
        Work {
            name: "search for 1000 vectors, top 10",
            calls: 5,
            clients: [ours.search_many(), sdk.search_many(), raw.search_many()],
            target: cpu(0.30),
        },
    ];
    // To look at one row under a profiler: PEERS_ONLY='to columns' cargo run --release
    if let Ok(only) = std::env::var("PEERS_ONLY") {
        works.retain(|work| work.name.contains(&only));
    }
    let costs: Vec<_> = works
        .iter_mut()
        .map(|work| measure::measure(&runtime, work, ROUNDS))
        .collect();
    let spans = telemetry.end();
    assert!(spans > 0, "no span was exported: telemetry was off");
    println!("{spans} spans were exported.");
    report::print(&works, &costs);
}
