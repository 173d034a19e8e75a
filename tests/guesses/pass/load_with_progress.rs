use milvus_otel::Client;

pub async fn load(client: &Client) -> milvus_otel::Result<()> {
    client
        .load_collection("books")
        .progress(|progress| println!("{} %", progress.percent()))
        .await
}

fn main() {}
