//! `GET` requests to the APIs of Jaeger, Tempo and Milvus.

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry::Context;
use opentelemetry::trace::FutureExt;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::address::Address;

/// The maximum size of an answer: a trace of some ten thousand spans.
const MAX_SIZE: usize = 64 << 20;

/// Returns the status and the body of an answer, which is `Value::Null` if it is not JSON. The error is one line.
pub(super) async fn get(
    address: &Address,
    path: &str,
    deadline: Instant,
) -> Result<(StatusCode, Value), String> {
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.uri_mut() = address.join(path)?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.extend(address.headers().clone());
    let answer = async {
        let answer = client()?.request(request).await;
        let (head, body) = answer.map_err(|error| root_cause(&error))?.into_parts();
        let body = Limited::new(body, MAX_SIZE).collect().await;
        let body = body.map_err(|error| root_cause(&*error))?.to_bytes();
        let value = serde_json::from_slice(&body).unwrap_or_default();
        Ok((head.status, value))
    };
    // The requests of the doctor must not appear among the spans that it looks for.
    let answer = answer.with_context(Context::new().with_telemetry_suppressed());
    timeout_at(deadline, answer)
        .await
        .unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

#[cfg(feature = "tls")]
type Connector = hyper_rustls::HttpsConnector<HttpConnector>;
#[cfg(not(feature = "tls"))]
type Connector = HttpConnector;

#[cfg(feature = "tls")]
fn client() -> Result<Client<Connector, Empty<Bytes>>, String> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| format!("the system has no root certificates: {error}"))?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}

#[cfg(not(feature = "tls"))]
fn client() -> Result<Client<Connector, Empty<Bytes>>, String> {
    Ok(Client::builder(TokioExecutor::new()).build(HttpConnector::new()))
}

/// The innermost cause, which is the informative one.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
