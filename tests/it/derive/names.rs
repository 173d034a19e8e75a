//! The names of the schema are those that serde writes and reads.

use std::collections::BTreeMap;

use milvus_otel::ops::Collection;
use milvus_otel_derive::Collection;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of the schema, and those of a row.
fn names<T: Collection + Serialize>(row: &T) -> (Vec<String>, Vec<String>) {
    let schema = T::schema().unwrap();
    let mut declared: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().to_owned())
        .collect();
    let Value::Object(row) = serde_json::to_value(row).unwrap() else {
        panic!("a row is a struct");
    };
    let mut written: Vec<String> = row.into_iter().map(|(name, _)| name).collect();
    declared.sort();
    written.sort();
    (declared, written)
}

macro_rules! same_names {
    ($($rule:literal: $first:literal;)*) => {
        $({
            #[derive(Default, Serialize, Deserialize, Collection)]
            #[serde(rename_all = $rule)]
            #[milvus(name = "rows")]
            struct Row {
                #[milvus(primary_key)]
                r#type: i64,
                page_count2: i64,
                _first: bool,
                a_b_: bool,
                #[serde(rename = "renamed_as_it_is")]
                other: Option<f32>,
                vector: [f32; 2],
            }
            let (declared, written) = names(&Row::default());
            assert_eq!(declared, written, $rule);
            assert!(declared.contains(&$first.to_owned()), "{declared:?}");
            // Reading finds each field by the same name.
            let row: Map<String, Value> =
                written.into_iter().map(|name| (name, Value::Null)).collect();
            let error = serde_json::from_value::<Row>(row.into()).err().unwrap();
            assert!(!error.to_string().contains("missing"), "{error}");
        })*
    };
}

#[test]
fn fields_are_renamed_by_the_rules_of_serde() {
    same_names! {
        "lowercase": "page_count2";
        "UPPERCASE": "PAGE_COUNT2";
        "PascalCase": "PageCount2";
        "camelCase": "pageCount2";
        "snake_case": "page_count2";
        "SCREAMING_SNAKE_CASE": "PAGE_COUNT2";
    }
}

#[test]
fn skipped_and_flattened_fields_are_not_in_the_schema() {
    #[derive(Default, Serialize, Deserialize, Collection)]
    #[milvus(name = "rows", dynamic)]
    struct Row {
        #[milvus(primary_key)]
        id: i64,
        vector: [f32; 2],
        #[serde(skip)]
        #[expect(dead_code, reason = "no row has it")]
        cache: Vec<u8>,
        #[serde(rename = "b", alias = "c", default)]
        a: bool,
        #[serde(flatten)]
        more: BTreeMap<String, i64>,
    }
    let (declared, written) = names(&Row::default());
    assert_eq!(declared, ["b", "id", "vector"]);
    assert_eq!(declared, written);
    assert!(Row::schema().unwrap().has_dynamic_fields());
}

#[test]
fn a_field_that_is_only_read_is_in_the_schema() {
    #[derive(Default, Serialize, Deserialize, Collection)]
    #[milvus(name = "rows")]
    struct Row {
        #[serde(skip_serializing)]
        #[expect(dead_code, reason = "it is not in the rows of the test")]
        #[milvus(primary_key, auto_id)]
        id: i64,
        vector: [f32; 2],
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<bool>,
    }
    let (declared, written) = names(&Row::default());
    assert_eq!(declared, ["id", "note", "vector"]);
    assert_eq!(written, ["vector"]);
    let schema = Row::schema().unwrap();
    assert!(schema.field("note").unwrap().is_nullable());
    assert!(!schema.field("id").unwrap().is_nullable());
}
