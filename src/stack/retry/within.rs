//! The time limits of calls and attempts.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use opentelemetry::ContextGuard;
use tonic::Status;

use super::super::deadline::{Alarm, exceeded};
use super::attempt::Failed;
use crate::wire::Deadline;

/// The output of `future`, or an error if the deadline passes first. `last` is the error of the previous attempt.
/// `enter` makes a context current while the future is polled. While `unsent`, the deadline is checked first, so that a
/// call whose turn comes too late is not sent.
pub(super) async fn within<F>(
    mut alarm: Pin<&mut Alarm>,
    last: Option<&str>,
    mut future: Pin<&mut F>,
    unsent: impl Fn() -> bool + Send + Sync,
    enter: impl Fn() -> Option<ContextGuard> + Send + Sync,
) -> Result<F::Output, Status>
where
    F: Future<Output: Send> + Send,
{
    poll_fn(|context| {
        if unsent()
            && let Poll::Ready(deadline) = alarm.as_mut().poll(context)
        {
            return Poll::Ready(Err(exceeded(deadline, last)));
        }
        let _entered = enter();
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        let passed = alarm.as_mut().poll(context);
        passed.map(|deadline| Err(exceeded(deadline, last)))
    })
    .await
}

/// The output of `attempt`, or an error if it takes longer than `limit`, not counting the time it is `unsent`. By
/// reference, because the future would otherwise hold the attempt twice.
pub(super) async fn limited<T: Send>(
    limit: Option<Duration>,
    unsent: impl Fn() -> bool + Send + Sync,
    mut attempt: Pin<&mut (impl Future<Output = Result<T, Failed>> + Send)>,
) -> Result<T, Failed> {
    let mut alarm = pin!(Alarm::new(None));
    let mut is_set = false;
    poll_fn(|context| {
        if let Poll::Ready(output) = attempt.as_mut().poll(context) {
            return Poll::Ready(output);
        }
        if !is_set && !unsent() {
            is_set = true;
            alarm.set(Alarm::new(limit.and_then(Deadline::after)));
        }
        alarm.as_mut().poll(context).map(|limit| {
            let what = format!("the attempt timed out after {:?}", limit.timeout());
            Err(Failed::under_load(Status::deadline_exceeded(what)))
        })
    })
    .await
}
