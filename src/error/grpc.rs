//! The status of a call, from gRPC's headers or from HTTP.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::{HeaderMap, StatusCode};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

/// gRPC allows binary metadata with and without padding.
const BINARY: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The result of a call, if these headers or trailers contain it.
pub(crate) fn grpc_status(headers: &HeaderMap) -> Option<Result<(), Status>> {
    if headers.get(Status::GRPC_STATUS)? == "0" {
        return Some(Ok(()));
    }
    let status = if has_unreadable_details(headers) {
        let mut headers = headers.clone();
        drop_unreadable_details(&mut headers);
        Status::from_header_map(&headers)?
    } else {
        Status::from_header_map(headers)?
    };
    Some(match status.code() {
        Code::Ok => Ok(()),
        _ => Err(status),
    })
}

/// Adds the headers of the answer to the metadata of the status, which has the trailers, like tonic's client.
pub(crate) fn with_head(mut status: Status, head: &HeaderMap) -> Status {
    let mut metadata = std::mem::take(status.metadata_mut()).into_headers();
    for name in head.keys() {
        metadata.remove(name);
    }
    for (name, value) in head {
        // Each part has a size limit, but both together may exceed what a map can hold.
        if metadata.try_append(name, value.clone()).is_err() {
            break;
        }
    }
    *status.metadata_mut() = MetadataMap::from_headers(metadata);
    status
}

/// Removes details that are not base64, because tonic panics when it reads them.
pub(crate) fn drop_unreadable_details(headers: &mut HeaderMap) {
    if has_unreadable_details(headers) {
        headers.remove(Status::GRPC_STATUS_DETAILS);
    }
}

fn has_unreadable_details(headers: &HeaderMap) -> bool {
    headers
        .get(Status::GRPC_STATUS_DETAILS)
        .is_some_and(|details| BINARY.decode(details).is_err())
}

/// The name of a gRPC code, as its specification writes it.
pub(crate) fn grpc_code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// The status that gRPC assigns to an answer with this HTTP status but without a gRPC status.
///
/// Even 200 is a failure, because an answer without a gRPC status was cut off.
pub(crate) fn status_of_http(status: StatusCode) -> Status {
    let code = match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    let what = format!("the server answered HTTP {status} without a gRPC status");
    let mut without = Status::new(code, what);
    without.set_source(Arc::new(HttpPage(status)));
    without
}

/// The source of the status of an answer that is HTTP but not gRPC.
#[derive(Debug)]
pub(super) struct HttpPage(pub(super) StatusCode);

impl fmt::Display for HttpPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.0)
    }
}

impl StdError for HttpPage {}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(details: &'static str) -> HeaderMap {
        [
            ("grpc-status", "5"),
            ("grpc-message", "no%20book"),
            ("grpc-status-details-bin", details),
        ]
        .into_iter()
        .map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        })
        .collect()
    }

    #[test]
    fn head_and_trailers_may_have_more_headers_than_a_map_can_hold() {
        let many = |prefix: &str| -> HeaderMap {
            let names = (0..20_000).map(|number| format!("{prefix}{number}"));
            let headers = names.map(|name| (name.parse().unwrap(), HeaderValue::from_static("x")));
            headers
                .collect::<Vec<(HeaderName, HeaderValue)>>()
                .into_iter()
                .collect()
        };
        let mut status = Status::internal("");
        *status.metadata_mut() = MetadataMap::from_headers(many("trailer-"));
        let status = with_head(status, &many("head-"));
        assert!(status.metadata().len() >= 20_000);
    }

    #[test]
    fn details_that_are_not_base64_are_left_out_of_the_status() {
        for (details, read) in [
            ("CAU=", &b"\x08\x05"[..]),
            ("CAU", b"\x08\x05"),
            ("%", b""),
            ("CAU=CAU=", b""),
            ("C", b""),
        ] {
            let status = grpc_status(&headers(details)).unwrap().unwrap_err();
            assert_eq!(status.code(), Code::NotFound, "{details}");
            assert_eq!(status.message(), "no book", "{details}");
            assert_eq!(status.details(), read, "{details}");
        }
    }

    #[test]
    fn only_details_that_cannot_be_read_are_dropped() {
        for (details, kept) in [("CAU", true), ("%", false)] {
            let mut headers = headers(details);
            drop_unreadable_details(&mut headers);
            assert_eq!(headers.contains_key("grpc-status-details-bin"), kept);
            assert_eq!(headers.len(), 2 + usize::from(kept));
        }
    }
}
