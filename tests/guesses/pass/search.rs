use milvus_otel::Client;

pub async fn nearest(client: &Client, query: Vec<f32>) -> milvus_otel::Result<()> {
    let hits = client
        .search("books", query)
        .filter("year > 1950")
        .limit(10)
        .output(["title", "year"])
        .ef(64)
        .await?;
    for hit in &hits {
        println!("{} {:.3} {:?}", hit.id, hit.score, hit.entity.get("title"));
    }
    Ok(())
}

fn main() {}
