//! The URL of an HTTP API, and the headers of its requests.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Uri};
use percent_encoding::percent_decode_str;

/// A URL without a query, the credentials that it contained, and other headers.
#[derive(Clone)]
pub(super) struct Address {
    /// Without credentials and without a slash at the end.
    base: String,
    headers: HeaderMap,
}

impl Address {
    /// The error names the mistake.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or("it has no scheme: write http://host:port")?;
        if scheme == "https" && !cfg!(feature = "tls") {
            return Err("https:// needs the feature `tls`".to_owned());
        }
        if !matches!(scheme, "http" | "https") {
            return Err("it does not begin with http:// or https://".to_owned());
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if path.contains('@') {
            return Err(
                "there is an @ after the host: write / ? and # in a password as %2F, %3F and %23"
                    .to_owned(),
            );
        }
        let (credentials, rest) = match authority.rsplit_once('@') {
            Some((credentials, _)) => (Some(credentials), &rest[credentials.len() + 1..]),
            None => (None, rest),
        };
        let base = format!("{scheme}://{}", rest.trim_end_matches('/'));
        let uri: Uri = base.parse().map_err(|error| format!("{error}"))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err("it has no host".to_owned());
        }
        if uri.query().is_some() {
            return Err("it has a query: write the base URL only".to_owned());
        }
        let authorization = credentials.and_then(basic);
        let headers = authorization.map(|value| (AUTHORIZATION, value));
        Ok(Self {
            base,
            headers: headers.into_iter().collect(),
        })
    }

    /// The URI of a path of the API.
    pub(super) fn join(&self, path: &str) -> Result<Uri, String> {
        let uri = format!("{}{path}", self.base);
        uri.parse()
            .map_err(|error| format!("{uri} is not an address: {error}"))
    }

    /// Adds headers, which replace those of the same name.
    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// The header for `user:password`, which are percent-encoded in a URL.
fn basic(credentials: &str) -> Option<HeaderValue> {
    let decoded: Vec<u8> = percent_decode_str(credentials).collect();
    let mut value: HeaderValue = format!("Basic {}", STANDARD.encode(decoded)).parse().ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_become_a_header_and_are_never_shown() {
        let address = Address::parse("http://me:hunter2%40@jaeger:16686/base/").unwrap();
        assert_eq!(address.to_string(), "http://jaeger:16686/base");
        assert_eq!(
            address.join("/api/services").unwrap().to_string(),
            "http://jaeger:16686/base/api/services"
        );
        let header = &address.headers()[AUTHORIZATION];
        assert_eq!(header, &format!("Basic {}", STANDARD.encode("me:hunter2@")));
        assert!(!format!("{header:?}").contains("Basic"));
    }

    #[test]
    fn a_url_that_cannot_be_used_is_refused_without_its_password() {
        for (url, why) in [
            ("jaeger:16686", "it has no scheme: write http://host:port"),
            (
                "ftp://me:hunter2@jaeger",
                "it does not begin with http:// or https://",
            ),
            (
                "http://me:hunter2/3@jaeger",
                "there is an @ after the host: write / ? and # in a password as %2F, %3F and %23",
            ),
            ("http://", "empty string"),
            (
                "http://me:hunter2@jaeger/?query=1",
                "it has a query: write the base URL only",
            ),
        ] {
            let error = Address::parse(url).err().unwrap();
            assert!(!error.contains("hunter2"), "{error}");
            if !why.starts_with("empty") {
                assert_eq!(error, why, "{url}");
            }
        }
    }
}
