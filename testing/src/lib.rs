//! An application: a shop that recommends books.

use milvus_otel::{Client, Consistency, Hit, Result};
use serde::{Deserialize, Serialize};

/// A row of the collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub vector: Vec<f32>,
}

/// Books in a collection.
#[derive(Debug, Clone)]
pub struct Shop {
    pub client: Client,
    pub collection: String,
}

impl Shop {
    /// Creates the collection.
    pub async fn create(&self) -> Result<()> {
        self.client.create_collection(&self.collection, 4).await?;
        Ok(())
    }

    /// Adds books.
    #[tracing::instrument(skip_all)]
    pub async fn add(&self, books: &[Book]) -> Result<()> {
        self.client.insert(&self.collection, books).await?;
        Ok(())
    }
}

/// What pages need of Milvus, so that their tests need no Milvus.
pub trait Recommend {
    /// The two books that are most similar to `vector`.
    fn recommend(&self, vector: [f32; 4]) -> impl Future<Output = Result<Vec<Hit<Book>>>> + Send;
}

impl Recommend for Shop {
    #[tracing::instrument(skip_all)]
    async fn recommend(&self, vector: [f32; 4]) -> Result<Vec<Hit<Book>>> {
        let search = self.client.search(&self.collection, vector).limit(2);
        let search = search.consistency(Consistency::Strong);
        let hits = search.rows::<Book>().await?;
        tracing::info!("{} books recommended", hits.len());
        Ok(hits)
    }
}

/// A line of a page.
pub async fn line(shop: &impl Recommend, vector: [f32; 4]) -> String {
    let hits = match shop.recommend(vector).await {
        Ok(hits) => hits,
        Err(error) if error.is_retryable() => return "try again".to_owned(),
        Err(_) => return "out of order".to_owned(),
    };
    let similar = hits.into_iter().filter(|hit| hit.score > 0.5);
    let titles: Vec<String> = similar.map(|hit| hit.entity.title).collect();
    match titles.as_slice() {
        [] => "nothing to recommend".to_owned(),
        titles => format!("you may like {}", titles.join(" and ")),
    }
}
