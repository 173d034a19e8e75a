//! Fields that functions compute.

use milvus_otel::{
    Client, Consistency, Field, Index, Metric, Schema, schema::Function, search::Ranker,
};
use serde::{Deserialize, Serialize};

/// Searches for texts, alone and in a hybrid search with vectors.
pub(crate) async fn words(client: &Client, tells_functions: bool) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::varchar("text", 200).analyzer(serde_json::json!({})))
        .field(Field::sparse_vector("words"))
        .field(Field::float_vector("vector", 2))
        .function(Function::bm25("bm25", "text", "words"))
        .build()
        .unwrap();
    client
        .create_collection("words", schema)
        .index(
            "words",
            Index::new("SPARSE_INVERTED_INDEX").metric(Metric::Bm25),
        )
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let described = client.describe_collection("words").await.unwrap().schema;
    assert!(described.field("words").unwrap().is_function_output());
    if tells_functions {
        assert_eq!(described.functions()[0].outputs(), ["words"]);
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Note {
        text: String,
        vector: Vec<f32>,
    }
    let note = |text: &str, x: f32| Note {
        text: text.into(),
        vector: vec![x, 0.0],
    };
    let notes = [
        note("a desert planet", 1.0),
        note("rings of saturn", 2.0),
        note("the planet mars", 3.0),
    ];
    let written = client.insert("words", &notes).await.unwrap();
    assert_eq!(written.ids.len(), 3);

    let strong = Consistency::Strong;
    let hits = client
        .search("words", "desert")
        .field("words")
        .consistency(strong)
        .rows::<Note>()
        .await
        .unwrap();
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(hits[0].entity.text, "a desert planet");
    assert_eq!(hits[0].id, written.ids[0]);

    for ranker in [Ranker::rrf(60), Ranker::weighted([0.3, 0.7])] {
        let hybrid = client
            .hybrid_search("words")
            .vector("words", "mars")
            .vector("vector", [3.0, 0.0])
            .ranker(ranker);
        let hits = hybrid
            .limit(2)
            .consistency(strong)
            .rows::<Note>()
            .await
            .unwrap();
        assert_eq!(hits[0].entity.text, "the planet mars", "{hits:?}");
    }
}
