use std::collections::HashSet;

use milvus_otel::{Client, Filter, Hit, Id};

pub async fn remove(client: &Client, ids: HashSet<i64>, hits: &[Hit]) -> milvus_otel::Result<()> {
    client
        .delete("books", hits.iter().map(|hit| &hit.id))
        .await?;
    client
        .delete("books", hits.iter().map(|hit| hit.id.clone()))
        .await?;
    for id in &ids {
        client.delete("books", id).await?;
    }
    client.delete("books", &ids).await?;
    client.delete("books", ids).await?;
    let (names, more): (Vec<String>, &[&str]) = (vec!["herbert".to_owned()], &["lem"]);
    client.delete("authors", &names).await?;
    client.delete("authors", names).await?;
    client.delete("authors", more).await?;
    client.delete("authors", [Id::from("lem")]).await?;
    client.delete("books", Filter::eq("year", 1965)).await?;
    client.delete("books", format!("year < {}", 1900)).await?;
    Ok(())
}

fn main() {}
