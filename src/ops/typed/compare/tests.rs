//! Every difference, with its text and its class.

use serde_json::json;

use super::{Declared, Difference, Found};
use crate::index::{Index, Metric};
use crate::ops::typed::differences::judge;
use crate::ops::{CollectionInfo, CollectionOptions, IndexInfo};
use crate::schema::{DataType, Field, Function, Schema, SchemaBuilder};
use crate::search::Consistency;

fn base() -> SchemaBuilder {
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 4))
}

fn with(field: Field) -> SchemaBuilder {
    base().field(field)
}

fn declared(schema: SchemaBuilder) -> Declared {
    Declared {
        schema: schema.build().unwrap(),
        indexes: Vec::new(),
        default_indexes: Vec::new(),
        options: CollectionOptions::new(),
    }
}

fn found(schema: SchemaBuilder) -> Found {
    Found {
        info: CollectionInfo::new("books", schema.build().unwrap()),
        indexes: Vec::new(),
        has_parameters: true,
    }
}

fn shown(differences: &[Difference]) -> Vec<(String, bool)> {
    let shown = |difference: &Difference| (difference.to_string(), difference.is_allowed);
    differences.iter().map(shown).collect()
}

fn index(field: &str, index: &Index) -> IndexInfo {
    let mut info = IndexInfo {
        field: field.to_owned(),
        kind: index.kind().to_owned(),
        ..IndexInfo::default()
    };
    for pair in index.to_proto() {
        match pair.key.as_str() {
            "index_type" => {}
            "metric_type" => info.metric = pair.value.parse().ok(),
            _ => info.parameters.push((pair.key, pair.value)),
        }
    }
    info
}

#[test]
fn the_same_collection_has_no_differences() {
    let schema = || {
        with(
            Field::varchar("t", 9)
                .analyzer(json!({ "type": "english" }))
                .text_match(),
        )
        .field(Field::sparse_vector("words"))
        .function(Function::bm25("f", "t", "words"))
        .field(Field::array("tags", DataType::VarChar { max_length: 4 }, 8).nullable())
        .field(Field::timestamptz("at").default_value("2026-03-01T12:00:00Z"))
        .field(Field::struct_array(
            "chunks",
            [Field::float_vector("e", 2)],
            4,
        ))
        .dynamic_fields(true)
    };
    let hnsw = Index::hnsw(Metric::Cosine, 16, 200);
    let mut declared = declared(schema());
    declared.indexes.push(("v".to_owned(), hnsw.clone()));
    declared.options = CollectionOptions::new()
        .consistency(Consistency::Session)
        .shards(2)
        .property("ttl", 3);
    let mut found = found(schema());
    found.indexes.push(index("v", &hnsw));
    found.info.consistency = Some(Consistency::Session);
    found.info.shards = 2;
    found.info.properties = vec![("ttl".to_owned(), "3".to_owned())];
    assert_eq!(found.differences(&declared), []);
    assert_eq!(found.missing(&declared).count(), 0);
}

