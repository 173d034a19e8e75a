//! The outcome of a call, with the values that the semantic conventions define for it.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use opentelemetry::Value;
use tonic::{Code, Status};

use crate::error::{MilvusStatus, grpc_code_name, grpc_status, status_of_http};

/// The outcome of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    Success,
    /// The response contains a Milvus error; for gRPC, the call succeeded.
    Milvus(MilvusStatus),
    /// The call failed without a complete response.
    Grpc {
        code: Code,
        message: String,
        /// Whether the message is from the server, which may quote the request.
        by_server: bool,
    },
    /// The caller stopped waiting.
    Dropped,
}

impl Outcome {
    /// The outcome of a status that the server sent.
    pub(super) fn from_server(status: &Status) -> Self {
        Self::from_status(status, true)
    }

    /// The outcome of a status that the client created, for example because of the transport or the deadline.
    pub(super) fn from_client(status: &Status) -> Self {
        Self::from_status(status, false)
    }

    pub(super) fn from_status(status: &Status, by_server: bool) -> Self {
        match status.code() {
            Code::Ok => Self::Success,
            code => Self::Grpc {
                code,
                message: status.message().to_owned(),
                by_server,
            },
        }
    }

    /// Whether the message may quote the request.
    pub(super) fn is_by_server(&self) -> bool {
        match self {
            Self::Milvus(_) => true,
            Self::Grpc { by_server, .. } => *by_server,
            Self::Success | Self::Dropped => false,
        }
    }

    /// The outcome in the headers of a response without a message, or in trailers; `None` if they have no gRPC status.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let ended = grpc_status(headers)?;
        Some(ended.map_or_else(|status| Self::from_server(&status), |()| Self::Success))
    }

    /// The outcome of an HTTP status, if the server sent no gRPC status.
    pub(super) fn from_http(status: StatusCode) -> Self {
        Self::from_client(&status_of_http(status))
    }

    /// `rpc.status_code`.
    pub(super) fn grpc_code(&self) -> &'static str {
        match self {
            Self::Success | Self::Milvus(_) => grpc_code_name(Code::Ok),
            Self::Grpc { code, .. } => grpc_code_name(*code),
            Self::Dropped => grpc_code_name(Code::Cancelled),
        }
    }

    /// `error.type`: the name of the Milvus error code, or its number if it has no name, or else the gRPC code. A timeout has
    /// the name of gRPC's code, whether the server or the client noticed it.
    pub(super) fn error_type(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Success => None,
            Self::Milvus(status) if status.is_timeout() => {
                Some(grpc_code_name(Code::DeadlineExceeded).into())
            }
            Self::Milvus(status) => Some(match status.name() {
                Some(name) => name.into(),
                None => status.number().to_string().into(),
            }),
            Self::Grpc { .. } | Self::Dropped => Some(self.grpc_code().into()),
        }
    }

    /// `db.response.status_code`: the Milvus error code, or else the gRPC code.
    pub(super) fn status_code(&self) -> Option<Value> {
        match self {
            Self::Success => None,
            Self::Milvus(status) => Some(status.number().to_string().into()),
            Self::Grpc { .. } | Self::Dropped => Some(self.grpc_code().into()),
        }
    }

    /// The Milvus error code, if the outcome is a Milvus error.
    pub(super) fn milvus_code(&self) -> Option<i32> {
        match self {
            Self::Milvus(status) => Some(status.number()),
            _ => None,
        }
    }

    /// The error message.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Success => "",
            Self::Milvus(status) if status.reason.is_empty() => &status.detail,
            Self::Milvus(status) => &status.reason,
            Self::Grpc { message, .. } => message,
            Self::Dropped => "the caller stopped waiting",
        }
    }
}
