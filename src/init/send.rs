//! The HTTP client of the OTLP exporters: OTLP over gRPC and HTTP, with retries.
//!
//! The exporters of `opentelemetry-otlp` encode each export and pass it to this client as an OTLP/HTTP request. They do
//! not return the status of an export that the collector refused, the items it rejected from one that it accepted, or
//! the cause of a connection failure. This client keeps these as the outcome of the latest export, for
//! [`Sender::take_outcome`].

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, TE, USER_AGENT};
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::connect::{ClientProtocol, Connector, Mismatch, Reason};
use super::delivery::Signal;
use super::endpoint::CollectorEndpoint;
use super::error::Error;
use super::json;
use super::response::{self, Accepted, Failure};
use super::settings::Protocol;
use super::tls::Tls;

#[cfg(feature = "tls")]
type Connect = hyper_rustls::HttpsConnector<Connector>;
#[cfg(not(feature = "tls"))]
type Connect = Connector;

/// The maximum number of retries of an export.
const MAX_RETRIES: u32 = 3;
/// The maximum pause before the first retry; it doubles with each further retry.
const FIRST_MAX_PAUSE: Duration = Duration::from_millis(200);
/// A longer wait could overflow `Instant`.
const MAX_WAIT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The maximum size of a response; real ones are tiny.
const MAX_RESPONSE_SIZE: usize = 4 << 20;

/// Sends the exports of one signal to its collector.
pub(super) struct Sender {
    signal: Signal,
    protocol: Protocol,
    uri: Uri,
    headers: HeaderMap,
    timeout: Duration,
    gzip: bool,
    /// Whether `https` was assumed; mentioned if the receiver does not use TLS.
    assumed_tls: bool,
    client: Client<Connect, Full<Bytes>>,
    mismatch: Mismatch,
    /// The outcome of the latest export.
    outcome: Mutex<Option<Result<Accepted, Failure>>>,
}

/// The settings of a [`Sender`].
pub(super) struct SenderSettings {
    pub(super) timeout: Duration,
    pub(super) gzip: bool,
    /// Sent with every export.
    pub(super) headers: HeaderMap,
    pub(super) tls: Tls,
}

impl Sender {
    pub(super) fn new(
        signal: Signal,
        endpoint: &CollectorEndpoint,
        settings: SenderSettings,
    ) -> Result<Self, Error> {
        let protocol = endpoint.protocol;
        let grpc = protocol == Protocol::Grpc;
        let client_protocol = ClientProtocol {
            tls: endpoint.is_tls(),
            grpc,
        };
        let mismatch = Mismatch::default();
        let connector = Connector::new(
            #[cfg(unix)]
            endpoint.socket(),
            client_protocol,
            mismatch.clone(),
        );
        #[cfg(feature = "tls")]
        let connector = {
            let builder = hyper_rustls::HttpsConnectorBuilder::new()
                .with_tls_config(settings.tls.config()?)
                .https_or_http();
            if grpc {
                builder.enable_http2().wrap_connector(connector)
            } else {
                builder.enable_http1().wrap_connector(connector)
            }
        };
        #[cfg(not(feature = "tls"))]
        let Tls {} = settings.tls;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .http2_only(grpc)
            .build(connector);
        let path = grpc.then(|| signal.grpc_path());
        Ok(Self {
            signal,
            protocol,
            uri: endpoint.uri(path)?,
            headers: settings.headers,
            timeout: settings.timeout,
            gzip: settings.gzip,
            assumed_tls: endpoint.assumed_tls,
            client,
            mismatch,
            outcome: Mutex::default(),
        })
    }

    /// Takes the outcome of the latest export; `None` if there was none since the last call.
    pub(super) fn take_outcome(&self) -> Option<Result<Accepted, Failure>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Sends one export, and retries transient failures until the timeout.
    async fn send(&self, export: Request<Bytes>) -> Result<Accepted, Failure> {
        let (head, body) = export.into_parts();
        let body = self
            .encode(&head.headers, body)
            .map_err(Failure::permanent)?;
        let headers = self.headers(&head.headers);
        let deadline = Instant::now() + self.timeout.min(MAX_WAIT);
        let mut max_pause = FIRST_MAX_PAUSE;
        let mut retries = 0;
        loop {
            let mut failure = match timeout_at(deadline, self.attempt(&headers, body.clone())).await
            {
                Ok(Ok(accepted)) => return Ok(accepted),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::permanent(format!("no answer within {:?}", self.timeout)),
            };
            // Half of the pause is random, so that clients do not all retry simultaneously when a collector restarts.
            let pause = max_pause.mul_f64(0.5 + fastrand::f64() / 2.0);
            let next = failure
                .retry
                .map(|delay| Instant::now() + pause.max(delay.min(MAX_WAIT)));
            match next.filter(|next| retries < MAX_RETRIES && *next < deadline) {
                Some(next) => sleep_until(next).await,
                None => {
                    failure.cause = self.mask_secrets(failure.cause);
                    return Err(failure);
                }
            }
            retries += 1;
            max_pause *= 2;
        }
    }

