//! How far a call got, and to which server.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use opentelemetry::StringValue;

/// How far the last attempt of a call got. See [`Error::stage`](super::Error::stage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// It waited for its turn, because of the client's own
    /// [concurrency limit](crate::ClientBuilder::concurrency). Nothing was sent.
    Limited,
    /// It waited for a connection. Nothing was sent.
    Connecting,
    /// It waited for the server to accept another concurrent call on the connection. Nothing was sent.
    Queued,
    /// It was sent. The server may have received it.
    Sent,
    /// The server has begun to answer.
    Answered,
}

impl Stage {
    pub(super) const ALL: [Self; 5] = [
        Self::Limited,
        Self::Connecting,
        Self::Queued,
        Self::Sent,
        Self::Answered,
    ];

    /// Whether nothing was sent yet.
    pub(crate) fn is_before_sending(self) -> bool {
        self < Self::Sent
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Limited => "limited",
            Self::Connecting => "connecting",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Answered => "answered",
        })
    }
}

/// The remote address of a connection. Its text is shared by all spans.
#[derive(Debug)]
pub(crate) struct PeerAddress {
    pub(crate) address: StringValue,
    pub(crate) port: u16,
}

impl PeerAddress {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address: Arc::<str>::from(address.ip().to_string()).into(),
            port: address.port(),
        }
    }
}
