//! The connections of a client to all of its servers, in one runtime.
//!
//! Calls only choose among the open connections, or wait for the first one. Everything else is done by one task, the
//! [`manager`]: it looks names up, connects, and replaces connections that are lost, too old or suspect. So any number
//! of calls can wait for one attempt, and all of them learn why it failed.

mod addresses;
mod connecting;
mod lookups;
mod manager;
mod server;
mod servers;
mod state;
mod sweep;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::{mpsc, watch};
use tonic::body::Body;

use super::health::Flight;
use super::http2::Connection;
use super::lost::Lost;
use super::no_connection::NoConnection;
use super::received::Received;
use crate::error::{CallRecord, Stage};
use manager::Manager;
pub(crate) use state::PoolSettings;
use state::{Attempt, Event, Steps};

/// The connections of a client in one runtime. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: Arc<PoolSettings>,
    open: Arc<RwLock<Vec<Arc<Connection>>>>,
    attempt: watch::Receiver<Attempt>,
    progress: Steps,
    events: mpsc::UnboundedSender<Event>,
}

impl Pool {
    /// A pool that connects when the first call needs it. It works as long as the current runtime.
    pub(crate) fn new(settings: Arc<PoolSettings>) -> Self {
        let (events, received) = mpsc::unbounded_channel();
        let (publish, attempt) = watch::channel(Attempt::None);
        let progress = Steps::default();
        let open = Arc::<RwLock<Vec<_>>>::default();
        let manager = Manager::new(
            Arc::clone(&settings),
            Arc::clone(&open),
            publish,
            progress.clone(),
            events.downgrade(),
        );
        tokio::spawn(manager.run(received));
        Self(Arc::new(Shared {
            settings,
            open,
            attempt,
            progress,
            events,
        }))
    }

    /// Whether the task behind the pool still runs. It ends with its runtime.
    pub(crate) fn is_alive(&self) -> bool {
        !self.0.events.is_closed()
    }

    /// Sends a request on one of the connections, waiting for one if necessary.
    pub(crate) async fn send(
        &self,
        request: http::Request<Body>,
        record: Option<&CallRecord>,
    ) -> Result<http::Response<Received>, PoolError> {
        let (connection, flight) = self.reserve(record).await?;
        if let Some(record) = record {
            record.sent_to(connection.peer.clone());
            record.leave();
        }
        let sent = connection.send(flight, request).await;
        if let Some(record) = record {
            match &sent {
                Ok(_) => record.reach(Stage::Answered),
                Err(Lost::Unsent(_) | Lost::Refused(_)) => record.come_back(),
                Err(_) => {}
            }
        }
        sent.map_err(PoolError::Lost)
    }

    async fn reserve(
        &self,
        record: Option<&CallRecord>,
    ) -> Result<(Arc<Connection>, Flight), PoolError> {
        loop {
            let connection = match self.choose() {
                Some(connection) => connection,
                None => self.wait(record).await?,
            };
            if let Some(flight) = connection.health.reserve(record).await {
                return Ok((connection, flight));
            }
        }
    }

    /// The less busy of two random connections. If all are suspect, the call waits until a ping is answered or another
    /// connection opens.
    fn choose(&self) -> Option<Arc<Connection>> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        let usable = |connection: &&Arc<Connection>| {
            connection.health.is_open() && !connection.health.is_suspect()
        };
        if let [only] = &**open {
            return Some(only).filter(usable).cloned();
        }
        let any = |from: &[Arc<Connection>]| match from {
            [] => None,
            [only] => Some(Arc::clone(only)),
            several => {
                let one = fastrand::usize(..several.len());
                let other = fastrand::usize(..several.len() - 1);
                let other = if other >= one { other + 1 } else { other };
                let (one, other) = (&several[one], &several[other]);
                let less = if other.health.calls() < one.health.calls() {
                    other
                } else {
                    one
                };
                Some(Arc::clone(less))
            }
        };
        if open.iter().all(|each| usable(&each)) {
            return any(&open);
        }
        let usable: Vec<_> = open.iter().filter(usable).cloned().collect();
        any(&usable)
    }

    /// Waits until there is a connection, or the attempt to get one fails.
    pub(crate) async fn connected(&self) -> Result<(), PoolError> {
        if self.choose().is_none() {
            self.wait(None).await?;
        }
        Ok(())
    }

    /// Waits for the attempt to get a connection, together with all other calls.
    async fn wait(&self, record: Option<&CallRecord>) -> Result<Arc<Connection>, PoolError> {
        let shared = &self.0;
        let mut attempt = shared.attempt.clone();
        attempt.mark_unchanged();
        if let Some(record) = record {
            record.reach(Stage::Connecting);
        }
        let _pending = shared.settings.metrics.pending();
        loop {
            if shared.events.send(Event::Wanted).is_err() {
                return Err(PoolError::Ended);
            }
            if let Some(connection) = self.choose() {
                return Ok(connection);
            }
            if attempt.changed().await.is_err() {
                return Err(PoolError::Ended);
            }
            if let Attempt::Failed(error) = &*attempt.borrow() {
                return Err(PoolError::NoConnection(Arc::clone(error)));
            }
        }
    }

    /// Stores the ID that the server assigned to the connection it answered on, and opens the other connections that
    /// the settings ask for.
    pub(crate) fn introduced(&self, identifier: Option<HeaderValue>) {
        if let Some(identifier) = identifier {
            let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
            for connection in &*open {
                if connection.health.has_served() {
                    let _already_known = connection.identifier.set(identifier.clone());
                    connection.health.was_greeted();
                } else if connection.identifier.get().is_none() {
                    // Opened at the same time: its server has not been greeted, and that of its successor will be.
                    connection.health.drain();
                }
            }
        }
        // An error means that the runtime has ended.
        let _ = self.0.events.send(Event::Changed);
    }

    /// Why a call that waits for a connection has none yet.
    pub(crate) fn waits_for(&self, waited: Duration) -> String {
        self.0.progress.furthest().timed_out_after(waited)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // An error means that the manager has already ended.
        let _ = self.events.send(Event::Dropped);
    }
}

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum PoolError {
    NoConnection(Arc<NoConnection>),
    Lost(Lost),
    /// The runtime of the pool has ended.
    Ended,
}
