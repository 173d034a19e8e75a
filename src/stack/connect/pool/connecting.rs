//! Opens a connection, up to the answer to its greeting.

use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{self, AbortHandle};
use tokio::time::{Instant, timeout};

use super::super::activity::{Activity, Observed};
use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::http2::{Connection, Origin};
use super::super::keepalive::KeepAlive;
use super::super::lost::Lost;
use super::super::no_connection::NoConnection;
use super::super::progress::Progress;
use super::state::{Event, PoolSettings};
use crate::error::PeerAddress;

/// How long the first call on a connection may take before others are sent.
const GREETING: Duration = Duration::from_secs(2);

/// Starts connecting to one address, in a task that reports the result and, later, what happens to the connection.
pub(super) fn start(
    settings: &Arc<PoolSettings>,
    endpoint: &Arc<Endpoint>,
    address: &Address,
    keepalive: KeepAlive,
    progress: Arc<Progress>,
    events: mpsc::UnboundedSender<Event>,
) -> AbortHandle {
    let (settings, endpoint, address) =
        (Arc::clone(settings), Arc::clone(endpoint), address.clone());
    let notices = events.downgrade();
    let task = tokio::spawn(async move {
        let notice = move || {
            if let Some(events) = notices.upgrade() {
                let _ = events.send(Event::Changed);
            }
        };
        let limit = settings.connect_timeout;
        let connecting = connect(&settings, &endpoint, &address, keepalive, &progress, notice);
        let result = match timeout(limit, caught(connecting)).await {
            Ok(Some(result)) => result,
            Ok(None) => {
                let error = io::Error::other("the connector panicked");
                Err(NoConnection::io(&endpoint, error, &progress))
            }
            Err(_) => Err(NoConnection::timed_out(&endpoint, progress.step(), limit)),
        };
        let _ = events.send(Event::Connected(task::id(), endpoint, address, result));
    });
    task.abort_handle()
}

/// The output of a future, or `None` if it panics: a user's connector may panic, and the manager must be told.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}

async fn connect(
    settings: &PoolSettings,
    endpoint: &Arc<Endpoint>,
    address: &Address,
    keepalive: KeepAlive,
    progress: &Arc<Progress>,
    notice: impl Fn() + Send + Sync + 'static,
) -> Result<Arc<Connection>, NoConnection> {
    let began = Instant::now();
    let activity = Arc::new(Activity::new());
    let dialed = settings.dialer.dial(endpoint, address, progress, &activity);
    let dialed = dialed.await;
    let stream = dialed.map_err(|error| NoConnection::io(endpoint, error, progress))?;
    let origin = Origin::of(endpoint)
        .map_err(|why| NoConnection::io(endpoint, io::Error::other(why), progress))?;
    let peer = address
        .socket()
        .map(|address| Arc::new(PeerAddress::new(address)));
    let metrics = settings.metrics.clone();
    let started = Connection::start(
        Observed::new(stream, activity),
        peer,
        origin,
        keepalive,
        notice,
        move || metrics.connected(began.elapsed()),
    );
    let started = started.await;
    let failed = |lost| NoConnection::http2(endpoint, &lost, progress);
    let connection = started.map_err(failed)?;
    if let Some(greeting) = settings.introduction.greeting() {
        let left = settings.connect_timeout.saturating_sub(began.elapsed());
        // Half of it, so that a server that does not answer is used before the attempt times out.
        let greeted = greeting.send(&connection, (left / 2).min(GREETING)).await;
        greeted.map_err(failed)?;
        connection.health.was_greeted();
    }
    // Tell all waiting calls now, not one after the other.
    if !connection.health.is_open() {
        let end = connection.health.end.get();
        return Err(failed(end.cloned().unwrap_or_else(Lost::closed)));
    }
    Ok(connection)
}
