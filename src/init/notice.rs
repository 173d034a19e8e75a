//! Warnings for the operator of the application.

use std::fmt::Display;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the global subscriber is the one that `install` sets, which prints nothing. It outlives its guard.
static OWN_SUBSCRIBER: AtomicBool = AtomicBool::new(false);

/// Records that `install` has set its subscriber.
pub(super) fn subscribed() {
    OWN_SUBSCRIBER.store(true, Ordering::Release);
}

/// Reports a warning that cannot be returned to a caller: as a `tracing` event if the application has set a subscriber,
/// otherwise on stderr, unless `OTEL_LOG_LEVEL` silences it (`quiet`).
pub(super) fn report(warning: &dyn Display, quiet: bool) {
    if tracing::dispatcher::has_been_set() && !OWN_SUBSCRIBER.load(Ordering::Acquire) {
        tracing::warn!("{warning}");
    } else if !quiet {
        // Unlike `eprintln!`, this does not panic if stderr is closed.
        let _ = writeln!(std::io::stderr(), "milvus-otel: {warning}");
    }
}
