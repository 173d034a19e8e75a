//! Span links of a call that serves several callers.

use opentelemetry::trace::{Link, SpanContext};

/// The spans of the callers if one call serves several of them; the call's span links to these spans.
///
/// Put it into the context in which you make the call:
///
/// ```
/// # use milvus_otel::{Client, otel::Links};
/// # use opentelemetry::{Context, trace::{FutureExt, SpanContext}};
/// # async fn example(client: Client, callers: Vec<SpanContext>) -> milvus_otel::Result<()> {
/// let for_all = Context::current_with_value(Links::new(callers));
/// client.drop_collection("books").with_context(for_all).await?;
/// # Ok(())
/// # }
/// ```
///
/// or into the extensions of a request of a generated client:
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
    /// Links to these spans; invalid ones are skipped.
    pub fn new(spans: impl IntoIterator<Item = SpanContext>) -> Self {
        Self(spans.into_iter().filter(SpanContext::is_valid).collect())
    }

    pub(super) fn links(&self) -> Vec<Link> {
        self.0.iter().cloned().map(Link::with_context).collect()
    }
}
