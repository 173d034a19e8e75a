//! The end of a process by a signal.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Calls `finish` when the process is asked to end, then ends it as the signal does by default. A second signal ends it
/// at once.
pub(super) fn before_the_end(finish: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // The first process of a container: the kernel keeps the default action of signals from it, and ends it by none.
    let is_init = std::process::id() == 1;
    let ending = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order: the first signal finds the flag unset and sets it.
        if is_init {
            let ending = Arc::clone(&ending);
            flag::register_conditional_shutdown(signal, status(signal), ending)?;
        } else {
            flag::register_conditional_default(signal, Arc::clone(&ending))?;
        }
        flag::register(signal, Arc::clone(&ending))?;
    }
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let wait = move || {
        let Some(signal) = signals.forever().next() else {
            return;
        };
        finish();
        if !is_init {
            // Does not return: by default, both signals end the process.
            let _ = emulate_default_handler(signal);
        }
        std::process::exit(status(signal));
    };
    std::thread::Builder::new()
        .name("milvus-otel-signals".to_owned())
        .spawn(wait)?;
    Ok(())
}

/// The status by which shells and container runtimes show a process that a signal ended.
const fn status(signal: i32) -> i32 {
    128 + signal
}
