//! What a second attempt is made of, should there be one.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};

use crate::wire::Outgoing;

/// A copy of a request, with the encoded message it shares.
pub(super) struct Kept {
    parts: Parts,
    /// The only header, kept apart because most calls bring no more than their trace context: a map takes more memory.
    header: Option<(HeaderName, HeaderValue)>,
    body: Outgoing,
}

impl Kept {
    pub(super) fn new(parts: &Parts, body: Outgoing) -> Self {
        let (mut copy, ()) = Request::new(()).into_parts();
        copy.method = parts.method.clone();
        copy.uri = parts.uri.clone();
        copy.version = parts.version;
        // An empty map of extensions is copied into new memory all the same.
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

    /// A request that was not sent.
    pub(super) fn unsent(parts: Parts, body: Outgoing) -> Self {
        let header = None;
        Self {
            parts,
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
    fn the_copy_says_what_the_request_said() {
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
            body.look();
            let kept = Kept::new(&parts, body);
            let (copy, body) = kept.into_request();
            assert_eq!(copy.headers, parts.headers);
            assert_eq!((copy.method, copy.uri), (parts.method, parts.uri));
            assert_eq!(copy.version, parts.version);
            assert_eq!(copy.extensions.get::<u8>(), Some(&7));
            assert_eq!(body.pieces().collect::<Vec<_>>(), ["message"]);
        }
    }
}
