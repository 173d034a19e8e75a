use milvus_otel::{Client, Filter};

/// The conditions of a request, each of which may be absent.
pub async fn list(
    client: &Client,
    since: Option<i64>,
    lang: Option<String>,
) -> milvus_otel::Result<usize> {
    let filter = Filter::all([
        since.map(|year| Filter::new("year > {y}").bind("y", year)),
        lang.map(|lang| Filter::eq("lang", lang)),
    ]);
    Ok(client.query("books").filter(filter).await?.len())
}

fn main() {}
