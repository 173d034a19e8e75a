//! Waiting for what Milvus does in the background.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};

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

    /// Pauses before asking again: briefly at first, since small collections are ready at once.
    ///
    /// # Errors
    ///
    /// The time is up; `state` says how far it got.
    pub(super) async fn pause(
        &mut self,
        operation: &'static str,
        state: impl FnOnce() -> String,
    ) -> Result<()> {
        if let (Some(end), Some(timeout)) = (self.end, self.timeout)
            && Instant::now() + self.pause >= end
        {
            return Err(Error::timeout(
                operation,
                format!("{} within {timeout:?}; it goes on in the server", state()),
            ));
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
