use std::io;

use milvus_otel::ops::TypedCollection;
use milvus_otel::{Collection, Index, Metric};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize, Collection)]
#[milvus(name = "novels")]
pub struct Novel {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(dim = 2, index = Index::flat(Metric::L2))]
    embedding: Vec<f32>,
}

pub async fn write(novels: &TypedCollection<Novel>, rows: Vec<Novel>) -> milvus_otel::Result<()> {
    let novel = rows[0].clone();
    novels.insert(&novel).await?;
    novels.insert(novel.clone()).await?;
    novels.insert(&rows).await?;
    novels.insert(&rows[..]).await?;
    novels.insert([&novel]).await?;
    novels.insert([novel.clone()]).await?;
    novels.insert(rows.iter().filter(|row| row.id > 1)).await?;
    novels
        .upsert(rows.iter().map(|row| Novel {
            id: row.id + 1,
            ..row.clone()
        }))
        .await?;
    novels.upsert(rows.iter().collect::<Vec<_>>()).await?;
    novels.upsert(rows.clone()).await?;
    novels.insert_stream(rows.iter()).await?;
    novels
        .insert_stream(rows.clone().into_iter())
        .batch_size(10)
        .await?;
    novels
        .upsert_stream(tokio_stream::iter(rows.clone()))
        .await?;
    novels
        .upsert_stream(rows.into_iter().map(Ok::<_, io::Error>))
        .in_flight(2)
        .await?;
    novels
        .delete(novels.get([1]).await?.iter().map(|row| row.id))
        .await?;
    Ok(())
}

fn main() {}
