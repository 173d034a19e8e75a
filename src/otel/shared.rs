//! Strings that are cheap to clone.

use std::sync::Arc;

use opentelemetry::StringValue;

/// A reference-counted string, which is not copied for each span and metric.
pub(super) fn shared(text: &str) -> StringValue {
    Arc::<str>::from(text).into()
}
