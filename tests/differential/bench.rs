//! A server with the clients that are connected to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use milvus_otel::Client;
use testkit::Milvus;

use crate::scenario::Scenario;
use crate::server::Kind;
use crate::theirs::Theirs;

/// What has been done on one server so far, over all its starts.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) cases: AtomicU64,
    /// Cases in which both clients got an error.
    pub(crate) refused: AtomicU64,
    /// How often each operation was compared; the other cases are the reads after writes.
    pub(crate) operations: Mutex<BTreeMap<&'static str, u64>>,
}

/// A server with both clients connected to it.
pub(crate) struct Bench {
    pub(crate) server: Kind,
    milvus: Milvus,
    pub(crate) client: Client,
    pub(crate) theirs: Theirs,
    /// Another pymilvus, which changes collections behind this client's back.
    pub(crate) third: Theirs,
    progress: Arc<Progress>,
    next: AtomicU64,
}

/// Where two clients, or a client and what was written, disagree.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The step, by its number.
    pub(crate) step: usize,
    pub(crate) kind: String,
    pub(crate) what: String,
}

impl Bench {
    /// Nothing where the server or pymilvus cannot be had.
    pub(crate) async fn start(server: Kind, progress: &Arc<Progress>) -> Option<Self> {
        let milvus = testkit::require(server.start().await)?;
        Some(Self {
            server,
            // A server that hangs must not keep the test from ending.
            client: Client::builder(milvus.uri())
                .timeout(Duration::from_secs(30))
                .connect()
                .await
                .unwrap(),
            theirs: Theirs::connect(milvus.uri())?,
            third: Theirs::connect(milvus.uri())?,
            milvus,
            progress: Arc::clone(progress),
            next: AtomicU64::new(0),
        })
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    pub(crate) async fn stop(self) {
        drop((self.theirs, self.third));
        self.milvus.stop().await;
    }

    /// Whether the server still answers.
    pub(crate) async fn is_alive(&self) -> bool {
        let answer = self
            .client
            .has_collection("any")
            .timeout(Duration::from_secs(10));
        answer.await.is_ok()
    }

    /// A name that no collection has had.
    pub(crate) fn name(&self) -> String {
        format!("c{}", self.next.fetch_add(1, Relaxed))
    }

    /// Counts a case that was compared.
    pub(crate) fn count(&self) {
        self.progress.cases.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_operation(&self, name: &'static str) {
        *self
            .progress
            .operations
            .lock()
            .unwrap()
            .entry(name)
            .or_default() += 1;
    }

    pub(crate) fn count_refused(&self) {
        self.progress.refused.fetch_add(1, Relaxed);
    }

    /// Runs it on collections of its own.
    pub(crate) async fn run(&self, scenario: &Scenario) -> Result<(), Difference> {
        let outcome = match scenario {
            Scenario::Sides(sides) => self.run_sides(sides).await,
            Scenario::Changes(changes) => self.run_changes(changes).await,
        };
        match outcome {
            Err(difference) if !self.is_alive().await => Err(Difference {
                kind: ENDED.to_owned(),
                what: format!(
                    "{}: {}; its log ends:\n{}",
                    difference.kind,
                    difference.what,
                    self.log()
                ),
                ..difference
            }),
            outcome => outcome,
        }
    }

    /// The last lines of the server's log.
    fn log(&self) -> String {
        let log = std::fs::read(self.milvus.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

/// Makes what differs a difference of this step.
pub(crate) fn named(step: usize, name: &str) -> impl FnOnce(String) -> Difference {
    move |what| {
        let how = ["only this client is refused", "only pymilvus is refused"];
        let how = how.iter().find(|how| what.starts_with(**how));
        let kind = format!("{name}, {}", how.unwrap_or(&"other data"));
        Difference { step, kind, what }
    }
}

/// The kind of difference where a server ended.
pub(crate) const ENDED: &str = "the server ended";
