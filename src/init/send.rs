//! The HTTP client of the OTLP exporters: OTLP over gRPC and HTTP, with retries.
//!
//! The exporters of `opentelemetry-otlp` encode what they export and hand it to this client as a request of OTLP over
//! HTTP. They tell their caller neither the status that a collector refused an export with, nor what it rejected of one
//! that it accepted, nor why a connection failed; this client knows, and keeps it until it is asked.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, TE};
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::connect::{Connector, Mismatch, Reason, Speaks};
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

/// How often an export is tried again.
const RETRIES: u32 = 3;
/// The longest pause before the first retry; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longer waits than this overflow the clock.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Answers are tiny; one that is larger than this is not read.
const LARGEST_ANSWER: usize = 4 << 20;

/// Where and how the exports of one signal are sent.
pub(super) struct Sender {
    signal: Signal,
    protocol: Protocol,
    uri: Uri,
    headers: HeaderMap,
    timeout: Duration,
    gzip: bool,
    /// Said of the endpoint when nobody there speaks TLS.
    assumed_tls: bool,
    client: Client<Connect, Full<Bytes>>,
    mismatch: Mismatch,
    /// What became of the latest export.
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
        let speaks = Speaks {
            tls: endpoint.is_tls(),
            grpc,
        };
        let mismatch = Mismatch::default();
        let connector = Connector::new(
            #[cfg(unix)]
            endpoint.socket(),
            speaks,
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

    /// What became of the latest export; `None` if there was none since the last time.
    pub(super) fn take_outcome(&self) -> Option<Result<Accepted, Failure>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Sends one export, again if the collector cannot take it for the moment, until the timeout.
    async fn send(&self, export: Request<Bytes>) -> Result<Accepted, Failure> {
        let (head, body) = export.into_parts();
        let body = self.encode(&head.headers, body).map_err(Failure::lasting)?;
        let headers = self.headers(head.headers);
        let deadline = Instant::now() + self.timeout.min(LONGEST);
        let mut longest = FIRST_PAUSE;
        let mut retries = 0;
        loop {
            let mut failure = match timeout_at(deadline, self.attempt(&headers, body.clone())).await
            {
                Ok(Ok(accepted)) => return Ok(accepted),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::lasting(format!("no answer within {:?}", self.timeout)),
            };
            // Half of the pause is random, so that the clients of a collector that comes back do not all come at once.
            let pause = longest.mul_f64(0.5 + fastrand::f64() / 2.0);
            let next = failure
                .retry
                .map(|least| Instant::now() + pause.max(least.min(LONGEST)));
            match next.filter(|next| retries < RETRIES && *next < deadline) {
                Some(next) => sleep_until(next).await,
                None => {
                    failure.cause = self.without_secrets(failure.cause);
                    return Err(failure);
                }
            }
            retries += 1;
            longest *= 2;
        }
    }

    /// The body of an export, which the exporter encodes as protobuf: as JSON if that is wanted, and for gRPC behind a
    /// flag for compression and the length.
    fn encode(&self, headers: &HeaderMap, body: Bytes) -> Result<Bytes, String> {
        let cannot = |error: &dyn fmt::Display| format!("cannot encode the export: {error}");
        let mut body = Vec::from(body);
        // The exporter compresses too, where another crate turns that on in `opentelemetry-otlp`.
        if headers.contains_key(CONTENT_ENCODING) {
            let mut plain = Vec::new();
            let read = GzDecoder::new(&*body).read_to_end(&mut plain);
            read.map_err(|e| cannot(&e))?;
            body = plain;
        }
        if self.protocol == Protocol::HttpJson {
            let json = json::of_export(self.signal, &body);
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
            .map_err(|error| self.unconnected(&error))?
            .into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| {
            Failure::passing(format!("the answer ended early: {}", root(&*error)))
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

    /// The exporter's headers, which are those of HTTP and name its user agent, with those that are set and those of
    /// the protocol in place of them.
    fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
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

    /// Why there was no answer.
    fn unconnected(&self, error: &ClientError) -> Failure {
        if let Some(Reason { text, lasting }) = self.mismatch.get() {
            let assumed = if self.assumed_tls {
                " (https was assumed, because the endpoint has no scheme)"
            } else {
                ""
            };
            let cause = format!("cannot connect: {text}{assumed}");
            return if lasting {
                Failure::lasting(cause)
            } else {
                Failure::passing(cause)
            };
        }
        let root = root(error);
        let certificate = if root.contains("certificate") {
            ": see OTEL_EXPORTER_OTLP_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"
        } else {
            ""
        };
        let what = if error.is_connect() {
            "cannot connect"
        } else {
            "lost the connection"
        };
        Failure::passing(format!("{what}: {root}{certificate}"))
    }

    /// A collector may repeat the API key that it refuses.
    fn without_secrets(&self, mut text: String) -> String {
        for value in self.headers.values() {
            let value = value.to_str().unwrap_or_default();
            for secret in value.split(' ').filter(|part| part.len() > 3) {
                text = text.replace(secret, "***");
            }
        }
        text
    }
}

/// The sender as the exporter's client.
#[derive(Debug)]
pub(super) struct SenderClient(pub(super) Arc<Sender>);

#[async_trait]
impl HttpClient for SenderClient {
    /// Always succeeds for the exporter, which would otherwise send once more, and report what is reported already.
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

/// The innermost cause, which is the one that says something.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
