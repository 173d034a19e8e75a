//! The metadata of every call.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE};
use tower::Service;

use crate::wire::Short;

const DATABASE: HeaderName = HeaderName::from_static("dbname");
const IDENTIFIER: HeaderName = HeaderName::from_static("identifier");
const SENT_AT: HeaderName = HeaderName::from_static("client-request-unixmsec");

/// The metadata that a client sends with every call: credentials, database, its identifier.
#[derive(Default)]
pub(crate) struct CallMetadata {
    authorization: Option<HeaderValue>,
    database: Option<HeaderValue>,
    /// The number that the server has given this client in its answer to `Connect`.
    identifier: Arc<OnceLock<HeaderValue>>,
}

impl CallMetadata {
    /// `token` is an API key or `user:password`. Milvus expects it in base64, without a scheme.
    pub(crate) fn new(token: Option<&str>) -> Self {
        let authorization = token.and_then(|token| {
            let mut value = HeaderValue::try_from(STANDARD.encode(token)).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            authorization,
            ..Self::default()
        }
    }

    /// The metadata of the same client for another database.
    pub(crate) fn in_database(&self, database: Option<HeaderValue>) -> Self {
        Self {
            authorization: self.authorization.clone(),
            database,
            identifier: Arc::clone(&self.identifier),
        }
    }

    /// Sends this identifier from now on.
    pub(crate) fn identified(&self, identifier: i64) {
        let _already_known = self.identifier.set(identifier.into());
    }

    fn write(&self, headers: &mut HeaderMap) {
        // Headers of the caller take precedence: a call by `Client::raw` may be for another user or database.
        let mut default = |name: HeaderName, value: Option<&HeaderValue>| {
            if let Some(value) = value {
                headers.entry(name).or_insert_with(|| value.clone());
            }
        };
        default(TE, Some(&HeaderValue::from_static("trailers")));
        default(
            CONTENT_TYPE,
            Some(&HeaderValue::from_static("application/grpc")),
        );
        default(AUTHORIZATION, self.authorization.as_ref());
        default(DATABASE, self.database.as_ref());
        default(IDENTIFIER, self.identifier.get());
        if let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) {
            let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            let value = short(format_args!("{millis}"));
            headers.extend(value.map(|value| (SENT_AT, value)));
        }
    }
}

/// A number as the value of a header, in one allocation; `None` if it is longer than 20 characters.
fn short(text: fmt::Arguments<'_>) -> Option<HeaderValue> {
    HeaderValue::from_str(Short::of(text)?.as_str()).ok()
}

impl fmt::Debug for CallMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallMetadata")
            .field(
                "authorization",
                &self.authorization.as_ref().map(|_| "<redacted>"),
            )
            .field("database", &self.database)
            .field("identifier", &self.identifier)
            .finish()
    }
}

/// Adds [`CallMetadata`] to calls of `S`.
#[derive(Debug, Clone)]
pub(crate) struct Metadata<S> {
    inner: S,
    metadata: Arc<CallMetadata>,
}

impl<S> Metadata<S> {
    pub(super) fn new(inner: S, metadata: Arc<CallMetadata>) -> Self {
        Self { inner, metadata }
    }
}

impl<S, B> Service<http::Request<B>> for Metadata<S>
where
    S: Service<http::Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<B>) -> S::Future {
        self.metadata.write(request.headers_mut());
        self.inner.call(request)
    }
}
