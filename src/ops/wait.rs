//! Waiting for what Milvus does in the background.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::client::Call;
use crate::error::{Error, Result};
use crate::otel::{record_polls, unsampled};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The time an operation of several calls has, and its pauses between asking.
#[derive(Debug)]
pub(super) struct Wait {
    timeout: Option<Duration>,
    end: Option<Instant>,
    pause: Duration,
}

impl Wait {
    pub(super) fn new(timeout: Option<Duration>) -> Self {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Self {
            timeout,
            end,
            pause: FIRST_PAUSE,
        }
    }

    /// What the next call may take; `None` for the client's own timeout.
    pub(super) fn remaining(&self) -> Option<Duration> {
        self.end
            .map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// Asks until the answer says it is done, briefly pausing in between: small collections are ready at once.
    ///
    /// In the trace stand the first and the last question, and on the span around them how many there were.
    ///
    /// # Errors
    ///
    /// What `ask` or `done` fail with, or the time is up; `state` says how far it got.
    pub(super) async fn until<T, F>(
        &mut self,
        call: Call<'_>,
        ask: impl Fn(Option<Duration>) -> F + Send + Sync,
        done: impl Fn(&T) -> Result<bool> + Send + Sync,
        state: impl Fn(&T) -> String + Send + Sync,
    ) -> Result<()>
    where
        T: Send + Sync,
        F: Future<Output = Result<T>> + Send,
    {
        let mut polls = 0;
        let result = self.asked_until(call, ask, done, state, &mut polls).await;
        record_polls(polls);
        result
    }

    async fn asked_until<T, F>(
        &mut self,
        call: Call<'_>,
        ask: impl Fn(Option<Duration>) -> F + Send + Sync,
        done: impl Fn(&T) -> Result<bool> + Send + Sync,
        state: impl Fn(&T) -> String + Send + Sync,
        polls: &mut u32,
    ) -> Result<()>
    where
        T: Send + Sync,
        F: Future<Output = Result<T>> + Send,
    {
        let mut shown = true;
        loop {
            *polls += 1;
            let asked = ask(self.remaining());
            let answer = if shown {
                asked.await?
            } else {
                unsampled(asked).await?
            };
            match (done(&answer)?, shown) {
                (true, true) => return Ok(()),
                (true, false) => shown = true,
                (false, _) => {
                    shown = false;
                    self.pause(call, || state(&answer)).await?;
                }
            }
        }
    }

    async fn pause(&mut self, call: Call<'_>, state: impl FnOnce() -> String + Send) -> Result<()> {
        if let (Some(end), Some(timeout)) = (self.end, self.timeout)
            && Instant::now() + self.pause >= end
        {
            let why = format!("{} within {timeout:?}; it goes on in the server", state());
            return Err(Error::timeout(call.operation, why).on(call.collection));
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
