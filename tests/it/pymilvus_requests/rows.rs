//! Rows of types that no server of the testkit supports: null vectors, and texts of any length.

use std::collections::BTreeMap;

use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{
    CreateCollectionRequest, DescribeCollectionResponse, InsertRequest, QueryRequest,
};
use milvus_otel::proto::schema::{
    CollectionSchema, FieldData, TemplateArrayValue, TemplateValue,
    template_array_value::Data as List, template_value::Val,
};
use milvus_otel::{Field, Filter, Schema, data::Columns};
use prost::Message;
use serde_json::json;

use super::both::Both;

/// The fields of an insert, sorted by name, because the order of pymilvus is different.
fn fields(request: InsertRequest) -> BTreeMap<String, FieldData> {
    let fields = request.fields_data.into_iter();
    fields
        .map(|field| (field.field_name.clone(), field))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn null_vectors_and_texts_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();

    let python = "schema = client.create_schema()\n\
        schema.add_field('id', DataType.INT64, is_primary=True)\n\
        schema.add_field('body', DataType.TEXT)\n\
        schema.add_field('note', DataType.TEXT, nullable=True)\n\
        schema.add_field('float', DataType.FLOAT_VECTOR, dim=2, nullable=True)\n\
        schema.add_field('half', DataType.FLOAT16_VECTOR, dim=2, nullable=True)\n\
        schema.add_field('brain', DataType.BFLOAT16_VECTOR, dim=2, nullable=True)\n\
        schema.add_field('bytes', DataType.INT8_VECTOR, dim=2, nullable=True)\n\
        schema.add_field('bits', DataType.BINARY_VECTOR, dim=16, nullable=True)\n\
        client.create_collection('every', schema=schema)";
    let theirs: CreateCollectionRequest = both.sent_by("CreateCollection", python);
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::text("body"))
        .field(Field::text("note").nullable())
        .field(Field::float_vector("float", 2).nullable())
        .field(Field::float16_vector("half", 2).nullable())
        .field(Field::bfloat16_vector("brain", 2).nullable())
        .field(Field::int8_vector("bytes", 2).nullable())
        .field(Field::binary_vector("bits", 16).nullable());
    client
        .create_collection("every", schema.build().unwrap())
        .await
        .unwrap();
    let ours: CreateCollectionRequest = both.last("CreateCollection");
    let read = |request: &CreateCollectionRequest| {
        CollectionSchema::decode(request.schema.clone()).unwrap()
    };
    let declared = read(&theirs);
    assert_eq!(read(&ours), declared);

    both.fake.answer(
        "DescribeCollection",
        &DescribeCollectionResponse {
            schema: Some(declared),
            collection_id: 4712,
            collection_name: "every".into(),
            properties: vec![KeyValuePair::default()],
            ..DescribeCollectionResponse::default()
        },
    );
    let python = "import numpy\n\
        halves = numpy.array([1, 2], dtype=numpy.float16)\n\
        some = dict(id=1, body='\"ü\\n', note='n', float=[0.5, -0.0], half=halves, brain=b'\\x80\\x3f\\x00\\x40', \
        bytes=numpy.array([1, -1], dtype=numpy.int8), bits=bytes([1, 255]))\n\
        none = dict(id=2, body='', note=None, float=None, half=None, brain=None, bytes=None, bits=None)\n\
        client.insert('every', [none, some, none])";
    let theirs = fields(both.sent_by("Insert", python));
    assert_eq!(theirs.len(), 8);

    let one = |value: serde_json::Value| [json!(null), value, json!(null)];
    let (note, float, half) = (one(json!("n")), one(json!([0.5, -0.0])), one(json!([1, 2])));
    let (bytes, bits) = (one(json!([1, -1])), one(json!([1, 255])));
    let ids = [2, 1, 2];
    let bodies = ["", "\"ü\n", ""];
    let rows = (0..3).map(|row| {
        json!({
            "id": ids[row], "body": bodies[row], "note": note[row], "float": float[row], "half": half[row],
            "brain": half[row], "bytes": bytes[row], "bits": bits[row],
        })
    });
    client
        .insert("every", rows.collect::<Vec<_>>())
        .await
        .unwrap();
    assert_eq!(fields(both.last("Insert")), theirs);

    let columns = Columns::new()
        .int64("id", ids)
        .text("body", bodies)
        .text("note", [None, Some("n"), None])
        .float_vector("float", 2, [None, Some([0.5, -0.0]), None])
        .float16_vector("half", 2, vec![None, Some(vec![0_u8, 0x3c, 0, 0x40]), None])
        .bfloat16_vector(
            "brain",
            2,
            vec![None, Some(vec![0x80_u8, 0x3f, 0, 0x40]), None],
        )
        .int8_vector("bytes", 2, vec![None, Some(vec![1_i8, -1]), None])
        .binary_vector("bits", 16, vec![None, Some(vec![1_u8, 255]), None]);
    client.insert("every", columns).await.unwrap();
    assert_eq!(fields(both.last("Insert")), theirs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bound_lists_are_the_same_on_the_wire() {
    let Some(mut both) = Both::connect().await else {
        return;
    };
    let client = both.client.clone();
    for (python, values) in [
        (
            "[9007199254740993, 0.5]",
            json!([9_007_199_254_740_993_i64, 0.5]),
        ),
        (
            "[0.5, -9223372036854775808, 0.1]",
            json!([0.5, i64::MIN, 0.1]),
        ),
        (
            "[9223372036854775807, -9223372036854775808]",
            json!([i64::MAX, i64::MIN]),
        ),
        ("[0.1, 1.0]", json!([0.1, 1.0])),
        ("[[1, 0.5], [2]]", json!([[1, 0.5], [2]])),
        ("-9223372036854775808", json!(i64::MIN)),
    ] {
        let python =
            format!("client.query('books', filter='a in {{x}}', filter_params={{'x': {python}}})");
        let theirs: QueryRequest = both.sent_by("Query", &python);
        let filter = Filter::new("a in {x}").bind("x", values);
        client.query("books").filter(filter).await.unwrap();
        let ours: QueryRequest = both.last("Query");
        assert_eq!(
            ours.expr_template_values, theirs.expr_template_values,
            "{python}"
        );
    }
    // The smallest key is sent as a bound value, because Milvus reads the digits of a literal without the sign.
    client.delete("books", [i64::MIN, 3]).await.unwrap();
    let sent: milvus_otel::proto::milvus::DeleteRequest = both.last("Delete");
    assert_eq!(sent.expr, "id in {key_0}");
    let Some(TemplateValue {
        val:
            Some(Val::ArrayVal(TemplateArrayValue {
                data: Some(List::LongData(keys)),
            })),
    }) = sent.expr_template_values.get("key_0")
    else {
        panic!("{sent:?}");
    };
    assert_eq!(keys.data, [i64::MIN, 3]);
}
