//! What the application tells OpenTelemetry, received over OTLP.

use std::error::Error;

use bookshop::{Recommend, Shop};
use milvus_otel::init;
use milvus_otel_testkit::{Milvus, Receiver, unique_name};

#[tokio::test]
async fn a_recommendation_is_traced_measured_and_logged() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start()?;
    let telemetry = init::otlp("bookshop")
        .endpoint(receiver.grpc_endpoint())
        .logs(true);
    let telemetry = telemetry.install()?;
    let shop = Shop {
        client: Milvus::shared_lite().await?.client().await?,
        collection: unique_name("books"),
    };
    shop.create().await?;
    shop.recommend([1.0, 0.0, 0.0, 0.0]).await?;
    telemetry.flush()?;

    let request = receiver.span("recommend").await;
    request.assert_root().assert_ok();
    let search = receiver.span(&format!("search {}", shop.collection)).await;
    search
        .assert_child_of(&request)
        .assert_attribute("db.system.name", "milvus");

    let duration = receiver.metric("db.client.operation.duration").await;
    duration.assert_count(1, &[("db.operation.name", "search")]);

    receiver
        .log("0 books recommended")
        .await
        .assert_in(&request);
    Ok(())
}
