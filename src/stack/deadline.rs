//! Ends calls whose deadline has passed.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};
use tonic::Status;

use super::connect::interrupted;
use crate::wire::Deadline;

/// The status of a call whose deadline has passed; `last` is the error of the previous attempt.
pub(super) fn exceeded(deadline: Deadline, last: Option<&str>) -> Status {
    let timeout = deadline.timeout();
    Status::deadline_exceeded(match last {
        Some(last) => format!("timed out after {timeout:?}; last error: {last}"),
        None => format!("no answer within {timeout:?}"),
    })
}

pin_project! {
    /// Waits for a deadline. The timer is created by the first poll, so that an answer that is already there needs
    /// none.
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

    /// Ready when the deadline has passed.
    pub(super) fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Deadline> {
        let mut this = self.project();
        let Some(deadline) = *this.deadline else {
            return Poll::Pending;
        };
        if this.sleep.is_none() {
            this.sleep.set(Some(sleep_until(deadline.end())));
        }
        if let Some(sleep) = this.sleep.as_pin_mut() {
            ready!(sleep.poll(context));
        }
        Poll::Ready(deadline)
    }
}

pin_project! {
    /// The body of an answer, which the deadline of the call applies to.
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
            return Poll::Ready(frame.map(|frame| frame.map_err(interrupted)));
        }
        let deadline = ready!(this.alarm.as_mut().poll(context));
        this.alarm.set(Alarm::new(None));
        Poll::Ready(Some(Err(exceeded(deadline, None))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
