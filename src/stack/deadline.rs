//! The time a call has, over all its attempts.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Status;

use super::cause::broken_off;
use super::metadata::short;
use crate::wire::GRPC_TIMEOUT;

/// A point in time that a call must not outlast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    timeout: Duration,
    end: Instant,
}

impl Deadline {
    /// From now; `None` when that is too far away to matter.
    pub(super) fn after(timeout: Duration) -> Option<Self> {
        let end = Instant::now().checked_add(timeout)?;
        Some(Self { timeout, end })
    }

    /// What a call ends with when the deadline has passed; `last` is what the attempt before failed with.
    pub(super) fn exceeded(self, last: Option<&str>) -> Status {
        let timeout = about(self.timeout);
        Status::deadline_exceeded(match last {
            Some(last) => format!("no success within {timeout:?}, the last failure: {last}"),
            None => format!("no answer within {timeout:?}"),
        })
    }

    /// Tells the server how long it has.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        set_timeout(headers, self.end.saturating_duration_since(Instant::now()));
    }
}

/// To the millisecond, where it is many: an operation has spent some of what it was given before its call begins.
fn about(timeout: Duration) -> Duration {
    let millis = timeout
        .saturating_add(Duration::from_micros(500))
        .as_millis();
    match u64::try_from(millis) {
        Ok(millis @ 100..) => Duration::from_millis(millis),
        _ => timeout,
    }
}

/// Says how long a call may take.
pub(crate) fn set_timeout(headers: &mut HeaderMap, timeout: Duration) {
    let micros = u64::try_from(timeout.as_micros())
        .unwrap_or(u64::MAX)
        .max(1);
    // The specification allows 8 digits.
    let value = if micros < 100_000_000 {
        short(format_args!("{micros}u"))
    } else {
        short(format_args!("{}m", (micros / 1000).min(99_999_999)))
    };
    if let Some(value) = value {
        headers.insert(GRPC_TIMEOUT, value);
    }
}

pin_project! {
    /// Tells when a deadline has passed. It is set when something has first to be waited for.
    #[derive(Debug)]
    pub(super) struct Alarm {
        deadline: Option<Deadline>,
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Alarm {
    pub(super) fn new(deadline: Option<Deadline>) -> Self {
        Self {
            deadline,
            sleep: None,
        }
    }

    /// The deadline, when it has passed.
    pub(super) fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Deadline> {
        let mut this = self.project();
        let Some(deadline) = *this.deadline else {
            return Poll::Pending;
        };
        if this.sleep.is_none() {
            this.sleep.set(Some(sleep_until(deadline.end)));
        }
        if let Some(sleep) = this.sleep.as_pin_mut() {
            ready!(sleep.poll(context));
        }
        Poll::Ready(deadline)
    }
}

pin_project! {
    /// The body of an answer, which the deadline covers too.
    pub(crate) struct Deadlined<B> {
        #[pin]
        inner: B,
        #[pin]
        alarm: Alarm,
    }
}

impl<B> Deadlined<B> {
    pub(super) fn new(inner: B, deadline: Option<Deadline>) -> Self {
        let alarm = Alarm::new(deadline);
        Self { inner, alarm }
    }
}

impl<B> fmt::Debug for Deadlined<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadlined")
            .field("deadline", &self.alarm.deadline)
            .finish_non_exhaustive()
    }
}

impl<B: Body<Data = Bytes, Error = Status>> Body for Deadlined<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut this = self.project();
        if let Poll::Ready(frame) = this.inner.poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(broken_off)));
        }
        let deadline = ready!(this.alarm.as_mut().poll(context));
        this.alarm.set(Alarm::new(None));
        Poll::Ready(Some(Err(deadline.exceeded(None))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn header(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(GRPC_TIMEOUT, HeaderValue::try_from(value).unwrap())])
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_written_in_eight_digits_at_most() {
        for (timeout, written) in [
            (Duration::from_millis(1500), "1500000u"),
            (Duration::from_secs(600), "600000m"),
            (Duration::from_secs(10_000_000), "99999999m"),
            (Duration::ZERO, "1u"),
        ] {
            let mut headers = header("1S");
            Deadline::after(timeout).unwrap().write(&mut headers);
            assert_eq!(headers, header(written));
        }
    }
    #[tokio::test(start_paused = true)]
    async fn what_was_given_is_said_as_it_was_given() {
        for (timeout, said) in [
            (Duration::from_micros(4_999_812), "5s"),
            (Duration::from_secs(60), "60s"),
            (Duration::from_micros(299_990), "300ms"),
            (Duration::from_millis(1234), "1.234s"),
            (Duration::from_micros(284), "284µs"),
        ] {
            let deadline = Deadline::after(timeout).unwrap();
            assert_eq!(
                deadline.exceeded(None).message(),
                format!("no answer within {said}")
            );
        }
    }
}
