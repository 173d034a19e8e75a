//! Numbers that Milvus cannot represent are refused by name before anything is sent: NaN and infinity, which JSON would
//! turn into null, and integers that are too large.

use milvus_otel::ops::{HybridSearch, Search, SubSearch};
use milvus_otel::{
    Client, Field, Index, Metric, Schema,
    schema::{DecayFunction, Function},
    search::{
        CombineMode, FunctionChain, FunctionChainExpr, FunctionChainStage, FunctionScore, Ranker,
        SemanticHighlighter,
    },
};
use serde_json::json;
use testkit::Fake;

use super::connect;
use super::refused::{all_refused, nothing_was_sent, refused};

const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;
const NEG_INFINITY: f64 = f64::NEG_INFINITY;

fn searches(client: &Client) -> Vec<(Search, &'static str)> {
    let search = || client.search("books", [0.5, 0.25]);
    let decay = |origin: f64| Function::decay("f", "year", DecayFunction::Linear, origin, 1);
    let score = |weight: f64| Function::boost("f", weight);
    let chain = |expression: FunctionChainExpr| {
        let chain = FunctionChain::new(FunctionChainStage::L2Rerank).map("$score", expression);
        search().function_chains([chain])
    };
    let weights = CombineMode::Weighted(vec![1.0, INFINITY]);
    let weighted = FunctionChainExpr::num_combine(["$score", "$id"], weights);
    let highlighter = SemanticHighlighter::new(["sand"], ["text"]).threshold(NAN);
    let parameter = |value: f64| search().index_parameter("drop_ratio_search", value);
    vec![
        (search().radius(NAN), "radius is NaN: it must be a number"),
        (
            search().range_filter(INFINITY),
            "range_filter is inf: it must be a number",
        ),
        (
            parameter(NEG_INFINITY),
            "drop_ratio_search is or contains null (in JSON, NaN and infinity are null as well)",
        ),
        (
            search().index_parameter("own", json!({ "list": [1, null] })),
            "own is or contains null",
        ),
        (
            search().parameter("own", f32::NAN),
            "own is NaN: it must be a number",
        ),
        (
            search().ranker(score(NAN)),
            "ranker: the function \"f\": weight is NaN: it must be a number",
        ),
        (
            search().ranker(decay(NEG_INFINITY)),
            "ranker: the function \"f\": origin is -inf: it must be a number",
        ),
        (
            search().ranker(FunctionScore::new([score(1.0)]).parameter("own", NAN)),
            "ranker: own is NaN: it must be a number",
        ),
        (
            chain(weighted),
            "function_chains: map: num_combine: weights is or contains inf: numbers must be finite",
        ),
        (
            chain(FunctionChainExpr::new("own").literal(NAN)),
            "function_chains: map: own: a value is or contains NaN: numbers must be finite",
        ),
        (
            search().highlighter(highlighter),
            "highlighter: threshold is NaN: it must be a number",
        ),
    ]
}

fn hybrid_searches(client: &Client) -> Vec<(HybridSearch, &'static str)> {
    let search = || client.hybrid_search("books").vector("v", [0.5]);
    let weighted = Function::weighted("f", [0.5, NAN], true);
    vec![
        (
            search().ranker(Ranker::rrf(NAN)),
            "ranker: k is NaN: it must be a number",
        ),
        (
            search().ranker(Ranker::weighted([INFINITY])),
            "ranker: one of weights is inf: it must be a number",
        ),
        (
            search().ranker(weighted),
            "ranker: the function \"f\": one of weights is NaN: it must be a number",
        ),
        (
            search().rank_parameter("own", NAN),
            "own is NaN: it must be a number",
        ),
        (
            search().search(SubSearch::new("w", [0.5]).parameter("own", INFINITY)),
            "own is inf: it must be a number",
        ),
    ]
}

#[tokio::test]
async fn nan_and_infinity_are_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    all_refused(searches(&client)).await;
    all_refused(hybrid_searches(&client)).await;
    let query = client.query("books").parameter("own", NAN);
    refused(query, "own is NaN: it must be a number").await;
    let index = || Index::sparse_wand(Metric::InnerProduct).parameter("drop_ratio_build", NAN);
    let why = "index: drop_ratio_build is NaN: it must be a number";
    refused(client.create_index("books", "v", index()), why).await;
    let new = || client.create_collection("new", 2);
    refused(new().index("vector", index()), why).await;
    let why = "property own is inf: it must be a number";
    refused(new().property("own", INFINITY), why).await;
    nothing_was_sent(&fake);
}

#[tokio::test]
async fn integers_that_are_too_large_are_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let too_large = 1_u64 << 63;
    for value in [
        json!(too_large),
        json!([1, too_large]),
        json!({ "scale": [{ "most": too_large }] }),
    ] {
        let expression = FunctionChainExpr::new("own").parameter("scale", value);
        let chain = FunctionChain::new(FunctionChainStage::L2Rerank).map("$score", expression);
        let search = client.search("books", [0.5]).function_chains([chain]);
        let why = "function_chains: map: own: scale is or contains 9223372036854775808: integers must not exceed \
                   9223372036854775807";
        refused(search, why).await;
    }
    assert!(fake.calls_of("Search").is_empty());
}

#[test]
fn nan_and_infinity_in_functions_of_a_schema_are_refused() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("text", 9))
        .field(Field::float_vector("v", 2))
        .function(Function::text_embedding("f", "text", "v", "p").parameter("own", "NaN"));
    let why = schema.build().unwrap_err();
    let expected = "the function \"f\": own is NaN: it must be a number";
    assert!(why.message().contains(expected), "{why}");
}

#[tokio::test]
async fn the_last_value_of_a_function_parameter_counts_whatever_its_name() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let weight = Function::boost("f", NAN).parameter("weight", "2");
    let search = client
        .search("books", [0.5])
        .parameter("own", NAN)
        .parameter("own", 1)
        .group_by("inf")
        .ranker(weight);
    search.await.unwrap();
    let search = client.hybrid_search("books").vector("v", [0.5]);
    search.group_by("NaN").await.unwrap();
}
