//! Callers of a call that is made for several.

use opentelemetry::trace::{Link, SpanContext};

/// The spans a call is made for besides its parent, when one call serves several callers: put it into the extensions
/// of a [`tonic::Request`], and the call's span links to them.
///
/// ```
/// # use opentelemetry::trace::SpanContext;
/// # use milvus_otel::proto::milvus::InsertRequest;
/// # let callers: Vec<SpanContext> = Vec::new();
/// let mut request = tonic::Request::new(InsertRequest::default());
/// request.extensions_mut().insert(milvus_otel::otel::Links::new(callers));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Links(Vec<SpanContext>);

impl Links {
    /// Links to these spans; those that are not valid are left out.
    pub fn new(spans: impl IntoIterator<Item = SpanContext>) -> Self {
        Self(spans.into_iter().filter(SpanContext::is_valid).collect())
    }

    pub(super) fn into_links(self) -> Vec<Link> {
        self.0.into_iter().map(Link::with_context).collect()
    }
}
