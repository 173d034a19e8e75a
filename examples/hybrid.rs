//! Hybrid search: rows that a text search (BM25) and a vector search both find come first.
//!
//! `cargo run --example hybrid` starts Milvus Lite 2.5.1 if no Milvus is running. A running Milvus must be 2.5 or newer.

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;

use milvus_otel::{
    Client, Consistency, Field, Hit, Index, Metric, Schema, schema::Function, search::Ranker,
};
use serde::{Deserialize, Serialize};
use testkit::demo::Demo;

#[derive(Serialize, Deserialize)]
struct Note {
    text: String,
    mood: [f32; 2],
}

const NOTES: &str = "hybrid";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start_lite().await?, NOTES, notes).await
}

async fn notes(client: &Client) -> milvus_otel::Result<()> {
    // Milvus computes `words` from `text`.
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::varchar("text", 1000).analyzer(serde_json::json!({ "type": "english" })))
        .field(Field::sparse_vector("words"))
        .field(Field::float_vector("mood", 2))
        .function(Function::bm25("bm25", "text", "words"));
    client
        .create_collection(NOTES, schema.build()?)
        .index("words", Index::sparse_inverted(Metric::Bm25))
        .index("mood", Index::flat(Metric::L2))
        .await?;

    let note = |text: &str, mood| Note {
        text: text.into(),
        mood,
    };
    let notes = [
        note("A desert planet, and the worms in its sand", [0.2, 0.9]),
        note("An ocean that thinks covers the whole planet", [0.9, 0.8]),
        note("A holiday in the desert: sand everywhere", [0.9, 0.1]),
        note("Letters from a quiet town", [0.3, 0.8]),
    ];
    client.insert(NOTES, &notes).await?;

    let strong = Consistency::Strong;
    let by_words = client.search(NOTES, "desert sand").field("words");
    show("words", by_words.consistency(strong).rows().await?);
    let by_mood = client.search(NOTES, [0.2, 0.9]).field("mood").limit(2);
    show("mood", by_mood.consistency(strong).rows().await?);
    let by_both = client
        .hybrid_search(NOTES)
        .vector("words", "desert sand")
        .vector("mood", [0.2, 0.9])
        .ranker(Ranker::rrf(60))
        .limit(3);
    show("both", by_both.consistency(strong).rows().await?);
    Ok(())
}

fn show(by: &str, hits: Vec<Hit<Note>>) {
    for hit in hits {
        println!("by {by:<6} {:.3}  {}", hit.score, hit.entity.text);
    }
}
