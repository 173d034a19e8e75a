//! Pings that servers accept.

use std::time::Duration;

use milvus_otel::Client;
use milvus_otel::client::KeepAlive;
use tokio::time::sleep;

use super::frames_server::{Frame, FramesServer};
use super::grpcio::Grpcio;

#[tokio::test]
async fn a_call_without_an_answer_for_long_survives_the_default_ping_policy() {
    // The policy counts pings, not seconds: with one in 100 ms, a call of 4 s is a call of minutes.
    let Some(server) = Grpcio::start("[]", "4") else {
        return;
    };
    let keepalive = KeepAlive::new().interval(Duration::from_millis(100));
    let client = Client::builder(server.uri()).keepalive(keepalive);
    let client = client.connect_lazy().unwrap();
    client.has_collection("books").await.unwrap();
    client.has_collection("books").await.unwrap();
}

#[tokio::test]
async fn a_server_that_gets_too_many_pings_gets_fewer_on_further_connections() {
    // It accepts a ping in 350 ms, and ends a connection at the third that comes earlier.
    let options = r#"[["grpc.http2.min_ping_interval_without_data_ms", 350],
        ["grpc.keepalive_permit_without_calls", 1]]"#;
    let Some(mut server) = Grpcio::start(options, "0") else {
        return;
    };
    let keepalive = KeepAlive::new()
        .interval(Duration::from_millis(100))
        .while_idle(true);
    let client = Client::builder(server.uri()).keepalive(keepalive);
    let client = client.connect_lazy().unwrap();
    client.has_collection("books").await.unwrap();
    let mut before = server.connections();
    for _ in 0..20 {
        // Time for six pings in 400 ms, or for more of them earlier.
        sleep(Duration::from_millis(2500)).await;
        client.has_collection("books").await.unwrap();
        let now = server.connections();
        if now == before {
            assert!(now > 1, "the server never objected");
            return;
        }
        before = now;
    }
    panic!("the server ended {before} connections");
}

#[tokio::test]
async fn calls_that_time_out_one_after_the_other_cost_three_pings_per_connection() {
    let server = FramesServer::start().await;
    let (client, mut first) = tokio::join!(Client::connect(server.uri()), server.next_connection());
    let client = client.unwrap();
    let calls = tokio::spawn(async move {
        loop {
            let call = client
                .has_collection("a")
                .timeout(Duration::from_millis(600));
            assert!(call.await.unwrap_err().is_timeout());
        }
    });
    let mut pings = 0;
    let counting = first.until(|frame| {
        pings += usize::from(matches!(frame, Frame::Ping));
        false
    });
    tokio::select! {
        _ = counting => unreachable!(),
        _ = server.next_connection() => {}
    }
    assert_eq!(pings, 3);
    calls.abort();
}

#[tokio::test]
async fn too_many_pings_leave_only_calls_in_doubt_that_the_server_took() {
    let interval = Duration::from_millis(300);
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).keepalive(KeepAlive::new().interval(interval));
    let (client, mut first) = tokio::join!(client.connect(), server.next_connection());
    let client = client.unwrap();
    let took = tokio::spawn(client.drop_collection("a").into_future());
    first
        .until(|frame| matches!(frame, Frame::Headers(3)))
        .await;
    let not_taken = tokio::spawn(client.drop_collection("b").into_future());
    first
        .until(|frame| matches!(frame, Frame::Headers(5)))
        .await;
    first.until(|frame| matches!(frame, Frame::Ping)).await;
    const ENHANCE_YOUR_CALM: u32 = 0xb;
    first.go_away(3, ENHANCE_YOUR_CALM, "too_many_pings").await;
    drop(first);

    let mut second = server.next_connection().await;
    let sent = second
        .until(|frame| matches!(frame, Frame::Headers(3)))
        .await;
    let pinged = second.until(|frame| matches!(frame, Frame::Ping)).await;
    assert!(
        pinged - sent >= 2 * interval - Duration::from_millis(50),
        "{:?}",
        pinged - sent
    );
    second.answer(3).await;
    not_taken.await.unwrap().unwrap();
    let error = took.await.unwrap().unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert!(
        error.message().starts_with("lost the connection to"),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_that_is_silent_after_an_answer_but_before_a_pong_is_found() {
    let keepalive = KeepAlive::new()
        .interval(Duration::from_millis(200))
        .timeout(Duration::from_millis(300));
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).keepalive(keepalive);
    let (client, mut frames) = tokio::join!(client.connect(), server.next_connection());
    let client = client.unwrap();
    frames.answers_pings = false;
    // The first call after a pause comes with a ping.
    sleep(Duration::from_millis(500)).await;
    let answered = tokio::spawn(client.drop_collection("a").into_future());
    let (mut call, mut ping) = (false, false);
    let both = |frame: &Frame| {
        call |= matches!(frame, Frame::Headers(3));
        ping |= matches!(frame, Frame::Ping);
        call && ping
    };
    frames.until(both).await;
    frames.answer(3).await;
    let silent = tokio::spawn(client.drop_collection("b").into_future());
    answered.await.unwrap().unwrap();
    let error = silent.await.unwrap().unwrap_err();
    let why = "the server did not answer a ping within 300ms";
    assert!(error.message().ends_with(why), "{error}");
}
