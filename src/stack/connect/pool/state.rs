//! What a pool and its manager share.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::Id;

use super::super::dial::{Address, Dialer};
use super::super::endpoint::Endpoint;
use super::super::greeting::Introduction;
use super::super::http2::Connection;
use super::super::keepalive::KeepAlive;
use super::super::no_connection::NoConnection;
use super::super::progress::{Progress, Step};
use super::super::resolver::Resolver;
use crate::otel::ConnectionMetrics;

/// The settings of a pool.
#[derive(Debug)]
pub(crate) struct PoolSettings {
    pub(crate) endpoints: Vec<Arc<Endpoint>>,
    pub(crate) resolver: Resolver,
    pub(crate) dialer: Dialer,
    pub(crate) connect_timeout: Duration,
    pub(crate) keepalive: KeepAlive,
    /// The number of connections to each server.
    pub(crate) connections: usize,
    pub(crate) max_age: Option<Duration>,
    /// How often names are looked up again.
    pub(crate) resolve_interval: Option<Duration>,
    pub(crate) metrics: ConnectionMetrics,
    pub(crate) introduction: Arc<Introduction>,
}

/// How the last attempt to get a first connection ended.
#[derive(Debug, Clone)]
pub(super) enum Attempt {
    None,
    Succeeded,
    Failed(Arc<NoConnection>),
}

/// Above this number, attempts that have ended are forgotten.
const KEPT: usize = 64;

/// How far the current attempts got.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps(Arc<Mutex<Vec<Arc<Progress>>>>);

impl Steps {
    pub(super) fn push(&self, progress: &Arc<Progress>) {
        let mut steps = self.lock();
        // Attempts that have ended matter only to calls that wait for the sweep they belong to.
        if steps.len() >= KEPT {
            steps.retain(|progress| Arc::strong_count(progress) > 1);
        }
        steps.push(Arc::clone(progress));
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The furthest step of any attempt.
    pub(super) fn furthest(&self) -> Step {
        let steps = self.lock();
        let steps = steps.iter().map(|progress| progress.step());
        steps.max().unwrap_or(Step::LookingUp)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens to a pool, for its manager.
#[derive(Debug)]
pub(super) enum Event {
    /// A call waits for a connection.
    Wanted,
    /// A lookup of an endpoint, in this task, has ended.
    Resolved(Id, usize, io::Result<Vec<SocketAddr>>),
    /// An attempt to connect, in this task, has ended.
    Connected(
        Id,
        Arc<Endpoint>,
        Address,
        Result<Arc<Connection>, NoConnection>,
    ),
    /// A connection ended or is suspect.
    Changed,
    /// The last handle of the pool was dropped.
    Dropped,
}
