//! How a call ended, in the words of the conventions.

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use opentelemetry::Value;
use tonic::{Code, Status};

use crate::error::{MilvusStatus, grpc_code_name, grpc_status, status_of_http};

/// The end of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    Success,
    /// Milvus answered that it failed; to gRPC the call was OK.
    Milvus(MilvusStatus),
    /// The call failed before or instead of an answer.
    Grpc {
        code: Code,
        message: String,
        /// Whether the message is the server's, which may quote what it was sent.
        by_server: bool,
    },
    /// The caller stopped waiting.
    Dropped,
}

impl Outcome {
    /// From what the server said.
    pub(super) fn of(status: &Status) -> Self {
        Self::said(status, true)
    }

    /// From what the client found out by itself: the transport, the deadline.
    pub(super) fn ours(status: &Status) -> Self {
        Self::said(status, false)
    }

    pub(super) fn said(status: &Status, by_server: bool) -> Self {
        match status.code() {
            Code::Ok => Self::Success,
            code => Self::Grpc {
                code,
                message: status.message().to_owned(),
                by_server,
            },
        }
    }

    /// Whether the message may quote what the server was sent.
    pub(super) fn is_by_server(&self) -> bool {
        match self {
            Self::Milvus(_) => true,
            Self::Grpc { by_server, .. } => *by_server,
            Self::Success | Self::Dropped => false,
        }
    }

    /// From the headers of an answer that is over before it began, or from trailers; `None` when they do not say.
    pub(super) fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let ended = grpc_status(headers)?;
        Some(ended.map_or_else(|status| Self::of(&status), |()| Self::Success))
    }

    /// From an HTTP status, where the server sent no gRPC status.
    pub(super) fn of_http(status: StatusCode) -> Self {
        Self::ours(&status_of_http(status))
    }

    /// `rpc.status_code`.
    pub(super) fn grpc_code(&self) -> &'static str {
        match self {
            Self::Success | Self::Milvus(_) => grpc_code_name(Code::Ok),
            Self::Grpc { code, .. } => grpc_code_name(*code),
            Self::Dropped => grpc_code_name(Code::Cancelled),
        }
    }

    /// `error.type`: Milvus' name of its code, or the number of one that it had no name for; else the gRPC code.
    pub(super) fn error_type(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Success => None,
            Self::Milvus(status) => Some(match status.name() {
                Some(name) => name.into(),
                None => status.number().to_string().into(),
            }),
            Self::Grpc { .. } | Self::Dropped => Some(self.grpc_code().into()),
        }
    }

    /// `db.response.status_code`: Milvus' code, else that of gRPC.
    pub(super) fn status_code(&self) -> Option<Value> {
        match self {
            Self::Success => None,
            Self::Milvus(status) => Some(status.number().to_string().into()),
            Self::Grpc { .. } | Self::Dropped => Some(self.grpc_code().into()),
        }
    }

    /// Milvus' code, where it is an error of Milvus.
    pub(super) fn milvus_code(&self) -> Option<i32> {
        match self {
            Self::Milvus(status) => Some(status.number()),
            _ => None,
        }
    }

    /// What the server or the transport said.
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
