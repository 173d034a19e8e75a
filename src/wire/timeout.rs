//! The time that a request says it has.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

pub(crate) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// The timeout in the headers of a request, where there is one.
pub(crate) fn timeout(headers: &HeaderMap) -> Option<Duration> {
    // There are few headers: to look at each takes less time than to compute where one would be.
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
    use http::HeaderValue;

    use super::*;

    #[test]
    fn units_are_read_as_grpc_writes_them() {
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
}
