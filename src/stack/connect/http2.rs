//! One HTTP/2 connection: its requests, and what is known about its health.
//!
//! Uses `h2` directly, because neither hyper nor tonic reports whether a request left the client, lets a timeout
//! trigger a ping, or shares one connection attempt among all calls that wait for it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use http::header::{TE, USER_AGENT};
use http::request::Parts;
use http::uri::{Authority, Parts as UriParts, Scheme};
use http::{HeaderName, HeaderValue, Uri, Version};
use http_body::Body as _;
use tokio::time::Instant;
use tonic::body::Body;

use super::activity::Observed;
use super::driver::drive;
use super::endpoint::Endpoint;
use super::health::{Flight, Health};
use super::keepalive::KeepAlive;
use super::lost::Lost;
use super::received::{Received, Upload};
use crate::error::PeerAddress;
use crate::otel::CountGuard;

const USER_AGENT_NAME: &str = concat!("milvus-otel/", env!("CARGO_PKG_VERSION"));
const IDENTIFIER: HeaderName = HeaderName::from_static("identifier");

/// RFC 9113, section 8.2.2.
const HTTP1_HEADERS: [&str; 5] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// Frames may still arrive for calls that were given up. `h2` remembers this many of their streams for this time, 50 for
/// a second by default. It answers a frame for a stream that it has forgotten with a reset, and by default ends the
/// connection, with all other calls on it, after 1,024 of these in its lifetime. A server that is slow to answer a
/// thousand calls with the same deadline reaches that.
const RESET_STREAMS: usize = 4096;
const RESET_KEPT: Duration = Duration::from_secs(10);

/// How much of an answer is received before the caller reads it. hyper's value.
const STREAM_WINDOW: u32 = 2 << 20;
/// The maximum that HTTP/2 allows: unread answers fill only their own window, and do not block other calls.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
/// The limit on an answer's headers. gRPC servers put errors of any length there; with 16 KiB, hyper's default, a
/// longer one would end the connection.
const HEADERS: u32 = 1 << 20;

/// An open connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// The remote address.
    pub(super) peer: Option<Arc<PeerAddress>>,
    pub(super) opened: Instant,
    pub(super) health: Arc<Health>,
    pub(super) keepalive: KeepAlive,
    origin: Origin,
    /// From 0.9 to 1.1, so that connections opened together are not replaced together.
    pub(super) jitter: f64,
    requests: SendRequest<Bytes>,
    /// The ID that the server assigned to this connection in its answer to `Connect`.
    pub(super) identifier: OnceLock<HeaderValue>,
    _counted: Option<CountGuard>,
}

impl Drop for Connection {
    /// The driver keeps its own handle, so nothing else would end a connection that no pool has taken or kept. Its
    /// calls may finish.
    fn drop(&mut self) {
        self.health.drain();
    }
}

/// The scheme and authority of the requests of a connection.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    scheme: Scheme,
    authority: Authority,
}

impl Origin {
    /// The origin of an endpoint; of a Unix socket, `http://localhost`.
    pub(super) fn of(endpoint: &Endpoint) -> Result<Self, String> {
        let (scheme, authority) = match endpoint {
            Endpoint::Unix { .. } => (Scheme::HTTP, "localhost".to_owned()),
            Endpoint::Tcp { .. } => {
                let uri = endpoint.to_string();
                let (_, authority) = uri.split_once("://").unwrap_or(("", &uri));
                let scheme = if endpoint.is_tls() {
                    Scheme::HTTPS
                } else {
                    Scheme::HTTP
                };
                (scheme, authority.to_owned())
            }
        };
        let authority = Authority::try_from(authority).map_err(|error| error.to_string())?;
        Ok(Self { scheme, authority })
    }

    fn apply(&self, request: &mut Parts) {
        let mut uri = UriParts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = request.uri.path_and_query().cloned();
        if let Ok(uri) = Uri::from_parts(uri) {
            request.uri = uri;
        }
        request.version = Version::HTTP_2;
        let agent = || HeaderValue::from_static(USER_AGENT_NAME);
        request.headers.entry(USER_AGENT).or_insert_with(agent);
    }
}

