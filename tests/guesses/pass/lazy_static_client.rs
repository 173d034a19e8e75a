use std::sync::LazyLock;

use milvus_otel::Client;

pub static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::builder("http://localhost:19530")
        .connect_lazy()
        .unwrap()
});

pub async fn count() -> milvus_otel::Result<u64> {
    CLIENT.count("books").await
}

fn main() {}
