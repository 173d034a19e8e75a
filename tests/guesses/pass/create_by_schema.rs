use milvus_otel::{Client, Field, Index, Metric, Schema};

pub async fn create(client: &Client) -> milvus_otel::Result<()> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::varchar("title", 512))
        .field(Field::float_vector("embedding", 768))
        .dynamic_fields(true)
        .build()?;
    client
        .create_collection("books", schema)
        .index("embedding", Index::hnsw(Metric::Cosine, 16, 200))
        .await
}

fn main() {}
