//! Random arrays of any type that fields have.

use std::sync::Arc;

use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, FixedSizeListArray, Int8Array, Int16Array,
    Int32Array, Int64Array, ListArray, PrimitiveArray, RecordBatch, StringArray, StructArray,
    UInt8Array, UInt16Array, UInt32Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType as ArrowType, Field as ArrowField};

use crate::schema::{DataType, Schema};

/// A 16-bit float.
type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// A generator of numbers that depend only on its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 7) as usize % end
    }

    fn many<T>(&mut self, count: usize, one: impl Fn(u64) -> T) -> Vec<T> {
        (0..count).map(|_| one(self.next())).collect()
    }

    fn nulls(&mut self, rows: usize, nullable: bool) -> Option<NullBuffer> {
        let valid = self.many(rows, |number| number % 3 != 0);
        (nullable && valid.contains(&false)).then(|| valid.into())
    }

    fn text(&mut self) -> String {
        let length = self.below(5);
        (0..length)
            .map(|_| ['a', '"', 'é', '本', '\n'][self.below(5)])
            .collect()
    }
}

/// A batch with a column for each field of the schema, and nulls in the nullable ones.
pub(super) fn batch(schema: &Schema, rows: usize, seed: u64) -> RecordBatch {
    let arrow = arrow_schema::Schema::try_from(schema).unwrap();
    let mut random = Random(seed);
    let columns = schema
        .fields()
        .iter()
        .zip(arrow.fields())
        .map(|(field, arrow)| {
            let is_json = *field.data_type() == DataType::Json;
            array(
                &mut random,
                arrow.data_type(),
                rows,
                field.is_nullable(),
                is_json,
            )
        });
    let columns = columns.collect();
    RecordBatch::try_new(Arc::new(arrow), columns).unwrap()
}

fn array(
    random: &mut Random,
    data_type: &ArrowType,
    rows: usize,
    nullable: bool,
    is_json: bool,
) -> ArrayRef {
    let nulls = random.nulls(rows, nullable);
    macro_rules! numbers {
        ($array:ident, $number:ty) => {
            Arc::new($array::new(
                random.many(rows, |number| number as $number).into(),
                nulls,
            ))
        };
    }
    match data_type {
        ArrowType::Boolean => Arc::new(BooleanArray::new(
            random.many(rows, |number| number % 2 == 0).into(),
            nulls,
        )),
        ArrowType::Int8 => numbers!(Int8Array, i8),
        ArrowType::Int16 => numbers!(Int16Array, i16),
        ArrowType::Int32 => numbers!(Int32Array, i32),
        ArrowType::Int64 => numbers!(Int64Array, i64),
        ArrowType::UInt8 => numbers!(UInt8Array, u8),
        ArrowType::UInt16 => numbers!(UInt16Array, u16),
        ArrowType::UInt32 => numbers!(UInt32Array, u32),
        ArrowType::Float16 => {
            let bits = random.many(rows, |number| Half::from_bits(number as u16));
            Arc::new(PrimitiveArray::<Float16Type>::new(bits.into(), nulls))
        }
        ArrowType::Float32 => {
            let bits = random.many(rows, |number| f32::from_bits(number as u32));
            Arc::new(PrimitiveArray::<Float32Type>::new(bits.into(), nulls))
        }
        ArrowType::Float64 => {
            let bits = random.many(rows, f64::from_bits);
            Arc::new(PrimitiveArray::<Float64Type>::new(bits.into(), nulls))
        }
        ArrowType::Utf8 => {
            let texts: Vec<Option<String>> = (0..rows)
                .map(|row| {
                    let text = random.text();
                    let text = if is_json {
                        serde_json::json!({ "text": [text] }).to_string()
                    } else {
                        text
                    };
                    nulls
                        .as_ref()
                        .is_none_or(|nulls| nulls.is_valid(row))
                        .then_some(text)
                })
                .collect();
            Arc::new(StringArray::from(texts))
        }
        ArrowType::List(item) => list(random, item, rows, nulls),
        ArrowType::FixedSizeList(item, width) => {
            let count = rows * *width as usize;
            let values = array(random, item.data_type(), count, false, false);
            Arc::new(FixedSizeListArray::new(
                Arc::clone(item),
                *width,
                values,
                nulls,
            ))
        }
        ArrowType::Struct(fields) if fields[0].name() == "indices" => {
            sparse(random, data_type, rows, nulls)
        }
        ArrowType::Struct(fields) => {
            let columns = fields
                .iter()
                .map(|field| array(random, field.data_type(), rows, false, false));
            let columns = columns.collect();
            Arc::new(StructArray::new(fields.clone(), columns, nulls))
        }
        other => panic!("no field has the type {other}"),
    }
}

fn list(
    random: &mut Random,
    item: &Arc<ArrowField>,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> ArrayRef {
    let lengths: Vec<usize> = (0..rows).map(|_| random.below(4)).collect();
    let values = array(random, item.data_type(), lengths.iter().sum(), false, false);
    Arc::new(ListArray::new(
        Arc::clone(item),
        OffsetBuffer::from_lengths(lengths),
        values,
        nulls,
    ))
}

fn sparse(
    random: &mut Random,
    data_type: &ArrowType,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> ArrayRef {
    let ArrowType::Struct(fields) = data_type else {
        panic!("{data_type} is not a struct")
    };
    let lengths: Vec<usize> = (0..rows).map(|_| random.below(4)).collect();
    let (mut indices, mut values) = (Vec::new(), Vec::new());
    for length in &lengths {
        // In ascending order, and without NaN.
        let mut next = random.below(9) as u32;
        for _ in 0..*length {
            indices.push(next);
            values.push(random.below(1000) as f32 / 8.0);
            next += 1 + random.below(1 << 20) as u32;
        }
    }
    let part = |index: usize, values: ArrayRef| -> ArrayRef {
        let ArrowType::List(item) = fields[index].data_type() else {
            panic!("the parts of sparse vectors are lists")
        };
        Arc::new(ListArray::new(
            Arc::clone(item),
            OffsetBuffer::from_lengths(lengths.clone()),
            values,
            None,
        ))
    };
    let columns = vec![
        part(0, Arc::new(UInt32Array::from(indices))),
        part(1, Arc::new(PrimitiveArray::<Float32Type>::from(values))),
    ];
    Arc::new(StructArray::new(fields.clone(), columns, nulls))
}

/// Vectors of 32-bit floats.
pub(super) fn vectors(numbers: Vec<f32>, dimension: i32) -> ArrayRef {
    let item = Arc::new(ArrowField::new_list_field(ArrowType::Float32, true));
    let numbers: ArrayRef = Arc::new(PrimitiveArray::<Float32Type>::from(numbers));
    Arc::new(FixedSizeListArray::new(item, dimension, numbers, None))
}
