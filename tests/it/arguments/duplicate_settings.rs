//! A setting that is set twice is sent once, with the last value: by the same setter, or by a setter and as a parameter
//! with its name in Milvus.

use milvus_otel::ops::SubSearch;
use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::milvus::{
    CreateCollectionRequest, CreateIndexRequest, HybridSearchRequest, QueryRequest, SearchRequest,
};
use milvus_otel::proto::schema::CollectionSchema;
use milvus_otel::{
    Client, Field, Index, Metric, Schema,
    schema::Function,
    search::{FunctionScore, Highlighter, LexicalHighlighter, Ranker},
};
use prost::Message;
use testkit::Fake;

use super::{connect, last, value};

fn are(pairs: &[KeyValuePair], expected: &[(&str, &str)]) {
    for (key, said_last) in expected {
        assert_eq!(value(pairs, key), *said_last, "{key}");
    }
}

#[tokio::test]
async fn the_last_value_of_a_search_parameter_counts() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let highlighter = Highlighter::from(LexicalHighlighter::new().fragment_size(3));
    let search = client
        .search("books", [0.5])
        .parameter("own", 1)
        .parameter("own", 2)
        .field("typed")
        .parameter("anns_field", "own")
        .parameter("topk", 3)
        .limit(4)
        .metric(Metric::L2)
        .parameter("metric_type", "IP")
        .parameter("ignore_growing", "True")
        .ignore_growing(false)
        .parameter("group_by_field", "own")
        .group_by("typed")
        .hints("typed")
        .parameter("hints", "own")
        .parameter("params", r#"{"own":1}"#)
        .ef(5)
        .ranker(
            FunctionScore::new([Function::boost("boost", 2.0).parameter("weight", "3")])
                .parameter("own", 1)
                .parameter("own", 2),
        )
        .highlighter(highlighter.parameter("fragment_size", 4));
    search.await.unwrap();
    let sent: SearchRequest = last(&fake, "Search");
    are(
        &sent.search_params,
        &[
            ("own", "2"),
            ("anns_field", "own"),
            ("topk", "4"),
            ("metric_type", "IP"),
            ("group_by_field", "typed"),
            ("hints", "own"),
            ("params", r#"{"ef":5,"hints":"typed","metric_type":"IP"}"#),
        ],
    );
    let keys = sent.search_params.iter().map(|pair| pair.key.as_str());
    assert_eq!(keys.filter(|key| *key == "ignore_growing").count(), 0);
    let score = sent.function_score.unwrap();
    are(&score.params, &[("own", "2")]);
    are(&score.functions[0].params, &[("weight", "3")]);
    are(&sent.highlighter.unwrap().params, &[("fragment_size", "4")]);

    let search = client
        .search("books", [0.5])
        .parameter("anns_field", "own")
        .field("typed")
        .parameter("metric_type", "IP")
        .metric(Metric::L2)
        .limit(3)
        .parameter("topk", 4);
    search.await.unwrap();
    let sent: SearchRequest = last(&fake, "Search");
    are(
        &sent.search_params,
        &[
            ("anns_field", "typed"),
            ("metric_type", "L2"),
            ("params", r#"{"metric_type":"L2"}"#),
            ("topk", "4"),
        ],
    );

    let search = client.search("books", [0.5]).ef(5);
    search.parameter("params", "{}").await.unwrap();
    let sent: SearchRequest = last(&fake, "Search");
    are(&sent.search_params, &[("params", "{}")]);
}

#[tokio::test]
async fn the_last_value_of_a_query_parameter_counts() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let query = client
        .query("books")
        .parameter("own", 1)
        .parameter("own", 2)
        .limit(3)
        .parameter("limit", 4)
        .parameter("offset", 5)
        .offset(6)
        .timezone("typed")
        .parameter("timezone", "own")
        .ignore_growing(true)
        .parameter("ignore_growing", "False");
    query.await.unwrap();
    let sent: QueryRequest = last(&fake, "Query");
    are(
        &sent.query_params,
        &[
            ("own", "2"),
            ("limit", "4"),
            ("offset", "6"),
            ("timezone", "own"),
            ("ignore_growing", "False"),
        ],
    );

    let query = client.query("books").parameter("limit", 3).limit(4);
    query.offset(5).parameter("offset", 6).await.unwrap();
    let sent: QueryRequest = last(&fake, "Query");
    are(&sent.query_params, &[("limit", "4"), ("offset", "6")]);
}

#[tokio::test]
async fn the_last_value_of_a_hybrid_search_parameter_counts() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let own = SubSearch::new("v", [0.5])
        .parameter("own", 1)
        .parameter("own", 2)
        .parameter("round_decimal", 5)
        .limit(6)
        .parameter("topk", 7);
    let search = client
        .hybrid_search("books")
        .search(own)
        .vector("w", [0.5])
        .rank_parameter("strategy", "own")
        .ranker(Function::rrf("function", 1))
        .ranker(Ranker::rrf(1))
        .rank_parameter("params", "own")
        .rank_parameter("limit", 2)
        .limit(3)
        .round_decimals(4)
        .offset(8)
        .rank_parameter("offset", 9);
    search.await.unwrap();
    let sent: HybridSearchRequest = last(&fake, "HybridSearch");
    are(
        &sent.rank_params,
        &[
            ("strategy", "rrf"),
            ("params", "own"),
            ("limit", "3"),
            ("round_decimal", "4"),
            ("offset", "9"),
        ],
    );
    assert_eq!(sent.function_score, None);
    let [own, plain] = &sent.requests[..] else {
        panic!("{} searches", sent.requests.len());
    };
    let said = [("own", "2"), ("round_decimal", "5"), ("topk", "7")];
    are(&own.search_params, &said);
    are(&own.search_params, &[("offset", "9")]);
    are(
        &plain.search_params,
        &[("round_decimal", "4"), ("topk", "12")],
    );
}

async fn create(client: &Client, schema: Schema) {
    let index = Index::new("FLAT").parameter("index_type", "HNSW");
    let index = index.parameter("M", 1).parameter("M", 2);
    let creation = client
        .create_collection("new", schema)
        .property("own", 1)
        .property("own", 2);
    creation.await.unwrap();
    for index in [
        index
            .clone()
            .metric(Metric::L2)
            .parameter("metric_type", "IP"),
        index
            .parameter("metric_type", "L2")
            .metric(Metric::InnerProduct),
    ] {
        let creation = client.create_index("new", "v", index);
        creation.wait(false).await.unwrap();
    }
}

#[tokio::test]
async fn the_last_value_of_an_index_field_or_collection_setting_counts() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let vector = Field::float_vector("v", 2).mmap(true);
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(vector.parameter("mmap.enabled", "false"));
    create(&client, schema.build().unwrap()).await;
    let sent: CreateCollectionRequest = last(&fake, "CreateCollection");
    are(&sent.properties, &[("own", "2")]);
    let schema = CollectionSchema::decode(&sent.schema[..]).unwrap();
    are(
        &schema.fields[1].type_params,
        &[("dim", "2"), ("mmap.enabled", "false")],
    );
    for call in fake.calls_of("CreateIndex") {
        let sent = CreateIndexRequest::decode(call.message.as_slice()).unwrap();
        are(
            &sent.extra_params,
            &[("index_type", "HNSW"), ("metric_type", "IP"), ("M", "2")],
        );
    }
    assert_eq!(fake.calls_of("CreateIndex").len(), 2);
}
