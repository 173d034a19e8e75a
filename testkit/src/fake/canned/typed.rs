//! Rows and hits of a test's own types.

use std::any::Any;

use milvus_otel::Hit;
use milvus_otel::data::Row;
use serde::Serialize;

/// The hits, with their fields as rows.
///
/// # Panics
///
/// The fields of a hit make no row.
#[track_caller]
pub(in crate::fake) fn hits_of<T: Serialize + 'static>(
    hits: impl IntoIterator<Item = Hit<T>>,
) -> Vec<Hit> {
    let mut all = Vec::new();
    for (place, hit) in hits.into_iter().enumerate() {
        let entity = row(place, &hit.entity);
        all.push(hit.with_entity(entity));
    }
    all
}

/// The rows.
///
/// # Panics
///
/// One of them is none.
#[track_caller]
pub(in crate::fake) fn rows_of<T: Serialize + 'static>(
    rows: impl IntoIterator<Item = T>,
) -> Vec<Row> {
    let mut all = Vec::new();
    for (place, value) in rows.into_iter().enumerate() {
        all.push(row(place, &value));
    }
    all
}

#[track_caller]
fn row<T: Serialize + 'static>(place: usize, value: &T) -> Row {
    // What serde sees of a row has fewer types than the row.
    if let Some(row) = (value as &dyn Any).downcast_ref::<Row>() {
        return row.clone();
    }
    match Row::from_serialize(value) {
        Ok(row) => row,
        Err(error) => panic!("row {place} of a canned answer: {error}"),
    }
}
