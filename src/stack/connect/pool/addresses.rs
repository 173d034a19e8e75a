//! The addresses at which the manager looks for servers.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::Id;
use tokio::time::Instant;

use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::no_connection::NoConnection;
use super::super::progress::Progress;
use super::manager::Manager;
use super::state::PoolSettings;

impl Manager {
    /// Looks up the names of all endpoints.
    pub(super) fn look_up(&mut self, now: Instant) {
        self.lookups.begin(now);
        let endpoints = self.settings.endpoints.clone();
        for (index, endpoint) in endpoints.iter().enumerate() {
            if self.settings.dialer.connector.is_some() {
                self.found(endpoint, vec![Address::Connector]);
                continue;
            }
            match &**endpoint {
                #[cfg(unix)]
                Endpoint::Unix { path } => self.found(endpoint, vec![Address::Unix(path.into())]),
                #[cfg(not(unix))]
                Endpoint::Unix { .. } => {
                    self.not_found(endpoint, io::ErrorKind::Unsupported.into())
                }
                Endpoint::Tcp { host, port, .. } => match host.parse() {
                    Ok(ip) => self.found(endpoint, vec![Address::Tcp(SocketAddr::new(ip, *port))]),
                    Err(_) => self.start_lookup(index, (host.clone(), *port)),
                },
            }
        }
    }

    fn start_lookup(&mut self, index: usize, name: (String, u16)) {
        let Some(events) = self.events.upgrade() else {
            return;
        };
        let PoolSettings {
            resolver,
            connect_timeout,
            ..
        } = &*self.settings;
        let limit = *connect_timeout;
        let task = self.lookups.start(index, resolver, name, limit, events);
        if let Some(sweep) = &mut self.sweep {
            sweep.lookup_began(task);
            self.progress.push(&Arc::new(Progress::default()));
        }
    }

    pub(super) fn resolved(&mut self, task: Id, index: usize, found: io::Result<Vec<SocketAddr>>) {
        self.lookups.ended();
        if let Some(sweep) = &mut self.sweep {
            sweep.lookup_ended(task);
        }
        let Some(endpoint) = self.settings.endpoints.get(index).cloned() else {
            return;
        };
        match found {
            Ok(addresses) => {
                let addresses = addresses.into_iter().map(Address::Tcp).collect();
                self.found(&endpoint, addresses);
            }
            Err(error) => self.not_found(&endpoint, error),
        }
    }

    fn not_found(&mut self, endpoint: &Arc<Endpoint>, error: io::Error) {
        if let Some(sweep) = &mut self.sweep {
            sweep.failed(NoConnection::io(endpoint, error, &Progress::default()));
        }
    }

    /// The addresses that an endpoint has now.
    fn found(&mut self, endpoint: &Arc<Endpoint>, addresses: Vec<Address>) {
        let works = self.servers.family(endpoint);
        self.servers.found(endpoint, &addresses);
        match &mut self.sweep {
            Some(sweep) => {
                sweep.keep(endpoint, &addresses);
                for address in addresses {
                    sweep.add(endpoint, address);
                }
            }
            None => self.servers.keep_family(endpoint, works),
        }
        self.settle();
    }
}
