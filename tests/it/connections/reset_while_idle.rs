//! A connection that the server resets while the client does not look.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use milvus_otel::Client;

use super::frames_server::{Frame, FramesServer};

/// Answers a call, resets the connection when it is told to, and answers a call on the next one. Ends when it is told
/// again.
fn server(uri: &mpsc::Sender<String>, told: &mpsc::Receiver<()>, was_reset: &mpsc::Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let server = FramesServer::start().await;
        uri.send(server.uri()).unwrap();
        let is_call = |frame: &Frame| matches!(frame, Frame::Headers(3));
        let mut connection = server.next_connection().await;
        connection.until(is_call).await;
        connection.answer(3).await;
        told.recv().unwrap();
        connection.abort();
        was_reset.send(()).unwrap();
        let mut connection = server.next_connection().await;
        connection.until(is_call).await;
        connection.answer(3).await;
        told.recv().unwrap();
    });
}

#[tokio::test]
async fn a_change_on_a_connection_that_was_reset_unnoticed_is_not_in_doubt() {
    let (send_uri, uri) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let (has_reset, was_reset) = mpsc::channel();
    let server = thread::spawn(move || server(&send_uri, &told, &has_reset));
    let client = Client::builder(uri.recv().unwrap()).connect_lazy().unwrap();
    client.drop_collection("a").await.unwrap();
    tell.send(()).unwrap();
    // This blocks the runtime, so the connection notices nothing until the next call has been handed to it.
    was_reset.recv().unwrap();
    thread::sleep(Duration::from_millis(50));
    client.drop_collection("a").await.unwrap();
    tell.send(()).unwrap();
    server.join().unwrap();
}
