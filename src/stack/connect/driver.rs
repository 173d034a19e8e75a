//! Drives a connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use h2::client::{Connection, SendRequest};
use tokio::time::{Instant, sleep_until};

use super::activity::Observed;
use super::health::Health;
use super::keepalive::{KeepAlive, Next, Pings};
use super::lost::Lost;

/// Drives a connection until it ends, and records why. `notice` tells the pool that the connection ended or is suspect.
pub(super) async fn drive(
    mut connection: Connection<Observed, Bytes>,
    mut requests: SendRequest<Bytes>,
    health: Arc<Health>,
    keepalive: KeepAlive,
    notice: impl Fn() + Send + Sync,
) {
    let (mut suspicion, mut is_suspect, mut was_open) = (0, false, true);
    let mut pings = Pings::new(connection.ping_pong(), Arc::clone(&health), keepalive);
    let mut timer = pin!(sleep_until(Instant::now()));
    let mut is_armed = false;
    let mut attention = pin!(health.attention.notified());
    let end = poll_fn(|context| {
        if let Poll::Ready(ended) = Pin::new(&mut connection).poll(context) {
            return Poll::Ready(match ended {
                Ok(()) => Lost::closed(),
                Err(error) => {
                    health.going_away(&error);
                    Lost::ended(error)
                }
            });
        }
        health.streams.allow(requests.current_max_send_streams());
        // After a GOAWAY, new calls would be refused.
        if health.is_open()
            && let Poll::Ready(Err(error)) = requests.poll_ready(context)
        {
            health.going_away(&error);
        }
        // A call may have noticed first.
        if was_open && !health.is_open() {
            was_open = false;
            notice();
        }
        // Calls wait while it is suspect, so the pool has to know when it no longer is, even if it was only for a
        // moment.
        if health.suspicion() != suspicion {
            suspicion = health.suspicion();
            is_suspect = true;
            notice();
        }
        if is_suspect && !health.is_suspect() {
            is_suspect = false;
            notice();
        }
        loop {
            if attention.as_mut().poll(context).is_ready() {
                attention.set(health.attention.notified());
                is_armed = false;
                continue;
            }
            if is_armed && timer.as_mut().poll(context).is_pending() {
                if pings.poll_pong(context) {
                    is_armed = false;
                    continue;
                }
                return Poll::Pending;
            }
            if !health.is_open() && health.calls() == 0 {
                return Poll::Ready(Lost::closed());
            }
            match pings.next(context) {
                Next::Dead => return Poll::Ready(Lost::no_pong(keepalive.timeout)),
                Next::At(at) => {
                    timer.as_mut().reset(at);
                    is_armed = true;
                }
                Next::WhenBusy => {
                    // Registers the waker of the notification.
                    if attention.as_mut().poll(context).is_ready() {
                        attention.set(health.attention.notified());
                        continue;
                    }
                    return Poll::Pending;
                }
            }
        }
    });
    let end = end.await;
    let _first = health.end.set(end);
    // Tell the calls that are still open.
    drop(connection);
    health.drain();
    notice();
}
