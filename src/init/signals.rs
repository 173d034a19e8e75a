//! Shutdown when a signal ends the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Calls `finish` on SIGTERM or SIGINT, then ends the process as the signal does by default. A second signal ends it
/// immediately.
pub(super) fn run_before_exit(finish: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // For process 1, such as the main process of a container, the kernel ignores signals whose action is the default.
    let is_init = std::process::id() == 1;
    let ending = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // The order matters: the first signal must find the flag unset, and then set it.
        if is_init {
            let ending = Arc::clone(&ending);
            flag::register_conditional_shutdown(signal, exit_status(signal), ending)?;
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
            // This does not return, because both signals end the process by default.
            let _ = emulate_default_handler(signal);
        }
        std::process::exit(exit_status(signal));
    };
    std::thread::Builder::new()
        .name("milvus-otel-signals".to_owned())
        .spawn(wait)?;
    Ok(())
}

/// The exit status that shells and container runtimes report for a process ended by this signal.
const fn exit_status(signal: i32) -> i32 {
    128 + signal
}
