//! Which collections were changed through a connection, and when.

use std::hash::{DefaultHasher, Hasher};
use std::ops::BitOr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a change waits for writes in flight on its collections. A write takes milliseconds, but if its future is no
/// longer polled, it must not block the change forever.
const PATIENCE: Duration = Duration::from_secs(5);

const SLOTS: usize = 64;

/// A set of collection names and aliases, in any database. Each name has one of 64 slots, by its hash: a set may seem to
/// contain more names than it does, never fewer. That costs an unnecessary lookup, never a wrong answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Names(u64);

impl Names {
    pub(super) const ALL: Self = Self(u64::MAX);

    pub(crate) fn of<N: AsRef<[u8]>>(names: impl IntoIterator<Item = N>) -> Self {
        let slot = |name: N| {
            let mut hasher = DefaultHasher::new();
            hasher.write(name.as_ref());
            1 << (hasher.finish() % SLOTS as u64)
        };
        Self(names.into_iter().map(slot).fold(0, BitOr::bitor))
    }

    fn slots(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let slot = usize::try_from(left.trailing_zeros()).ok()?;
            // Clears the lowest bit. Without a bit, `trailing_zeros` is 64.
            left &= left.checked_sub(1)?;
            Some(slot)
        })
    }
}

impl BitOr for Names {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A counter of changes, and its value at the last change of each slot of names.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    state: Mutex<State>,
    /// Notified when a change or a pass ends.
    ended: Notify,
}

#[derive(Debug)]
struct State {
    clock: u64,
    slots: [Slot; SLOTS],
}

impl Default for State {
    fn default() -> Self {
        Self {
            clock: 0,
            slots: [Slot::default(); SLOTS],
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// When a change last began or ended.
    changed: u64,
    /// When an answer last contradicted a cached description.
    contradicted: u64,
    /// Changes in flight.
    changing: u32,
    /// Writes in flight that were built from a description.
    passes: u32,
}

impl State {
    fn of(&self, names: Names) -> impl Iterator<Item = &Slot> {
        names.slots().map(|slot| &self.slots[slot])
    }

    fn update(&mut self, names: Names, change: impl Fn(&mut Slot, u64)) {
        self.clock += 1;
        for slot in names.slots() {
            change(&mut self.slots[slot], self.clock);
        }
    }
}

impl Changes {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock. Read it before requesting a description.
    pub(crate) fn now(&self) -> u64 {
        self.state().clock
    }

    /// Whether no change of these names was in flight after `since`, and no answer contradicted their descriptions.
    pub(crate) fn is_current(&self, names: Names, since: u64) -> bool {
        let newest = |slot: &Slot| slot.changed.max(slot.contradicted);
        self.state().of(names).all(|slot| newest(slot) <= since)
    }

    /// Whether no change of these names was in flight after `since`.
    pub(crate) fn is_unchanged(&self, names: Names, since: u64) -> bool {
        self.state().of(names).all(|slot| slot.changed <= since)
    }

    /// Invalidates the cached descriptions of these names.
    pub(crate) fn contradict(&self, names: Names) {
        self.state()
            .update(names, |slot, now| slot.contradicted = now);
    }

    /// Waits for changes in flight, and holds up later ones until the pass is dropped. `None` if the names were changed
    /// after `since`.
    pub(crate) async fn enter(&self, names: Names, since: u64) -> Option<Pass<'_>> {
        loop {
            let ended = self.ended.notified();
            if let Some(entered) = self.try_enter(names, since) {
                return entered;
            }
            ended.await;
        }
    }

    /// The same without waiting: the outer `None` means that a change is in flight.
    pub(crate) fn try_enter(&self, names: Names, since: u64) -> Option<Option<Pass<'_>>> {
        let mut state = self.state();
        if state.of(names).any(|slot| slot.changed > since) {
            return Some(None);
        }
        if state.of(names).any(|slot| slot.changing > 0) {
            return None;
        }
        for slot in names.slots() {
            state.slots[slot].passes += 1;
        }
        Some(Some(Pass {
            changes: self,
            names,
        }))
    }

    pub(super) fn begin(&self, names: Names) {
        self.state().update(names, |slot, now| {
            slot.changed = now;
            slot.changing += 1;
        });
    }

    pub(super) async fn wait_for_passes(&self, names: Names) {
        let none_is_held = || self.state().of(names).all(|slot| slot.passes == 0);
        if none_is_held() {
            return;
        }
        let no_pass = async {
            loop {
                let ended = self.ended.notified();
                if none_is_held() {
                    return;
                }
                ended.await;
            }
        };
        let _impatient = timeout(PATIENCE, no_pass).await;
    }

    pub(super) fn end(&self, names: Names) {
        self.state().update(names, |slot, now| {
            slot.changed = now;
            slot.changing -= 1;
        });
        self.ended.notify_waiters();
    }
}

/// Holds up changes of some names while a write is in flight that depends on them.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    changes: &'a Changes,
    names: Names,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.changes.state();
        for slot in self.names.slots() {
            state.slots[slot].passes -= 1;
        }
        drop(state);
        self.changes.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    async fn is_pending(future: impl Future) -> bool {
        timeout(Duration::ZERO, future).await.is_err()
    }

    fn names(name: &str) -> Names {
        Names::of([name])
    }

    #[test]
    fn a_change_is_recorded_when_it_begins_and_when_it_ends() {
        let (changes, name) = (Changes::default(), names("a"));
        let before = changes.now();
        assert!(changes.is_current(name, before));
        changes.begin(name);
        assert!(!changes.is_current(name, before));
        let during = changes.now();
        changes.end(name);
        assert!(!changes.is_current(name, during), "it may have come after");
        let after = changes.now();
        assert!(changes.is_current(name, after));
        changes.contradict(name);
        assert!(!changes.is_current(name, after));
        assert!(changes.is_unchanged(name, after));
        assert!(changes.is_unchanged(names("b"), 0));
        changes.begin(Names::ALL);
        assert!(!changes.is_unchanged(names("b"), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn writes_and_changes_of_one_name_wait_for_each_other() {
        let (changes, name) = (Changes::default(), names("a"));
        let pass = changes.enter(name, changes.now()).await.unwrap();
        let second = changes.enter(name, changes.now()).await;
        assert!(second.is_some(), "writes do not exclude each other");
        changes.begin(name);
        let mut waiting = pin!(changes.wait_for_passes(name));
        assert!(is_pending(&mut waiting).await);
        assert!(
            changes.enter(name, 0).await.is_none(),
            "built before the change"
        );
        let now = changes.now();
        let mut entering = pin!(changes.enter(name, now));
        assert!(is_pending(&mut entering).await, "looked up during it");
        drop((pass, second));
        waiting.await;
        changes.end(name);
        assert!(entering.await.is_none());
        assert!(changes.enter(name, changes.now()).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_does_not_wait_forever() {
        let (changes, name) = (Changes::default(), names("a"));
        let _never_dropped = changes.enter(name, 0).await.unwrap();
        changes.begin(name);
        let started = tokio::time::Instant::now();
        changes.wait_for_passes(name).await;
        assert_eq!(started.elapsed(), PATIENCE);
    }
}
