//! How long a server, or a proxy in front of it, asks its callers to wait.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::grpc::HttpPage;

/// [gRFC A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback): milliseconds; anything else
/// asks for no retry at all.
const PUSHBACK: &str = "grpc-retry-pushback-ms";
/// HTTP's: seconds, or a date.
const RETRY_AFTER: &str = "retry-after";
/// Envoy has rejected the call, by default with `UNAVAILABLE`.
const ENVOY_LIMITED: &str = "x-envoy-ratelimited";

/// What the server asks its callers to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    /// To wait, and then to try again.
    Wait(Duration),
    /// Not to try again.
    Never,
}

impl RetryAfter {
    pub(crate) fn of(status: &Status) -> Option<Self> {
        let text = |name| status.metadata().get(name);
        if let Some(value) = text(PUSHBACK) {
            let millis = value.to_str().ok().and_then(|value| value.parse().ok());
            return Some(millis.map_or(Self::Never, |millis| {
                Self::Wait(Duration::from_millis(millis))
            }));
        }
        let details = || status.get_details_retry_info()?.retry_delay;
        let header = || after(text(RETRY_AFTER)?.to_str().ok()?, SystemTime::now());
        details().or_else(header).map(Self::Wait)
    }

    pub(super) fn wait(self) -> Option<Duration> {
        match self {
            Self::Wait(wait) => Some(wait),
            Self::Never => None,
        }
    }
}

/// The value of `retry-after`.
fn after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Whether a proxy's rate limit rejected the call before anything was done: `RESOURCE_EXHAUSTED` with a time to wait,
/// HTTP 429, or Envoy's header. Without a time to wait, `RESOURCE_EXHAUSTED` may mean that a message is too large.
pub(super) fn is_rate_limit(status: &Status) -> bool {
    let waits = || matches!(RetryAfter::of(status), Some(RetryAfter::Wait(_)));
    let page = std::error::Error::source(status).and_then(|source| source.downcast_ref());
    matches!(page, Some(HttpPage(StatusCode::TOO_MANY_REQUESTS)))
        || status.metadata().contains_key(ENVOY_LIMITED)
        || (status.code() == Code::ResourceExhausted && waits())
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;
    use crate::error::status_of_http;

    fn status(header: Option<(&'static str, &str)>) -> Status {
        let mut status = Status::resource_exhausted("busy");
        if let Some((name, value)) = header {
            status.metadata_mut().insert(name, value.parse().unwrap());
        }
        status
    }

    #[test]
    fn servers_name_the_time_to_wait_in_many_ways() {
        let seconds = |seconds| Some(RetryAfter::Wait(Duration::from_secs(seconds)));
        for (header, expected) in [
            (None, None),
            (Some((PUSHBACK, "2000")), seconds(2)),
            (Some((PUSHBACK, "-1")), Some(RetryAfter::Never)),
            (Some((PUSHBACK, "soon")), Some(RetryAfter::Never)),
            (Some((RETRY_AFTER, "7")), seconds(7)),
            (
                Some((RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT")),
                seconds(0),
            ),
            (Some((RETRY_AFTER, "soon")), None),
        ] {
            let status = status(header);
            assert_eq!(RetryAfter::of(&status), expected, "{header:?}");
            let waits = matches!(expected, Some(RetryAfter::Wait(_)));
            assert_eq!(is_rate_limit(&status), waits, "{header:?}");
        }
        let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(3)));
        let status = Status::with_error_details(Code::ResourceExhausted, "busy", details);
        assert_eq!(RetryAfter::of(&status), seconds(3));
    }

    #[test]
    fn a_date_is_compared_with_the_clock() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(after(date, now), Some(Duration::from_secs(7)));
    }

    #[test]
    fn proxies_reject_calls_in_their_own_ways() {
        assert!(is_rate_limit(&status_of_http(
            StatusCode::TOO_MANY_REQUESTS
        )));
        assert!(!is_rate_limit(&status_of_http(
            StatusCode::SERVICE_UNAVAILABLE
        )));
        assert!(is_rate_limit(&status(Some((ENVOY_LIMITED, "true")))));
        assert!(!is_rate_limit(&status(None)));
    }
}
