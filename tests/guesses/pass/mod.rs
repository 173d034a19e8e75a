//! Programs as somebody writes them who knows other clients, before reading the documentation. All of these compile.
//! `../fail` has those that do not.

// Operations.
mod aliases;
mod databases;
mod maintenance;
mod partitions;
mod properties;
mod users_and_roles;

// Futures.
mod buffer_unordered;
mod instrument;
mod join_all;
mod spawn;
mod timeout_and_select;
mod with_context;

// Generic code. `fail/row_without_sync.rs` is another.
mod generic_rows;

// Features.
#[cfg(feature = "derive")]
mod derive;
mod from_env;
mod insert_stream;
#[cfg(feature = "otlp")]
mod metric_reader;

// Shapes of arguments and results. `fail` has more.
mod delete_ids;
mod delete_one_id;
mod error_clone;
mod filter_and_option;
mod filter_ids;
mod filter_none;
mod filter_operators;
mod filter_sets;
mod get_one_id;
mod hits_as_json;
mod hits_for_a_double;
mod id_into_i64;
mod insert_iterator;
mod insert_one;
mod limit_usize;
mod metric_from_config;
mod page;
mod query_one;
#[cfg(feature = "arrow-60")]
mod record_batches;
mod row_field;
mod schema_from_json;
#[cfg(feature = "derive")]
mod typed_rows;
mod vectors;

// What compiled from the beginning.
mod axum_state;
mod connect;
mod count;
mod create_by_dimension;
mod create_by_schema;
mod create_index;
mod delete_by_filter;
mod error_downcast;
mod error_predicates;
mod hybrid_search;
mod insert_columns;
mod insert_slice;
mod lazy_static_client;
mod load_with_progress;
mod query_typed;
mod search;
mod search_many;
mod search_typed;
mod stream;
mod stream_typed;
mod upsert_partial;
mod user_per_request;

// Run by the test as well.
#[cfg(feature = "derive")]
pub use derive::{Book, start};
