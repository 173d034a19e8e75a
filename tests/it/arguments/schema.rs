//! Reads with a cached description, and creation depending on the version of the server, with a scripted server.

use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, GetVersionResponse, QueryRequest, QueryResults,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_otel::{Client, Field, Schema};
use serde::Deserialize;
use serde_json::json;
use testkit::{Fake, Reply};

use super::{connect, last};

fn describe(fake: &Fake, fields: &[(&str, DataType)]) {
    let field = |(index, (name, data_type)): (usize, &(&str, DataType))| FieldSchema {
        name: (*name).into(),
        data_type: *data_type as i32,
        is_primary_key: index == 0,
        ..FieldSchema::default()
    };
    let schema = CollectionSchema {
        fields: fields.iter().enumerate().map(field).collect(),
        ..CollectionSchema::default()
    };
    let answer = DescribeCollectionResponse {
        schema: Some(schema),
        collection_id: 7,
        ..DescribeCollectionResponse::default()
    };
    fake.answer("DescribeCollection", &answer);
}

/// Fills the cache with the description.
async fn look(client: &Client) {
    let unfit = client.insert("books", json!([{ "nofield": 1 }])).await;
    assert!(unfit.unwrap_err().is_invalid_argument());
}

const FIELDS: [(&str, DataType); 2] = [("id", DataType::Int64), ("title", DataType::VarChar)];

#[tokio::test]
async fn a_search_of_a_missing_field_is_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    describe(&fake, &FIELDS);
    look(&client).await;
    let query = || client.query("books").filter("id > 0");
    let error = query().output(["id", "author"]).await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    let why = "output: the collection has no field \"author\": its fields are id, title";
    assert_eq!(error.message(), why);
    let search = client.search("books", [0.5]).output(["author"]);
    assert_eq!(search.await.unwrap_err().message(), why);
    assert!(fake.calls_of("Query").is_empty() && fake.calls_of("Search").is_empty());

    // The cached description may be outdated.
    let more = [FIELDS[0], FIELDS[1], ("author", DataType::VarChar)];
    describe(&fake, &more);
    query().output(["id", "author"]).await.unwrap();
    assert_eq!(
        last::<QueryRequest>(&fake, "Query").output_fields,
        ["id", "author"]
    );
}

#[tokio::test]
async fn a_rejected_search_is_repeated_with_a_new_schema() {
    #[derive(Debug, Deserialize)]
    struct Book {
        #[serde(alias = "name")]
        #[expect(dead_code, reason = "read by serde")]
        title: Option<String>,
    }
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    describe(&fake, &FIELDS);
    let refusal = || Reply::failure(65535, 1, "field name not exist");
    let query = || client.query("books").filter("id > 0");
    let fields = || -> Vec<Vec<String>> {
        let calls = fake.calls_of("Query");
        let decode = |message: &[u8]| <QueryRequest as prost::Message>::decode(message).unwrap();
        calls
            .iter()
            .map(|call| decode(&call.message).output_fields)
            .collect()
    };
    fake.script(
        "Query",
        [refusal(), Reply::message(&QueryResults::default())],
    );
    let rows = query().rows::<Book>().await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(fields(), [vec!["name", "title"], vec!["title"]]);

    // Only once. The message of the server is kept if the client has no better one.
    fake.script("Query", [refusal()]);
    let error = query().rows::<Book>().await.unwrap_err();
    assert_eq!(error.message(), "field name not exist");
    assert_eq!(fields().len(), 3, "it is known by now what there is");
}

fn schema(field: Field) -> Schema {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(field);
    schema.build().unwrap()
}

#[tokio::test]
async fn the_server_version_is_requested_once_and_only_if_needed() {
    let fake = Fake::scripted();
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect_lazy().unwrap();
    let version = GetVersionResponse {
        version: "v2.4.23".into(),
        ..GetVersionResponse::default()
    };
    fake.answer("GetVersion", &version);
    let plain = schema(Field::int64("n"));
    client.create_collection("books", plain).await.unwrap();
    assert!(fake.calls_of("GetVersion").is_empty());
    for (field, needs) in [
        (
            Field::int64("n").nullable(),
            "\"n\" as it is declared: nullable fields need Milvus 2.5",
        ),
        (
            Field::int64("n").default_value(1),
            "\"n\" as it is declared: default values need Milvus 2.5",
        ),
        (
            Field::int8_vector("w", 4),
            "\"w\" as it is declared: int8 vectors need Milvus 2.6",
        ),
    ] {
        let creation = client.create_collection("new", schema(field));
        let error = creation.await.unwrap_err();
        assert!(
            error.is_unsupported() && error.is_invalid_argument(),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains(needs) && text.contains("Milvus 2.4.23"),
            "{text}"
        );
    }
    client
        .create_collection("new", schema(Field::sparse_vector("w")))
        .await
        .unwrap();
    assert_eq!(fake.calls_of("GetVersion").len(), 1);
    assert_eq!(fake.calls_of("CreateCollection").len(), 2);
    let search = client.search("books", [0.5, 1.0]).order_by([("n", true)]);
    let error = search.await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert!(fake.calls_of("Search").is_empty());
}

#[tokio::test]
async fn a_collection_created_by_a_server_without_a_version_is_compared_with_its_schema() {
    let fake = Fake::scripted();
    let builder = Client::builder("http://fake:19530").service(fake.service());
    let client = builder.connect().await.unwrap();
    let all = [
        ("id", DataType::Int64),
        ("v", DataType::FloatVector),
        ("n", DataType::Int64),
    ];
    describe(&fake, &all);
    let creation = client.create_collection("new", schema(Field::int64("n").nullable()));
    assert_eq!(
        creation.await.unwrap_err().message(),
        "the server created the collection without \"n\" as it is declared: nullable fields need Milvus 2.5 or \
         Milvus Lite 3.0"
    );
}
