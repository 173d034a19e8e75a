//! Arguments that no server accepts are refused by name and value before anything is sent.

use std::fmt::Debug;

use milvus_otel::ops::{HybridSearch, Query, SearchHits};
use milvus_otel::{
    Client, Field, Index, Metric, QueryVector, Schema, data::Columns, schema::Function,
};
use testkit::Fake;

use super::connect;

fn searches(client: &Client) -> Vec<(SearchHits, &'static str)> {
    let search = || client.search("books", [0.5, 0.25]);
    let of = |query_vectors: [QueryVector; 2]| client.search_many("books", query_vectors).columns();
    let bm25 = Function::bm25("words", "text", "sparse");
    vec![
        (
            search().group_by_fields(["year", ""]).columns(),
            "group_by_fields: a field name is empty",
        ),
        (
            search().group_by_fields(["year", "a,b"]).columns(),
            "group_by_fields: the field name \"a,b\" contains a comma, which separates names",
        ),
        (
            search().order_by([("a,b", true)]).columns(),
            "order_by: the field name \"a,b\" contains a comma, which separates names",
        ),
        (
            search().time_fields([""]).columns(),
            "time_fields: a field name is empty",
        ),
        (
            search().ranker(bm25).columns(),
            "ranker: the function \"words\" is of kind Bm25: expected Rerank",
        ),
        (
            client.search("books", []).columns(),
            "vector 0 has dimension 0",
        ),
        (
            of([[1.0].into(), [1.0, 2.0].into()]),
            "query vectors must be of one dimension: vector 0 has 1, vector 1 has 2",
        ),
        (
            of([
                QueryVector::binary(vec![1]),
                QueryVector::binary(vec![1, 2]),
            ]),
            "query vectors must be of one dimension: vector 0 has 8, vector 1 has 16",
        ),
        (
            of([QueryVector::int8(&[1, 2]), QueryVector::int8(&[1])]),
            "query vectors must be of one dimension: vector 0 has 2, vector 1 has 1",
        ),
        (
            client
                .search("books", QueryVector::bfloat16(vec![0; 1]))
                .columns(),
            "vector 0 is a BFloat16Vector of 1 bytes: each number takes two bytes",
        ),
        (
            of([
                QueryVector::float16(vec![0; 4]),
                QueryVector::float16(vec![0; 3]),
            ]),
            "vector 1 is a Float16Vector of 3 bytes: each number takes two bytes",
        ),
        (
            of([
                QueryVector::float16(vec![0; 4]),
                QueryVector::float16(vec![0; 2]),
            ]),
            "query vectors must be of one dimension: vector 0 has 2, vector 1 has 1",
        ),
    ]
}

fn hybrid_searches(client: &Client) -> Vec<(HybridSearch, &'static str)> {
    let search = || {
        let search = client.hybrid_search("books");
        search.vector("v", [0.5, 0.25])
    };
    vec![(
        search().ranker(Function::bm25("words", "text", "sparse")),
        "ranker: the function \"words\" is of kind Bm25: expected Rerank",
    )]
}

fn queries(client: &Client) -> Vec<(Query, &'static str)> {
    let query = || client.query("books");
    vec![
        (query().group_by([""]), "group_by: a field name is empty"),
        (
            query().group_by(["a,b"]),
            "group_by: the field name \"a,b\" contains a comma, which separates names",
        ),
        (
            query().order_by([("meta[\"a,b\"]", true)]),
            "order_by: the field name \"meta[\\\"a,b\\\"]\" contains a comma, which separates names",
        ),
        (
            query().order_by([("", true)]),
            "order_by: a field name is empty",
        ),
    ]
}

pub(crate) async fn refused<T: Debug>(
    asked: impl IntoFuture<Output = milvus_otel::Result<T>>,
    why: &str,
) {
    let error = asked.await.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert!(error.message().starts_with(why), "{error} is not {why:?}");
}

pub(crate) async fn all_refused<T: Debug>(
    cases: impl IntoIterator<Item = (impl IntoFuture<Output = milvus_otel::Result<T>>, &str)>,
) {
    for (asked, why) in cases {
        refused(asked, why).await;
    }
}

pub(crate) fn nothing_was_sent(fake: &Fake) {
    for rpc in [
        "CreateCollection",
        "CreateIndex",
        "LoadCollection",
        "Insert",
        "Search",
        "HybridSearch",
        "Query",
    ] {
        assert!(fake.calls_of(rpc).is_empty(), "{rpc}");
    }
}

#[tokio::test]
async fn arguments_that_no_server_accepts_are_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    all_refused(searches(&client)).await;
    all_refused(hybrid_searches(&client)).await;
    all_refused(queries(&client)).await;
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2));
    let creation = client.create_collection("new", schema.build().unwrap());
    let creation = creation.index("w", Index::flat(Metric::L2));
    let why = "index: the schema has no field \"w\": its fields are id, v";
    refused(creation, why).await;
    let new = |dimension: i64| client.create_collection("new", dimension);
    let why = "dimension is 4294967296: Milvus allows 1 to 32768";
    refused(new(1 << 32), why).await;
    let why = "shards is 2147483648: it must be at most 2147483647";
    refused(new(2).shards(1 << 31), why).await;
    let why = "replicas is 4294967295: it must be at most 2147483647";
    let load = client.load_collection("books").replicas(u32::MAX);
    refused(load, why).await;
    let halves = Columns::new().int64("id", [1]);
    let halves = halves.bfloat16_vector("half", 2, vec![0_u8; 3]);
    let why = "field \"half\": expected 4 bytes per vector, found 3 bytes";
    refused(client.insert("books", halves), why).await;
    nothing_was_sent(&fake);
}
