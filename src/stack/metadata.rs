//! The metadata of every call.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE};
use tonic::Status;
use tonic::body::Body;

use super::connect::not_sent;
use super::connections::Sender;
use super::credentials::{Credentials, Version};
use crate::error::{CallRecord, Stage};
use crate::wire::{Limited, Short};

const DATABASE: HeaderName = HeaderName::from_static("dbname");
const IDENTIFIER: HeaderName = HeaderName::from_static("identifier");
const SENT_AT: HeaderName = HeaderName::from_static("client-request-unixmsec");

/// The metadata that a client sends with every call: credentials, database and identifier.
#[derive(Debug, Default)]
pub(crate) struct CallMetadata {
    credentials: Arc<Credentials>,
    database: Option<HeaderValue>,
    /// The ID that the server assigned to this client in its answer to `Connect`.
    identifier: Arc<OnceLock<HeaderValue>>,
    /// Why no credentials may be sent.
    no_credentials: Option<Arc<str>>,
}

impl CallMetadata {
    /// `token` is an API key or `user:password`. `no_credentials` is the reason if none may be sent, not even those a
    /// call sets itself.
    pub(crate) fn new(token: Option<&str>, no_credentials: Option<Arc<str>>) -> Self {
        Self {
            credentials: Arc::new(Credentials::new(token)),
            no_credentials,
            ..Self::default()
        }
    }

    /// Which credentials are sent now.
    pub(crate) fn credentials(&self) -> Version {
        self.credentials.version()
    }

    /// Replaces the credentials of the client and of those that share them. The error is why they may not be sent.
    pub(crate) fn set_token(&self, token: &str) -> Result<(), &str> {
        match &self.no_credentials {
            Some(why) => Err(why),
            None => {
                self.credentials.replace(token);
                Ok(())
            }
        }
    }

    /// Why calls with these credentials are not sent.
    pub(crate) fn refusal(&self) -> Option<&str> {
        let why = self.no_credentials.as_deref();
        why.filter(|_| self.credentials.are_set())
    }

    /// The same client's metadata for another user.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            credentials: Arc::new(Credentials::new(Some(token))),
            database: self.database.clone(),
            identifier: Arc::clone(&self.identifier),
            no_credentials: self.no_credentials.clone(),
        }
    }

    /// The same client's metadata for another database.
    pub(crate) fn in_database(&self, database: Option<HeaderValue>) -> Self {
        Self {
            credentials: Arc::clone(&self.credentials),
            database,
            identifier: Arc::clone(&self.identifier),
            no_credentials: self.no_credentials.clone(),
        }
    }

    /// Sends this identifier from now on.
    pub(crate) fn identified(&self, identifier: i64) {
        let _already_known = self.identifier.set(identifier.into());
    }

    /// Adds the metadata to the headers of a call.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        // The caller's headers take precedence: a call through `Client::raw` may be for another user or database.
        let mut default = |name: HeaderName, value: Option<HeaderValue>| {
            if let Some(value) = value {
                headers.entry(name).or_insert(value);
            }
        };
        default(TE, Some(HeaderValue::from_static("trailers")));
        default(
            CONTENT_TYPE,
            Some(HeaderValue::from_static("application/grpc")),
        );
        default(AUTHORIZATION, self.credentials.authorization());
        default(DATABASE, self.database.clone());
        default(IDENTIFIER, self.identifier.get().cloned());
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

impl<S: Sender> Sender for Metadata<S> {
    async fn send(
        &self,
        mut request: http::Request<Body>,
        record: &Arc<CallRecord>,
    ) -> Result<http::Response<Limited<Body>>, Status> {
        self.metadata.write(request.headers_mut());
        let refusal = self.metadata.no_credentials.as_ref();
        let refusal = refusal.filter(|_| request.headers().contains_key(AUTHORIZATION));
        if let Some(why) = refusal {
            return Err(not_sent(Status::invalid_argument(&**why)));
        }
        self.inner.send(request, record).await
    }

    fn waits_for(&self, stage: Stage, waited: Duration) -> Option<String> {
        self.inner.waits_for(stage, waited)
    }
}
