//! Tests of arrays of structs without pymilvus, with a scripted server.

use milvus_otel::proto::milvus::{
    CreateCollectionRequest, InsertRequest, QueryResults, SearchResults,
};
use milvus_otel::proto::schema::{
    CollectionSchema, IDs, LongArray, SearchResultData, i_ds::IdField,
};
use milvus_otel::{Client, Field, Schema, data::Columns};
use prost::Message;
use testkit::Fake;

use super::clients::{describe, sent};

/// Lists of more than 64 KiB are sent without a copy.
#[tokio::test]
async fn long_lists_of_vectors_arrive_complete() {
    const COUNTS: [usize; 3] = [300, 2, 200];
    let fake = Fake::scripted();
    let array = Field::struct_array("structs", [Field::float_vector("vector", 128)], 300);
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(array);
    let uri = format!("http://{}", fake.serve().await.unwrap());
    let client = Client::connect(uri).await.unwrap();
    // The first time, the description is not cached.
    let _ = client
        .create_collection("long", schema.build().unwrap())
        .await;
    let request: CreateCollectionRequest = sent(&fake.calls_of("CreateCollection")[0].message);
    describe(
        &fake,
        &CollectionSchema::decode(request.schema).unwrap(),
        false,
    );

    let number = |index: usize| index as f32 / 4.0;
    let numbers: Vec<f32> = (0..502 * 128).map(number).collect();
    let structs = Columns::new().float_vector("vector", 128, numbers.clone());
    let columns = Columns::new()
        .int64("id", [1, 2, 3])
        .struct_array("structs", COUNTS, structs);
    client.insert("long", columns).await.unwrap();
    let request: InsertRequest = sent(&fake.calls_of("Insert")[0].message);
    let answer = QueryResults {
        fields_data: request.fields_data,
        ..QueryResults::default()
    };
    fake.answer("Query", &answer);
    let table = client
        .query("long")
        .filter("id > 0")
        .columns()
        .await
        .unwrap();
    let vectors = table.column("structs[vector]").unwrap();
    let found: Vec<f32> = (0..3)
        .flat_map(|row| vectors.vector(row).unwrap())
        .collect();
    assert!(found == numbers, "other numbers arrived");
    assert_eq!([0, 1, 2].map(|row| vectors.elements(row)), COUNTS);
}

#[tokio::test]
async fn hits_can_be_rows_or_structs() {
    let fake = Fake::scripted();
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect().await.unwrap();
    let answer = |elements| {
        let results = SearchResultData {
            num_queries: 1,
            scores: vec![0.5, 0.25],
            ids: Some(IDs {
                id_field: Some(IdField::IntId(LongArray { data: vec![1, 1] })),
            }),
            topks: vec![2],
            element_indices: Some(LongArray { data: elements }),
            primary_field_name: "id".into(),
            ..SearchResultData::default()
        };
        let answer = SearchResults {
            results: Some(results),
            ..SearchResults::default()
        };
        fake.answer("Search", &answer);
    };
    let search = || client.search("articles", [0.5, 1.0]).field("chunks[dense]");
    for (elements, expected) in [(vec![3, -1], [Some(3), None]), (vec![], [None, None])] {
        answer(elements);
        let hits = search().columns().await.unwrap();
        assert_eq!([0, 1].map(|hit| hits.element(hit)), expected);
        let hits = search().await.unwrap();
        assert_eq!([0, 1].map(|hit: usize| hits[hit].element), expected);
    }
    answer(vec![1]);
    let error = search().await.unwrap_err();
    assert_eq!(error.message(), "1 struct indexes for 2 hits");
}
