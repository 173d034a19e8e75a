//! Answers that the connection does not bring to their end.

use std::time::Duration;

use milvus_otel::{Client, ErrorKind, client::RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::refusals::server;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `:status: 200`, as HTTP/2 writes it.
const OK: &[u8] = &[0x88];
const PREFACE: usize = 24;

/// Several frames of a message.
const LONG: usize = 80_000;
/// The most that HTTP/2 takes in one frame unless told otherwise.
const FRAME: usize = 16_384;

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags, 0, 0, 0, stream]);
    frame.extend_from_slice(payload);
    frame
}

/// The beginning of a message of 900 kB: a status without an error, and a field nobody knows.
fn beginning(length: usize) -> Vec<u8> {
    let mut message = vec![0, 0, 14, 0, 0, 10, 2, 24, 0, 122, 0xa0, 0xf7, 0x36];
    message.resize(length, 0);
    message
}

/// Answers the first call, `Connect`, without a status, the second with so much of a message, and hangs up.
async fn answer(mut stream: TcpStream, length: usize) -> std::io::Result<()> {
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    stream.read_exact(&mut [0; PREFACE]).await?;
    stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await?;
    receive_call(&mut stream).await?;
    let end = END_HEADERS | END_STREAM;
    stream.write_all(&frame(HEADERS, end, 1, OK)).await?;
    receive_call(&mut stream).await?;
    stream
        .write_all(&frame(HEADERS, END_HEADERS, 3, OK))
        .await?;
    for piece in beginning(length).chunks(FRAME) {
        stream.write_all(&frame(DATA, 0, 3, piece)).await?;
    }
    Ok(())
}

async fn receive_call(stream: &mut TcpStream) -> std::io::Result<()> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await?;
        if head[3] <= HEADERS && head[4] & END_STREAM > 0 {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn an_answer_that_ends_early_is_a_lost_connection() {
    for length in [10, LONG] {
        let port = server(move |stream| async move {
            answer(stream, length).await.unwrap();
        });
        let policy = RetryPolicy::default()
            .max_attempts(2)
            .initial_backoff(Duration::from_millis(1));
        let client = Client::builder(format!("http://127.0.0.1:{}", port.await));
        let client = client.retry(policy).connect_lazy().unwrap();
        let read = client.has_collection("books").await.map(drop);
        let changed = client.drop_collection("books").await;
        for (ended, attempts) in [(read, 2), (changed, 1)] {
            let error = ended.unwrap_err();
            assert_eq!(error.attempts(), attempts, "{error}");
            assert_eq!(error.kind(), ErrorKind::Rpc, "{error}");
            assert_eq!(error.grpc_code(), Some(tonic::Code::Unavailable), "{error}");
            assert!(error.is_retryable() && error.may_have_happened());
            let why = "lost the connection while receiving the answer: ";
            assert!(error.message().starts_with(why), "{error}");
        }
    }
}
