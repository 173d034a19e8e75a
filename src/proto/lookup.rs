//! Finds RPCs by their path.

use std::sync::LazyLock;

use super::rpcs;
use crate::wire::Rpc;

/// The RPC with this HTTP/2 path; `None` if the contract does not have it.
pub(crate) fn rpc(path: &str) -> Option<&'static Rpc> {
    let mut slot = slot_of(path);
    loop {
        let rpc = TABLE[slot]?;
        if rpc.path == path {
            return Some(rpc);
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// Any RPC of the contract.
#[cfg(any(test, fuzzing))]
pub(crate) fn nth(number: usize) -> &'static Rpc {
    &rpcs::RPCS[number % rpcs::RPCS.len()]
}

/// More than three times the number of RPCs, so that collisions are rare.
const SLOTS: usize = 512;

/// The RPCs by a hash of their path. Every call looks one up, and a binary search would compare 50 bytes eight times.
static TABLE: LazyLock<[Option<&'static Rpc>; SLOTS]> = LazyLock::new(|| {
    let mut table = [None; SLOTS];
    for rpc in &rpcs::RPCS {
        let mut slot = slot_of(rpc.path);
        while table[slot].is_some() {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = Some(rpc);
    }
    table
});

fn slot_of(path: &str) -> usize {
    let (words, rest) = path.as_bytes().as_chunks::<8>();
    let last = rest
        .iter()
        .fold(path.len() as u64, |hash, byte| hash << 8 | u64::from(*byte));
    let hash = words
        .iter()
        .map(|word| u64::from_le_bytes(*word))
        .chain([last])
        .fold(0_u64, |hash, word| {
            (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
    (hash >> 32) as usize % SLOTS
}