#[test]
fn fields_differ_by_name() {
    let text = |length| Field::varchar("x", length);
    let array =
        |length, capacity| Field::array("x", DataType::VarChar { max_length: length }, capacity);
    let structs = |inner: Field, capacity| {
        Field::struct_array("x", [Field::float_vector("e", 2), inner], capacity)
    };
    let x = || Field::int64("x");
    for (found_field, declared_field, difference, is_allowed) in [
        (
            x(),
            Field::int32("x"),
            "field \"x\" is of type int64, not int32",
            false,
        ),
        (
            Field::float_vector("x", 8),
            Field::float_vector("x", 4),
            "field \"x\" is of type float vector of 8, not float vector of 4",
            false,
        ),
        (
            text(9),
            text(10),
            "field \"x\" is of type varchar of at most 9 bytes, not varchar of at most 10 bytes",
            false,
        ),
        (
            text(10),
            text(9),
            "field \"x\" is of type varchar of at most 10 bytes, not varchar of at most 9 bytes",
            true,
        ),
        (
            array(9, 5),
            array(9, 4),
            "field \"x\" is of type array of at most 5 varchar of at most 9 bytes, not array of at most 4 varchar of at most 9 bytes",
            true,
        ),
        (
            array(8, 5),
            array(9, 4),
            "field \"x\" is of type array of at most 5 varchar of at most 8 bytes, not array of at most 4 varchar of at most 9 bytes",
            false,
        ),
        (x().nullable(), x(), "field \"x\" can be null", false),
        (x(), x().nullable(), "field \"x\" cannot be null", false),
        (
            x().partition_key(),
            x(),
            "field \"x\" is the partition key",
            false,
        ),
        (
            x(),
            x().clustering_key(),
            "field \"x\" is not the clustering key",
            true,
        ),
        (
            x(),
            x().default_value(1),
            "field \"x\" has no default value",
            false,
        ),
        (
            x().default_value(1),
            x(),
            "field \"x\" has the default value 1",
            true,
        ),
        (
            x().default_value(1),
            x().default_value(2),
            "field \"x\" has the default value 1, not 2",
            true,
        ),
        (
            x(),
            x().mmap(true),
            "field \"x\" has no parameter mmap.enabled",
            true,
        ),
        (
            x().mmap(false),
            x().mmap(true),
            "field \"x\" has the parameter mmap.enabled = false, not true",
            true,
        ),
        (
            text(9).analyzer(json!({ "type": "english" })),
            text(9).analyzer(json!({ "type": "chinese" })),
            "field \"x\" has the parameter analyzer_params = {\"type\":\"english\"}, not {\"type\":\"chinese\"}",
            false,
        ),
        (
            structs(Field::int64("n"), 4),
            structs(Field::int32("n"), 4),
            "field \"x[n]\" is of type int64, not int32",
            false,
        ),
    ] {
        let differences = found(with(found_field)).differences(&declared(with(declared_field)));
        assert_eq!(shown(&differences), [(difference.to_owned(), is_allowed)]);
        assert!(differences[0].field.as_deref().unwrap().starts_with('x'));
    }
    // A limit of 0 is one that the server does not report.
    let unknown = Found {
        info: CollectionInfo::new("books", {
            let mut schema = with(array(9, 4)).build().unwrap().to_proto("books");
            schema.fields[2]
                .type_params
                .retain(|pair| pair.key != "max_length");
            Schema::from_proto(&schema)
        }),
        indexes: Vec::new(),
        has_parameters: true,
    };
    assert_eq!(unknown.differences(&declared(with(array(9, 4)))), []);
    let more = unknown.differences(&declared(with(array(9, 3))));
    assert_eq!(
        more[0].what,
        "is of type array of at most 4 varchar of at most 9 bytes, not array of at most 3 varchar of at most 9 bytes"
    );
}

#[test]
fn missing_and_additional_fields_differ() {
    let differences = |here, there| shown(&found(here).differences(&declared(there)));
    assert_eq!(
        differences(base(), with(Field::int64("x").nullable())),
        [("field \"x\" is missing".to_owned(), false)]
    );
    for (field, difference, is_allowed) in [
        (
            Field::int64("x"),
            "field \"x\" is not declared, and every row needs it",
            false,
        ),
        (
            Field::int64("x").nullable(),
            "field \"x\" is not declared",
            true,
        ),
        (
            Field::int64("x").default_value(1),
            "field \"x\" is not declared",
            true,
        ),
    ] {
        assert_eq!(
            differences(with(field), base()),
            [(difference.to_owned(), is_allowed)]
        );
    }
    let chunk = |fields: Vec<Field>| with(Field::struct_array("x", fields, 4));
    let inner = || Field::float_vector("e", 2);
    assert_eq!(
        differences(
            chunk(vec![inner(), Field::int64("old")]),
            chunk(vec![inner(), Field::int64("new")])
        ),
        [
            ("field \"x[new]\" is missing".to_owned(), false),
            (
                "field \"x[old]\" is not declared, and every row needs it".to_owned(),
                false
            ),
        ]
    );
    let key = |field: Field| {
        Schema::builder()
            .field(field)
            .field(Field::float_vector("v", 4))
    };
    assert_eq!(
        differences(key(Field::int64("id").primary_key().auto_id()), base()),
        [("field \"id\" is generated by Milvus".to_owned(), false)]
    );
    assert_eq!(
        differences(
            key(Field::varchar("isbn", 9).primary_key()).field(Field::int64("id")),
            base().field(Field::varchar("isbn", 9))
        ),
        [
            ("field \"id\" is not the primary key".to_owned(), false),
            ("field \"isbn\" is the primary key".to_owned(), false),
        ]
    );
}

