//! The rows, by the kind of fault.

mod answers;
mod broken;
mod connecting;
mod endpoints;
mod grpcio;
mod loads;
mod milvus;
mod real;
mod restraint;
mod retries;
mod secured;
mod streams;
mod telemetry;
mod tls;

use crate::row::Row;

/// The rows by the kind of their fault, in the order of the table.
pub(crate) fn groups() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("No server, or no Milvus", connecting::rows()),
        ("TLS", tls::rows()),
        ("Several servers, and proxies", endpoints::rows()),
        ("Connections that break", broken::rows()),
        (
            "HTTP/2: streams and connections that the server ends",
            streams::rows(),
        ),
        (
            "Answers that are malformed, too large, or not of gRPC",
            answers::rows(),
        ),
        ("Errors of Milvus", milvus::rows()),
        ("When calls are sent again", retries::rows()),
        ("Budgets and limits of the client", restraint::rows()),
        ("Many calls, and calls that are dropped", loads::rows()),
        ("Google's C library as server", grpcio::rows()),
        ("A real server with users", secured::rows()),
        ("Real servers", real::rows()),
        ("Telemetry without a collector", telemetry::rows()),
    ]
}

/// All rows.
pub(crate) fn all() -> Vec<Row> {
    groups().into_iter().flat_map(|(_, rows)| rows).collect()
}
