//! The functions that the fuzz targets call: everything that reads input of others. The tests here call them as well.

mod failures;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use prost::Message;
use serde_json::Value as Json;

pub use failures::{headers, milvus_status, runtime, uri};

use crate::data::{Row, Table, rows_of};
use crate::otel;
use crate::proto;
use crate::proto::milvus::{QueryResults, SearchResults};
use crate::proto::schema::CollectionSchema;
use crate::schema::Schema;
use crate::search::hits_from_response;
use crate::wire::{Fact, Field, Reader, Sink};

/// Collects all facts.
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

/// Reads `bytes` as the request and the answer of an RPC, with their own frame and with a valid one, at once and in pieces
/// of `size`. Nothing may panic, and the pieces must have the same facts as the whole.
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

/// Reads `bytes` as the answer to a query, in every way a caller can.
pub fn query(bytes: &[u8]) {
    let Ok(answer) = QueryResults::decode(bytes) else {
        return;
    };
    let counts = answer.fields_data.iter().map(rows_of);
    let Ok(rows) = counts.collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let rows = rows.into_iter().max().unwrap_or_default();
    if let Ok(table) = Table::new(answer.fields_data, rows) {
        let table = table.with_output_fields(&answer.output_fields);
        read_all(&Arc::new(table.clone()));
        if let Ok(table) = table.with_matched_elements(answer.element_indices) {
            assert_eq!(table.matched_elements(rows), None);
        }
    }
}

/// Reads `bytes` as the answer to a search for `queries` vectors, in every way a caller can.
pub fn search(queries: usize, bytes: &[u8]) {
    let Ok(answer) = SearchResults::decode(bytes) else {
        return;
    };
    let Ok(hits) = hits_from_response(answer, queries, "id") else {
        return;
    };
    assert!(hits.counts().len() >= queries);
    assert_eq!(hits.ids().len(), hits.scores().len());
    for groups in hits.group_columns() {
        (0..groups.len()).for_each(|row| drop(groups.value(row)));
    }
    assert!(hits.buckets().is_empty() || hits.buckets().len() >= queries);
    read_all(&Arc::new(hits.table().clone()));
    #[cfg(feature = "arrow-60")]
    drop(arrow_array::RecordBatch::try_from(&hits));
    let rows = |table: &Arc<Table>, row| Ok::<_, Infallible>(Row::of_table(table, row));
    let Ok(hits) = hits.hits(rows);
    assert!(hits.len() >= queries);
}

/// Reads `bytes` as the schema of a collection. Encoding and decoding the result must not change it.
pub fn schema(bytes: &[u8]) {
    let Ok(message) = CollectionSchema::decode(bytes) else {
        return;
    };
    let again = |schema: &Schema| Schema::from_proto(&schema.to_proto("name"));
    // A default value of another type is converted to the type of its field.
    let schema = again(&Schema::from_proto(&message));
    // Not with `==`, because a default value of NaN does not equal itself.
    let other = again(&schema);
    assert_eq!(format!("{schema:?}"), format!("{other:?}"));
    // `Debug` omits parameters and external specifications.
    assert_eq!(schema.functions(), other.functions());
    assert_eq!(schema.external_spec(), other.external_spec());
}

/// Redacts the literals of a filter, as spans and logs do.
pub fn filter(limit: usize, filter: &str) {
    let shown = otel::without_literals(filter, limit);
    assert!(shown.len() <= limit + '…'.len_utf8());
    if shown.ends_with('…') {
        return;
    }
    assert_eq!(otel::without_literals(&shown, limit), shown);
}

fn read_all(table: &Arc<Table>) {
    // Each value as each type, even if the types differ.
    let _ = table.rows::<BTreeMap<String, Json>>();
    let _ = table.rows::<BTreeMap<String, Option<bool>>>();
    let _ = table.rows::<BTreeMap<String, Option<i16>>>();
    let _ = table.rows::<BTreeMap<String, f32>>();
    let _ = table.rows::<BTreeMap<String, &str>>();
    let _ = table.rows::<BTreeMap<String, Vec<f32>>>();
    let _ = table.rows::<BTreeMap<String, Vec<u8>>>();
    let _ = table.rows::<BTreeMap<String, BTreeMap<u32, f32>>>();
    let _ = table.rows::<BTreeMap<String, Vec<BTreeMap<&str, Json>>>>();
    let inner = table.columns().flat_map(|column| column.fields());
    for column in table.columns().chain(inner) {
        let _ = (
            column.bools(),
            column.int32s(),
            column.int64s(),
            column.texts(),
            column.bytes(),
            column.floats().map(Iterator::count),
            column.dimension(),
        );
        for row in 0..=table.len() {
            let _ = (column.is_null(row), column.vector(row));
            let _ = column.elements(row);
            let _ = (column.value(row), column.cell(row).to_json());
        }
    }
    #[cfg(feature = "arrow-60")]
    drop(arrow_array::RecordBatch::try_from(&**table));
    for row in 0..=table.len() {
        let names = Row::of_table(table, row).names();
        names.iter().for_each(|name| drop(table.value(row, name)));
    }
}
