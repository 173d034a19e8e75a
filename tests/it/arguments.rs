//! Each keyword argument of pymilvus 3.0.2 for writing and reading rows has a counterpart that sends the same.
//! Arguments without one are listed with the reason.

mod accepted_types;
mod duplicate_settings;
mod numbers;
mod refused;
mod results;
mod schema;
mod stream_ends;
mod versions;

use std::time::Duration;

use milvus_otel::ops::SubSearch;
use milvus_otel::proto::common::{KeyValuePair, ServerInfo};
use milvus_otel::proto::milvus::{
    ConnectResponse, DeleteRequest, DescribeCollectionResponse, HybridSearchRequest, InsertRequest,
    QueryRequest, SearchRequest, UpsertRequest, search_request::SearchInput,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_otel::{
    Client, Consistency, Filter, Metric,
    data::Columns,
    schema::Function,
    search::{FunctionScore, GroupScorer, LexicalHighlighter, Ranker, ScoreMode},
};
use prost::Message;
use testkit::Fake;

async fn connect(fake: &Fake) -> Client {
    let server_info = Some(ServerInfo {
        build_tags: "v3.0.0".into(),
        ..ServerInfo::default()
    });
    fake.answer(
        "Connect",
        &ConnectResponse {
            server_info,
            ..ConnectResponse::default()
        },
    );
    let schema = CollectionSchema {
        fields: vec![FieldSchema {
            name: "id".into(),
            data_type: DataType::Int64 as i32,
            is_primary_key: true,
            ..FieldSchema::default()
        }],
        ..CollectionSchema::default()
    };
    fake.answer(
        "DescribeCollection",
        &DescribeCollectionResponse {
            schema: Some(schema),
            ..Default::default()
        },
    );
    Client::builder("http://fake:19530")
        .database("library")
        .service(fake.service())
        .connect()
        .await
        .unwrap()
}

fn last<T: Message + Default>(fake: &Fake, rpc: &str) -> T {
    T::decode(fake.calls_of(rpc).last().unwrap().message.as_slice()).unwrap()
}

/// Checks that a value is sent exactly once.
fn value<'a>(pairs: &'a [KeyValuePair], key: &str) -> &'a str {
    let mut found = pairs.iter().filter(|pair| pair.key == key);
    let value = found.next().unwrap_or_else(|| panic!("{key} is missing"));
    assert!(found.next().is_none(), "{key} is there twice");
    &value.value
}

#[tokio::test]
async fn every_argument_of_writes_is_sent() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let rows = || Columns::new().int64("id", [7]);
    let insert = client
        .insert("books", rows())
        .partition("p")
        .namespace("n")
        .timeout(Duration::from_secs(9));
    insert.idempotency_key("k").await.unwrap();
    let sent: InsertRequest = last(&fake, "Insert");
    assert_eq!(
        (sent.db_name.as_str(), sent.collection_name.as_str()),
        ("library", "books")
    );
    assert_eq!(
        (
            sent.partition_name.as_str(),
            sent.namespace.as_deref(),
            sent.num_rows
        ),
        ("p", Some("n"), 1)
    );

    // pymilvus: partial_update, field_ops.
    let upsert = client
        .upsert("books", rows())
        .partition("p")
        .namespace("n")
        .timeout(Duration::from_secs(9));
    upsert.append_to("tags").remove_from("words").await.unwrap();
    let sent: UpsertRequest = last(&fake, "Upsert");
    assert!(sent.partial_update);
    let ops: Vec<_> = sent
        .field_ops
        .iter()
        .map(|op| (op.field_name.as_str(), op.op))
        .collect();
    assert_eq!(ops, [("tags", 1), ("words", 2)]);

    // pymilvus: ids, filter, filter_params.
    client.delete("books", [1, 2]).partition("p").await.unwrap();
    let sent: DeleteRequest = last(&fake, "Delete");
    assert_eq!(
        (sent.expr.as_str(), sent.partition_name.as_str()),
        ("id in [1, 2]", "p")
    );
    let filter = Filter::new("id > {id}").bind("id", 3);
    client.delete("books", filter).namespace("n").await.unwrap();
    let sent: DeleteRequest = last(&fake, "Delete");
    assert_eq!(sent.expr_template_values.len(), 1);
    assert_eq!(sent.namespace.as_deref(), Some("n"));
}

