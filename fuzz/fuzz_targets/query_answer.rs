//! Any bytes as the answer to a query, read in every way.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| milvus_otel::fuzz::query(bytes));
