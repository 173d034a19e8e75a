//! The instrumentation scope of everything this crate emits.

use std::sync::LazyLock;

use opentelemetry::InstrumentationScope;

/// The revision of the semantic conventions that the names of attributes, metrics and events are from.
pub(crate) const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.45.0";

/// The targets of the `tracing` events about calls, which belong to this scope when they are exported.
#[cfg(feature = "otlp")]
pub(crate) const EVENT_TARGETS: [&str; 2] = ["milvus_otel::call", "milvus_otel::slow_call"];

pub(crate) fn scope() -> InstrumentationScope {
    static SCOPE: LazyLock<InstrumentationScope> = LazyLock::new(|| {
        InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(SCHEMA_URL)
            .build()
    });
    SCOPE.clone()
}
