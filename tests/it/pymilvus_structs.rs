//! Arrays of structs. No server of the testkit supports them, so pymilvus 3.0.2 and this client are connected to the
//! same scripted server. They send the same requests, and read the same values from responses.

mod ours_only;
use crate::support::other;
mod clients;

use milvus_otel::proto::common::PlaceholderGroup;
use milvus_otel::proto::milvus::{
    AddCollectionStructFieldRequest, CreateCollectionRequest, DescribeCollectionResponse,
    InsertRequest, QueryResults, SearchRequest, SearchResults, UpsertRequest,
    search_request::SearchInput,
};
use milvus_otel::proto::schema::{
    CollectionSchema, FieldData, IDs, LongArray, SearchResultData, StructArrayFieldSchema,
    i_ds::IdField,
};
use milvus_otel::{Client, Field, Hit, QueryVector, Schema, data::Columns};
use prost::Message;
use serde_json::json;
use testkit::{Fake, Milvus, require};

use clients::{Article, Sides, answered, arrays, articles, describe, schema, sent, structs};

/// The requests of both clients for the same operation.
fn both<T: Message + Default>(sides: &Sides, rpc: &str) -> (T, T) {
    let calls = sides.fake.calls_of(rpc);
    let [.., theirs, ours] = calls.as_slice() else {
        panic!("{} calls of {rpc}", calls.len());
    };
    (sent(&theirs.message), sent(&ours.message))
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_are_the_same_on_the_wire() {
    let Some(mut sides) = Sides::new().await else {
        return;
    };
    let theirs = sides.create(true);
    (sides.client.create_collection("articles", schema()).await).unwrap();
    let (first, second) = both::<CreateCollectionRequest>(&sides, "CreateCollection");
    assert_eq!(second.schema, first.schema);

    // As servers describe it: with field ids, and in some cases with the internal names of the fields of structs.
    for inside in [false, true] {
        describe(&sides.fake, &theirs, inside);
        let told = sides.client.describe_collection("articles").await.unwrap();
        assert_eq!(told.schema, schema());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_an_array_of_structs_is_the_same_on_the_wire() {
    let Some(mut sides) = Sides::new().await else {
        return;
    };
    let (arrays, schema) = (arrays(), schema());
    for (array, name) in [(&arrays[0], "chunks"), (&arrays[1], "notes")] {
        sides.ask(&json!({ "do": "add", "collection": "articles", "array": array }));
        let field = schema.field(name).unwrap().clone();
        (sides
            .client
            .add_collection_struct_field("articles", field)
            .await)
            .unwrap();
        let (theirs, ours) =
            both::<AddCollectionStructFieldRequest>(&sides, "AddCollectionStructField");
        assert_eq!(ours.collection_name, "articles");
        assert_eq!(
            ours.struct_array_field_schema,
            theirs.struct_array_field_schema
        );
        assert!(ours.struct_array_field_schema.unwrap().nullable);
    }
    for (field, why) in [
        (
            Field::int64("number"),
            "\"number\" is of type int64: expected an array of structs",
        ),
        (
            Field::struct_array("empty", [], 3),
            "the structs of field \"empty\" have no fields",
        ),
    ] {
        let refused = sides
            .client
            .add_collection_struct_field("articles", field)
            .await;
        let error = refused.unwrap_err();
        assert!(error.is_invalid_argument());
        assert_eq!(error.message(), why);
    }

    // Rows with the new field are accepted immediately, because the collection is described again.
    sides.create(false);
    let described = || sides.fake.calls_of("DescribeCollection").len();
    let (client, before) = (sides.client.clone(), described());
    client.insert("articles", articles()).await.unwrap();
    client.insert("articles", articles()).await.unwrap();
    assert_eq!(described(), before + 1);
    let field = schema.field("notes").unwrap().clone();
    client
        .add_collection_struct_field("articles", field)
        .await
        .unwrap();
    client.insert("articles", articles()).await.unwrap();
    assert_eq!(described(), before + 2);
}

/// Milvus before 2.6.4 and Milvus Lite would report success.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_that_drops_arrays_of_structs_is_an_error() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("vector", 2))
        .field(Field::struct_array("chunks", [Field::bool("flag")], 3));
    let schema = schema.build().unwrap();
    let error = client.create_collection("articles", schema).await;
    let error = error.unwrap_err();
    assert!(error.message().contains("without \"chunks\""), "{error}");
    assert!(!client.has_collection("articles").await.unwrap());
    milvus.stop().await;
}

#[tokio::test]
async fn a_scripted_server_that_drops_arrays_of_structs_is_an_error() {
    let fake = Fake::scripted();
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect().await.unwrap();
    let described = |arrays: &[&str]| {
        let array = |name: &&str| StructArrayFieldSchema {
            name: (*name).to_owned(),
            ..StructArrayFieldSchema::default()
        };
        DescribeCollectionResponse {
            schema: Some(CollectionSchema {
                struct_array_fields: arrays.iter().map(array).collect(),
                ..CollectionSchema::default()
            }),
            ..DescribeCollectionResponse::default()
        }
    };
    fake.answer("DescribeCollection", &described(&["chunks"]));
    let error = client.create_collection("articles", schema()).await;
    assert_eq!(
        error.unwrap_err().message(),
        "the server created the collection without \"notes\": arrays of structs need Milvus 2.6.4"
    );
    fake.answer("DescribeCollection", &described(&["notes", "chunks"]));
    (client.create_collection("articles", schema()).await).unwrap();
    assert!(fake.calls_of("LoadCollection").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_the_same_on_the_wire() {
    let Some(mut sides) = Sides::new().await else {
        return;
    };
    sides.create(true);
    let rows = serde_json::to_value(articles()).unwrap();
    let write = |how: &str, rows: &serde_json::Value| json!({ "do": "write", "how": how, "collection": "articles", "rows": rows });

    sides.ask(&write("insert", &rows));
    sides.client.insert("articles", articles()).await.unwrap();
    let (theirs, ours) = both::<InsertRequest>(&sides, "Insert");
    assert_eq!(ours.num_rows, theirs.num_rows);
    assert_eq!(by_name(ours.fields_data), by_name(theirs.fields_data));

    sides.client.insert("articles", rows.clone()).await.unwrap();
    let (typed, json) = both::<InsertRequest>(&sides, "Insert");
    assert_eq!(by_name(json.fields_data), by_name(typed.fields_data));

    let (chunks, notes) = structs();
    let columns = Columns::new()
        .int64("id", [1, 2, 3])
        .struct_array("chunks", [2, 0, 1], chunks)
        .struct_array("notes", [Some(1), None, Some(0)], notes);
    sides.client.insert("articles", columns).await.unwrap();
    let (json, columns) = both::<InsertRequest>(&sides, "Insert");
    assert_eq!(by_name(columns.fields_data), by_name(json.fields_data));

    sides.ask(&write("upsert", &rows));
    sides.client.upsert("articles", articles()).await.unwrap();
    let (theirs, ours) = both::<UpsertRequest>(&sides, "Upsert");
    assert_eq!(by_name(ours.fields_data), by_name(theirs.fields_data));

    // Only one of the arrays.
    let partly: Vec<_> = (articles().into_iter())
        .map(|row| json!({ "id": row.id, "notes": row.notes }))
        .collect();
    let mut request = write("upsert", &partly.clone().into());
    request["partial_update"] = true.into();
    sides.ask(&request);
    let upsert = sides.client.upsert("articles", partly).partial(true);
    upsert.await.unwrap();
    let (theirs, ours) = both::<UpsertRequest>(&sides, "Upsert");
    let ours = by_name(ours.fields_data);
    assert_eq!(ours.len(), 2);
    assert_eq!(ours, by_name(theirs.fields_data));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_read_the_same() {
    let Some(mut sides) = Sides::new().await else {
        return;
    };
    sides.create(false);
    let rows = serde_json::to_value(articles()).unwrap();
    sides.ask(&json!({ "do": "write", "how": "insert", "collection": "articles", "rows": rows }));
    sides.client.insert("articles", articles()).await.unwrap();
    let (theirs, ours) = both::<InsertRequest>(&sides, "Insert");
    for written in [theirs.fields_data, ours.fields_data] {
        let fields_data = answered(written);
        let ids = IDs {
            id_field: Some(IdField::IntId(LongArray {
                data: vec![1, 2, 3],
            })),
        };
        let query = QueryResults {
            fields_data: fields_data.clone(),
            output_fields: vec!["id".into(), "chunks".into(), "notes".into()],
            ..QueryResults::default()
        };
        sides.fake.answer("Query", &query);
        let read: Vec<Article> = sides
            .client
            .query("articles")
            .filter("id >= 0")
            .rows()
            .await
            .unwrap();
        assert_eq!(read, articles());
        let told = sides.ask(&json!({ "do": "query", "collection": "articles" }));
        assert_eq!(told, rows);

        // A row has one hit for each of its structs that is near.
        let results = SearchResultData {
            num_queries: 1,
            fields_data,
            scores: vec![0.5, 0.25, 0.125],
            ids: Some(ids),
            topks: vec![3],
            element_indices: Some(LongArray {
                data: vec![1, 0, 7],
            }),
            primary_field_name: "id".into(),
            output_fields: vec!["chunks".into()],
            ..SearchResultData::default()
        };
        let search = SearchResults {
            results: Some(results),
            ..SearchResults::default()
        };
        sides.fake.answer("Search", &search);
        let search = sides
            .client
            .search("articles", [0.5, 1.0])
            .field("chunks[dense]");
        let hits: Vec<Hit<Article>> = search.rows().await.unwrap();
        let ours: Vec<_> = (hits.iter())
            .map(|hit| {
                json!([
                    hit.id.as_int().unwrap(),
                    hit.score,
                    hit.element.unwrap(),
                    hit.entity.chunks
                ])
            })
            .collect();
        let told = sides.ask(&json!({ "do": "search_elements", "collection": "articles", "field": "chunks[dense]", "vectors": [[0.5, 1.0]] }));
        assert_eq!(told, json!([ours]));
        let (theirs, ours) = both::<SearchRequest>(&sides, "Search");
        assert_eq!(placeholder(&ours), placeholder(&theirs));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn embedding_lists_are_the_same_on_the_wire() {
    let Some(mut sides) = Sides::new().await else {
        return;
    };
    sides.create(false);
    let halves = |bytes: [u8; 4]| QueryVector::float16(bytes.to_vec());
    for (field, kind, lists, query_vectors) in [
        (
            "chunks[dense]",
            "FLOAT_VECTOR",
            json!([[[0.5, 1.0], [0.25, -2.0]], [[3.0, 0.0]]]),
            [
                QueryVector::embedding_list([[0.5, 1.0], [0.25, -2.0]]),
                QueryVector::embedding_list([[3.0, 0.0]]),
            ],
        ),
        (
            "chunks[half]",
            "FLOAT16_VECTOR",
            json!([[[1.0, 2.0]], [[0.5, -1.0], [0.0, 1.0]]]),
            [
                QueryVector::embedding_list([halves([0, 0x3c, 0, 0x40])]),
                QueryVector::embedding_list([halves([0, 0x38, 0, 0xbc]), halves([0, 0, 0, 0x3c])]),
            ],
        ),
        (
            "chunks[bytes]",
            "INT8_VECTOR",
            json!([[[1, -1, 2, -2]], [[0, 0, 0, 0]]]),
            [
                QueryVector::embedding_list([QueryVector::int8(&[1, -1, 2, -2])]),
                QueryVector::embedding_list([QueryVector::int8(&[0; 4])]),
            ],
        ),
        (
            "chunks[bits]",
            "BINARY_VECTOR",
            json!([[[1, 255], [0, 7]], [[2, 3]]]),
            [
                QueryVector::embedding_list([vec![1, 255], vec![0, 7]].map(QueryVector::binary)),
                QueryVector::embedding_list([QueryVector::binary(vec![2, 3])]),
            ],
        ),
    ] {
        sides.ask(&json!({ "do": "search", "collection": "articles", "field": field, "kind": kind, "lists": lists }));
        let search = sides.client.search_many("articles", query_vectors);
        search
            .field(field)
            .limit(3)
            .output(["chunks"])
            .await
            .unwrap();
        let (theirs, ours) = both::<SearchRequest>(&sides, "Search");
        assert_eq!((ours.nq, theirs.nq), (2, 2));
        assert_eq!(placeholder(&ours), placeholder(&theirs), "{kind}");
        assert_eq!(ours.output_fields, theirs.output_fields);
        for request in [&ours, &theirs] {
            let searched = request
                .search_params
                .iter()
                .find(|pair| pair.key == "anns_field");
            assert_eq!(searched.unwrap().value, field);
        }
    }
}

fn placeholder(request: &SearchRequest) -> (Vec<u8>, PlaceholderGroup) {
    let Some(SearchInput::PlaceholderGroup(group)) = &request.search_input else {
        panic!("no vectors");
    };
    (
        group.to_vec(),
        PlaceholderGroup::decode(group.clone()).unwrap(),
    )
}

/// Sorted by name, and without the types that pymilvus leaves to the schema.
fn by_name(mut fields: Vec<FieldData>) -> Vec<FieldData> {
    fields.iter_mut().for_each(clients::forget_element_types);
    fields.sort_by(|one, other| one.field_name.cmp(&other.field_name));
    fields
}
