//! The rows that are written and read.

use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, FixedSizeListArray, Float32Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field};
use serde::{Deserialize, Serialize};

use crate::{DIMENSION, ROWS};

#[derive(Clone, Serialize, Deserialize)]
pub struct Book {
    pub id: i64,
    pub embedding: Vec<f32>,
}

/// The same rows in every form.
pub struct Data {
    pub ids: Vec<i64>,
    pub flat: Vec<f32>,
    pub nested: Vec<Vec<f32>>,
    pub books: Rc<Vec<Book>>,
    pub batch: RecordBatch,
}

impl Data {
    pub fn new() -> Self {
        let ids: Vec<i64> = (0..ROWS as i64).collect();
        let flat = flat();
        let nested: Vec<Vec<f32>> = flat.chunks(DIMENSION).map(<[f32]>::to_vec).collect();
        let book = |(id, embedding): (&i64, &Vec<f32>)| Book {
            id: *id,
            embedding: embedding.clone(),
        };
        let books = ids.iter().zip(&nested).map(book).collect();
        Self {
            batch: batch(&ids, &flat),
            ids,
            flat,
            nested,
            books: Rc::new(books),
        }
    }
}

/// All vectors, one after the other.
pub fn flat() -> Vec<f32> {
    let number = |index: usize| (index % 1009) as f32 / 1009.0 - 0.5;
    (0..ROWS * DIMENSION).map(number).collect()
}

fn batch(ids: &[i64], flat: &[f32]) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from(ids.to_vec()));
    let item = Arc::new(Field::new_list_field(DataType::Float32, true));
    let numbers = Arc::new(Float32Array::from(flat.to_vec()));
    let vectors = FixedSizeListArray::new(item, DIMENSION as i32, numbers, None);
    RecordBatch::try_from_iter([("id", ids), ("embedding", Arc::new(vectors))]).unwrap()
}
