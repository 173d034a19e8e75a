//! A server that answers each request with any bytes. `h2`'s server, which the tests use where it will do, sends no nonsense.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::frames::{self, Head};

/// The length of the text with which each client begins.
const PREFACE: usize = 24;

/// A running server.
pub(crate) struct Scripted {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

/// A request that arrived completely. `Connect`, the first on each connection, succeeds and does not count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Counted from 0, over all connections, and on this one.
    pub(crate) number: usize,
    pub(crate) on_connection: usize,
    pub(crate) stream: u32,
}

/// What a server does, one after the other.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// It closes the connection.
    Close,
}

impl Asked {
    pub(crate) fn succeed(self) -> Vec<Step> {
        vec![Step::Send(frames::success(self.stream))]
    }
}

impl Scripted {
    /// A server that answers each request by these steps, and keeps the connection after them.
    pub(crate) async fn start(
        answer: impl Fn(Asked) -> Vec<Step> + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::greeting(frames::usual_settings(), answer).await
    }

    /// A server that fails the first request by these steps, and answers all others.
    pub(crate) async fn failing_once(
        answer: impl Fn(u32) -> Vec<Step> + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |asked| match asked.number {
            0 => answer(asked.stream),
            _ => asked.succeed(),
        })
        .await
    }

    /// The same, with what it says at the beginning of each connection.
    pub(crate) async fn greeting(
        greeting: Vec<u8>,
        answer: impl Fn(Asked) -> Vec<Step> + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let connections = Arc::clone(&server.connections);
        let requests = Arc::clone(&server.requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, greeting) = (answer.clone(), greeting.clone());
                let requests = Arc::clone(&requests);
                tokio::spawn(async move {
                    // An error means that the client has closed the connection.
                    let _ = serve(stream, &greeting, &requests, &answer).await;
                });
            }
        });
        server
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    greeting: &[u8],
    requests: &AtomicUsize,
    answer: &(impl Fn(Asked) -> Vec<Step> + Send + Sync),
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut preface = [0; PREFACE];
    stream.read_exact(&mut preface).await?;
    stream.write_all(greeting).await?;
    // The first call on each connection is `Connect`.
    let (mut is_greeted, mut on_connection) = (false, 0);
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let head = Head::parse(head);
        let mut payload = vec![0; head.length];
        stream.read_exact(&mut payload).await?;
        if head.is_settings() {
            stream.write_all(&frames::settings_ack()).await?;
        }
        if head.is_ping() {
            stream.write_all(&frames::ping_ack(&payload)).await?;
        }
        if !head.ends_request() {
            continue;
        }
        if !is_greeted {
            is_greeted = true;
            stream.write_all(&frames::success(head.stream)).await?;
            continue;
        }
        let asked = Asked {
            number: requests.fetch_add(1, Ordering::SeqCst),
            on_connection,
            stream: head.stream,
        };
        on_connection += 1;
        for step in answer(asked) {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Wait(time) => tokio::time::sleep(time).await,
                Step::Close => return stream.shutdown().await,
            }
        }
    }
}
