//! What the fuzz targets reach.

use crate::proto;
use crate::wire::{Fact, Field, Reader, Sink};

/// Keeps what it is told.
#[derive(Debug, Default, PartialEq)]
struct Told(Vec<(Fact, Vec<u8>, u64)>);

impl Sink for Told {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        self.0.push((fact, text.to_vec(), 0));
    }

    fn number(&mut self, fact: Fact, number: u64) {
        self.0.push((fact, Vec::new(), number));
    }
}

/// Reads `bytes` as request and as answer of an RPC, framed as they are and behind a frame that is right, at once and
/// in pieces of `size`: none may panic, and the pieces say what the whole says.
pub fn read(rpc: usize, size: usize, bytes: &[u8]) {
    let rpc = proto::nth(rpc);
    let mut framed = vec![0];
    framed.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    framed.extend_from_slice(bytes);
    for fields in [rpc.request, rpc.response] {
        told(fields, bytes.chunks(size.max(1)));
        let pieces = told(fields, framed.chunks(size.max(1)));
        assert_eq!(pieces, told(fields, [framed.as_slice()]));
    }
}

fn told<'a>(fields: &'static [Field], pieces: impl IntoIterator<Item = &'a [u8]>) -> (Told, bool) {
    let (mut told, mut reader) = (Told::default(), Reader::new(fields));
    for piece in pieces {
        reader.feed(piece, &mut told);
    }
    (told, reader.is_complete())
}
