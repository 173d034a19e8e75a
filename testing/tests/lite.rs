//! With Milvus Lite, a real server that starts in 0.1 s.

use std::error::Error;

use bookshop::{Book, Shop, line};
use milvus_otel_testkit::{Milvus, unique_name};

/// A shop with a collection that no other test uses.
async fn shop() -> Result<Shop, Box<dyn Error>> {
    let milvus = Milvus::shared_lite().await?;
    let shop = Shop {
        client: milvus.client().await?,
        collection: unique_name("books"),
    };
    shop.create().await?;
    Ok(shop)
}

fn book(id: i64, title: &str, vector: [f32; 4]) -> Book {
    Book {
        id,
        title: title.to_owned(),
        vector: vector.into(),
    }
}

#[tokio::test]
async fn similar_books_are_recommended() -> Result<(), Box<dyn Error>> {
    let shop = shop().await?;
    shop.add(&[
        book(1, "Dune", [1.0, 0.0, 0.0, 0.0]),
        book(2, "Hyperion", [0.9, 0.1, 0.0, 0.0]),
        book(3, "Emma", [0.0, 0.0, 1.0, 0.0]),
    ])
    .await?;
    let line = line(&shop, [1.0, 0.0, 0.0, 0.0]).await;
    assert_eq!(line, "you may like Dune and Hyperion");
    Ok(())
}

#[tokio::test]
async fn an_empty_shop_recommends_nothing() -> Result<(), Box<dyn Error>> {
    let shop = shop().await?;
    assert_eq!(
        line(&shop, [1.0, 0.0, 0.0, 0.0]).await,
        "nothing to recommend"
    );
    Ok(())
}
