//! Features that not every server has, tried one by one: what a server lacks is refused before anything is created, and
//! all else works there.

use milvus_otel::ops::CreateCollection;
use milvus_otel::{
    Client, Consistency, ErrorKind, Field, Index, Metric, Schema,
    schema::{DataType, Function, SchemaBuilder},
};
use serde_json::{Map, Value, json};
use testkit::{Milvus, require};

struct Case {
    name: &'static str,
    schema: SchemaBuilder,
    indexes: Vec<(&'static str, Index)>,
    row: Value,
    /// What comes back as `x`, where that is told.
    found: Option<Value>,
}

fn with(name: &'static str, field: Field, value: Value) -> Case {
    Case {
        name,
        schema: Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("v", 2))
            .field(field),
        indexes: vec![("v", Index::flat(Metric::L2))],
        row: json!({ "id": 1, "v": [0.5, 1.0], "x": value }),
        found: Some(value),
    }
}

/// A collection with this vector field alone.
fn vector(name: &'static str, field: Field, index: Index, value: &Value) -> Case {
    Case {
        name,
        schema: Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(field),
        indexes: vec![("x", index)],
        row: json!({ "id": 1, "x": value }),
        found: None,
    }
}

fn text(name: &str) -> Field {
    Field::varchar(name, 99)
}

fn cases() -> Vec<Case> {
    let flat = || Index::flat(Metric::L2);
    let sparse = |metric| Index::sparse_inverted(metric);
    let structs = |name| Field::struct_array(name, [Field::int64("n")], 4);
    let mut several = with(
        "several vectors",
        Field::float_vector("x", 2),
        json!([1.0, 2.0]),
    );
    several.indexes.push(("x", flat()));
    let mut bm25 = with("BM25", text("x").analyzer(json!({})), json!("a dog"));
    bm25.schema = bm25.schema.field(Field::sparse_vector("words"));
    bm25.schema = bm25.schema.function(Function::bm25("f", "x", "words"));
    bm25.indexes.push(("words", sparse(Metric::Bm25)));
    let mut default = with("default", Field::int16("x").default_value(7), json!(7));
    default.row = json!({ "id": 1, "v": [0.5, 1.0] });
    let mut namespaces = with("namespaces", Field::int64("x"), json!(1));
    namespaces.schema = namespaces.schema.namespaces(true);
    vec![
        with("plain", Field::int64("x"), json!(3)),
        with("json", Field::json("x"), json!({ "a": [1, null] })),
        with(
            "array",
            Field::array("x", DataType::Int64, 4),
            json!([1, 2]),
        ),
        with("nullable", Field::int64("x").nullable(), Value::Null),
        default,
        with("partition key", text("x").partition_key(), json!("a")),
        with(
            "clustering key",
            Field::int64("x").clustering_key(),
            json!(3),
        ),
        with("analyzer", text("x").analyzer(json!({})), json!("a dog")),
        with(
            "text match",
            text("x").analyzer(json!({})).text_match(),
            json!("a dog"),
        ),
        with("geometry", Field::geometry("x"), json!("POINT (1 2)")),
        with(
            "timestamptz",
            Field::timestamptz("x"),
            json!("2025-01-01T00:00:00Z"),
        ),
        with("text", Field::text("x"), json!("a dog")),
        with("structs", structs("x"), json!([{ "n": 1 }])),
        several,
        bm25,
        namespaces,
        vector(
            "float",
            Field::float_vector("x", 2),
            flat(),
            &json!([1.0, 2.0]),
        ),
        vector(
            "float16",
            Field::float16_vector("x", 2),
            flat(),
            &json!([1.0, 2.0]),
        ),
        vector(
            "bfloat16",
            Field::bfloat16_vector("x", 2),
            flat(),
            &json!([1.0, 2.0]),
        ),
        vector(
            "int8",
            Field::int8_vector("x", 2),
            Index::hnsw(Metric::L2, 8, 16),
            &json!([1, 2]),
        ),
        vector(
            "binary",
            Field::binary_vector("x", 8),
            Index::bin_flat(Metric::Hamming),
            &json!([7]),
        ),
        vector(
            "sparse",
            Field::sparse_vector("x"),
            sparse(Metric::InnerProduct),
            &json!({ "1": 0.5 }),
        ),
        vector(
            "nullable vectors",
            Field::float_vector("x", 2).nullable(),
            flat(),
            &Value::Null,
        ),
    ]
}

