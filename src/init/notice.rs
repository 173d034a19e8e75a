//! Messages to the person who runs the application.

use std::fmt::Display;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the process's subscriber is the one that `install` sets, which shows nothing. It stays when its guard is
/// gone.
static OWN_SUBSCRIBER: AtomicBool = AtomicBool::new(false);

pub(super) fn subscribed() {
    OWN_SUBSCRIBER.store(true, Ordering::Release);
}

/// Shows a warning where no caller is left to return it to: as a `tracing` event if the application has a subscriber
/// that shows it, otherwise on the standard error, unless `OTEL_LOG_LEVEL` is `quiet`.
pub(super) fn tell(what: &dyn Display, quiet: bool) {
    if tracing::dispatcher::has_been_set() && !OWN_SUBSCRIBER.load(Ordering::Acquire) {
        tracing::warn!("{what}");
    } else if !quiet {
        // A closed standard error must not end the program.
        let _ = writeln!(std::io::stderr(), "milvus-otel: {what}");
    }
}
