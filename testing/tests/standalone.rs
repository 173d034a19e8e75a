//! With the complete Milvus, which has users, databases and spans of its own.

use std::error::Error;

use bookshop::{Book, Recommend, Shop};
use milvus_otel::init;
use milvus_otel_testkit::{Milvus, Receiver};

#[tokio::test]
async fn the_trace_goes_on_in_milvus() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start()?;
    let telemetry = init::otlp("bookshop")
        .endpoint(receiver.grpc_endpoint())
        .install()?;
    let milvus = Milvus::standalone()
        .otlp(receiver.grpc_address())
        .start()
        .await?;
    let shop = Shop {
        client: milvus.client_in_new_database().await?,
        collection: "books".to_owned(),
    };
    shop.create().await?;
    let vector = vec![1.0, 0.0, 0.0, 0.0];
    shop.add(&[Book {
        id: 1,
        title: "Dune".to_owned(),
        vector,
    }])
    .await?;
    shop.recommend([1.0, 0.0, 0.0, 0.0]).await?;

    // Both send their remaining spans.
    telemetry.shutdown()?;
    milvus.stop().await;
    let request = receiver.span("recommend").await;
    let search = receiver.span("search books").await;
    search.assert_child_of(&request);
    let trace = receiver.complete_trace(&request.trace_id).await;
    assert!(trace.services().len() > 1, "no span of Milvus:\n{trace}");
    Ok(())
}
