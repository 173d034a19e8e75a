//! OTLP/HTTP, protobuf and JSON.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::io::{self, Read};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tonic::Code;

use super::MESSAGE_LIMIT;
use super::store::{Partial, Payload, Signal, Store, Transport};

/// Serves until the future is dropped.
pub(crate) fn serve(
    listener: TcpListener,
    store: &Arc<Store>,
    traces_only: bool,
) -> impl Future<Output = io::Result<()>> + use<> {
    let mut router = Router::new().route("/v1/traces", post(traces));
    if !traces_only {
        router = router
            .route("/v1/metrics", post(metrics))
            .route("/v1/logs", post(logs));
    }
    let router = router
        .layer(DefaultBodyLimit::max(MESSAGE_LIMIT))
        .with_state(Arc::clone(store));
    axum::serve(listener, noted(router, store)).into_future()
}

/// The same, and records the path of every request.
pub(crate) fn noted(router: Router, store: &Arc<Store>) -> Router {
    let note = |State(store): State<Arc<Store>>, request: Request, next: Next| async move {
        store.requested(request.uri().path());
        next.run(request).await
    };
    router.layer(from_fn_with_state(Arc::clone(store), note))
}

async fn traces(State(store): State<Arc<Store>>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&store, &headers, &body, Payload::Traces).await
}

async fn metrics(State(store): State<Arc<Store>>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&store, &headers, &body, Payload::Metrics).await
}

async fn logs(State(store): State<Arc<Store>>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&store, &headers, &body, Payload::Logs).await
}

async fn receive<T: Message + Default + DeserializeOwned>(
    store: &Store,
    headers: &HeaderMap,
    body: &[u8],
    payload: fn(T) -> Payload,
) -> Response {
    let Some(transport) = transport(headers) else {
        let told = "content-type must be application/x-protobuf or application/json";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, told).into_response();
    };
    let export = match decode(transport, headers, body) {
        Ok(export) => export,
        Err(error) => return answer(transport, Err((Code::InvalidArgument, &error.to_string()))),
    };
    let payload = payload(export);
    let signal = payload.signal();
    match store.receive(payload, transport, readable(headers)).await {
        Ok(None) => answer(transport, Ok(Vec::new())),
        Ok(Some(partial)) => answer(transport, Ok(partially(transport, signal, &partial))),
        Err(code) => answer(transport, Err((code, "refused by the test"))),
    }
}

fn transport(headers: &HeaderMap) -> Option<Transport> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match content_type.split(';').next()?.trim() {
        "application/x-protobuf" => Some(Transport::HttpProtobuf),
        "application/json" => Some(Transport::HttpJson),
        _ => None,
    }
}

fn decode<T: Message + Default + DeserializeOwned>(
    transport: Transport,
    headers: &HeaderMap,
    body: &[u8],
) -> io::Result<T> {
    let mut plain = Vec::new();
    let body = match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"identity") => body,
        Some(b"gzip") => {
            // One byte more than the limit, to distinguish a body that is too large from one that just fits.
            let limit = MESSAGE_LIMIT as u64 + 1;
            MultiGzDecoder::new(body)
                .take(limit)
                .read_to_end(&mut plain)?;
            if plain.len() > MESSAGE_LIMIT {
                return Err(io::Error::other("the unpacked body is too large"));
            }
            &plain
        }
        Some(other) => {
            let name = String::from_utf8_lossy(other);
            return Err(io::Error::other(format!(
                "content-encoding {name} is not supported, use gzip"
            )));
        }
    };
    match transport {
        Transport::HttpJson => serde_json::from_slice(body).map_err(io::Error::other),
        Transport::HttpProtobuf | Transport::Grpc => T::decode(body).map_err(io::Error::other),
    }
}

fn readable(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// `google.rpc.Status`, the body of an error in OTLP/HTTP.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The response to an export that was accepted in part.
fn partially(transport: Transport, signal: Signal, partial: &Partial) -> Vec<u8> {
    let Partial { rejected, reason } = partial;
    if transport == Transport::HttpJson {
        let field = match signal {
            Signal::Traces => "rejectedSpans",
            Signal::Metrics => "rejectedDataPoints",
            Signal::Logs => "rejectedLogRecords",
        };
        // As in protobuf's JSON mapping and in the Collector, 64-bit integers are strings.
        let partial = serde_json::json!({ field: rejected.to_string(), "errorMessage": reason });
        return serde_json::json!({ "partialSuccess": partial })
            .to_string()
            .into_bytes();
    }
    // The responses of the three signals are the same on the wire.
    let partial = ExportTracePartialSuccess {
        rejected_spans: (*rejected).into(),
        error_message: reason.clone(),
    };
    ExportTraceServiceResponse {
        partial_success: Some(partial),
    }
    .encode_to_vec()
}

/// An empty export response is zero bytes of protobuf or `{}`.
fn answer(transport: Transport, outcome: Result<Vec<u8>, (Code, &str)>) -> Response {
    let json = transport == Transport::HttpJson;
    let (status, body) = match outcome {
        Ok(body) if json && body.is_empty() => (StatusCode::OK, b"{}".to_vec()),
        Ok(body) => (StatusCode::OK, body),
        Err((code, message)) => {
            let body = if json {
                serde_json::json!({ "code": code as i32, "message": message })
                    .to_string()
                    .into_bytes()
            } else {
                RpcStatus {
                    code: code as i32,
                    message: message.to_owned(),
                }
                .encode_to_vec()
            };
            (http_status(code), body)
        }
    };
    let content_type = if json {
        "application/json"
    } else {
        "application/x-protobuf"
    };
    (status, [(CONTENT_TYPE, content_type)], Body::from(body)).into_response()
}

/// The usual mapping, which OTLP exporters reverse to decide whether to retry.
fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound | Code::Unimplemented => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Cancelled | Code::Unknown | Code::Internal | Code::DataLoss => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
