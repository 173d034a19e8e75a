//! Blocks of ports, each for one server.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};

use super::{Unavailable, cache};

/// Ports of one block.
pub(super) const BLOCK: u16 = 16;
/// Below the ephemeral ports, which outgoing connections use at random.
const FIRST: u16 = 20_000;
const BLOCKS: u16 = 750;

/// A block of free ports, reserved among the processes that use this module until it is dropped.
#[derive(Debug)]
pub(super) struct Ports {
    base: u16,
    _lock: File,
}

impl Ports {
    /// Finds a block whose ports can all be bound.
    pub(super) fn reserve() -> Result<Self, Unavailable> {
        let folder = cache::root()?.join("ports");
        let cannot = |error| {
            Unavailable::new(format!(
                "cannot reserve ports in {}: {error}",
                folder.display()
            ))
        };
        fs::create_dir_all(&folder).map_err(cannot)?;
        // Processes start at different blocks, so that a released block is not reused at once.
        let start = u16::try_from(std::process::id() % u32::from(BLOCKS)).unwrap_or_default();
        for step in 0..BLOCKS {
            let base = FIRST + (start + step) % BLOCKS * BLOCK;
            let lock = File::create(folder.join(base.to_string())).map_err(cannot)?;
            if lock.try_lock().is_ok() && (base..base + BLOCK).all(is_free) {
                return Ok(Self { base, _lock: lock });
            }
        }
        let last = FIRST + BLOCKS * BLOCK - 1;
        Err(Unavailable::new(format!(
            "no {BLOCK} adjacent ports between {FIRST} and {last} are free: stop other servers"
        )))
    }

    /// The `offset`th port.
    pub(super) fn get(&self, offset: u16) -> u16 {
        debug_assert!(offset < BLOCK);
        self.base + offset
    }
}

/// Checks all interfaces, because Milvus listens on all of them.
fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_do_not_overlap_and_are_free() {
        let one = Ports::reserve().unwrap();
        let two = Ports::reserve().unwrap();
        assert!(one.base.abs_diff(two.base) >= BLOCK);
        for port in [one.get(0), one.get(BLOCK - 1), two.get(0)] {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        }
    }

    #[test]
    fn a_block_with_a_used_port_is_skipped() {
        let first = Ports::reserve().unwrap();
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, first.get(3))).unwrap();
        let base = first.base;
        drop(first);
        assert_ne!(Ports::reserve().unwrap().base, base);
        drop(taken);
    }
}
