use proptest::prelude::*;

use super::*;
use crate::proto::{common, milvus, rpc, schema};
use crate::wire::rpc::{Fact, Read};

/// Collects the fields that are read.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    texts: Vec<(Fact, String)>,
    numbers: Vec<(Fact, u64)>,
    floats: Vec<u8>,
}

impl Sink for Seen {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        self.texts
            .push((fact, String::from_utf8_lossy(text).into_owned()));
    }

    fn number(&mut self, fact: Fact, number: u64) {
        self.numbers.push((fact, number));
    }

    fn floats(&mut self, _: Fact, bytes: &[u8]) {
        self.floats.extend_from_slice(bytes);
    }
}

fn framed(message: &impl prost::Message) -> Vec<u8> {
    let encoded = message.encode_to_vec();
    let mut framed = vec![0];
    framed.extend_from_slice(&u32::try_from(encoded.len()).unwrap().to_be_bytes());
    framed.extend(encoded);
    framed
}

fn read<'a>(fields: &'static [Field], pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let (mut seen, mut message) = (Seen::default(), Reader::new(fields));
    for piece in pieces {
        message.feed(piece, &mut seen);
    }
    seen
}

fn fields_of(method: &str) -> (&'static [Field], &'static [Field]) {
    let rpc = rpc(&format!("/milvus.proto.milvus.MilvusService/{method}")).unwrap();
    (rpc.request, rpc.response)
}

fn hybrid_search() -> milvus::HybridSearchRequest {
    let part = |dsl: &str| milvus::SearchRequest {
        dsl: dsl.into(),
        nq: 3,
        search_input: Some(milvus::search_request::SearchInput::PlaceholderGroup(
            vec![7; 4096].into(),
        )),
        ..Default::default()
    };
    milvus::HybridSearchRequest {
        db_name: "library".into(),
        collection_name: "books".into(),
        partition_names: vec!["new".into(), "old".into()],
        requests: vec![part("year > 1"), part("")],
        ..Default::default()
    }
}

#[test]
fn reads_the_facts_of_a_nested_request() {
    let seen = read(
        fields_of("HybridSearch").0,
        [framed(&hybrid_search()).as_slice()],
    );
    let texts = [
        (Fact::Database, "library"),
        (Fact::Collection, "books"),
        (Fact::Partition, "new"),
        (Fact::Partition, "old"),
        (Fact::Filter, "year > 1"),
    ];
    assert_eq!(
        seen.texts,
        texts.map(|(fact, text)| (fact, text.to_owned()))
    );
    assert_eq!(seen.numbers, [(Fact::Queries, 3), (Fact::Queries, 3)]);
}

#[test]
fn reads_a_status_with_a_negative_code_inside_an_answer() {
    let status = common::Status {
        code: -1,
        reason: "no".into(),
        retriable: true,
        ..Default::default()
    };
    let answer = milvus::BoolResponse {
        status: Some(status),
        value: true,
    };
    let seen = read(fields_of("HasCollection").1, [framed(&answer).as_slice()]);
    assert_eq!(seen.texts, [(Fact::Reason, "no".to_owned())]);
    assert_eq!(seen.numbers, [(Fact::Code, u64::MAX), (Fact::Retriable, 1)]);
}

#[test]
fn a_split_anywhere_reads_the_same() {
    let (fields, bytes) = (fields_of("HybridSearch").0, framed(&hybrid_search()));
    let whole = read(fields, [bytes.as_slice()]);
    for cut in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(cut);
        assert_eq!(read(fields, [head, tail]), whole, "cut at {cut}");
    }
    assert_eq!(read(fields, bytes.chunks(1)), whole);
}

#[test]
fn a_message_is_complete_only_if_read_to_its_end() {
    let (fields, bytes) = (fields_of("HybridSearch").0, framed(&hybrid_search()));
    let complete = |bytes: &[u8], size: usize| {
        let (mut seen, mut reader) = (Seen::default(), Reader::new(fields));
        for piece in bytes.chunks(size) {
            reader.feed(piece, &mut seen);
        }
        reader.is_complete()
    };
    let (mut compressed, mut malformed) = (bytes.clone(), bytes.clone());
    compressed[0] = 1;
    // A group, a deprecated wire type.
    malformed[PREFIX] = 0x0b;
    for size in [1, 7, 64, bytes.len()] {
        assert!(complete(&bytes, size), "in pieces of {size}");
        assert!(complete(
            &framed(&milvus::HybridSearchRequest::default()),
            size
        ));
        assert!(!complete(&compressed, size) && !complete(&malformed, size));
        for end in 0..bytes.len() {
            assert!(!complete(&bytes[..end], size), "{end} bytes of it");
        }
    }
}

