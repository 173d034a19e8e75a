use milvus_otel::Client;
use serde::{Serialize, de::DeserializeOwned};

pub struct Store<T> {
    client: Client,
    collection: String,
    rows: std::marker::PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Store<T> {
    pub async fn save(&self, row: &T) -> milvus_otel::Result<()> {
        self.client.upsert(&self.collection, row).await?;
        Ok(())
    }

    pub async fn save_all(&self, rows: &[T]) -> milvus_otel::Result<u64> {
        Ok(self.client.insert(&self.collection, rows).await?.count)
    }

    pub async fn load(&self, id: i64) -> milvus_otel::Result<Option<T>> {
        self.client.get(&self.collection, id).rows().one().await
    }
}

fn main() {}
