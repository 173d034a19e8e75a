//! Callers of a call that is made for several.

use opentelemetry::trace::{Link, SpanContext};

/// The spans a call is made for besides its parent, when one call serves several callers; the call's span links to
/// them.
///
/// Put it into the context that the call is made in:
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
/// or into the extensions of a raw request:
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

    pub(super) fn links(&self) -> Vec<Link> {
        self.0.iter().cloned().map(Link::with_context).collect()
    }
}
