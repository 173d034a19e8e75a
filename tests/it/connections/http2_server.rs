//! A server that speaks HTTP/2, and does to each stream what a test says.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::server::{Builder, SendResponse};
use h2::{RecvStream, SendStream};
use tokio::net::TcpListener;

/// A running server.
pub(super) struct Http2Server {
    pub(super) address: SocketAddr,
    /// The connections that were made, and the requests that arrived completely, without the first on each connection.
    pub(super) connections: Arc<AtomicUsize>,
    pub(super) requests: Arc<AtomicUsize>,
}

/// A request that arrived.
pub(super) struct Arrived {
    /// Counted from 0, over all connections.
    pub(super) number: usize,
    pub(super) respond: SendResponse<Bytes>,
}

impl Http2Server {
    /// Handles each request by `handle`, after its message has arrived. `Connect` succeeds.
    pub(super) async fn start<F>(
        max_streams: u32,
        handle: impl Fn(Arrived) -> F + Clone + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) =
            (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let server = Self {
            address,
            connections: Arc::clone(&connections),
            requests: Arc::clone(&requests),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (handle, requests) = (handle.clone(), Arc::clone(&requests));
                tokio::spawn(async move {
                    let mut builder = Builder::new();
                    builder.max_concurrent_streams(max_streams);
                    let Ok(mut connection) = builder.handshake::<_, Bytes>(stream).await else {
                        return;
                    };
                    while let Some(Ok((request, respond))) = connection.accept().await {
                        let (handle, requests) = (handle.clone(), Arc::clone(&requests));
                        let is_greeting = request.uri().path().ends_with("/Connect");
                        tokio::spawn(async move {
                            if !drain(request.into_body()).await {
                                return;
                            }
                            if is_greeting {
                                return succeed(respond);
                            }
                            let number = requests.fetch_add(1, Ordering::SeqCst);
                            handle(Arrived { number, respond }).await;
                        });
                    }
                });
            }
        });
        server
    }

    pub(super) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Whether the whole message arrived.
async fn drain(mut body: RecvStream) -> bool {
    while let Some(data) = body.data().await {
        let Ok(data) = data else { return false };
        let _ = body.flow_control().release_capacity(data.len());
    }
    true
}

impl Arrived {
    /// Sends the head of an answer; `None` if the client is gone.
    pub(super) fn begin(self) -> Option<SendStream<Bytes>> {
        begin(self.respond)
    }

    /// Answers with success: an empty message.
    pub(super) fn succeed(self) {
        succeed(self.respond);
    }

    pub(super) fn reset(mut self, reason: h2::Reason) {
        self.respond.send_reset(reason);
    }
}

fn begin(mut respond: SendResponse<Bytes>) -> Option<SendStream<Bytes>> {
    let head = http::Response::builder()
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    respond.send_response(head, false).ok()
}

fn succeed(respond: SendResponse<Bytes>) {
    let Some(mut stream) = begin(respond) else {
        return;
    };
    let _ = stream.send_data(Bytes::from_static(&[0; 5]), false);
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let _ = stream.send_trailers(trailers);
}
