//! Any text as a filter whose literals must be redacted.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|filter: &str| milvus_otel::fuzz::filter(1024, filter));
