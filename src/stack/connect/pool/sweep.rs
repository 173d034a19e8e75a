//! An attempt to get a first connection from any server: the addresses of all of them, one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, Id};
use tokio::time::Instant;

use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::no_connection::NoConnection;

/// How long one address may take before the next one is tried as well ("happy eyeballs", RFC 8305).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Sweep {
    deadline: Instant,
    /// The lookups and attempts of this sweep that are running. Those from before it do not count.
    lookups: Vec<Id>,
    attempts: Vec<AbortHandle>,
    next: VecDeque<(Arc<Endpoint>, Address)>,
    /// All addresses that were added.
    known: Vec<(Arc<Endpoint>, Address)>,
    /// When the next address is tried, unless an attempt fails first.
    next_at: Instant,
    failed: Option<NoConnection>,
}

/// What a sweep needs next.
#[derive(Debug)]
pub(super) enum Due {
    Connect(Arc<Endpoint>, Address),
    Wait(Instant),
    Failed(NoConnection),
    TimedOut,
}

impl Sweep {
    pub(super) fn new(now: Instant, limit: Duration) -> Self {
        Self {
            deadline: now + limit,
            lookups: Vec::new(),
            attempts: Vec::new(),
            next: VecDeque::new(),
            known: Vec::new(),
            next_at: now,
            failed: None,
        }
    }

    /// What is due.
    pub(super) fn next(&mut self, now: Instant) -> Due {
        if now >= self.deadline {
            return Due::TimedOut;
        }
        let is_due = self.attempts.is_empty() || now >= self.next_at;
        if is_due && let Some((endpoint, address)) = self.next.pop_front() {
            self.next_at = now + NEXT_ADDRESS;
            return Due::Connect(endpoint, address);
        }
        if self.attempts.is_empty()
            && self.lookups.is_empty()
            && self.next.is_empty()
            && let Some(failed) = self.failed.take()
        {
            return Due::Failed(failed);
        }
        let next = (!self.next.is_empty()).then_some(self.next_at);
        Due::Wait(next.map_or(self.deadline, |next| next.min(self.deadline)))
    }

    pub(super) fn lookup_began(&mut self, task: Id) {
        self.lookups.push(task);
    }

    pub(super) fn lookup_ended(&mut self, task: Id) {
        self.lookups.retain(|running| *running != task);
    }

    /// Adds an address, unless it was added before.
    pub(super) fn add(&mut self, endpoint: &Arc<Endpoint>, address: Address) {
        let added = (Arc::clone(endpoint), address);
        if !self.known.contains(&added) {
            self.known.push(added.clone());
            self.next.push_back(added);
        }
    }

    /// The endpoint has only these addresses now: others need not be tried.
    pub(super) fn keep(&mut self, endpoint: &Arc<Endpoint>, addresses: &[Address]) {
        self.next
            .retain(|(of, address)| of != endpoint || addresses.contains(address));
    }

    pub(super) fn attempt_began(&mut self, task: AbortHandle) {
        self.attempts.push(task);
    }

    pub(super) fn attempt_ended(&mut self, task: Id) {
        self.attempts.retain(|running| running.id() != task);
    }

    /// A lookup or an attempt failed. If all do, the last error is reported, preferably one that may pass: then calls
    /// are retried.
    pub(super) fn failed(&mut self, error: NoConnection) {
        let known = self.failed.as_ref();
        if known.is_none_or(|known| known.permanent || !error.permanent) {
            self.failed = Some(error);
        }
    }

    /// The next address need not wait for the one that failed.
    pub(super) fn hurry(&mut self) {
        self.next_at = Instant::now();
    }

    /// Aborts the running attempts. After a successful sweep they may go on, and become connections to other servers.
    pub(super) fn abort(self) {
        self.attempts.iter().for_each(AbortHandle::abort);
    }
}
