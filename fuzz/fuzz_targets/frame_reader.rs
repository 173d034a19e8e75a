//! Any bytes, in pieces of any size, read as the request and the answer of any RPC.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (rpc, size, bytes) = input;
    milvus_otel::fuzz::read(rpc.into(), size.into(), bytes);
});