impl Connection {
    /// Starts HTTP/2 on a stream, and waits for the server's first frame: only then is it known whether the server
    /// speaks HTTP/2 and trusts the client's certificate.
    pub(super) async fn start(
        stream: Observed,
        peer: Option<Arc<PeerAddress>>,
        origin: Origin,
        keepalive: KeepAlive,
        notice: impl Fn() + Send + Sync + 'static,
        count: impl FnOnce() -> Option<CountGuard>,
    ) -> Result<Arc<Self>, Lost> {
        let activity = Arc::clone(&stream.activity);
        let mut builder = Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEADERS)
            .max_concurrent_reset_streams(RESET_STREAMS)
            .reset_stream_duration(RESET_KEPT)
            .max_local_error_reset_streams(None);
        let (requests, mut connection) = builder.handshake(stream).await.map_err(Lost::unsent)?;
        {
            let mut responded = pin!(activity.responded());
            let mut driven = pin!(&mut connection);
            poll_fn(|context| {
                if let Poll::Ready(ended) = driven.as_mut().poll(context) {
                    return Poll::Ready(Err(match ended {
                        Ok(()) => Lost::closed(),
                        Err(error) => Lost::unsent(error),
                    }));
                }
                responded.as_mut().poll(context).map(Ok)
            })
            .await?;
        }
        let streams = requests.current_max_send_streams();
        let health = Arc::new(Health::new(activity, streams));
        tokio::spawn(drive(
            connection,
            requests.clone(),
            Arc::clone(&health),
            keepalive,
            notice,
        ));
        Ok(Arc::new(Self {
            peer,
            opened: Instant::now(),
            health,
            keepalive,
            origin,
            requests,
            identifier: OnceLock::new(),
            jitter: 0.9 + fastrand::f64() / 5.0,
            _counted: count(),
        }))
    }

    /// Sends a request on a reserved stream. The future resolves to the head of the answer.
    pub(super) async fn send(
        &self,
        mut flight: Flight,
        request: http::Request<Body>,
    ) -> Result<http::Response<Received>, Lost> {
        let (mut parts, mut body) = request.into_parts();
        self.origin.apply(&mut parts);
        if let Some(identifier) = self.identifier.get() {
            parts.headers.insert(IDENTIFIER, identifier.clone());
        }
        // `h2` would report this as a connection error.
        let is_other_te = parts.headers.get(TE).is_some_and(|te| te != "trailers");
        let mut http1 = HTTP1_HEADERS.iter();
        let refused = http1.find(|name| parts.headers.contains_key(**name));
        if let Some(name) = refused.or_else(|| is_other_te.then_some(&"te")) {
            let why = format!("the header {name:?} cannot be sent over HTTP/2");
            return Err(Lost::Refused(why.into()));
        }
        let mut requests = self.requests.clone();
        let head = http::Request::from_parts(parts, ());
        let opened = match poll_fn(|context| requests.poll_ready(context)).await {
            Ok(()) => requests.send_request(head, false),
            Err(error) => Err(error),
        };
        let written = self.health.activity.written();
        let (answer, mut stream) = opened.map_err(|error| {
            self.health.going_away(&error);
            Lost::unsent(error)
        })?;
        flight.sent();
        // A unary request is complete and is sent here. The rest of a streamed one is sent by a task.
        let upload = poll_fn(|context| {
            Poll::Ready(loop {
                match std::pin::Pin::new(&mut body).poll_frame(context) {
                    Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                        Ok(data) => {
                            let end = body.is_end_stream();
                            if stream.send_data(data, end).is_err() || end {
                                break Ok(false);
                            }
                        }
                        Err(frame) => {
                            if let Ok(trailers) = frame.into_trailers() {
                                // After an error, the answer holds the reason.
                                let _ = stream.send_trailers(trailers);
                            }
                            break Ok(false);
                        }
                    },
                    Poll::Ready(Some(Err(status))) => break Err(status),
                    Poll::Ready(None) => {
                        let _ = stream.send_data(Bytes::new(), true);
                        break Ok(false);
                    }
                    Poll::Pending => break Ok(true),
                }
            })
        });
        let upload = match upload.await {
            Ok(false) => None,
            Ok(true) => Some(Upload::start(body, stream)),
            Err(status) => {
                stream.send_reset(h2::Reason::CANCEL);
                return Err(Lost::Body(status));
            }
        };
        match answer.await {
            Ok(answer) => {
                flight.answered();
                Ok(answer.map(|stream| Received::new(stream, flight, upload)))
            }
            Err(error) => {
                let lost = self.health.lost(error);
                flight.ended();
                let is_unwritten = self.health.activity.written() == written;
                Err(if is_unwritten {
                    lost.before_writing()
                } else {
                    lost
                })
            }
        }
    }
}
