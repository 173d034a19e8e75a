//! Columns of dense vectors, from a flat sequence of numbers or one `Vec` per row.

use std::fmt;

use bytes::Bytes;

use crate::wire::{FloatArray, owned};

/// The assignment of vectors to rows.
#[derive(Clone, Default)]
pub(super) struct VectorRows {
    /// The length of each vector, if the vectors were given one by one; empty if they were given flat.
    pub(super) widths: Vec<usize>,
    /// Whether each row has a vector; empty if all have one.
    pub(super) valid: Vec<bool>,
}

impl VectorRows {
    /// The number of rows, if `total` numbers or bytes are vectors of `width` each, and the error if they are not.
    pub(super) fn count(&self, total: usize, width: usize, unit: &str) -> (usize, Option<String>) {
        let wrong = self
            .widths
            .iter()
            .zip(0..)
            .find(|(found, _)| **found != width);
        let vectors = match (width, self.widths.len()) {
            (0, vectors) => vectors,
            (width, 0) => total / width,
            (_, vectors) => vectors,
        };
        let mut present = (0..self.valid.len()).filter(|row| self.valid.get(*row) == Some(&true));
        let expected = present.clone().count();
        let fault = if let Some((found, index)) = wrong {
            let row = present.nth(index).unwrap_or(index);
            Some(format!(
                "row {row}: expected {width} {unit} per vector, found {found}"
            ))
        } else if width == 0 {
            Some("its dimension is 0".to_owned())
        } else if !total.is_multiple_of(width) {
            Some(format!(
                "expected {width} {unit} per vector, found {total} {unit}, which is not a multiple"
            ))
        } else if !self.valid.is_empty() && expected != vectors {
            Some(format!(
                "expected {expected} vectors, one for each row that has one, found {vectors}"
            ))
        } else {
            None
        };
        match self.valid.len() {
            0 => (vectors, fault),
            rows => (rows, fault),
        }
    }
}

/// Separates the vectors from the validity of the rows.
fn present<V>(rows: impl IntoIterator<Item = Option<V>>) -> (Vec<V>, Vec<bool>) {
    let mut valid = Vec::new();
    let note = |row: Option<V>| {
        valid.push(row.is_some());
        row
    };
    (rows.into_iter().filter_map(note).collect(), valid)
}

/// The vectors of a column of 32-bit float vectors.
///
/// Converted by `into()`:
/// - without a copy from a flat `Vec<f32>` (all vectors, concatenated), a `Vec<[f32; N]>`, or little-endian [`Bytes`],
/// - with a copy from slices and from `Vec<Vec<f32>>`.
///
/// For a nullable field (since Milvus 3.0), use a `Vec` of `Option`s, or the vectors that are not null and
/// [`valid`](Self::valid).
#[derive(Clone)]
pub struct FloatVectors {
    pub(super) data: FloatArray,
    /// Whether the bytes end within a number.
    pub(super) truncated: bool,
    pub(super) rows: VectorRows,
}

impl FloatVectors {
    fn flat(data: FloatArray) -> Self {
        Self {
            data,
            truncated: false,
            rows: VectorRows::default(),
        }
    }

    fn nested<R: AsRef<[f32]>>(rows: &[R]) -> Self {
        let widths: Vec<usize> = rows.iter().map(|row| row.as_ref().len()).collect();
        let mut flat = Vec::with_capacity(widths.iter().sum());
        for row in rows {
            flat.extend_from_slice(row.as_ref());
        }
        let mut vectors = Self::flat(flat.into());
        vectors.rows.widths = widths;
        vectors
    }

