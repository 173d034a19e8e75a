// rows and their fields must be `Send + Sync`
use std::rc::Rc;

use milvus_otel::Client;

pub async fn add(client: &Client, titles: Vec<Rc<String>>) -> milvus_otel::Result<u64> {
    Ok(client.insert("books", titles).await?.count)
}

fn main() {}
