//! The streams that a server allows on a connection at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// The streams of a connection. Calls take one each, first come, first served.
#[derive(Debug)]
pub(super) struct Streams {
    /// A permit for each stream that the server allows. Closed when no more calls may be sent.
    free: Arc<Semaphore>,
    /// The number that the server allows.
    allowed: AtomicUsize,
    /// How many streams are in use beyond `allowed`, because the server has lowered the number.
    surplus: AtomicUsize,
}

pub(super) type StreamPermit = OwnedSemaphorePermit;

impl Streams {
    pub(super) fn new(allowed: usize) -> Self {
        let allowed = allowed.min(Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(allowed)),
            allowed: AtomicUsize::new(allowed),
            surplus: AtomicUsize::new(0),
        }
    }

    /// The server allows this many from now on. Only the driver calls this.
    pub(super) fn allow(&self, allowed: usize) {
        // tokio before 1.54 would reopen the semaphore.
        if self.free.is_closed() {
            return;
        }
        let allowed = allowed.min(Semaphore::MAX_PERMITS);
        let before = self.allowed.swap(allowed, Ordering::Relaxed);
        if allowed < before {
            let fewer = before - allowed;
            let in_use = fewer - self.free.forget_permits(fewer);
            self.surplus.fetch_add(in_use, Ordering::Relaxed);
        } else if allowed > before {
            let more = allowed - before;
            let ordering = Ordering::Relaxed;
            let fewer = |surplus: usize| Some(surplus.saturating_sub(more));
            let surplus = self.surplus.fetch_update(ordering, ordering, fewer);
            let in_use = surplus.unwrap_or_default().min(more);
            self.free.add_permits(more - in_use);
        }
    }

    /// Takes a free stream. If there is none, calls `must_wait` and waits for one. `None` if the connection ends first.
    pub(super) async fn take(&self, must_wait: impl FnOnce()) -> Option<StreamPermit> {
        match Arc::clone(&self.free).try_acquire_owned() {
            Ok(stream) => Some(stream),
            Err(TryAcquireError::Closed) => None,
            Err(TryAcquireError::NoPermits) => {
                must_wait();
                Arc::clone(&self.free).acquire_owned().await.ok()
            }
        }
    }

    /// A call has ended. Another one may take its stream, unless too many are in use.
    pub(super) fn give_back(&self, stream: StreamPermit) {
        let ordering = Ordering::Relaxed;
        let fewer = |surplus: usize| surplus.checked_sub(1);
        if self.surplus.fetch_update(ordering, ordering, fewer).is_ok() {
            stream.forget();
        }
    }

    /// No call gets a stream from now on.
    pub(super) fn close(&self) {
        self.free.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(streams: &Streams) -> usize {
        streams.free.available_permits()
    }

    #[tokio::test]
    async fn the_number_follows_the_server_while_streams_are_in_use() {
        let streams = Streams::new(usize::MAX);
        streams.allow(3);
        assert_eq!(free(&streams), 3);
        let mut used = Vec::new();
        for _ in 0..3 {
            used.push(streams.take(|| panic!("must wait")).await.unwrap());
        }
        streams.allow(1);
        streams.give_back(used.pop().unwrap());
        assert_eq!(free(&streams), 0, "2 of 1 are in use");
        // The one too many is allowed again.
        streams.allow(2);
        assert_eq!(free(&streams), 0);
        streams.give_back(used.pop().unwrap());
        assert_eq!(free(&streams), 1);
        streams.allow(0);
        streams.give_back(used.pop().unwrap());
        assert_eq!(free(&streams), 0);
        streams.allow(5);
        assert_eq!(free(&streams), 5);
        streams.close();
        assert!(streams.take(|| panic!("must wait")).await.is_none());
    }
}
