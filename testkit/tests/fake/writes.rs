//! Insert, upsert and delete.

use milvus_otel::error::Code;
use milvus_otel::proto::milvus::InsertRequest;
use milvus_otel::proto::schema::{
    DataType, FieldData, LongArray, ScalarField, VectorField, field_data, scalar_field,
    vector_field,
};
use milvus_otel::{Field, Index, Metric, Schema};
use milvus_otel_testkit::Fake;
use serde_json::json;

use super::{as_json, books};

#[tokio::test]
async fn rows_come_out_as_they_went_in() {
    let (_, client) = books().await;
    let rows = client.get("books", [1, 3]).await.unwrap();
    assert_eq!(
        as_json(&rows),
        json!([
            { "id": 1, "title": "Dune", "year": 1965, "more": { "tags": ["sand", "worm"], "pages": 412 }, "vector": [0.0, 0.0], "lent": true },
            { "id": 3, "title": null, "year": 2000, "more": { "pages": null }, "vector": [3.0, 4.0] },
        ])
    );
}

#[tokio::test]
async fn keys_are_generated() {
    let client = Fake::new().client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::float_vector("vector", 2))
        .build()
        .unwrap();
    client.create_collection("notes", schema).await.unwrap();
    let rows = [
        json!({ "vector": [0.0, 1.0] }),
        json!({ "vector": [1.0, 0.0] }),
    ];
    let written = client.insert("notes", &rows).await.unwrap();
    assert_eq!((written.count, written.ids.len()), (2, 2));
    assert_ne!(written.ids[0], written.ids[1]);
}

#[tokio::test]
async fn upserts_replace_rows_or_fields_of_rows() {
    let (_, client) = books().await;
    let whole = json!({ "id": 1, "title": "Dune II", "more": 7, "vector": [9.0, 9.0] });
    client.upsert("books", &[whole]).await.unwrap();
    let part = json!({ "id": 2, "year": 1816 });
    client.upsert("books", &[part]).partial(true).await.unwrap();
    let rows = client
        .query("books")
        .filter("id <= 2")
        .output(["title", "year", "lent"])
        .await
        .unwrap();
    assert_eq!(
        as_json(&rows),
        json!([{ "id": 1, "title": "Dune II", "year": 2000 }, { "id": 2, "title": "Emma", "year": 1816 }])
    );
}

#[tokio::test]
async fn a_failed_upsert_keeps_the_old_rows() {
    let (_, client) = books().await;
    let row = [json!({ "id": 1, "title": "It", "more": 7, "vector": [9.0, 9.0] })];
    let missing = client.upsert("books", &row).partition("missing");
    assert!(missing.await.unwrap_err().is_not_found());
    assert_eq!(client.count("books").await.unwrap(), 3);

    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("tenant", 9).partition_key())
        .field(Field::float_vector("vector", 1))
        .build()
        .unwrap();
    let create = client.create_collection("notes", schema);
    create
        .index("vector", Index::auto(Metric::L2))
        .await
        .unwrap();
    let note = [json!({ "id": 1, "tenant": "a", "vector": [1] })];
    client.insert("notes", &note).await.unwrap();
    let named = client.upsert("notes", &note).partition("_default_0");
    assert!(named.await.unwrap_err().is_invalid_argument());
    assert_eq!(client.count("notes").await.unwrap(), 1);
}

#[tokio::test]
async fn rows_are_deleted_by_key_and_by_filter() {
    let (_, client) = books().await;
    // Milvus counts keys, not rows.
    assert_eq!(client.delete("books", [1, 99]).await.unwrap().count, 2);
    assert_eq!(client.count("books").await.unwrap(), 2);
    assert_eq!(
        client.delete("books", "year < 1900").await.unwrap().count,
        1
    );
    assert_eq!(client.count("books").await.unwrap(), 1);
}

/// An insert that the client would refuse.
fn insert(dimension: i64, floats: &[f32]) -> InsertRequest {
    let ids = LongArray { data: vec![7] };
    let column = |name: &str, number: DataType, field| FieldData {
        field_name: name.to_owned(),
        r#type: number as i32,
        field: Some(field),
        ..FieldData::default()
    };
    let ids = ScalarField {
        data: Some(scalar_field::Data::LongData(ids)),
    };
    let vectors = VectorField {
        dim: dimension,
        data: Some(vector_field::Data::FloatVector(floats.into())),
    };
    InsertRequest {
        collection_name: "books".to_owned(),
        fields_data: vec![
            column("id", DataType::Int64, field_data::Field::Scalars(ids)),
            column(
                "vector",
                DataType::FloatVector,
                field_data::Field::Vectors(vectors),
            ),
        ],
        num_rows: 1,
        ..InsertRequest::default()
    }
}

#[tokio::test]
async fn rows_that_do_not_fit_the_schema_are_refused() {
    let (_, client) = books().await;
    let dimension = client.send(insert(3, &[0.0; 3])).await.unwrap_err();
    assert_eq!(dimension.code(), Some(Code::PARAMETER_INVALID));
    assert!(dimension.is_invalid_argument(), "{dimension}");
    let missing = client.send(insert(2, &[0.0; 2])).await.unwrap_err();
    assert!(
        missing
            .to_string()
            .contains("fieldSchema(more) has no corresponding fieldData"),
        "{missing}"
    );
    let mut stale = insert(2, &[0.0; 2]);
    stale.schema_timestamp = 1;
    let stale = client.send(stale).await.unwrap_err();
    assert_eq!(stale.code(), Some(Code::SCHEMA_MISMATCH));
    assert_eq!(client.count("books").await.unwrap(), 3);
}
