//! The first call on a connection.

use std::error::Error as _;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderValue;
use http_body::Body as _;
use tokio::time::timeout;
use tonic::body::Body;

use super::http2::Connection;
use super::lost::Lost;

/// The call that every connection makes before others use it: `Connect`, which tells the server about the client and
/// the client about the server.
pub(crate) struct Greeting {
    pub(crate) request: Box<dyn Fn() -> http::Request<Body> + Send + Sync>,
    /// Reads the answer, and returns the ID that the server assigned to the connection.
    pub(crate) answered: Box<ReadAnswer>,
}

/// How a client makes itself known to its servers.
#[derive(Debug, Default)]
pub(crate) struct Introduction {
    greeting: OnceLock<Greeting>,
    running: AtomicBool,
}

impl Introduction {
    /// The client sends its first call, which is the greeting of the first connection. Until that call is answered, no
    /// others are opened, because they would not be greeted.
    pub(crate) fn begin(&self) {
        self.running.store(true, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.running.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Relaxed)
    }

    /// Greets the servers of all further connections.
    pub(crate) fn greet(&self, greeting: Greeting) {
        let _already_set = self.greeting.set(greeting);
    }

    pub(super) fn greeting(&self) -> Option<&Greeting> {
        self.greeting.get()
    }
}

type ReadAnswer = dyn Fn(&[u8]) -> Option<i64> + Send + Sync;

/// The length of a gRPC message's prefix.
const HEAD: usize = 5;
/// Longer than any answer.
const LIMIT: usize = 64 << 10;

impl Greeting {
    /// Greets the server. If it does not answer, or answers with an error, it gets calls nevertheless: they show what
    /// is wrong. The error is why the connection ended in the meantime.
    pub(super) async fn send(&self, connection: &Connection, limit: Duration) -> Result<(), Lost> {
        let health = &connection.health;
        match timeout(limit, self.call(connection)).await {
            Ok(Ok(Some(identifier))) => {
                let _ = connection.identifier.set(HeaderValue::from(identifier));
            }
            Ok(Err(lost @ Lost::Broken(_))) => return Err(lost),
            Ok(Err(lost @ Lost::Unsent(_))) if !health.is_open() => return Err(lost),
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    async fn call(&self, connection: &Connection) -> Result<Option<i64>, Lost> {
        let Some(flight) = connection.health.reserve(None).await else {
            return Ok(None);
        };
        let answer = connection.send(flight, (self.request)()).await?;
        let mut body = pin!(answer.into_body());
        let mut message = Vec::new();
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            let data = match frame {
                Ok(frame) => frame.into_data().unwrap_or_default(),
                Err(status) => {
                    let lost = status.source().and_then(|source| source.downcast_ref());
                    return lost.cloned().map_or(Ok(None), Err);
                }
            };
            if message.len() + data.len() > LIMIT {
                return Ok(None);
            }
            message.extend_from_slice(&data);
        }
        Ok(message.get(HEAD..).and_then(|read| (self.answered)(read)))
    }
}

impl fmt::Debug for Greeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Greeting")
    }
}
