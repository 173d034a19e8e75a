//! The task that makes and replaces the connections of a pool.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::http2::Connection;
use super::super::no_connection::NoConnection;
use super::super::progress::Progress;
use super::connecting;
use super::lookups::Lookups;
use super::server::{Backoff, SHORT_LIVED};
use super::servers::Servers;
use super::state::{Attempt, Event, PoolSettings, Steps};
use super::sweep::{Due, Sweep};

/// The longest wait between attempts while there is no connection at all, and while other connections work.
const WAIT: Duration = Duration::from_secs(1);
const WAIT_BESIDE_OTHERS: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Manager {
    pub(super) settings: Arc<PoolSettings>,
    open: Arc<RwLock<Vec<Arc<Connection>>>>,
    attempt: watch::Sender<Attempt>,
    pub(super) progress: Steps,
    pub(super) events: mpsc::WeakUnboundedSender<Event>,
    pub(super) servers: Servers,
    pub(super) sweep: Option<Sweep>,
    backoff: Backoff,
    /// Whether a call waits for a connection.
    wanted: bool,
    pub(super) lookups: Lookups,
}

impl Manager {
    pub(super) fn new(
        settings: Arc<PoolSettings>,
        open: Arc<RwLock<Vec<Arc<Connection>>>>,
        attempt: watch::Sender<Attempt>,
        progress: Steps,
        events: mpsc::WeakUnboundedSender<Event>,
    ) -> Self {
        Self {
            settings,
            open,
            attempt,
            progress,
            events,
            servers: Servers::default(),
            sweep: None,
            backoff: Backoff::default(),
            wanted: false,
            lookups: Lookups::default(),
        }
    }