    /// Sets which rows have a vector (`true`) and which are null (`false`). The vectors are those of the rows with
    /// `true`, in order. Default: all rows have a vector.
    ///
    /// ```
    /// use milvus_otel::data::{Columns, FloatVectors};
    ///
    /// let vectors = FloatVectors::from(vec![0.1, 0.2, 0.5, 0.6]).valid([true, false, true]);
    /// let columns = Columns::new().int64("id", [1, 2, 3]).float_vector("embedding", 2, vectors);
    /// ```
    #[must_use]
    pub fn valid(mut self, rows: impl Into<Vec<bool>>) -> Self {
        self.rows.valid = rows.into();
        self
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
        let widths = vec![N; rows.len()];
        let mut vectors = Self::flat(rows.into_flattened().into());
        vectors.rows.widths = widths;
        vectors
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

impl From<Vec<Option<Vec<f32>>>> for FloatVectors {
    fn from(rows: Vec<Option<Vec<f32>>>) -> Self {
        let (rows, valid) = present(rows);
        Self::nested(&rows).valid(valid)
    }
}

impl<const N: usize> From<Vec<Option<[f32; N]>>> for FloatVectors {
    fn from(rows: Vec<Option<[f32; N]>>) -> Self {
        let (rows, valid) = present(rows);
        Self::from(rows).valid(valid)
    }
}

impl<const N: usize, const M: usize> From<[Option<[f32; N]>; M]> for FloatVectors {
    fn from(rows: [Option<[f32; N]>; M]) -> Self {
        Vec::from(rows).into()
    }
}

impl From<Bytes> for FloatVectors {
    fn from(bytes: Bytes) -> Self {
        let length = bytes.len();
        match FloatArray::from_le_bytes(bytes) {
            Some(data) => Self::flat(data),
            None => Self {
                truncated: length > 0,
                ..Self::flat(FloatArray::default())
            },
        }
    }
}

/// The vectors of a column of binary, int8, float16 or bfloat16 vectors.
///
/// Converted by `into()`, without a copy from [`Bytes`] or a flat `Vec` (all vectors, concatenated), and with a copy
/// from one `Vec` per row. The numbers are:
/// - `u8` for binary vectors, with eight bits in each byte; also for all other types, as little-endian bytes,
/// - `i8` for int8 vectors,
/// - `half::f16` and `half::bf16`, with the feature `half-2`, for float16 and bfloat16 vectors.
///
/// For a nullable field (since Milvus 3.0), use one `Option<Vec>` per row, or the vectors that are not null and
/// [`valid`](Self::valid).
///
/// ```
/// use milvus_otel::data::Columns;
///
/// let columns = Columns::new()
///     .binary_vector("bits", 16, vec![0b1010_0001_u8, 0, 0xff, 1])
///     .int8_vector("small", 2, vec![vec![-128_i8, 127], vec![0, 1]]);
/// assert_eq!(columns.len(), 2);
/// ```
#[derive(Clone)]
pub struct ByteVectors {
    pub(super) data: Bytes,
    pub(super) rows: VectorRows,
}

impl ByteVectors {
    fn nested<T: bytemuck::NoUninit + Send>(rows: &[Vec<T>]) -> Self {
        let widths = rows.iter().map(|row| size_of_val(row.as_slice())).collect();
        let mut vectors = Self::from(owned(rows.concat()));
        vectors.rows.widths = widths;
        vectors
    }

    /// Sets which rows have a vector (`true`) and which are null (`false`). The vectors are those of the rows with
    /// `true`, in order. Default: all rows have a vector.
    #[must_use]
    pub fn valid(mut self, rows: impl Into<Vec<bool>>) -> Self {
        self.rows.valid = rows.into();
        self
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
            rows: VectorRows::default(),
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

impl From<Vec<Option<Vec<u8>>>> for ByteVectors {
    fn from(rows: Vec<Option<Vec<u8>>>) -> Self {
        let (rows, valid) = present(rows);
        Self::nested(&rows).valid(valid)
    }
}

impl From<Vec<Option<Vec<i8>>>> for ByteVectors {
    fn from(rows: Vec<Option<Vec<i8>>>) -> Self {
        let (rows, valid) = present(rows);
        Self::nested(&rows).valid(valid)
    }
}

#[cfg(feature = "half-2")]
mod half_2 {
    use bytes::Bytes;
    use half::{bf16, f16};

    use super::{ByteVectors, owned, present};

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
                        let mut vectors = Self::from(rows.concat());
                        vectors.rows.widths = widths;
                        vectors
                    }
                }

                impl From<Vec<Option<Vec<$half>>>> for ByteVectors {
                    fn from(rows: Vec<Option<Vec<$half>>>) -> Self {
                        let (rows, valid) = present(rows);
                        Self::from(rows).valid(valid)
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
    fn flat_vectors_are_not_copied() {
        let (bytes, integers) = (vec![1_u8, 2], vec![-1_i8, 2]);
        let addresses = [bytes.as_ptr(), integers.as_ptr().cast()];
        let (bytes, integers): (ByteVectors, ByteVectors) = (bytes.into(), integers.into());
        assert_eq!([bytes.data.as_ptr(), integers.data.as_ptr()], addresses);
        assert_eq!(integers.data[..], [0xff, 2]);
    }

    #[test]
    fn nested_vectors_are_concatenated() {
        let rows: ByteVectors = vec![vec![1_i8, -1], vec![2]].into();
        assert_eq!(rows.data[..], [1, 0xff, 2]);
        assert_eq!(rows.rows.widths, [2, 1]);
    }

    #[cfg(feature = "half-2")]
    #[test]
    fn half_floats_are_not_converted() {
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
        assert_eq!(rows.rows.widths, [2, 2]);
    }
}