#[test]
fn the_collection_as_a_whole_differs() {
    let words =
        || with(Field::varchar("t", 9).analyzer(json!({}))).field(Field::sparse_vector("words"));
    let bm25 = || words().function(Function::bm25("f", "t", "words"));
    for (here, there, expected) in [
        (
            base().dynamic_fields(true),
            base(),
            vec![("the collection has dynamic fields", true)],
        ),
        (
            base(),
            base().dynamic_fields(true),
            vec![("the collection has no dynamic fields", false)],
        ),
        (
            base().namespaces(true),
            base(),
            vec![("the collection has namespaces", false)],
        ),
        (
            words(),
            bm25(),
            vec![
                ("field \"words\" is not computed by a function", false),
                ("the collection does not have the function \"f\"", false),
            ],
        ),
        (
            bm25(),
            words(),
            vec![("field \"words\" is computed by a function", false)],
        ),
    ] {
        let expected = expected
            .into_iter()
            .map(|(text, is_allowed)| (text.to_owned(), is_allowed));
        let differences = found(here).differences(&declared(there));
        assert_eq!(shown(&differences), expected.collect::<Vec<_>>());
    }
    let mut declared = declared(base());
    declared.options = CollectionOptions::new()
        .consistency(Consistency::Session)
        .shards(2)
        .partitions(3)
        .property("a", 1)
        .property("b", 2);
    let mut found = found(base());
    found.info.consistency = Some(Consistency::Bounded);
    found.info.properties = vec![("a".to_owned(), "2".to_owned())];
    let differences = found.differences(&declared);
    assert_eq!(
        differences
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [
            "the collection has the consistency Bounded, not Session",
            "the collection has 1 shards, not 2",
            "the collection has 1 partitions, not 3",
            "the collection has the property a = 2, not 1",
            "the collection has no property b",
        ]
    );
    assert!(differences.iter().all(|difference| difference.is_allowed));
}

#[test]
fn indexes_differ_by_field() {
    let schema = || with(Field::varchar("x", 9)).field(Field::json("meta"));
    let hnsw = || Index::hnsw(Metric::Cosine, 16, 200);
    let path = |path: &str| Index::json_path(path, "varchar");
    for (field, declared_index, found_indexes, difference) in [
        (
            "v",
            hnsw(),
            vec![],
            Some(("field \"v\" has no index", false)),
        ),
        (
            "x",
            Index::inverted(),
            vec![],
            Some(("field \"x\" has no index", true)),
        ),
        ("v", hnsw(), vec![index("v", &hnsw())], None),
        (
            "v",
            hnsw(),
            vec![index("v", &Index::hnsw(Metric::L2, 16, 200))],
            Some((
                "field \"v\" has an index with the metric L2, not COSINE",
                false,
            )),
        ),
        (
            "v",
            hnsw(),
            vec![index("v", &Index::flat(Metric::Cosine))],
            Some(("field \"v\" has an index of type FLAT, not HNSW", true)),
        ),
        (
            "v",
            hnsw(),
            vec![index("v", &Index::hnsw(Metric::Cosine, 8, 200))],
            Some(("field \"v\" has an index with M = 8, not 16", true)),
        ),
        (
            "meta",
            path("meta[\"a\"]"),
            vec![index("meta", &path("meta[\"a\"]"))],
            None,
        ),
        (
            "meta",
            path("meta[\"a\"]"),
            vec![index("meta", &path("meta[\"b\"]"))],
            Some(("field \"meta\" has no index", true)),
        ),
    ] {
        let mut declared = declared(schema());
        declared.indexes.push((field.to_owned(), declared_index));
        let mut found = found(schema());
        found.indexes = found_indexes;
        let expected = difference.map(|(text, is_allowed)| (text.to_owned(), is_allowed));
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(shown(&found.differences(&declared)), expected);
        let is_missing = expected.iter().any(|(text, _)| text.ends_with("no index"));
        assert_eq!(found.missing(&declared).count(), usize::from(is_missing));
    }
}

#[test]
fn any_index_stands_for_one_that_is_not_declared() {
    let mut declared = declared(base());
    let default = ("v".to_owned(), Index::auto(Metric::Cosine));
    declared.default_indexes.push(default);
    let mut other = found(base());
    other.indexes.push(index("v", &Index::flat(Metric::L2)));
    assert_eq!(other.differences(&declared), []);
    assert_eq!(other.missing(&declared).count(), 0);

    let none = found(base());
    let expected = [("field \"v\" has no index".to_owned(), false)];
    assert_eq!(shown(&none.differences(&declared)), expected);
    let missing: Vec<_> = none.missing(&declared).collect();
    assert_eq!(missing, [&declared.default_indexes[0]]);
    assert_eq!(none.differences(&declared.without(&missing)), []);
}

#[test]
fn an_error_names_all_differences_in_one_line() {
    let difference = |what: &str, is_allowed| Difference {
        field: Some("x".to_owned()),
        what: what.to_owned(),
        is_allowed,
    };
    let (bad, good) = (
        || difference("is missing", false),
        || difference("is new", true),
    );
    assert_eq!(judge(vec![good()]), Ok(vec![good()]));
    assert_eq!(
        judge(vec![bad(), bad()]).unwrap_err(),
        "the collection is not as declared: field \"x\" is missing; field \"x\" is missing"
    );
    assert_eq!(
        judge(vec![good(), bad(), good()]).unwrap_err(),
        "the collection is not as declared: field \"x\" is missing; allowed: field \"x\" is new; field \"x\" is new"
    );
}