#[tokio::test]
async fn every_argument_of_query_and_get_is_sent() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let query = client
        .query("books")
        .filter(Filter::new("id > {id}").bind("id", 3))
        .output(["title"])
        .partitions(["a", "b"])
        .limit(5)
        .offset(2)
        .order_by([("title", true), ("id", false)])
        .group_by(["title"])
        .timezone("Europe/Berlin")
        .time_fields(["year"])
        .consistency(Consistency::Eventually)
        .ignore_growing(true)
        .namespace("n")
        .timeout(Duration::from_secs(9));
    query.await.unwrap();
    let sent: QueryRequest = last(&fake, "Query");
    assert_eq!(
        (sent.output_fields, sent.partition_names),
        (
            vec!["title".to_owned()],
            vec!["a".to_owned(), "b".to_owned()]
        )
    );
    assert_eq!(
        (sent.expr.as_str(), sent.expr_template_values.len()),
        ("id > {id}", 1)
    );
    assert_eq!((sent.consistency_level, sent.guarantee_timestamp), (3, 1));
    assert_eq!(sent.namespace.as_deref(), Some("n"));
    for (argument, wire) in [
        ("limit", "5"),
        ("offset", "2"),
        ("order_by_fields", "title:asc,id:desc"),
        ("group_by_fields", "title"),
        ("timezone", "Europe/Berlin"),
        ("time_fields", "year"),
        ("ignore_growing", "True"),
    ] {
        assert_eq!(value(&sent.query_params, argument), wire, "{argument}");
    }

    client
        .get("books", [1, 2])
        .output(["id"])
        .partitions(["a"])
        .await
        .unwrap();
    let sent: QueryRequest = last(&fake, "Query");
    assert_eq!(sent.expr, "id in [1, 2]");
}

/// `pymilvus_requests` compares all arguments with pymilvus.
#[tokio::test]
async fn every_argument_of_search_is_sent() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let search = client
        .search("books", [0.5, 0.25])
        .field("v")
        .filter(Filter::new("id > {id}").bind("id", 3))
        .output(["title"])
        .partitions(["a"])
        .limit(7)
        .offset(2)
        .metric(Metric::L2)
        .ef(64)
        .nprobe(8)
        .radius(0.5)
        .range_filter(0.1)
        .page_retain_order(true)
        .group_by("author")
        .group_size(3)
        .strict_group_size(true)
        .round_decimals(2)
        .timezone("Europe/Berlin")
        .hints("iterative_filter")
        .json_path("/a")
        .order_by([("year", false)])
        .ranker(
            FunctionScore::new([Function::rerank("decay", ["year"])]).boost_mode(ScoreMode::Sum),
        )
        .highlighter(LexicalHighlighter::new().pre_tags(["<em>"]))
        .guarantee_timestamp(42)
        .ignore_growing(true)
        .namespace("n")
        .timeout(Duration::from_secs(9));
    search.await.unwrap();
    let sent: SearchRequest = last(&fake, "Search");
    assert_eq!(
        (sent.dsl.as_str(), sent.expr_template_values.len(), sent.nq),
        ("id > {id}", 1, 1)
    );
    assert_eq!(
        (sent.output_fields, sent.partition_names),
        (vec!["title".to_owned()], vec!["a".to_owned()])
    );
    assert_eq!(
        (
            sent.guarantee_timestamp,
            sent.consistency_level,
            sent.use_default_consistency
        ),
        (42, 4, false)
    );
    assert_eq!(sent.namespace.as_deref(), Some("n"));
    let score = sent.function_score.unwrap();
    assert_eq!(
        (
            score.functions[0].input_field_names[0].as_str(),
            value(&score.params, "boost_mode")
        ),
        ("year", "Sum")
    );
    assert_eq!(
        value(&sent.highlighter.unwrap().params, "pre_tags"),
        r#"["<em>"]"#
    );
    for (argument, wire) in [
        ("anns_field", "v"),
        ("topk", "7"),
        ("offset", "2"),
        ("metric_type", "L2"),
        ("group_by_field", "author"),
        ("group_size", "3"),
        ("strict_group_size", "True"),
        ("round_decimal", "2"),
        ("timezone", "Europe/Berlin"),
        ("hints", "iterative_filter"),
        ("json_path", "/a"),
        ("order_by_fields", "year:desc"),
        ("ignore_growing", "True"),
    ] {
        assert_eq!(value(&sent.search_params, argument), wire, "{argument}");
    }
    let params: serde_json::Value =
        serde_json::from_str(value(&sent.search_params, "params")).unwrap();
    let expected = serde_json::json!({ "ef": 64, "nprobe": 8, "radius": 0.5, "range_filter": 0.1, "page_retain_order": true,
        "hints": "iterative_filter", "metric_type": "L2" });
    assert_eq!(params, expected);

    client.search_by_ids("books", [1, 2]).await.unwrap();
    let sent: SearchRequest = last(&fake, "Search");
    assert!(matches!(sent.search_input, Some(SearchInput::Ids(_))) && sent.nq == 2);
}