async fn check(client: &Client, server: &str, lacking: &[&str]) {
    for case in cases() {
        let Case {
            name,
            schema,
            indexes,
            row,
            found,
        } = case;
        client.drop_collection("features").await.unwrap();
        let create = client.create_collection("features", schema.build().unwrap());
        let create = indexes
            .into_iter()
            .fold(create, |create: CreateCollection, (field, index)| {
                create.index(field, index)
            });
        let created = create.await;
        if lacking.contains(&name) {
            let error = created.expect_err(name);
            let text = error.to_string();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{text}");
            assert!(error.is_unsupported() && error.attempts() == 0, "{text}");
            assert!(text.contains(server) && text.contains(" need"), "{text}");
            let of_field = ["\"x\"", "\"f\"", "namespaces"];
            assert!(of_field.iter().any(|named| text.contains(named)), "{text}");
            assert!(!client.has_collection("features").await.unwrap(), "{name}");
            continue;
        }
        created.unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = client.insert("features", row).await;
        written.unwrap_or_else(|error| panic!("{name}: {error}"));
        // By a filter: there are fields that make one fail.
        let query = client.query("features").filter("id == 1");
        let query = query.consistency(Consistency::Strong).output(["id", "x"]);
        if found.is_none() {
            assert_eq!(query.columns().await.unwrap().len(), 1, "{name}");
            continue;
        }
        let rows: Vec<Map<String, Value>> = query.rows().await.unwrap();
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(rows[0].get("x"), found.as_ref(), "{name}");
    }
    client.drop_collection("features").await.unwrap();
}

const MILVUS: &[&str] = &[
    "nullable",
    "default",
    "clustering key",
    "analyzer",
    "text match",
    "geometry",
    "timestamptz",
    "text",
    "structs",
    "several vectors",
    "BM25",
    "namespaces",
    "float16",
    "bfloat16",
    "int8",
    "sparse",
    "nullable vectors",
];

#[tokio::test]
async fn features_of_milvus() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    check(&client, "Milvus 2.3.5", MILVUS).await;

    // A client that was never introduced asks first, and once.
    let lazy = Client::builder(milvus.uri()).connect_lazy().unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(text("title").nullable());
    let create = lazy.create_collection("features_lazy", schema.build().unwrap());
    assert_eq!(
        create.await.unwrap_err().to_string(),
        "create_collection \"features_lazy\": Milvus 2.3.5 would create the collection without \"title\" as it is \
         declared: nullable fields need Milvus 2.5 or Milvus Lite 3.0"
    );
}

#[tokio::test]
async fn features_of_milvus_lite() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let lacking = [
        "nullable",
        "default",
        "partition key",
        "text match",
        "geometry",
        "timestamptz",
        "text",
        "structs",
        "namespaces",
        "int8",
        "nullable vectors",
    ];
    check(&client, "Milvus Lite 2.5", &lacking).await;
}

#[tokio::test]
async fn features_of_milvus_lite_in_python() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let lacking = [
        "clustering key",
        "text",
        "structs",
        "namespaces",
        "float16",
        "bfloat16",
        "int8",
        "binary",
        "nullable vectors",
    ];
    check(&client, "Milvus Lite 3.2.2", &lacking).await;
}

/// Upserts that this server would execute as something else.
async fn check_upserts(client: &Client, server: &str, has_partial: bool) {
    let upsert = || client.upsert("absent", json!({ "id": 1, "x": [3] }));
    let changes = [upsert().append_to("x"), upsert().remove_from("x")];
    for change in changes {
        let error = change.await.unwrap_err();
        assert!(error.is_unsupported() && error.attempts() == 0, "{error}");
        assert_eq!(
            error.message(),
            format!("append_to and remove_from need Milvus 2.6.17: this is {server}")
        );
    }
    let error = upsert().partial(true).await.unwrap_err();
    if has_partial {
        assert!(error.is_not_found(), "{error}");
    } else {
        assert!(error.is_unsupported() && error.attempts() == 0, "{error}");
        let needs = "partial upserts need Milvus 2.6.2 or Milvus Lite 3.0";
        assert_eq!(error.message(), format!("{needs}: this is {server}"));
    }
}

#[tokio::test]
async fn upserts_that_a_server_would_execute_as_something_else_are_refused() {
    let standalone = require(Milvus::shared_standalone().await);
    let lite = require(Milvus::shared_lite().await);
    let python = require(Milvus::shared_lite_python().await);
    let servers = [
        (standalone, "Milvus 2.3.5", false),
        (lite, "Milvus Lite 2.5", false),
        (python, "Milvus Lite 3.2.2", true),
    ];
    for (milvus, server, has_partial) in servers {
        let Some(milvus) = milvus else { continue };
        let client = Client::connect(milvus.uri()).await.unwrap();
        check_upserts(&client, server, has_partial).await;
    }
}
