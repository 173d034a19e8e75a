//! With a double of the application's own trait: no server, no network.

use bookshop::{Book, Recommend, line};
use milvus_otel::{Hit, Result};

/// Recommends these titles, with these scores, to everyone.
struct Always(Vec<(&'static str, f32)>);

impl Recommend for Always {
    async fn recommend(&self, vector: [f32; 4]) -> Result<Vec<Hit<Book>>> {
        let hits = self.0.iter().map(|(title, score)| {
            Hit::new(1, *score).with_entity(Book {
                id: 1,
                title: title.to_string(),
                vector: vector.into(),
            })
        });
        Ok(hits.collect())
    }
}

#[tokio::test]
async fn what_is_hardly_similar_is_left_out() {
    let shop = Always(vec![("Dune", 0.9), ("Hyperion", 0.7), ("Emma", 0.2)]);
    let line = line(&shop, [0.0; 4]).await;
    assert_eq!(line, "you may like Dune and Hyperion");
}