#[test]
fn a_long_text_is_truncated_and_the_rest_is_read() {
    let request = milvus::QueryRequest {
        expr: "x".repeat(3 * TEXT_LIMIT),
        partition_names: vec!["after".into()],
        ..Default::default()
    };
    let bytes = framed(&request);
    for size in [bytes.len(), 1000] {
        let seen = read(fields_of("Query").0, bytes.chunks(size));
        assert_eq!(seen.texts[0], (Fact::Filter, "x".repeat(TEXT_LIMIT)));
        assert_eq!(seen.texts[1], (Fact::Partition, "after".to_owned()));
    }
}

#[test]
fn a_compressed_message_is_not_read() {
    let mut bytes = framed(&hybrid_search());
    bytes[0] = 1;
    assert_eq!(
        read(fields_of("HybridSearch").0, [bytes.as_slice()]),
        Seen::default()
    );
}

#[test]
fn nothing_after_the_first_message_is_read() {
    let mut bytes = framed(&milvus::HasCollectionRequest {
        collection_name: "books".into(),
        ..Default::default()
    });
    bytes.extend_from_within(..);
    let seen = read(fields_of("HasCollection").0, [bytes.as_slice()]);
    assert_eq!(seen.texts, [(Fact::Collection, "books".to_owned())]);
}

#[test]
fn packed_and_unpacked_numbers_read_the_same() {
    static FIELDS: &[Field] = &[Field {
        number: 1,
        read: Read::Number(Fact::SentRows),
    }];
    let expected = vec![(Fact::SentRows, 1), (Fact::SentRows, 300)];
    assert_eq!(
        read(FIELDS, [&[0, 0, 0, 0, 5, 0x0a, 3, 1, 0xac, 2][..]]).numbers,
        expected
    );
    assert_eq!(
        read(FIELDS, [&[0, 0, 0, 0, 5, 8, 1, 8, 0xac, 2][..]]).numbers,
        expected
    );
    let cut_short = [0, 0, 0, 0, 4, 0x0a, 2, 1, 0xac, 2];
    assert_eq!(
        read(FIELDS, [&cut_short[..]]).numbers,
        [(Fact::SentRows, 1)]
    );
}

#[test]
fn values_of_a_column_are_counted_without_being_read() {
    let longs = schema::LongArray {
        data: vec![1, 300, -1, 70_000],
    };
    let texts = schema::StringArray {
        data: vec!["a".into(), String::new(), "c".into()],
    };
    let column = |number, data| schema::FieldData {
        r#type: number,
        field: Some(schema::field_data::Field::Scalars(schema::ScalarField {
            data: Some(data),
        })),
        ..Default::default()
    };
    let answer = milvus::QueryResults {
        fields_data: vec![
            column(5, schema::scalar_field::Data::LongData(longs)),
            column(21, schema::scalar_field::Data::StringData(texts)),
        ],
        ..Default::default()
    };
    let bytes = framed(&answer);
    let expected = [(5, &[4][..]), (21, &[1, 1, 1])]
        .into_iter()
        .flat_map(|(column, counts)| {
            std::iter::once((Fact::Column, column))
                .chain(counts.iter().map(|count| (Fact::ColumnRows, *count)))
        });
    let expected: Vec<_> = expected.collect();
    for size in [1, 3, bytes.len()] {
        assert_eq!(
            read(fields_of("Query").1, bytes.chunks(size)).numbers,
            expected,
            "pieces of {size}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_are_read_alike_and_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        size in 1_usize..9,
    ) {
        let fields = fields_of("HybridSearch").0;
        let mut framed = vec![0, 0, 0, 0, u8::try_from(bytes.len()).unwrap()];
        framed.extend(bytes);
        prop_assert_eq!(read(fields, framed.chunks(size)), read(fields, [framed.as_slice()]));
    }

    #[test]
    fn every_rpc_is_read_the_same_in_one_piece_or_several(
        rpc in any::<u8>(),
        bytes in proptest::collection::vec(prop_oneof![0_u8..64, any::<u8>()], 0..200),
        size in 1_usize..9,
    ) {
        let rpc = crate::proto::nth(rpc.into());
        let mut framed = vec![0, 0, 0, 0, u8::try_from(bytes.len()).unwrap()];
        framed.extend(bytes);
        for fields in [rpc.request, rpc.response] {
            prop_assert_eq!(read(fields, framed.chunks(size)), read(fields, [framed.as_slice()]));
        }
    }

    #[test]
    fn a_damaged_request_never_panics(position in 0_usize..300, byte in any::<u8>(), size in 1_usize..40) {
        let mut bytes = framed(&hybrid_search());
        let position = position % bytes.len();
        bytes[position] = byte;
        let fields = fields_of("HybridSearch").0;
        prop_assert_eq!(read(fields, bytes.chunks(size)), read(fields, [bytes.as_slice()]));
    }
}
