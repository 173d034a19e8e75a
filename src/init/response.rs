//! Parses a collector's response to an export.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use percent_encoding::percent_decode;
use prost::Message;
use serde_json::Value;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::settings::Protocol;

/// A collector's response to an export that it accepted. Usually it is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// How many spans, data points or log records it still rejected.
    pub(super) rejected: u64,
    /// The reason for the rejection, or a warning if nothing was rejected.
    pub(super) message: String,
}

/// Why an export failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: String,
    /// The minimum delay before a retry; `None` if a retry would not help.
    pub(super) retry: Option<Duration>,
    /// Whether the receiver has no service for the signal.
    pub(super) unsupported: bool,
}

impl Failure {
    pub(super) fn permanent(cause: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            retry: None,
            unsupported: false,
        }
    }

    pub(super) fn transient(cause: impl Into<String>) -> Self {
        Self {
            retry: Some(Duration::ZERO),
            ..Self::permanent(cause)
        }
    }
}

/// Parses the response to an export over gRPC.
pub(super) fn grpc(
    head: &Parts,
    trailers: Option<&HeaderMap>,
    body: &[u8],
) -> Result<Accepted, Failure> {
    // A trailers-only response has its status in the headers.
    let status = trailers.and_then(status).or_else(|| status(&head.headers));
    let Some(status) = status else {
        return Err(not_grpc(head));
    };
    if status.code() == Code::Ok {
        // The message follows the five-byte gRPC frame header.
        return Ok(protobuf(body.get(5..).unwrap_or_default()));
    }
    let delay = status
        .get_details_retry_info()
        .and_then(|info| info.retry_delay);
    // The status codes that OTLP lists as retryable.
    let retry = match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Some(delay.unwrap_or_default()),
        Code::ResourceExhausted => delay,
        _ => None,
    };
    Err(Failure {
        cause: with_message(format!("gRPC status {:?}", status.code()), status.message()),
        retry,
        unsupported: status.code() == Code::Unimplemented,
    })
}

/// Parses the status from trailers. tonic's own function panics on details that are not base64.
fn status(trailers: &HeaderMap) -> Option<Status> {
    let code: i32 = trailers.get("grpc-status")?.to_str().ok()?.parse().ok()?;
    let header = |name| {
        trailers
            .get(name)
            .map_or(&b""[..], |value| value.as_bytes())
    };
    let message = percent_decode(header("grpc-message")).decode_utf8_lossy();
    let details = header("grpc-status-details-bin").trim_ascii_end();
    let unpadded = details
        .split(|byte| *byte == b'=')
        .next()
        .unwrap_or_default();
    let details = STANDARD_NO_PAD.decode(unpadded).unwrap_or_default();
    Some(Status::with_details(
        Code::from(code),
        message,
        details.into(),
    ))
}

/// The failure for a response without a gRPC status, from a web server or a proxy.
fn not_grpc(head: &Parts) -> Failure {
    let answered = format!("the receiver answered HTTP {} instead of gRPC", head.status);
    match head.status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Failure::transient(answered),
        status => Failure {
            unsupported: is_missing(status),
            ..Failure::permanent(format!(
                "{answered}: OTLP over gRPC usually has port 4317; for OTLP over HTTP, set \
                 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
            ))
        },
    }
}

/// Parses the response to an export over HTTP to `path`. `usual` is the signal's usual path, `/v1/{signal}`.
pub(super) fn http(
    protocol: Protocol,
    head: &Parts,
    body: &[u8],
    path: &str,
    usual: &str,
) -> Result<Accepted, Failure> {
    let json = protocol == Protocol::HttpJson;
    if head.status.is_success() {
        return Ok(if json {
            from_json(body)
        } else {
            protobuf(body)
        });
    }
    let mut cause = format!("HTTP {}", head.status);
    if is_missing(head.status) {
        cause = format!("{cause} at {path}");
        if path != usual {
            cause = format!("{cause}: the path is usually {usual}");
        }
    } else {
        cause = with_message(cause, &error_message(json, head, body));
    }
    let retry = match head.status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Some(retry_after(&head.headers)),
        _ => None,
    };
    Err(Failure {
        cause,
        retry,
        unsupported: is_missing(head.status),
    })
}

fn is_missing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
    )
}

