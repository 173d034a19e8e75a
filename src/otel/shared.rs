//! Strings that are cheap to clone.

use std::sync::Arc;

use opentelemetry::StringValue;

/// A string that costs a reference count, not a copy, to put on spans and metrics.
pub(super) fn shared(text: &str) -> StringValue {
    Arc::<str>::from(text).into()
}
