//! Dense vectors as people hold them: one flat run of numbers, or one `Vec` per row.

use std::fmt;

use bytes::Bytes;

use crate::wire::{FloatArray, owned};

/// A column of 32-bit float vectors.
///
/// From a flat `Vec<f32>` (row after row), a `Vec<[f32; N]>` or little-endian [`Bytes`] without a copy; from slices and
/// from a `Vec<Vec<f32>>` with one.
#[derive(Clone)]
pub struct FloatVectors {
    pub(super) data: FloatArray,
    /// Bytes after the last whole number.
    pub(super) ragged: bool,
    /// Numbers per row, where each row was given by itself.
    pub(super) widths: Vec<usize>,
}

impl FloatVectors {
    fn flat(data: FloatArray) -> Self {
        Self {
            data,
            ragged: false,
            widths: Vec::new(),
        }
    }

    fn nested<R: AsRef<[f32]>>(rows: &[R]) -> Self {
        let widths: Vec<usize> = rows.iter().map(|row| row.as_ref().len()).collect();
        let mut flat = Vec::with_capacity(widths.iter().sum());
        for row in rows {
            flat.extend_from_slice(row.as_ref());
        }
        Self {
            data: flat.into(),
            ragged: false,
            widths,
        }
    }
}

impl fmt::Debug for FloatVectors {
    /// The count only: numbers are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FloatVectors({} numbers)", self.data.len())
    }
}

impl From<Vec<f32>> for FloatVectors {
    fn from(flat: Vec<f32>) -> Self {
        Self::flat(flat.into())
    }
}

impl From<&Vec<f32>> for FloatVectors {
    fn from(flat: &Vec<f32>) -> Self {
        flat.as_slice().into()
    }
}

impl<const N: usize> From<[f32; N]> for FloatVectors {
    fn from(flat: [f32; N]) -> Self {
        Vec::from(flat).into()
    }
}

impl From<&[f32]> for FloatVectors {
    fn from(flat: &[f32]) -> Self {
        Self::flat(flat.into())
    }
}

impl<const N: usize> From<Vec<[f32; N]>> for FloatVectors {
    fn from(rows: Vec<[f32; N]>) -> Self {
        Self {
            widths: vec![N; rows.len()],
            ..Self::flat(rows.into_flattened().into())
        }
    }
}

impl<const N: usize, const M: usize> From<[[f32; N]; M]> for FloatVectors {
    fn from(rows: [[f32; N]; M]) -> Self {
        Vec::from(rows).into()
    }
}

impl From<Vec<Vec<f32>>> for FloatVectors {
    fn from(rows: Vec<Vec<f32>>) -> Self {
        Self::nested(&rows)
    }
}

impl From<&Vec<Vec<f32>>> for FloatVectors {
    fn from(rows: &Vec<Vec<f32>>) -> Self {
        Self::nested(rows)
    }
}

impl From<&[Vec<f32>]> for FloatVectors {
    fn from(rows: &[Vec<f32>]) -> Self {
        Self::nested(rows)
    }
}

impl From<Bytes> for FloatVectors {
    fn from(bytes: Bytes) -> Self {
        let length = bytes.len();
        match FloatArray::from_le_bytes(bytes) {
            Some(data) => Self::flat(data),
            None => Self {
                ragged: length > 0,
                ..Self::flat(FloatArray::default())
            },
        }
    }
}

/// A column of vectors that are bytes on the wire: binary, int8, and the 16-bit floats.
///
/// From one flat `Vec` (row after row) or [`Bytes`] without a copy, from one `Vec` per row with one: of `u8` (the wire's
/// bytes: little-endian floats, eight bits to a byte) or of `i8`; with the feature `half-2` of `half::f16` and
/// `half::bf16` too.
#[derive(Clone)]
pub struct ByteVectors {
    pub(super) data: Bytes,
    /// Bytes per row, where each row was given by itself.
    pub(super) widths: Vec<usize>,
}

