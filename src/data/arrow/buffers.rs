//! Little-endian bytes and Arrow's buffers, which share memory if they can.

use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use bytes::Bytes;

/// The numbers as little-endian bytes: the memory of the buffer itself, unless the machine is big-endian.
pub(super) fn le_bytes<T: ArrowNativeType>(numbers: &ScalarBuffer<T>) -> Bytes {
    let bytes = Bytes::from(numbers.inner().clone());
    if cfg!(target_endian = "little") {
        bytes
    } else {
        swapped(&bytes, size_of::<T>())
    }
}

/// The numbers of little-endian bytes. They are copied only if they are not aligned to the size of a number, as Arrow
/// requires, or if the machine is big-endian. Bytes after the last whole number are dropped.
pub(super) fn numbers<T: ArrowNativeType>(bytes: &Bytes) -> ScalarBuffer<T> {
    let bytes = if cfg!(target_endian = "little") {
        bytes.clone()
    } else {
        swapped(bytes, size_of::<T>())
    };
    let length = bytes.len() / size_of::<T>();
    let buffer = Buffer::from(bytes);
    let is_aligned = buffer.as_ptr().align_offset(align_of::<T>()) == 0;
    let buffer = if is_aligned {
        buffer
    } else {
        Buffer::from(buffer.as_slice())
    };
    ScalarBuffer::new(buffer, 0, length)
}

fn swapped(bytes: &[u8], width: usize) -> Bytes {
    let numbers = bytes.chunks_exact(width);
    numbers
        .flat_map(|number| number.iter().rev().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_numbers_share_their_memory_both_ways() {
        let buffer = ScalarBuffer::<f32>::from(vec![0.5, -1.0, 2.0]);
        let address = buffer.inner().as_ptr();
        let bytes = le_bytes(&buffer.slice(1, 2));
        assert_eq!(bytes.as_ptr(), address.wrapping_add(4));
        assert_eq!(bytes[..], [0, 0, 0x80, 0xbf, 0, 0, 0, 0x40]);
        let back = numbers::<f32>(&bytes);
        assert_eq!(back.inner().as_ptr(), bytes.as_ptr());
        assert_eq!(back[..], [-1.0, 2.0]);
    }

    #[test]
    fn numbers_at_odd_addresses_are_copied() {
        let buffer = ScalarBuffer::<f32>::from(vec![0.5, -1.0, 2.0]);
        let odd = le_bytes(&buffer).slice(4..).slice(..8);
        let shifted = Bytes::from([&[9][..], &odd].concat()).slice(1..);
        let back = numbers::<f32>(&shifted);
        assert_eq!(back[..], [-1.0, 2.0]);
    }

    #[test]
    fn numbers_are_swapped_one_by_one() {
        assert_eq!(swapped(&[1, 2, 3, 4], 2)[..], [2, 1, 4, 3]);
    }
}
