//! Any text around the password of a URI, which is never shown.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (before, after) = text.split_once('\n').unwrap_or((text, ""));
    milvus_otel::fuzz::uri(before, after);
});
