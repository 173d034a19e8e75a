//! Filters by words, on the server that has them.

use milvus_otel::{Client, Consistency, Field, Filter, Index, Metric, Schema};
use serde_json::json;
use testkit::{Milvus, require};

#[tokio::test]
async fn words_of_users_are_matched_as_they_are() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    let text = Field::varchar("text", 200).analyzer(json!({})).text_match();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(text)
        .field(Field::float_vector("vector", 2));
    client
        .create_collection("texts", schema.build().unwrap())
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let row = |id, text| json!({ "id": id, "text": text, "vector": [0.5, 0.5] });
    let rows = [
        row(1, "the left hand of darkness"),
        row(2, "the hand on the left"),
        row(3, "a \"desert\" planet, {planet}"),
    ];
    client.insert("texts", &rows[..]).await.unwrap();
    let found = async |filter: Filter| {
        let query = client.query("texts").filter(filter).output(["id"]);
        let rows = query.consistency(Consistency::Strong).await?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.field("id").unwrap()).collect();
        ids.sort_unstable();
        Ok::<_, milvus_otel::Error>(ids)
    };
    for (words, expected) in [
        ("hand", vec![1, 2]),
        ("darkness planet", vec![1, 3]),
        ("\"desert\" \\ {planet} '", vec![3]),
        ("\") or id > 0 or (\"", vec![]),
    ] {
        let filter = Filter::text_match("text", words);
        assert_eq!(found(filter).await.unwrap(), expected, "{words}");
    }
    let filter = Filter::text_match("text", "hand") & Filter::ne("id", 1);
    assert_eq!(found(filter).await.unwrap(), [2]);
    // This server has no phrases, and says so.
    let phrase = Filter::phrase_match("text", "left hand", 0);
    let error = found(phrase).await.unwrap_err();
    assert!(error.message().contains("unknown function"), "{error}");
}
