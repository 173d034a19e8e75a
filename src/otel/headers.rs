//! Propagation headers of a request.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::Injector;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
pub(super) const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// Lets a propagator write request headers.
pub(super) struct Headers<'a>(pub(super) &'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        // SDKs pass an empty tracestate if the trace has none; W3C recommends omitting the header then.
        if value.is_empty() {
            return;
        }
        let name = match key {
            "traceparent" => Ok(TRACEPARENT),
            "tracestate" => Ok(TRACESTATE),
            "baggage" => Ok(BAGGAGE),
            other => HeaderName::from_bytes(other.as_bytes()),
        };
        let value = if key == "traceparent" {
            sampled_flag_only(value)
        } else {
            value
        };
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// `traceparent` without flags other than sampled: servers built with opentelemetry-go before 1.42, which is every
/// Milvus up to at least 2.6, reject the header as malformed if another flag is set, and start a new trace.
fn sampled_flag_only(mut traceparent: String) -> String {
    const FLAGS: std::ops::Range<usize> = 53..55;
    let flags = traceparent
        .get(FLAGS)
        .and_then(|flags| u8::from_str_radix(flags, 16).ok());
    if let Some(flags) = flags.filter(|flags| *flags > 1) {
        traceparent.replace_range(FLAGS, if flags & 1 == 1 { "01" } else { "00" });
    }
    traceparent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sampled_flag_is_sent() {
        let traceparent =
            |flags: &str| format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
        for (input, sent) in [
            ("00", "00"),
            ("01", "01"),
            ("02", "00"),
            ("03", "01"),
            ("ff", "01"),
        ] {
            let mut headers = HeaderMap::new();
            Headers(&mut headers).set("traceparent", traceparent(input));
            assert_eq!(headers["traceparent"], traceparent(sent));
        }
    }

    #[test]
    fn empty_and_invalid_headers_are_omitted() {
        let mut headers = HeaderMap::new();
        Headers(&mut headers).set("tracestate", String::new());
        Headers(&mut headers).set("b3", "a\nb".into());
        Headers(&mut headers).set("no header", "value".into());
        assert!(headers.is_empty());
    }
}
