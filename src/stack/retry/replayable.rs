//! The copy of a request that the next attempt is made from.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};

use crate::wire::Outgoing;

/// A copy of a request, sharing the encoded message.
pub(super) struct ReplayableRequest {
    parts: Parts,
    /// The header, if there is exactly one. Most calls have only their trace context, for which a map would be an extra
    /// allocation.
    header: Option<(HeaderName, HeaderValue)>,
    body: Outgoing,
}

impl ReplayableRequest {
    pub(super) fn new(parts: &Parts, body: Outgoing) -> Self {
        let (mut copy, ()) = Request::new(()).into_parts();
        copy.method = parts.method.clone();
        copy.uri = parts.uri.clone();
        copy.version = parts.version;
        // Cloning an empty map would allocate.
        if !parts.extensions.is_empty() {
            copy.extensions = parts.extensions.clone();
        }
        let mut headers = parts.headers.iter();
        let header = match (headers.next(), headers.next()) {
            (Some((name, value)), None) => Some((name.clone(), value.clone())),
            _ => {
                copy.headers = parts.headers.clone();
                None
            }
        };
        Self {
            parts: copy,
            header,
            body,
        }
    }

    pub(super) fn into_request(mut self) -> (Parts, Outgoing) {
        self.parts.headers.extend(self.header);
        (self.parts, self.body)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};
    use tonic::body::Body;

    use super::*;

    #[test]
    fn the_copy_equals_the_request() {
        for headers in [
            &[][..],
            &[("traceparent", "00-1-1-01")],
            &[("a", "1"), ("a", "2")],
            &[("a", "1"), ("b", "2")],
        ] {
            let mut request = Request::post("/service/Method").extension(7_u8);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let message = Full::from("message").map_err(|never| match never {});
            let mut body = Outgoing::new(Body::new(message));
            body.read_ready();
            let copy = ReplayableRequest::new(&parts, body);
            let (copy, body) = copy.into_request();
            assert_eq!(copy.headers, parts.headers);
            assert_eq!((copy.method, copy.uri), (parts.method, parts.uri));
            assert_eq!(copy.version, parts.version);
            assert_eq!(copy.extensions.get::<u8>(), Some(&7));
            assert_eq!(body.pieces().collect::<Vec<_>>(), ["message"]);
        }
    }
}
