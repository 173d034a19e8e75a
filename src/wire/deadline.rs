//! The deadline of a call.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::Short;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// When a call, or an operation of several calls, must be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    timeout: Duration,
    end: Instant,
}

impl Deadline {
    /// The deadline `timeout` from now; `None` if that is too far in the future to be represented.
    pub(crate) fn after(timeout: Duration) -> Option<Self> {
        let end = Instant::now().checked_add(timeout)?;
        Some(Self { timeout, end })
    }

    /// The deadline in the headers of a request, if there is a valid one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        timeout(headers).and_then(Self::after)
    }

    /// The total time that was allowed.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn end(&self) -> Instant {
        self.end
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Sets the header that tells the server how much time is left.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let micros = u64::try_from(self.remaining().as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        // The specification allows eight digits.
        let value = if micros < 100_000_000 {
            Short::of(format_args!("{micros}u"))
        } else {
            Short::of(format_args!("{}m", (micros / 1000).min(99_999_999)))
        };
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value.as_str()).ok()) {
            headers.insert(GRPC_TIMEOUT, value);
        }
    }
}

/// The timeout in the headers of a request, if there is a valid one.
pub(crate) fn timeout(headers: &HeaderMap) -> Option<Duration> {
    // There are few headers: comparing each is faster than hashing a name.
    let (_, text) = headers.iter().find(|(name, _)| **name == GRPC_TIMEOUT)?;
    let text = text.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount.checked_mul(3600)?),
        "M" => Duration::from_secs(amount.checked_mul(60)?),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_grpc() {
        for (text, expected) in [
            ("2H", Some(Duration::from_secs(7200))),
            ("3M", Some(Duration::from_secs(180))),
            ("4S", Some(Duration::from_secs(4))),
            ("5m", Some(Duration::from_millis(5))),
            ("6u", Some(Duration::from_micros(6))),
            ("7n", Some(Duration::from_nanos(7))),
            ("8x", None),
            ("S", None),
            ("", None),
            ("é", None),
        ] {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(GRPC_TIMEOUT, value)]);
            assert_eq!(timeout(&headers), expected, "{text}");
        }
    }
    #[tokio::test(start_paused = true)]
    async fn the_header_has_at_most_eight_digits() {
        let header = |value: &str| {
            HeaderMap::from_iter([(GRPC_TIMEOUT, HeaderValue::try_from(value).unwrap())])
        };
        for (timeout, written) in [
            (Duration::from_millis(1500), "1500000u"),
            (Duration::from_secs(600), "600000m"),
            (Duration::from_secs(10_000_000), "99999999m"),
            (Duration::ZERO, "1u"),
        ] {
            let mut headers = header("1S");
            Deadline::after(timeout).unwrap().write(&mut headers);
            assert_eq!(headers, header(written));
        }
    }
}