    pub(super) async fn run(mut self, mut events: mpsc::UnboundedReceiver<Event>) {
        loop {
            let wake = self.step();
            let event = match wake {
                None => events.recv().await,
                Some(at) => match timeout_at(at, events.recv()).await {
                    Ok(event) => event,
                    Err(_) => continue,
                },
            };
            match event {
                None | Some(Event::Dropped) => {
                    self.stop_sweep();
                    return self.servers.end();
                }
                Some(event) => self.handle(event),
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Wanted => self.wanted = true,
            Event::Resolved(task, endpoint, found) => self.resolved(task, endpoint, found),
            Event::Connected(task, endpoint, address, result) => {
                if let Some(sweep) = &mut self.sweep {
                    sweep.attempt_ended(task);
                }
                self.connected(&endpoint, &address, result);
            }
            Event::Changed => self.changed(),
            Event::Dropped => {}
        }
    }

    /// Does what is due, and returns when to check again.
    fn step(&mut self) -> Option<Instant> {
        let now = Instant::now();
        if self.sweep.is_some() {
            return self.continue_sweep(now);
        }
        if self.servers.are_unconnected() {
            if !self.wanted {
                return None;
            }
            if let Some(until) = self.backoff.until(now) {
                return Some(until);
            }
            self.wanted = false;
            self.progress.clear();
            let mut sweep = Sweep::new(now, self.settings.connect_timeout);
            // Known addresses do not wait for DNS, and outlive its outages.
            for server in self.servers.iter().filter(|server| server.active) {
                sweep.add(&server.endpoint, server.address.clone());
            }
            self.sweep = Some(sweep);
            self.look_up(now);
            return self.continue_sweep(now);
        }
        self.wanted = false;
        self.maintain(now)
    }

    fn continue_sweep(&mut self, now: Instant) -> Option<Instant> {
        loop {
            match self.sweep.as_mut()?.next(now) {
                Due::Connect(endpoint, address) => self.connect(&endpoint, &address),
                Due::Wait(until) => return Some(until),
                Due::Failed(error) => self.fail_sweep(error),
                Due::TimedOut => {
                    let endpoint = self.settings.endpoints.first()?;
                    let step = self.progress.furthest();
                    let limit = self.settings.connect_timeout;
                    self.fail_sweep(NoConnection::timed_out(endpoint, step, limit));
                }
            }
        }
    }

    fn fail_sweep(&mut self, error: NoConnection) {
        self.stop_sweep();
        self.backoff.fail(WAIT);
        // Calls that arrived in the meantime are told as well.
        self.wanted = false;
        self.attempt.send_replace(Attempt::Failed(Arc::new(error)));
    }

    fn stop_sweep(&mut self) {
        if let Some(sweep) = self.sweep.take() {
            sweep.abort();
        }
        for server in self.servers.iter_mut() {
            server.attempts = 0;
        }
    }

    fn connected(
        &mut self,
        endpoint: &Arc<Endpoint>,
        address: &Address,
        result: Result<Arc<Connection>, NoConnection>,
    ) {
        let Some(server) = self.servers.find(endpoint, address) else {
            return;
        };
        server.attempts = server.attempts.saturating_sub(1);
        match result {
            Ok(connection) => {
                server.connections.push(connection);
                server.backoff.retry_now();
                let was_sweep = self.sweep.take();
                if was_sweep.is_some() {
                    let works = address.socket().map(|address| address.is_ipv4());
                    self.servers.keep_family(endpoint, works);
                }
                // It may have ended in the meantime.
                self.changed();
            }
            Err(error) => {
                server.backoff.fail(WAIT_BESIDE_OTHERS);
                self.lookups.connection_failed();
                if let Some(sweep) = &mut self.sweep {
                    sweep.failed(error);
                    sweep.hurry();
                } else if !self.servers.any_is_good() && !self.servers.are_connecting() {
                    // Calls wait for a connection other than those that do not answer.
                    self.attempt.send_replace(Attempt::Failed(Arc::new(error)));
                }
            }
        }
    }

    fn changed(&mut self) {
        self.servers.learn_keepalive();
        for server in self.servers.iter_mut() {
            let lasted = server.connections.iter().any(|each| {
                each.health.is_open()
                    && each.opened.elapsed() >= SHORT_LIVED
                    && server.backoff.failed_before(each.opened)
            });
            let (lost, soon) = server.forget_closed();
            if lost {
                self.lookups.connection_failed();
            }
            if soon {
                server.backoff.fail(WAIT_BESIDE_OTHERS);
                self.backoff.fail(WAIT);
            } else if lost || lasted {
                server.backoff.succeed();
                self.backoff.succeed();
            }
        }
        self.settle();
    }

    /// Closes what is no longer needed, and publishes the connections that calls may use.
    pub(super) fn settle(&mut self) {
        let (connections, max_age) = (self.settings.connections, self.settings.max_age);
        let open = self.servers.trim(connections, max_age);
        let any = open
            .iter()
            .any(|each| each.health.is_open() && !each.health.is_suspect());
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
        if any {
            self.attempt.send_replace(Attempt::Succeeded);
        } else if self.sweep.is_none() && self.servers.are_unconnected() {
            // Calls that waited for a connection that has just ended must ask again.
            self.attempt.send_replace(Attempt::None);
        }
    }

    /// Opens what is missing, replaces what is too old, and looks names up again.
    fn maintain(&mut self, now: Instant) -> Option<Instant> {
        let mut wake: Option<Instant> = None;
        let mut at = |time: Instant| wake = Some(wake.map_or(time, |wake| wake.min(time)));
        let mut missing = Vec::new();
        let is_held = self.settings.introduction.is_running() && self.servers.any_is_good();
        for server in self.servers.iter().filter(|_| !is_held) {
            for _ in 0..server.missing(now, &self.settings, &mut at) {
                missing.push((Arc::clone(&server.endpoint), server.address.clone()));
            }
        }
        let interval = self.settings.resolve_interval;
        match self.lookups.due(interval) {
            Some(due) if due <= now => {
                self.look_up(now);
                if let Some(interval) = interval {
                    at(now + interval);
                }
            }
            Some(due) => at(due),
            None => {}
        }
        for (endpoint, address) in missing {
            self.connect(&endpoint, &address);
        }
        wake
    }

    fn connect(&mut self, endpoint: &Arc<Endpoint>, address: &Address) {
        let Some(events) = self.events.upgrade() else {
            return;
        };
        if self.sweep.is_none() && !self.servers.are_connecting() {
            self.progress.clear();
        }
        let Some(server) = self.servers.find(endpoint, address) else {
            // A sweep no longer tries addresses that have left DNS.
            return;
        };
        server.attempts += 1;
        let progress = Arc::new(Progress::default());
        self.progress.push(&progress);
        let keepalive = self.servers.keepalive(endpoint, self.settings.keepalive);
        let settings = &self.settings;
        let task = connecting::start(settings, endpoint, address, keepalive, progress, events);
        if let Some(sweep) = &mut self.sweep {
            sweep.attempt_began(task);
        }
    }
}
