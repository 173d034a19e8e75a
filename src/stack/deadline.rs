//! The time a call has, over all its attempts.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Status;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// A point in time that a call must not outlast.
#[derive(Debug)]
pub(super) struct Deadline {
    timeout: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl Deadline {
    /// From now; `None` when that is too far away to matter.
    pub(super) fn after(timeout: Duration) -> Option<Self> {
        let end = Instant::now().checked_add(timeout)?;
        Some(Self {
            timeout,
            sleep: Box::pin(sleep_until(end)),
        })
    }

    pub(super) fn remaining(&self) -> Duration {
        self.sleep
            .deadline()
            .saturating_duration_since(Instant::now())
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().poll(context)
    }

    /// What a call ends with when the deadline has passed; `last` is what the attempt before failed with.
    pub(super) fn exceeded(&self, last: Option<&str>) -> Status {
        let timeout = self.timeout;
        Status::deadline_exceeded(match last {
            Some(last) => format!("no success within {timeout:?}, the last failure: {last}"),
            None => format!("no answer within {timeout:?}"),
        })
    }

    /// Tells the server how long it has.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let micros = self.remaining().as_micros().max(1);
        // The specification allows 8 digits.
        let value = if micros < 100_000_000 {
            format!("{micros}u")
        } else {
            format!("{}m", (micros / 1000).min(99_999_999))
        };
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(GRPC_TIMEOUT, value);
        }
    }
}

/// The timeout that a request brings along.
pub(super) fn requested(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount.checked_mul(3600)?),
        "M" => Duration::from_secs(amount.checked_mul(60)?),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

pin_project! {
    /// The body of an answer, which the deadline covers too.
    pub(crate) struct Deadlined<B> {
        #[pin]
        inner: B,
        deadline: Option<Deadline>,
    }
}

impl<B> Deadlined<B> {
    pub(super) fn new(inner: B, deadline: Option<Deadline>) -> Self {
        Self { inner, deadline }
    }
}

impl<B> fmt::Debug for Deadlined<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadlined")
            .field("deadline", &self.deadline)
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
        let this = self.project();
        if let Poll::Ready(frame) = this.inner.poll_frame(context) {
            return Poll::Ready(frame);
        }
        let Some(deadline) = this.deadline else {
            return Poll::Pending;
        };
        ready!(deadline.poll(context));
        let exceeded = deadline.exceeded(None);
        *this.deadline = None;
        Poll::Ready(Some(Err(exceeded)))
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
    use super::*;

    fn header(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(GRPC_TIMEOUT, HeaderValue::try_from(value).unwrap())])
    }

    #[test]
    fn units_are_read_as_grpc_writes_them() {
        for (text, expected) in [
            ("2H", Some(Duration::from_secs(7200))),
            ("3M", Some(Duration::from_secs(180))),
            ("4S", Some(Duration::from_secs(4))),
            ("5m", Some(Duration::from_millis(5))),
            ("6u", Some(Duration::from_micros(6))),
            ("7n", Some(Duration::from_nanos(7))),
            ("8x", None),
            ("S", None),
            ("", None),
            ("é", None),
        ] {
            let headers = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            assert_eq!(
                requested(&HeaderMap::from_iter([(GRPC_TIMEOUT, headers)])),
                expected,
                "{text}"
            );
        }
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
}
