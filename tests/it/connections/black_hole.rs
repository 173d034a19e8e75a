//! A connection that swallows everything.

use std::time::Duration;

use milvus_otel::Client;
use milvus_otel::client::{KeepAlive, RetryPolicy};
use testkit::Fake;

use super::http2_server::Http2Server;
use crate::servers::proxy::Proxy;

#[tokio::test]
async fn a_ping_finds_out_and_what_may_be_repeated_is() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let keepalive = KeepAlive::new()
        .interval(Duration::from_millis(300))
        .timeout(Duration::from_millis(300));
    let client = Client::builder(proxy.uri()).keepalive(keepalive);
    let client = client.connect().await.unwrap();

    proxy.mute_present();
    let (read, changed) = tokio::join!(client.has_collection("a"), client.drop_collection("a"));
    read.unwrap();
    let error = changed.unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert_eq!(
        error.message(),
        format!(
            "lost the connection to {}: the server did not answer a ping within 300ms",
            proxy.uri()
        )
    );
}

#[tokio::test]
async fn after_a_call_without_an_answer_the_next_ones_use_another_connection() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let client = Client::connect(proxy.uri()).await.unwrap();
    proxy.mute_present();
    let call = client
        .has_collection("a")
        .timeout(Duration::from_millis(700));
    assert!(call.await.unwrap_err().is_timeout());
    // Long before the default keepalive of 13 s could end the first connection.
    for _ in 0..20 {
        let call = client.has_collection("a").timeout(Duration::from_secs(5));
        call.await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_call_delays_others_by_a_ping_only() {
    let server = Http2Server::start(100, |request| async move {
        if request.number % 11 == 0 {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        request.succeed();
    });
    let server = server.await;
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    for _ in 0..5 {
        let slow = client
            .has_collection("a")
            .timeout(Duration::from_millis(700));
        assert!(slow.await.unwrap_err().is_timeout());
        // The connection is suspect until the server answers the ping.
        let others = (0..10).map(|_| client.has_collection("a").timeout(Duration::from_secs(10)));
        for answer in futures::future::join_all(others).await {
            answer.unwrap();
        }
    }
    assert_eq!(server.connections(), 1, "it was never replaced");
}

#[tokio::test]
async fn a_call_that_waits_for_the_ping_connects_anew_when_the_connection_ends() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let client = Client::connect(proxy.uri()).await.unwrap();
    proxy.mute_present();
    let call = client
        .has_collection("a")
        .timeout(Duration::from_millis(700));
    assert!(call.await.unwrap_err().is_timeout());
    let call = client.has_collection("a").timeout(Duration::from_secs(20));
    let cutting = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        proxy.cut();
    };
    let (answer, ()) = tokio::join!(call.into_future(), cutting);
    answer.unwrap();
}

#[tokio::test]
async fn calls_with_a_short_timeout_leave_a_dead_connection_too() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let client = Client::connect(proxy.uri()).await.unwrap();
    proxy.mute_present();
    let call = || {
        client
            .has_collection("a")
            .timeout(Duration::from_millis(150))
    };
    let mut failed = 0;
    while call().await.is_err() {
        failed += 1;
        // After about 6. The ping of the default keepalive would take 13 s, which are 86 calls.
        assert!(failed < 40, "the connection is still used");
    }
    assert!(failed > 1);
}

#[tokio::test]
async fn attempts_with_a_time_limit_leave_a_dead_connection() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let proxy = Proxy::start(&format!("http://{address}")).await;
    let policy = RetryPolicy::new().attempt_timeout(Duration::from_millis(200));
    let client = Client::builder(proxy.uri()).retry(policy);
    let client = client.connect().await.unwrap();
    proxy.mute_present();
    client.has_collection("a").await.unwrap();
}
