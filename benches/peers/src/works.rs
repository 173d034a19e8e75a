//! The kinds of work, the clients, and the targets.

use futures_util::future::join_all;

use crate::clients::Clients;
use crate::measure::Prepare;

/// The same work with each client.
pub struct Work {
    pub name: &'static str,
    /// Operations in a round.
    pub calls: u32,
    /// Concurrent calls of one operation, on one connection. Costs are per call.
    pub at_once: u32,
    /// milvus-otel, milvus-sdk-rust, tonic.
    pub clients: [fn(&Clients) -> Prepare; 3],
    pub target: Target,
}

/// The targets, relative to milvus-sdk-rust and to the size of the vectors.
#[derive(Default)]
pub struct Target {
    pub cpu: Option<f64>,
    /// CPU time, relative to tonic.
    pub cpu_of_raw: Option<f64>,
    pub payloads: Option<f64>,
    pub allocations: Option<f64>,
    /// Wall time, relative to the faster peer.
    pub wall: bool,
}

pub fn all() -> Vec<Work> {
    let cpu = |ratio: f64| Target {
        cpu: Some(ratio),
        ..Target::default()
    };
    vec![
        Work {
            name: "insert columns",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().insert_columns(),
                |c| c.sdk().insert_columns(),
                |c| c.raw().insert_columns(),
            ],
            target: Target {
                payloads: Some(1.05),
                wall: true,
                ..cpu(0.30)
            },
        },
        Work {
            name: "insert a record batch (peers: columns)",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().insert_batch(),
                |c| c.sdk().insert_columns(),
                |c| c.raw().insert_columns(),
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
            at_once: 1,
            clients: [
                |c| c.ours().insert_rows(),
                |c| c.sdk().insert_json(),
                |c| c.raw().insert_rows(),
            ],
            target: Target {
                payloads: Some(2.1),
                ..cpu(0.15)
            },
        },
        Work {
            name: "insert typed rows (sdk: JSON rows, made of structs)",
            calls: 3,
            at_once: 1,
            clients: [
                |c| c.ours().insert_rows(),
                |c| c.sdk().insert_rows(),
                |c| c.raw().insert_rows(),
            ],
            target: cpu(0.15),
        },
        Work {
            name: "query to columns",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().query_columns(),
                |c| c.sdk().query_columns(),
                |c| c.raw().query_columns(),
            ],
            target: Target {
                wall: true,
                ..cpu(0.30)
            },
        },
        Work {
            name: "query to a record batch (peers: columns)",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().query_batch(),
                |c| c.sdk().query_columns(),
                |c| c.raw().query_columns(),
            ],
            target: Target {
                wall: true,
                ..cpu(0.30)
            },
        },
        Work {
            name: "query to typed rows (sdk: borrowing rows)",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().query_rows(),
                |c| c.sdk().query_rows(),
                |c| c.raw().query_rows(),
            ],
            target: cpu(0.6),
        },
        Work {
            name: "search for 1 vector, top 10",
            calls: 300,
            at_once: 1,
            clients: [
                |c| c.ours().search(),
                |c| c.sdk().search(),
                |c| c.raw().search(),
            ],
            target: Target {
                allocations: Some(50.0),
                ..cpu(1.0)
            },
        },
        Work {
            name: "search for 1 vector, top 10, no-op providers",
            calls: 300,
            at_once: 1,
            clients: [
                |c| c.silent().search(),
                |c| c.sdk().search(),
                |c| c.raw().search(),
            ],
            target: Target::default(),
        },
        Work {
            name: "search for 1000 vectors, top 10",
            calls: 5,
            at_once: 1,
            clients: [
                |c| c.ours().search_many(),
                |c| c.sdk().search_many(),
                |c| c.raw().search_many(),
            ],
            target: cpu(0.30),
        },
        searches_at_once::<16>("searches, 16 at once", None),
        searches_at_once::<64>("searches, 64 at once", Some(1.10)),
        searches_at_once::<256>("searches, 256 at once", None),
        Work {
            name: OVER_CONNECTIONS,
            calls: 1024 / 64,
            at_once: 64,
            clients: [
                |c| at_once::<64>(c.ours_over(1).search()),
                |c| at_once::<64>(c.ours_over(2).search()),
                |c| at_once::<64>(c.ours_over(4).search()),
            ],
            target: Target::default(),
        },
    ]
}

/// The row whose cells are all milvus-otel.
pub const OVER_CONNECTIONS: &str =
    "searches, 64 at once; each cell: milvus-otel over 1, 2 and 4 connections";

/// `N` operations together.
fn at_once<const N: usize>(mut prepare: Prepare) -> Prepare {
    Box::new(move || {
        let operations: Vec<_> = (0..N).map(|_| prepare()).collect();
        Box::pin(async move { drop(join_all(operations).await) })
    })
}

/// `N` searches for one vector each, sent together on one connection.
fn searches_at_once<const N: usize>(name: &'static str, cpu_of_raw: Option<f64>) -> Work {
    Work {
        name,
        calls: 1024 / N as u32,
        at_once: N as u32,
        clients: [
            |c| at_once::<N>(c.ours().search()),
            |c| at_once::<N>(c.sdk().search()),
            |c| at_once::<N>(c.raw().search()),
        ],
        target: Target {
            cpu_of_raw,
            ..Target::default()
        },
    }
}
