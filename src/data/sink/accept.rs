//! Which values each kind of column accepts from `serde`.

use serde::Serialize;

use super::super::serialize::{Mismatch, SinkResult, SinkSerializer, ValueSink, one_by_one};
use super::super::sparse::{self, SparseVector};
use super::elements::{BitsElement, FloatElement, Int8Element, Key, PairElement, extend};
use super::{ByteElement, Nulls, Sink, Values};
use crate::schema::DataType;

/// Whether the integer can be stored in a double without rounding.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the comparison detects rounding"
)]
fn is_double(value: i64) -> bool {
    (value as f64) as i128 == i128::from(value)
}

impl ValueSink for Sink<'_> {
    fn expected(&self) -> String {
        match self.data_type {
            DataType::Unknown(number) => {
                format!("nothing, since this version cannot write type {number}")
            }
            data_type => data_type.to_string(),
        }
    }

    fn bool(&mut self, value: bool) -> SinkResult {
        match &mut self.values {
            Values::Bool(values) => values.push(value),
            _ => return self.refuse("a bool"),
        }
        self.done();
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the range is checked; float fields accept integers, because JSON writes 1.0 as 1"
    )]
    fn int(&mut self, value: i64) -> SinkResult {
        match &mut self.values {
            Values::Long(values) => values.push(value),
            Values::Int(values, range) if range.contains(&value) => values.push(value as i32),
            Values::Float(values) => values.push(value as f32),
            Values::Double(values) if is_double(value) => values.push(value as f64),
            Values::Int(..) | Values::Double(_) => return self.refuse(value),
            _ => return self.refuse("an integer"),
        }
        self.done();
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounds to the nearest float; a value out of range is refused"
    )]
    fn float(&mut self, value: f64) -> SinkResult {
        match &mut self.values {
            Values::Double(values) => values.push(value),
            Values::Float(values) => {
                if value.is_finite() && !(value as f32).is_finite() {
                    return self.refuse(value);
                }
                values.push(value as f32);
            }
            _ => return self.refuse("a float"),
        }
        self.done();
        Ok(())
    }

    fn float32(&mut self, value: f32) -> SinkResult {
        let Values::Float(values) = &mut self.values else {
            return self.float(value.into());
        };
        values.push(value);
        self.done();
        Ok(())
    }

    fn text(&mut self, value: &str) -> SinkResult {
        match &mut self.values {
            Values::Text(_, max, _) if *max > 0 && value.len() > *max => {
                return self.refuse(format_args!("a string of {} bytes", value.len()));
            }
            Values::Text(values, ..) => values.push(value.to_owned()),
            _ => return self.refuse("a string"),
        }
        self.done();
        Ok(())
    }

    fn bytes(&mut self, value: &[u8]) -> SinkResult {
        let Values::Bytes(vectors) = &mut self.values else {
            return self.refuse("bytes");
        };
        let width = vectors.width;
        vectors.bytes.extend_from_slice(value);
        self.check_length(value.len(), width, "bytes")?;
        self.done();
        Ok(())
    }

    fn null(&mut self) -> SinkResult {
        if matches!(self.values, Values::Unsupported) && self.nulls != Nulls::NoElement {
            return Ok(());
        }
        match self.nulls {
            Nulls::Allowed => {
                self.valid.push(false);
                self.rows += 1;
                Ok(())
            }
            Nulls::Ignored => Ok(()),
            Nulls::Refused => self.refuse("nothing: the field is not nullable"),
            Nulls::NoElement => self.refuse("nothing"),
        }
    }

    fn begin_seq(&mut self) -> SinkResult {
        match &mut self.values {
            Values::FloatVector(..) | Values::Bytes(_) => Ok(()),
            Values::Sparse(_, pairs, _) => {
                pairs.clear();
                Ok(())
            }
            Values::Array(arrays) if !matches!(arrays.elements.values, Values::Unsupported) => {
                arrays.before = arrays.elements.rows;
                Ok(())
            }
            Values::Structs(structs) => {
                structs.before = structs.total;
                Ok(())
            }
            _ => self.refuse("a sequence"),
        }
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        match &mut self.values {
            Values::FloatVector(values, _) => {
                values.push(FloatElement::<false>::of(value)?);
                Ok(())
            }
            Values::Bytes(vectors) => {
                match vectors.element {
                    ByteElement::Half(half) => {
                        let bits = half.narrow(FloatElement::<true>::of(value)?);
                        vectors.bytes.extend_from_slice(&bits.to_le_bytes());
                    }
                    ByteElement::Signed => vectors.bytes.push(Int8Element::of(value)?),
                    ByteElement::Unsigned => vectors.bytes.push(BitsElement::of(value)?),
                }
                Ok(())
            }
            Values::Array(arrays) => arrays.elements.put(value),
            Values::Sparse(_, pairs, _) => {
                value.serialize(SinkSerializer(&mut PairElement::new(pairs)))
            }
            Values::Structs(structs) => value.serialize(SinkSerializer(structs.as_mut())),
            _ => self.refuse("a sequence"),
        }
    }

    fn end_seq(&mut self) -> SinkResult {
        let before = self.present;
        match &mut self.values {
            Values::FloatVector(values, dimension) => {
                let (found, dimension) = (values.len() - before * *dimension, *dimension);
                self.check_length(found, dimension, "floats")?;
            }
            Values::Bytes(vectors) => {
                let width = vectors.width;
                let found = vectors.bytes.len() - before * width;
                self.check_length(found, width, "bytes")?;
            }
            Values::Array(arrays) => {
                let (count, most) = (arrays.elements.rows - arrays.before, arrays.max_capacity);
                if most > 0 && count > most {
                    let why = format!("expected at most {most} values, found {count}");
                    return Err(Mismatch(why));
                }
                arrays.counts.push(count);
            }
            Values::Structs(structs) => {
                let (count, most) = (structs.total - structs.before, structs.max_capacity);
                if most > 0 && count > most {
                    return self.refuse(count);
                }
                structs.counts.push(count);
            }
            Values::Sparse(..) => return self.end_map(),
            _ => return self.refuse("a sequence"),
        }
        self.done();
        Ok(())
    }

    #[inline]
    fn sequence<I: IntoIterator<Item: Serialize>>(&mut self, elements: I) -> SinkResult {
        match &mut self.values {
            Values::FloatVector(values, _) => extend(values, elements, FloatElement::<false>::of)?,
            Values::Bytes(vectors) => match vectors.element {
                ByteElement::Signed => extend(&mut vectors.bytes, elements, Int8Element::of)?,
                ByteElement::Unsigned => extend(&mut vectors.bytes, elements, BitsElement::of)?,
                ByteElement::Half(_) => return one_by_one(self, elements),
            },
            _ => return one_by_one(self, elements),
        }
        self.end_seq()
    }

    fn begin_map(&mut self) -> SinkResult {
        match &mut self.values {
            Values::Sparse(_, pairs, _) => {
                pairs.clear();
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        match &mut self.values {
            Values::Sparse(_, _, open) => {
                let mut found = Key(0);
                key.serialize(SinkSerializer(&mut found))?;
                *open = Some(found.0);
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        match &mut self.values {
            Values::Sparse(_, pairs, Some(dimension)) => {
                pairs.push((*dimension, FloatElement::<false>::of(value)?));
                Ok(())
            }
            _ => self.refuse("a map"),
        }
    }

    fn end_map(&mut self) -> SinkResult {
        let Values::Sparse(rows, pairs, _) = &mut self.values else {
            return self.refuse("a map");
        };
        let row: SparseVector = std::mem::take(pairs).into();
        sparse::check(row.as_bytes()).map_err(Mismatch)?;
        rows.push(row.as_bytes().clone());
        self.done();
        Ok(())
    }
}
