//! Grouping, and scores that functions compute, on a real server.

use milvus_otel::ops::Search;
use milvus_otel::{
    Client, Consistency, Field, Index, Metric, Schema,
    data::Value,
    schema::{DecayFunction, Function},
    search::{
        CombineMode, FunctionChain, FunctionChainExpr, FunctionChainStage, FunctionScore, Order,
        ScoreMode,
    },
};
use serde_json::json;
use testkit::{Milvus, require};

/// Ten books, from 2000 to 2009; the older, the nearer to [1, 0].
async fn books(client: &Client) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::int64("year"))
        .field(Field::varchar("kind", 9))
        .field(Field::float_vector("vector", 2));
    client
        .create_collection("books", schema.build().unwrap())
        .index("vector", Index::flat(Metric::InnerProduct))
        .await
        .unwrap();
    let row = |id: u8| {
        let angle = f32::from(id) / 10.0;
        let kind = if id.is_multiple_of(2) { "even" } else { "odd" };
        json!({ "id": id, "year": 2000 + u16::from(id), "kind": kind, "vector": [angle.cos(), angle.sin()] })
    };
    let rows: Vec<_> = (0..10).map(row).collect();
    client
        .insert("books", serde_json::Value::from(rows))
        .await
        .unwrap();
}

async fn ids(search: Search) -> Vec<i64> {
    let hits = search.consistency(Consistency::Strong).await.unwrap();
    hits.iter().map(|hit| hit.id.as_int().unwrap()).collect()
}

#[tokio::test]
async fn groups_functions_and_chains_change_the_hits() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    books(&client).await;
    let search = || client.search("books", [1.0, 0.0]).limit(3);
    assert_eq!(ids(search()).await, [0, 1, 2]);

    let grouped = search().group_by("kind").consistency(Consistency::Strong);
    let groups = grouped.await.unwrap().into_iter().map(|hit| hit.groups);
    let kind = |kind: &str| vec![("kind".to_owned(), Value::Text(kind.to_owned()))];
    assert_eq!(
        groups.collect::<Vec<_>>(),
        [kind("even"), kind("odd")],
        "the nearest of each"
    );

    let odd = || Function::boost("odd", 9.0).parameter("filter", "kind == \"odd\"");
    assert_eq!(ids(search().ranker(odd())).await, [1, 3, 5]);
    let late = Function::boost("late", 5.0).parameter("filter", "year > 2006");
    let both = FunctionScore::new([odd(), late])
        .boost_mode(ScoreMode::Sum)
        .function_mode(ScoreMode::Sum);
    assert_eq!(ids(search().ranker(both)).await, [7, 9, 1]);

    let near_2007 = Function::decay("fresh", "year", DecayFunction::Gaussian, 2007, 1);
    let hits = ids(search().ranker(near_2007)).await;
    assert_eq!(hits[0], 7);

    let fresh = FunctionChainExpr::decay("year", DecayFunction::Linear, 2009, 5);
    let weights = CombineMode::Weighted(vec![0.0, 1.0]);
    let chain = FunctionChain::new(FunctionChainStage::L2Rerank)
        .map("fresh", fresh)
        .map(
            "$score",
            FunctionChainExpr::num_combine(["$score", "fresh"], weights),
        )
        .map("$score", FunctionChainExpr::round_decimal("$score", 2))
        .sort_with_tie_break("$score", Order::Descending, "$id")
        .limit(2, 1);
    let search = client
        .search("books", [1.0, 0.0])
        .limit(10)
        .function_chains([chain]);
    let hits = search.consistency(Consistency::Strong).await.unwrap();
    let found: Vec<_> = hits
        .iter()
        .map(|hit| (hit.id.as_int().unwrap(), hit.score))
        .collect();
    assert_eq!(found, [(8, 0.9), (7, 0.8)]);
}
