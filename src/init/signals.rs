//! The end of a process by a signal.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Calls `finish` when the process is asked to end, then lets the signal do what it does by default. A second signal
/// ends the process at once.
pub(super) fn before_the_end(finish: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let ending = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order: the first signal finds the flag unset and sets it.
        flag::register_conditional_default(signal, Arc::clone(&ending))?;
        flag::register(signal, Arc::clone(&ending))?;
    }
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            finish();
            // Both signals have a default that ends the process, so this does not return.
            let _ = emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new()
        .name("milvus-otel-signals".to_owned())
        .spawn(wait)?;
    Ok(())
}
