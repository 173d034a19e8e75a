//! Why no connection could be made.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::explain::{explain, fails_again};
use super::lost::{Cause, Lost};
use super::progress::Progress;
use super::sniffed::OTHER_PROTOCOLS;

/// Why no connection could be made, for all calls that waited for it. They were not sent.
#[derive(Debug, Clone)]
pub(crate) struct NoConnection {
    message: String,
    /// Whether no connection can be made until something is fixed: the host name, the protocol, a certificate.
    pub(super) permanent: bool,
    source: Option<Arc<io::Error>>,
}

impl NoConnection {
    fn new(endpoint: &Endpoint, why: &dyn fmt::Display, permanent: bool) -> Self {
        Self {
            message: format!("cannot connect to {endpoint}: {why}"),
            permanent,
            source: None,
        }
    }

    pub(super) fn io(endpoint: &Endpoint, error: io::Error, progress: &Progress) -> Self {
        let why = explain(&error);
        let mismatch = progress.mismatch().filter(|_| why.is_none());
        let permanent =
            fails_again(&error) || mismatch.is_some_and(|why| OTHER_PROTOCOLS.contains(&why));
        let why = why
            .or_else(|| mismatch.map(str::to_owned))
            .unwrap_or_else(|| error.to_string());
        Self {
            source: Some(Arc::new(error)),
            ..Self::new(endpoint, &why, permanent)
        }
    }

    /// HTTP/2 could not be started.
    pub(super) fn http2(endpoint: &Endpoint, lost: &Lost, progress: &Progress) -> Self {
        let cause = match lost {
            Lost::Unsent(cause) | Lost::Broken(cause) => Some(cause),
            Lost::Reset(_) | Lost::Body(_) | Lost::Refused(_) => None,
        };
        if let Some(error) = cause.and_then(Cause::io) {
            // HTTP/2 passes on only the kind and the text of the error.
            let error = io::Error::new(error.kind(), error.to_string());
            return Self::io(endpoint, error, progress);
        }
        match (progress.mismatch(), cause) {
            (Some(why), _) => Self::new(endpoint, &why, OTHER_PROTOCOLS.contains(&why)),
            (None, Some(cause)) => Self::new(endpoint, cause, false),
            (None, None) => Self::new(endpoint, lost, false),
        }
    }

    pub(super) fn timed_out(
        endpoint: &Endpoint,
        progress: super::progress::Step,
        after: Duration,
    ) -> Self {
        Self::new(endpoint, &progress.timed_out_after(after), false)
    }
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for NoConnection {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}
