//! Everything that is tested from outside the crate, a module per topic. `cargo test --test it metrics::` runs one.
//!
//! No test here installs a global provider or propagator in this process: one that needs them runs itself again in a
//! process of its own ([`support::child`]).
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![cfg_attr(
    all(feature = "otlp", feature = "tls"),
    expect(clippy::expect_used, reason = "tests fail by panicking")
)]

mod support;

// Operations: what is sent, what is refused, what comes back.
mod arguments;
mod constructed;
mod derive;
mod filters;
mod guesses;
mod operations;
mod rpcs;
mod runtimes;
mod schema_files;
mod writes;

// Failures, retries and what the client remembers.
mod cache;
mod concurrency;
#[cfg(all(feature = "otlp", feature = "tls"))]
mod connections;
mod credentials;
mod error_docs;
mod failures;
mod memory;
mod retry;
mod retry_cost;

// Spans, metrics and logs of calls.
mod activation;
mod call_logs;
mod collection_metrics;
mod conventions;
mod facts;
mod globals;
mod metrics;
mod parents;
mod status;
mod telemetry_docs;
mod times;

// `init`: exporters, variables, the end of the process.
#[cfg(feature = "otlp")]
mod environment;
#[cfg(feature = "otlp")]
mod http_layers;
#[cfg(feature = "otlp")]
mod init;
#[cfg(feature = "otlp")]
mod init_config_file;
#[cfg(all(feature = "otlp", unix))]
mod init_end;
#[cfg(feature = "otlp")]
mod init_extensions;
#[cfg(feature = "otlp")]
mod init_filters;
#[cfg(feature = "otlp")]
mod init_outage;
#[cfg(feature = "otlp")]
mod init_process;
#[cfg(feature = "otlp")]
mod init_receivers;
#[cfg(feature = "otlp")]
mod init_signals;
#[cfg(feature = "otlp")]
mod init_tls;

// Why there is no trace.
#[cfg(all(feature = "otlp", feature = "tls"))]
mod doctor;

// Real servers, and pymilvus beside this client.
#[cfg(feature = "arrow-60")]
mod arrow;
mod changed_collections;
mod pymilvus_data;
mod pymilvus_requests;
mod pymilvus_structs;
mod rankers;
mod round_trips;
#[cfg(all(feature = "otlp", feature = "tls"))]
mod servers;
mod types;

// Examples, run as programs.
#[cfg(all(unix, feature = "otlp"))]
mod axum_service;
#[cfg(feature = "otlp")]
mod proxy;
