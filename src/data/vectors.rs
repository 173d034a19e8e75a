//! Dense vectors as people hold them: one flat run of numbers, or one `Vec` per row.

use std::fmt;

use bytes::Bytes;

use crate::wire::FloatArray;

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
/// From one flat run or one `Vec` per row, of `u8` (the wire's bytes: little-endian floats, eight bits to a byte) or of
/// `i8`; with the feature `half-2` of `half::f16` and `half::bf16` too.
#[derive(Clone)]
pub struct ByteVectors {
    pub(super) data: Bytes,
    /// Bytes per row, where each row was given by itself.
    pub(super) widths: Vec<usize>,
}

impl ByteVectors {
    fn nested<T: bytemuck::NoUninit>(rows: &[Vec<T>]) -> Self {
        let mut flat: Vec<u8> = Vec::new();
        let mut widths = Vec::with_capacity(rows.len());
        for row in rows {
            let bytes: &[u8] = bytemuck::cast_slice(row);
            flat.extend_from_slice(bytes);
            widths.push(bytes.len());
        }
        Self {
            data: flat.into(),
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
    use half::{bf16, f16};

    use super::ByteVectors;

    macro_rules! from_half {
        ($($half:ty),*) => {
            $(
                impl From<Vec<$half>> for ByteVectors {
                    fn from(flat: Vec<$half>) -> Self {
                        flat.as_slice().into()
                    }
                }

                impl From<&[$half]> for ByteVectors {
                    fn from(flat: &[$half]) -> Self {
                        let bytes: Vec<u8> = if cfg!(target_endian = "little") {
                            bytemuck::cast_slice(flat).to_vec()
                        } else {
                            flat.iter().flat_map(|number| number.to_le_bytes()).collect()
                        };
                        bytes.into()
                    }
                }

                impl From<Vec<Vec<$half>>> for ByteVectors {
                    fn from(rows: Vec<Vec<$half>>) -> Self {
                        let widths = rows.iter().map(|row| row.len() * 2).collect();
                        Self { widths, ..rows.concat().as_slice().into() }
                    }
                }
            )*
        };
    }
    from_half!(f16, bf16);
}
