//! Credentials: where they are sent, how they are replaced, what is left of them, and that nothing shows them.

mod plaintext;
mod rotation;
mod shown;
#[cfg(target_os = "linux")]
mod wiped;

use testkit::Fake;
use testkit::fake::Received;

/// The header `authorization` of a call, which is the token in base64.
fn authorization(call: &Received) -> Option<&str> {
    call.header("authorization")
}

/// The headers of all calls of an RPC.
fn authorizations(fake: &Fake, rpc: &str) -> Vec<String> {
    let header = |call: &Received| authorization(call).unwrap_or_default().to_owned();
    fake.calls_of(rpc).iter().map(header).collect()
}