/// The seconds of `Retry-After`. Collectors do not use its other form, a date.
fn retry_after(headers: &HeaderMap) -> Duration {
    let value = headers.get(http::header::RETRY_AFTER);
    let seconds = value.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

/// Parses `partial_success`, which has the same wire format for all signals.
fn protobuf(body: &[u8]) -> Accepted {
    let response = ExportTraceServiceResponse::decode(body).unwrap_or_default();
    let partial = response.partial_success.unwrap_or_default();
    Accepted {
        rejected: u64::try_from(partial.rejected_spans).unwrap_or(0),
        message: one_line(&partial.error_message),
    }
}

/// Parses `partialSuccess` from JSON, where the field name depends on the signal and the number may be a string.
fn from_json(body: &[u8]) -> Accepted {
    let response: Value = serde_json::from_slice(body).unwrap_or_default();
    let partial = &response["partialSuccess"];
    let rejected = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"]
        .iter()
        .find_map(|name| match &partial[name] {
            Value::String(text) => text.parse().ok(),
            number => number.as_u64(),
        });
    Accepted {
        rejected: rejected.unwrap_or(0),
        message: one_line(partial["errorMessage"].as_str().unwrap_or_default()),
    }
}

/// The message of an HTTP error: from a `google.rpc.Status`, which the protocol requires, or plain text.
fn error_message(json: bool, head: &Parts, body: &[u8]) -> String {
    let kind = head.headers.get(http::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/plain") {
        String::from_utf8_lossy(body).into_owned()
    } else if json {
        let status: Value = serde_json::from_slice(body).unwrap_or_default();
        status["message"].as_str().unwrap_or_default().to_owned()
    } else if kind.starts_with("application/x-protobuf") {
        let status = tonic_types::Status::decode(body);
        status.map(|status| status.message).unwrap_or_default()
    } else {
        String::new()
    }
}

fn with_message(what: String, message: &str) -> String {
    match one_line(message) {
        message if message.is_empty() => what,
        message => format!("{what}: {message}"),
    }
}

/// Shortens text from a collector to one line for the log.
fn one_line(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;
    use tonic_types::ErrorDetails;

    fn head(status: u16, headers: &[(&'static str, &str)]) -> Parts {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(()).unwrap().into_parts().0
    }

    fn grpc_failure(headers: &[(&'static str, &str)]) -> Failure {
        grpc(&head(200, headers), None, b"").unwrap_err()
    }

    #[test]
    fn a_grpc_status_decides_whether_to_retry() {
        let refused = grpc_failure(&[("grpc-status", "16"), ("grpc-message", "no%20key%0A")]);
        assert_eq!(refused.cause, "gRPC status Unauthenticated: no key");
        assert_eq!(refused.retry, None);
        let busy = grpc_failure(&[("grpc-status", "14")]);
        assert_eq!(busy.retry, Some(Duration::ZERO));
        assert_eq!(grpc_failure(&[("grpc-status", "8")]).retry, None);

        let delay = ErrorDetails::with_retry_info(Some(Duration::from_millis(1500)));
        let status = Status::with_error_details(Code::ResourceExhausted, "", delay);
        let details = STANDARD_NO_PAD.encode(status.details());
        for details in [details.clone(), details + "="] {
            let full = grpc_failure(&[("grpc-status", "8"), ("grpc-status-details-bin", &details)]);
            assert_eq!(full.retry, Some(Duration::from_millis(1500)));
        }
        let broken = [("grpc-status", "8"), ("grpc-status-details-bin", "!!")];
        assert_eq!(grpc_failure(&broken).retry, None);
    }

    #[test]
    fn a_missing_service_is_distinguished_from_a_wrong_path() {
        let missing = grpc_failure(&[("grpc-status", "12")]);
        assert!(missing.unsupported, "{missing:?}");
        let http = |status, path| {
            let head = head(status, &[]);
            http(Protocol::HttpProtobuf, &head, b"", path, "/v1/metrics").unwrap_err()
        };
        let missing = http(404, "/v1/metrics");
        assert!(missing.unsupported, "{missing:?}");
        assert_eq!(missing.cause, "HTTP 404 Not Found at /v1/metrics");
        let wrong = http(405, "/");
        assert!(
            wrong
                .cause
                .ends_with("at /: the path is usually /v1/metrics")
        );
        assert!(!http(400, "/v1/metrics").unsupported);
    }

    #[test]
    fn a_response_that_is_not_grpc_suggests_the_other_protocol() {
        let failure = grpc(&head(404, &[]), None, b"not here").unwrap_err();
        assert!(failure.cause.contains("http/protobuf"), "{failure:?}");
        assert_eq!(failure.retry, None);
        let proxy = grpc(&head(503, &[]), None, b"").unwrap_err();
        assert_eq!(proxy.retry, Some(Duration::ZERO));
    }

    #[test]
    fn an_http_error_has_its_message_and_delay() {
        let plain = [("content-type", "text/plain"), ("retry-after", "7")];
        let failure = http(
            Protocol::HttpJson,
            &head(429, &plain),
            b"slow\n down",
            "/v1/logs",
            "/v1/logs",
        );
        let failure = failure.unwrap_err();
        assert_eq!(failure.cause, "HTTP 429 Too Many Requests: slow down");
        assert_eq!(failure.retry, Some(Duration::from_secs(7)));
    }

    #[test]
    fn partial_success_is_parsed_in_every_encoding() {
        let expected = |rejected| Accepted {
            rejected,
            message: "quota".to_owned(),
        };
        for (json, rejected) in [
            (
                r#"{"partialSuccess":{"rejectedSpans":"7","errorMessage":"quota"}}"#,
                7,
            ),
            (
                r#"{"partialSuccess":{"rejectedDataPoints":7,"errorMessage":"quota"}}"#,
                7,
            ),
            (
                r#"{"partialSuccess":{"rejectedLogRecords":"7","errorMessage":"quota"}}"#,
                7,
            ),
            (r#"{"partialSuccess":{"errorMessage":"quota"}}"#, 0),
        ] {
            assert_eq!(from_json(json.as_bytes()), expected(rejected), "{json}");
        }
        for json in ["", "{}", "[]", r#"{"partialSuccess":null}"#] {
            assert_eq!(from_json(json.as_bytes()), Accepted::default(), "{json}");
        }
        assert_eq!(protobuf(b"\x0a\x09\x08\x07\x12\x05quota"), expected(7));
        assert_eq!(protobuf(b"\xff"), Accepted::default());
    }
}
