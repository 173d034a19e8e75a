//! Any headers and trailers as the answer to a call.
#![no_main]

use libfuzzer_sys::fuzz_target;

thread_local!(static RUNTIME: tokio::runtime::Runtime = milvus_otel::fuzz::runtime());

fuzz_target!(|lines: &[u8]| RUNTIME.with(|runtime| milvus_otel::fuzz::headers(runtime, lines)));