impl ByteVectors {
    fn nested<T: bytemuck::NoUninit + Send>(rows: &[Vec<T>]) -> Self {
        let widths = rows.iter().map(|row| size_of_val(row.as_slice())).collect();
        Self {
            data: owned(rows.concat()),
            widths,
        }
    }
}

impl fmt::Debug for ByteVectors {
    /// The count only: bytes are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByteVectors({} bytes)", self.data.len())
    }
}

impl From<Bytes> for ByteVectors {
    fn from(data: Bytes) -> Self {
        Self {
            data,
            widths: Vec::new(),
        }
    }
}

impl From<Vec<u8>> for ByteVectors {
    fn from(flat: Vec<u8>) -> Self {
        Bytes::from(flat).into()
    }
}

impl From<Vec<i8>> for ByteVectors {
    fn from(flat: Vec<i8>) -> Self {
        Bytes::from(bytemuck::cast_vec::<i8, u8>(flat)).into()
    }
}

impl From<Vec<Vec<u8>>> for ByteVectors {
    fn from(rows: Vec<Vec<u8>>) -> Self {
        Self::nested(&rows)
    }
}

impl From<Vec<Vec<i8>>> for ByteVectors {
    fn from(rows: Vec<Vec<i8>>) -> Self {
        Self::nested(&rows)
    }
}

#[cfg(feature = "half-2")]
mod half_2 {
    use bytes::Bytes;
    use half::{bf16, f16};

    use super::{ByteVectors, owned};

    macro_rules! from_half {
        ($($half:ty),*) => {
            $(
                impl From<Vec<$half>> for ByteVectors {
                    fn from(flat: Vec<$half>) -> Self {
                        let bytes: Bytes = if cfg!(target_endian = "little") {
                            owned(flat)
                        } else {
                            flat.iter().flat_map(|number| number.to_le_bytes()).collect()
                        };
                        bytes.into()
                    }
                }

                impl From<&[$half]> for ByteVectors {
                    fn from(flat: &[$half]) -> Self {
                        flat.to_vec().into()
                    }
                }

                impl From<Vec<Vec<$half>>> for ByteVectors {
                    fn from(rows: Vec<Vec<$half>>) -> Self {
                        let widths = rows.iter().map(|row| row.len() * 2).collect();
                        Self { widths, ..rows.concat().into() }
                    }
                }
            )*
        };
    }
    from_half!(f16, bf16);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_flat_is_not_copied() {
        let (bytes, integers) = (vec![1_u8, 2], vec![-1_i8, 2]);
        let addresses = [bytes.as_ptr(), integers.as_ptr().cast()];
        let (bytes, integers): (ByteVectors, ByteVectors) = (bytes.into(), integers.into());
        assert_eq!([bytes.data.as_ptr(), integers.data.as_ptr()], addresses);
        assert_eq!(integers.data[..], [0xff, 2]);
    }

    #[test]
    fn rows_become_one_run() {
        let rows: ByteVectors = vec![vec![1_i8, -1], vec![2]].into();
        assert_eq!(rows.data[..], [1, 0xff, 2]);
        assert_eq!(rows.widths, [2, 1]);
    }

    #[cfg(feature = "half-2")]
    #[test]
    fn halves_are_the_bytes_they_are() {
        use half::{bf16, f16};

        let numbers = [1.0, -2.0];
        let flat = numbers.map(f16::from_f32).to_vec();
        let address = flat.as_ptr().cast::<u8>();
        let vectors = ByteVectors::from(flat);
        assert_eq!(vectors.data.as_ptr(), address);
        assert_eq!(vectors.data[..], [0, 0x3c, 0, 0xc0]);
        let rows: ByteVectors = numbers
            .map(|number| vec![bf16::from_f32(number)])
            .to_vec()
            .into();
        assert_eq!(rows.data[..], [0x80, 0x3f, 0, 0xc0]);
        assert_eq!(rows.widths, [2, 2]);
    }
}
