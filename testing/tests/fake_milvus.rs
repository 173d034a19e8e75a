//! With the fake, a Milvus in the process of the test.

use std::error::Error;

use bookshop::{Book, Shop, line};
use milvus_otel::Hit;
use milvus_otel::error::Code;
use milvus_otel_testkit::Fake;

/// A shop with one book.
async fn shop(fake: &Fake) -> Result<Shop, Box<dyn Error>> {
    let shop = Shop {
        client: fake.client().await?,
        collection: "books".to_owned(),
    };
    shop.create().await?;
    shop.add(&[Book {
        id: 1,
        title: "Dune".to_owned(),
        vector: vec![1.0, 0.0, 0.0, 0.0],
    }])
    .await?;
    Ok(shop)
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() -> Result<(), Box<dyn Error>> {
    let fake = Fake::new();
    let shop = shop(&fake).await?;
    fake.fail_once(Code::RATE_LIMIT);
    let line = line(&shop, [1.0, 0.0, 0.0, 0.0]).await;
    assert_eq!(line, "you may like Dune");
    assert_eq!(fake.count_of("search"), 2);
    Ok(())
}

#[tokio::test]
async fn what_is_hardly_similar_is_left_out() -> Result<(), Box<dyn Error>> {
    let hit = |id, score, title: &str| {
        Hit::new(id, score).with_entity(Book {
            id,
            title: title.to_owned(),
            vector: vec![0.0; 4],
        })
    };
    let fake = Fake::new().search([hit(1, 0.9, "Dune"), hit(2, 0.2, "Emma")]);
    let shop = Shop {
        client: fake.client().await?,
        collection: "books".to_owned(),
    };
    let line = line(&shop, [1.0, 0.0, 0.0, 0.0]).await;
    assert_eq!(line, "you may like Dune");
    Ok(())
}

#[tokio::test]
async fn a_failure_does_not_break_the_page() -> Result<(), Box<dyn Error>> {
    let fake = Fake::new();
    let shop = shop(&fake).await?;
    fake.fail("search", Code::COLLECTION_NOT_LOADED);
    assert_eq!(line(&shop, [1.0, 0.0, 0.0, 0.0]).await, "out of order");
    Ok(())
}
