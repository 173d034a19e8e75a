//! Any bytes as the status in an answer of Milvus.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| milvus_otel::fuzz::milvus_status(bytes));
