//! The runtime of the exporters, separate from the application's.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use opentelemetry::Context;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::Sleep;

use super::response::Failure;

/// A Tokio runtime for exports. They cannot use the application's runtime: its only thread may be blocked in shutdown,
/// or the runtime may have ended or never existed.
#[derive(Debug)]
pub(super) struct ExportRuntime {
    /// `None` only during drop.
    runtime: Option<Runtime>,
    abandon: watch::Sender<bool>,
}

impl ExportRuntime {
    pub(super) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("milvus-otel-export")
            // These threads are never traced: an export that created spans would cause further exports without end.
            .on_thread_start(|| std::mem::forget(Context::enter_telemetry_suppressed_scope()))
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            abandon: watch::Sender::new(false),
        })
    }

    /// Returns a handle that runs exports on this runtime, each for at most `limit`.
    pub(super) fn exports(&self, limit: Duration) -> Option<Exports> {
        Some(Exports {
            runtime: self.runtime.as_ref()?.handle().clone(),
            abandoned: self.abandon.subscribe(),
            limit,
        })
    }

    /// Makes all exports in progress, and all later ones, fail immediately.
    pub(super) fn abandon(&self) {
        self.abandon.send_replace(true);
    }
}

impl Drop for ExportRuntime {
    fn drop(&mut self) {
        self.abandon();
        if let Some(runtime) = self.runtime.take() {
            // Dropping a runtime blocks, and panics on a thread of another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Gives export futures, which the SDK polls on its own threads, access to the runtime's sockets and timers.
#[derive(Debug, Clone)]
pub(super) struct Exports {
    runtime: Handle,
    abandoned: watch::Receiver<bool>,
    limit: Duration,
}

impl Exports {
    pub(super) async fn run<T>(
        &self,
        export: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Result<T, Failure> {
        let mut abandoned = self.abandoned.clone();
        let mut abandoned = pin!(async move {
            // An error means that the sender was dropped, and the runtime with it.
            let _ = abandoned.wait_for(|abandoned| *abandoned).await;
        });
        let mut export = pin!(export);
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|cx| {
            // Check this first, because timers panic once their runtime has ended.
            if abandoned.as_mut().poll(cx).is_ready() {
                let cause = "no answer before the shutdown timeout";
                return Poll::Ready(Err(Failure::permanent(cause)));
            }
            let _runtime = self.runtime.enter();
            if let Poll::Ready(result) = export.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.limit)));
            timer.as_mut().poll(cx).map(|()| {
                let cause = format!("no answer within {:?}", self.limit);
                Err(Failure::permanent(cause))
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::time::Instant;

    #[test]
    fn exports_can_use_the_runtime_and_have_a_time_limit() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_millis(20)).unwrap();
        let finished = block_on(exports.run(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(())
        }));
        assert_eq!(finished, Ok(()));
        let stuck = block_on(exports.run(pending::<Result<(), _>>()));
        assert_eq!(stuck, Err(Failure::permanent("no answer within 20ms")));
    }

    #[test]
    fn exports_fail_once_the_runtime_is_dropped() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_secs(60)).unwrap();
        let waiting = exports.clone();
        let waiter = std::thread::spawn(move || block_on(waiting.run(pending::<Result<(), _>>())));
        std::thread::sleep(Duration::from_millis(20));
        let start = Instant::now();
        drop(runtime);
        assert!(waiter.join().unwrap().is_err());
        assert!(block_on(exports.run(pending::<Result<(), _>>())).is_err());
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn telemetry_is_suppressed_on_export_threads() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_secs(1)).unwrap();
        let suppressed = exports
            .runtime
            .spawn(async { Context::is_current_telemetry_suppressed() });
        let blocking = exports
            .runtime
            .spawn_blocking(Context::is_current_telemetry_suppressed);
        assert!(block_on(suppressed).unwrap());
        assert!(block_on(blocking).unwrap());
    }

    /// Blocks without a runtime, like the SDK's threads.
    fn block_on<F: Future>(future: F) -> F::Output {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
        let mut cx = std::task::Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return output;
            }
            std::thread::park();
        }
    }
}
