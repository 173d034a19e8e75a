//! The same with inputs of proptest: real answers, damaged answers, arbitrary bytes.

use allocation_counter::measure;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::data::{Columns, InputRows, SparseVector, WriteRules};
use crate::proto::schema::{IDs, LongArray, SearchResultData, i_ds::IdField};
use crate::schema::{DataType, Field};

fn collection() -> Schema {
    let inner = [Field::varchar("text", 9), Field::float_vector("vector", 2)];
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::bool("flag"))
        .field(Field::float("number").default_value(0.5))
        .field(Field::varchar("text", 99).nullable())
        .field(Field::array("list", DataType::Int64, 8))
        .field(Field::float_vector("vector", 3))
        .field(Field::binary_vector("bytes", 16))
        .field(Field::sparse_vector("sparse"))
        .field(Field::struct_array("structs", inner, 4).nullable())
        .dynamic_fields(true)
        .build()
        .unwrap()
}

fn fields() -> Vec<crate::proto::schema::FieldData> {
    let structs = Columns::new().varchar("text", ["c", "d"]).float_vector(
        "vector",
        2,
        vec![0.5, 1.0, 1.5, 2.0],
    );
    let columns = Columns::new()
        .int64("id", [1, 2])
        .bool("flag", [true, false])
        .float("number", [0.5, -0.0])
        .varchar("text", [Some("one"), None])
        .array("list", [vec![1_i64, 2], vec![]])
        .float_vector("vector", 3, vec![[0.5_f32, 1.0, 2.0], [1.5, 2.0, 3.0]])
        .binary_vector("bytes", 16, vec![1_u8, 2, 3, 4])
        .sparse_vector(
            "sparse",
            vec![SparseVector::from([(1, 0.5)]), [(7, 1.0), (9, 2.0)].into()],
        )
        .struct_array("structs", [Some(2), None], structs)
        .varchar("more", ["a", "b"]);
    InputRows::from(columns)
        .encode(&collection(), WriteRules::default(), false)
        .unwrap()
}

fn query_answer() -> Vec<u8> {
    let answer = QueryResults {
        fields_data: fields(),
        ..QueryResults::default()
    };
    answer.encode_to_vec()
}

fn search_answer() -> Vec<u8> {
    let data = vec![1, 2];
    let answer = SearchResults {
        results: Some(SearchResultData {
            num_queries: 2,
            fields_data: fields(),
            scores: vec![0.5, 0.25],
            ids: Some(IDs {
                id_field: Some(IdField::IntId(LongArray { data })),
            }),
            topks: vec![1, 1],
            group_by_field_value: fields().into_iter().next(),
            element_indices: Some(LongArray { data: vec![0, 1] }),
            ..SearchResultData::default()
        }),
        ..SearchResults::default()
    };
    answer.encode_to_vec()
}

/// The cost of reading an answer is bounded by its length, whatever it contains.
fn costs_little(length: usize, read: impl FnOnce()) {
    let peak = measure(read).bytes_max;
    let allowed = 16 * 1024 + 400 * length as u64;
    assert!(
        peak <= allowed,
        "{peak} bytes at once for {length} received"
    );
}

fn read_everything(bytes: &[u8]) {
    costs_little(bytes.len(), || query(bytes));
    costs_little(bytes.len(), || search(2, bytes));
    costs_little(bytes.len(), || schema(bytes));
}

/// One of each kind, as a server sends them.
fn messages() -> [(&'static str, Vec<u8>); 3] {
    let schema = collection().to_proto("books").encode_to_vec();
    [
        ("query_answer", query_answer()),
        ("search_answer", search_answer()),
        ("schema", schema),
    ]
}

#[test]
fn what_is_right_is_read() {
    for (_, message) in messages() {
        read_everything(&message);
    }
}

/// The seeds of the fuzz targets; `UPDATE_SEEDS=1 cargo test seeds` writes them.
#[test]
fn seeds_are_of_today() {
    for (target, message) in messages() {
        let path = format!("{}/fuzz/seeds/{target}/seed", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            std::fs::write(&path, &message).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), message, "{path}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        read_everything(&bytes);
    }

    #[test]
    fn damage_is_read_or_refused(
        which in 0_usize..3,
        damage in vec((any::<Index>(), any::<u8>()), 1..8),
        length in any::<Index>(),
    ) {
        let mut bytes = messages()[which].1.clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(length.index(bytes.len()) + 1);
        read_everything(&bytes);
    }

    #[test]
    fn any_frame_is_read_alike_in_pieces(
        rpc in 0_usize..149,
        size in 1_usize..40,
        bytes in vec(any::<u8>(), 0..300),
    ) {
        read(rpc, size, &bytes);
    }

    #[test]
    fn any_filter_is_shown(text in ".{0,60}", limit in 0_usize..60) {
        filter(limit, &text);
    }
}
