//! Any bytes as a collection's schema, read, written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| milvus_otel::fuzz::schema(bytes));
