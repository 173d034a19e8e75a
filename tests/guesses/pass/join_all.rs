use futures::future::{join_all, try_join_all};
use milvus_otel::Client;

pub async fn counts(client: &Client, names: &[String]) -> milvus_otel::Result<u64> {
    let each = join_all(names.iter().map(|name| client.count(name))).await;
    println!(
        "{} counted",
        each.iter().filter(|count| count.is_ok()).count()
    );
    let all = try_join_all(names.iter().map(|name| client.count(name))).await?;
    Ok(all.iter().sum())
}

fn main() {}
