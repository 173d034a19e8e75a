//! Waits until a server has started.

use std::time::{Duration, Instant};

use http::uri::PathAndQuery;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::client::Grpc;
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

use super::Unavailable;
use super::supervisor::Supervised;

/// Generous for a slow machine that unpacks and starts several servers at once. Usually a start takes at most 3 s.
const LIMIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until `probe` returns an answer. Fails if the server ends or takes too long.
pub(super) async fn wait<T, F: Future<Output = Option<T>>>(
    server: &Supervised,
    description: &str,
    probe: impl Fn() -> F,
) -> Result<T, Unavailable> {
    let start = Instant::now();
    loop {
        if let Some(answer) = probe().await {
            return Ok(answer);
        }
        let what = match server.exited() {
            Some(status) => format!("ended with status {status}"),
            None if start.elapsed() > LIMIT => format!("was not ready in {} s", LIMIT.as_secs()),
            None => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let complaint = server.complaint();
        return Err(Unavailable::new(format!(
            "{description} {what} when it was started; the end of its log:\n{complaint}"
        )));
    }
}

/// Whether a gRPC server answers at `uri`, even with an error.
pub(super) async fn speaks_grpc(uri: &str) -> Option<()> {
    const HAS_COLLECTION: &str = "/milvus.proto.milvus.MilvusService/HasCollection";
    let endpoint = Endpoint::from_shared(uri.to_owned()).ok()?;
    let channel = endpoint
        .timeout(Duration::from_secs(2))
        .connect()
        .await
        .ok()?;
    let mut client = Grpc::new(channel);
    client.ready().await.ok()?;
    let path = PathAndQuery::from_static(HAS_COLLECTION);
    // An empty message. The answer that the collection name is missing will do.
    let codec = ProstCodec::<(), ()>::default();
    match client.unary(Request::new(()), path, codec).await {
        Ok(_) => Some(()),
        Err(status) => match status.code() {
            Code::Unauthenticated | Code::PermissionDenied | Code::InvalidArgument => Some(()),
            _ => None,
        },
    }
}

/// Whether `GET http://127.0.0.1:{port}/healthz` returns `OK`.
pub(super) async fn is_healthy(port: u16) -> Option<()> {
    const REQUEST: &[u8] = b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(REQUEST).await?;
        let mut answer = String::new();
        // The server closes after an HTTP/1.0 answer.
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), ask)
        .await
        .ok()?
        .ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?;
    (status == "200" && body.trim() == "OK").then_some(())
}

/// Whether `port` of the loopback interface is in use.
pub(super) async fn listens(port: u16) -> Option<()> {
    TcpStream::connect(("127.0.0.1", port)).await.ok().map(drop)
}
