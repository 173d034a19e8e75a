//! The runtime that exporters run on, apart from the application's.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use opentelemetry::Context;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::Sleep;

use super::response::Failure;

/// Exporting works whatever the application's runtime does: it may have one thread that blocks in shutdown, be gone
/// already, or never have existed.
#[derive(Debug)]
pub(super) struct ExportRuntime {
    /// Taken in drop only.
    runtime: Option<Runtime>,
    abandon: watch::Sender<bool>,
}

impl ExportRuntime {
    pub(super) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("milvus-otel-export")
            // What these threads do is never traced: an export that made spans would never end.
            .on_thread_start(|| std::mem::forget(Context::enter_telemetry_suppressed_scope()))
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            abandon: watch::Sender::new(false),
        })
    }

    /// A way to run exports here, each for at most `limit`.
    pub(super) fn exports(&self, limit: Duration) -> Option<Exports> {
        Some(Exports {
            runtime: self.runtime.as_ref()?.handle().clone(),
            abandoned: self.abandon.subscribe(),
            limit,
        })
    }

    /// Makes the exports under way, and all later ones, fail at once.
    pub(super) fn abandon(&self) {
        self.abandon.send_replace(true);
    }
}

impl Drop for ExportRuntime {
    fn drop(&mut self) {
        self.abandon();
        if let Some(runtime) = self.runtime.take() {
            // Dropping a runtime blocks, which panics on a thread of another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Runs export futures, polled by the SDK's own threads, with the runtime's sockets and timers.
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
            // An error means that the sender, and with it the runtime, is gone.
            let _ = abandoned.wait_for(|abandoned| *abandoned).await;
        });
        let mut export = pin!(export);
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|cx| {
            // First, because timers of a runtime that has ended panic.
            if abandoned.as_mut().poll(cx).is_ready() {
                let cause = "no answer before the shutdown timeout";
                return Poll::Ready(Err(Failure::lasting(cause)));
            }
            let _runtime = self.runtime.enter();
            if let Poll::Ready(result) = export.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.limit)));
            timer.as_mut().poll(cx).map(|()| {
                let cause = format!("no answer within {:?}", self.limit);
                Err(Failure::lasting(cause))
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
    fn an_export_has_the_runtime_and_a_limit() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_millis(20)).unwrap();
        let slept = futures_block_on(exports.run(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(())
        }));
        assert_eq!(slept, Ok(()));
        let stuck = futures_block_on(exports.run(pending::<Result<(), _>>()));
        assert_eq!(stuck, Err(Failure::lasting("no answer within 20ms")));
    }

    #[test]
    fn abandoning_ends_an_export_and_outlives_the_runtime() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_secs(60)).unwrap();
        let waiting = exports.clone();
        let waiter =
            std::thread::spawn(move || futures_block_on(waiting.run(pending::<Result<(), _>>())));
        std::thread::sleep(Duration::from_millis(20));
        let start = Instant::now();
        drop(runtime);
        assert!(waiter.join().unwrap().is_err());
        assert!(futures_block_on(exports.run(pending::<Result<(), _>>())).is_err());
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn its_threads_are_suppressed() {
        let runtime = ExportRuntime::start().unwrap();
        let exports = runtime.exports(Duration::from_secs(1)).unwrap();
        let suppressed = exports
            .runtime
            .spawn(async { Context::is_current_telemetry_suppressed() });
        let blocking = exports
            .runtime
            .spawn_blocking(Context::is_current_telemetry_suppressed);
        assert!(futures_block_on(suppressed).unwrap());
        assert!(futures_block_on(blocking).unwrap());
    }

    /// What the SDK's threads do: no runtime in sight.
    fn futures_block_on<F: Future>(future: F) -> F::Output {
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
