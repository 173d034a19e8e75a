use milvus_otel::{Client, search::Ranker};

pub async fn both(client: &Client, query: Vec<f32>) -> milvus_otel::Result<usize> {
    let hits = client
        .hybrid_search("books")
        .vector("embedding", query)
        .vector("bm25", "desert planet")
        .ranker(Ranker::weighted([0.7, 0.3]))
        .limit(5)
        .await?;
    Ok(hits.len())
}

fn main() {}