    /// Converts the protobuf body of an export to the configured encoding: JSON for `http/json`, gzip if enabled, and
    /// for gRPC with the frame header (compression flag and length).
    fn encode(&self, headers: &HeaderMap, body: Bytes) -> Result<Bytes, String> {
        let cannot = |error: &dyn fmt::Display| format!("cannot encode the export: {error}");
        let mut body = Vec::from(body);
        // The exporter has already compressed the body if another crate enables that feature of `opentelemetry-otlp`.
        if headers.contains_key(CONTENT_ENCODING) {
            let mut plain = Vec::new();
            let read = GzDecoder::new(&*body).read_to_end(&mut plain);
            read.map_err(|e| cannot(&e))?;
            body = plain;
        }
        if self.protocol == Protocol::HttpJson {
            let json = json::from_protobuf(self.signal, &body);
            body = json.map_err(|e| cannot(&e))?.into_bytes();
        }
        if self.gzip {
            let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
            let zipped = gzip.write_all(&body).and_then(|()| gzip.finish());
            body = zipped.map_err(|e| cannot(&e))?;
        }
        if self.protocol == Protocol::Grpc {
            let length = u32::try_from(body.len()).map_err(|e| cannot(&e))?;
            let mut framed = Vec::with_capacity(5 + body.len());
            framed.push(u8::from(self.gzip));
            framed.extend(length.to_be_bytes());
            framed.append(&mut body);
            body = framed;
        }
        Ok(body.into())
    }

    async fn attempt(&self, headers: &HeaderMap, body: Bytes) -> Result<Accepted, Failure> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        request.uri_mut().clone_from(&self.uri);
        request.headers_mut().clone_from(headers);
        let response = self.client.request(request).await;
        let (head, body) = response
            .map_err(|error| self.connection_failure(&error))?
            .into_parts();
        let body = Limited::new(body, MAX_RESPONSE_SIZE).collect().await;
        let body = body.map_err(|error| {
            Failure::transient(format!("the answer ended early: {}", root_cause(&*error)))
        })?;
        let trailers = body.trailers().cloned();
        let body = body.to_bytes();
        match self.protocol {
            Protocol::Grpc => response::grpc(&head, trailers.as_ref(), &body),
            Protocol::HttpProtobuf | Protocol::HttpJson => response::http(
                self.protocol,
                &head,
                &body,
                self.uri.path(),
                self.signal.http_path(),
            ),
        }
    }

    /// The headers of a request: the exporter's user agent, the configured headers, and those of the protocol; later
    /// ones take precedence.
    fn headers(&self, export: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        // Nothing else of the exporter's headers: it adds those of the environment, even if a configuration file
        // replaces the environment.
        if let Some(agent) = export.get(USER_AGENT) {
            headers.insert(USER_AGENT, agent.clone());
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        headers.remove(CONTENT_ENCODING);
        let kind = match self.protocol {
            Protocol::Grpc => "application/grpc",
            Protocol::HttpProtobuf => "application/x-protobuf",
            Protocol::HttpJson => "application/json",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let gzip = HeaderValue::from_static("gzip");
        if self.protocol == Protocol::Grpc {
            headers.insert(TE, HeaderValue::from_static("trailers"));
            if self.gzip {
                headers.insert("grpc-encoding", gzip);
            }
        } else if self.gzip {
            headers.insert(CONTENT_ENCODING, gzip);
        }
        headers
    }

    /// The failure for a request without a response.
    fn connection_failure(&self, error: &ClientError) -> Failure {
        if let Some(Reason { text, permanent }) = self.mismatch.get() {
            let assumed = if self.assumed_tls {
                " (https was assumed, because the endpoint has no scheme)"
            } else {
                ""
            };
            let cause = format!("cannot connect: {text}{assumed}");
            return if permanent {
                Failure::permanent(cause)
            } else {
                Failure::transient(cause)
            };
        }
        let root_cause = root_cause(error);
        let certificate = if root_cause.contains("certificate") {
            ": see OTEL_EXPORTER_OTLP_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"
        } else {
            ""
        };
        let what = if error.is_connect() {
            "cannot connect"
        } else {
            "lost the connection"
        };
        Failure::transient(format!("{what}: {root_cause}{certificate}"))
    }

    /// Masks header values in a message, because a collector may echo the API key that it refuses.
    fn mask_secrets(&self, mut text: String) -> String {
        for value in self.headers.values() {
            let value = value.to_str().unwrap_or_default();
            for secret in value.split(' ').filter(|part| part.len() > 3) {
                text = text.replace(secret, "***");
            }
        }
        text
    }
}

/// Implements the exporter's HTTP client with a [`Sender`].
#[derive(Debug)]
pub(super) struct SenderClient(pub(super) Arc<Sender>);

#[async_trait]
impl HttpClient for SenderClient {
    /// Always returns success to the exporter, which would otherwise retry the export and report the failure again.
    async fn send_bytes(&self, export: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let outcome = self.0.send(export).await;
        let latest = self.0.outcome.lock();
        *latest.unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        Ok(Response::default())
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// The innermost cause, which is the informative one.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
