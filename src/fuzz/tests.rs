//! The same with inputs of proptest: real answers, damaged answers, arbitrary bytes.

use allocation_counter::measure;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::data::{Columns, InputRows, SparseVector, WriteRules};
use crate::proto::Request as _;
use crate::proto::common::Status;
use crate::proto::milvus::{QueryRequest, SearchRequest};
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

/// Statuses as servers send them.
fn statuses() -> [(&'static str, Status); 3] {
    #[expect(deprecated, reason = "servers still send both")]
    let status = |code, error_code, reason: &str| Status {
        code,
        error_code,
        reason: reason.to_owned(),
        ..Status::default()
    };
    let unknown = "collection not found[database=default][collection=books]";
    let mistake = Status {
        extra_info: [("is_input_error".to_owned(), "true".to_owned())].into(),
        detail: unknown.to_owned(),
        ..status(100, 4, unknown)
    };
    let busy = Status {
        retriable: true,
        ..status(8, 49, "rate limit exceeded[rate=1]")
    };
    let old = status(0, 1, "TaskCondition context Done\nstack");
    [("mistake", mistake), ("busy", busy), ("old", old)]
}

/// The inputs that the fuzz targets begin with, except for those that are text.
fn seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut seeds: Vec<_> = messages()
        .into_iter()
        .map(|(target, message)| (target, "seed", message))
        .collect();
    for (name, status) in statuses() {
        seeds.push(("milvus_status", name, status.encode_to_vec()));
    }
    for (name, path, message) in [
        ("query", QueryRequest::PATH, query_answer()),
        ("search", SearchRequest::PATH, search_answer()),
    ] {
        let number = (0..).find(|number| proto::nth(*number).path == path);
        let mut input = vec![number.unwrap() as u8, 16];
        input.extend(message);
        seeds.push(("frame_reader", name, input));
    }
    seeds
}

fn folder(target: &str) -> String {
    format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"))
}

/// `UPDATE_SEEDS=1 cargo test seeds` writes them.
#[test]
fn seeds_are_of_today() {
    for (target, name, input) in seeds() {
        let path = format!("{}/{name}", folder(target));
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            std::fs::create_dir_all(folder(target)).unwrap();
            std::fs::write(&path, &input).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), input, "{path}");
    }
}

/// All that is kept, as the fuzz targets use it.
#[test]
fn inputs_that_were_found_once_are_still_read() {
    let runtime = runtime();
    let use_text = |text: &str| {
        let (before, after) = text.split_once('\n').unwrap_or((text, ""));
        uri(before, after);
    };
    let run = |target: &str, input: &[u8]| match target {
        "frame_reader" => {
            if let [rpc, size, bytes @ ..] = input {
                read((*rpc).into(), (*size).into(), bytes);
            }
        }
        "query_answer" => query(input),
        "search_answer" => search(2, input),
        "schema" => schema(input),
        "milvus_status" => milvus_status(input),
        "headers" => headers(&runtime, input),
        "filter" => std::str::from_utf8(input).map_or((), |text| filter(1024, text)),
        "uri" => std::str::from_utf8(input).map_or((), use_text),
        other => panic!("what is {other}?"),
    };
    let mut inputs = 0;
    for target in std::fs::read_dir(folder("")).unwrap() {
        let target = target.unwrap();
        for file in std::fs::read_dir(target.path()).unwrap() {
            let input = std::fs::read(file.unwrap().path()).unwrap();
            run(target.file_name().to_str().unwrap(), &input);
            inputs += 1;
        }
    }
    assert!(inputs >= 20, "{inputs}");
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
    fn any_status_is_judged(bytes in vec(any::<u8>(), 0..60)) {
        milvus_status(&bytes);
    }

    #[test]
    fn any_status_with_a_reason_is_judged(
        code in any::<i32>(),
        reason in "(?s).{0,60}",
        detail in "(?s).{0,20}",
        retriable in any::<bool>(),
    ) {
        let status = Status { code, reason, detail, retriable, ..Status::default() };
        milvus_status(&status.encode_to_vec());
    }

    #[test]
    fn no_uri_shows_its_password(
        before in "([a-z]{0,5}:?/{0,2}|[a-z:/@?#.]{0,9})[a-z:]{0,4}",
        after in "[a-z0-9:/@?#.\\[\\]]{0,12}",
    ) {
        uri(&before, &after);
    }

    #[test]
    fn any_filter_is_shown(text in ".{0,60}", limit in 0_usize..60) {
        filter(limit, &text);
    }
}