#[tokio::test]
async fn every_argument_of_hybrid_search_is_sent() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let hybrid = || {
        client
            .hybrid_search("books")
            .vector("v", [0.5])
            .search(SubSearch::new("w", "words").filter("id > 3").limit(30))
    };
    let search = hybrid()
        .ranker(Ranker::weighted([0.25, 0.75]))
        .limit(5)
        .offset(2)
        .output(["title"])
        .partitions(["a"])
        .group_by("author")
        .group_size(2)
        .strict_group_size(false)
        .round_decimals(3)
        .rank_group_scorer(GroupScorer::Sum)
        .consistency(Consistency::Bounded)
        .ignore_growing(true)
        .namespace("n")
        .timeout(Duration::from_secs(9));
    search.await.unwrap();
    let sent: HybridSearchRequest = last(&fake, "HybridSearch");
    let subs: Vec<_> = sent
        .requests
        .iter()
        .map(|sub| {
            (
                value(&sub.search_params, "anns_field"),
                value(&sub.search_params, "topk"),
                sub.dsl.as_str(),
            )
        })
        .collect();
    // Enough for the page: the limit and the offset.
    assert_eq!(subs, [("v", "7", ""), ("w", "30", "id > 3")]);
    assert_eq!(
        (sent.output_fields, sent.partition_names),
        (vec!["title".to_owned()], vec!["a".to_owned()])
    );
    assert_eq!((sent.guarantee_timestamp, sent.consistency_level), (2, 2));
    for (argument, wire) in [
        ("strategy", "weighted"),
        ("limit", "5"),
        ("offset", "2"),
        ("group_by_field", "author"),
        ("group_size", "2"),
        ("strict_group_size", "False"),
        ("round_decimal", "3"),
        ("rank_group_scorer", "sum"),
    ] {
        assert_eq!(value(&sent.rank_params, argument), wire, "{argument}");
    }

    let function = Function::rerank("model", ["title"]).parameter("reranker", "model");
    hybrid().ranker(function).await.unwrap();
    let sent: HybridSearchRequest = last(&fake, "HybridSearch");
    assert_eq!(sent.function_score.unwrap().functions[0].name, "model");
    assert!(sent.rank_params.iter().all(|pair| pair.key != "strategy"));

    hybrid().rank_parameter("limit", 7).await.unwrap();
    let sent: HybridSearchRequest = last(&fake, "HybridSearch");
    let limits = sent.rank_params.iter().filter(|pair| pair.key == "limit");
    assert_eq!(
        limits.map(|pair| pair.value.as_str()).collect::<Vec<_>>(),
        ["7"]
    );

    let uneven = hybrid().ranker(Ranker::weighted([1.0])).await.unwrap_err();
    assert_eq!(uneven.message(), "the ranker has 1 weights for 2 searches");
}
