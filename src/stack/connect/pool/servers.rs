//! The servers of a pool.

use std::sync::Arc;
use std::time::Duration;

use super::super::dial::Address;
use super::super::endpoint::Endpoint;
use super::super::http2::Connection;
use super::super::keepalive::KeepAlive;
use super::server::Server;

/// The servers of a pool. One that left DNS stays until its connection attempts have ended and its endpoint has another
/// connection.
#[derive(Debug, Default)]
pub(super) struct Servers {
    servers: Vec<Server>,
    /// The settings for endpoints that got too many pings, which outlive their addresses.
    slowed_down: Vec<(Arc<Endpoint>, KeepAlive)>,
}

impl Servers {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Server> {
        self.servers.iter_mut()
    }

    pub(super) fn find(
        &mut self,
        endpoint: &Arc<Endpoint>,
        address: &Address,
    ) -> Option<&mut Server> {
        self.servers
            .iter_mut()
            .find(|server| server.is(endpoint, address))
    }

    /// Whether there is no connection at all.
    pub(super) fn are_unconnected(&self) -> bool {
        self.servers
            .iter()
            .all(|server| server.connections.is_empty())
    }

    /// Whether any connection takes calls and answers.
    pub(super) fn any_is_good(&self) -> bool {
        self.servers
            .iter()
            .any(|server| server.good().next().is_some())
    }

    /// Whether any attempt to connect is running.
    pub(super) fn are_connecting(&self) -> bool {
        self.servers.iter().any(|server| server.attempts > 0)
    }

    /// The addresses that an endpoint has now. Servers at other addresses get no more calls once one of these is
    /// connected.
    pub(super) fn found(&mut self, endpoint: &Arc<Endpoint>, addresses: &[Address]) {
        for server in self.iter_mut().filter(|each| each.endpoint == *endpoint) {
            server.active = addresses.contains(&server.address);
        }
        for address in addresses {
            if self.find(endpoint, address).is_none() {
                self.servers.push(Server::new(endpoint, address.clone()));
            }
        }
    }

    /// When connections to an endpoint are pinged from now on.
    pub(super) fn keepalive(&self, endpoint: &Arc<Endpoint>, initial: KeepAlive) -> KeepAlive {
        let mut slowed_down = self.slowed_down.iter();
        let known = slowed_down.find(|(of, _)| of == endpoint);
        known.map_or(initial, |(_, keepalive)| *keepalive)
    }

    /// Remembers which servers got too many pings. Several connections that end for this reason count once, because
    /// each asks for twice its own interval.
    pub(super) fn learn_keepalive(&mut self) {
        for server in &self.servers {
            for connection in &server.connections {
                if connection.health.got_too_many_pings() {
                    let slower = connection.keepalive.slowed_down();
                    slow_down(&mut self.slowed_down, &server.endpoint, slower);
                }
            }
        }
    }

    /// Whether the addresses at which an endpoint has connections are IPv4; `None` if there are none.
    pub(super) fn family(&self, endpoint: &Arc<Endpoint>) -> Option<bool> {
        let connected = |server: &&Server| {
            server.endpoint == *endpoint && server.active && !server.connections.is_empty()
        };
        let server = self.iter().find(connected)?;
        server.address.socket().map(|address| address.is_ipv4())
    }

    /// Abandons the addresses of the other family, which lead to the same servers.
    pub(super) fn keep_family(&mut self, endpoint: &Arc<Endpoint>, works: Option<bool>) {
        let Some(works) = works else { return };
        for server in self.iter_mut() {
            let other = server
                .address
                .socket()
                .is_some_and(|address| address.is_ipv4() != works);
            if server.endpoint == *endpoint && other {
                server.active = false;
            }
        }
    }

    /// Closes the connections that are no longer needed, and returns the others.
    pub(super) fn trim(
        &mut self,
        connections: usize,
        max_age: Option<Duration>,
    ) -> Vec<Arc<Connection>> {
        let served: Vec<_> = self
            .iter()
            .filter(|server| server.active && server.good().next().is_some())
            .map(|server| Arc::clone(&server.endpoint))
            .collect();
        for server in self.iter_mut() {
            if server.active {
                server.trim(connections, max_age);
            } else if served.contains(&server.endpoint) {
                server.end();
            }
        }
        self.servers.retain(|server| {
            server.active || server.attempts > 0 || !server.connections.is_empty()
        });
        let open = self.iter().flat_map(|server| &server.connections);
        open.cloned().collect()
    }

    /// Lets calls in flight finish, then closes the connections.
    pub(super) fn end(&mut self) {
        self.iter_mut().for_each(Server::end);
    }
}

fn slow_down(all: &mut Vec<(Arc<Endpoint>, KeepAlive)>, endpoint: &Arc<Endpoint>, to: KeepAlive) {
    match all.iter_mut().find(|(of, _)| of == endpoint) {
        Some((_, known)) if known.interval < to.interval => *known = to,
        Some(_) => {}
        None => all.push((Arc::clone(endpoint), to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_found_again_still_gets_fewer_pings() {
        let (endpoint, _) = Endpoint::parse("http://milvus:1").unwrap();
        let endpoint = Arc::new(endpoint);
        let address = Address::Tcp("127.0.0.1:1".parse().unwrap());
        let initial = KeepAlive::new().interval(Duration::from_secs(10));
        let mut servers = Servers::default();
        servers.found(&endpoint, std::slice::from_ref(&address));
        assert_eq!(servers.keepalive(&endpoint, initial), initial);
        // Two of its connections ended.
        for _ in 0..2 {
            slow_down(&mut servers.slowed_down, &endpoint, initial.slowed_down());
        }
        servers.found(&endpoint, &[]);
        assert!(servers.trim(1, None).is_empty());
        assert!(servers.find(&endpoint, &address).is_none());
        servers.found(&endpoint, &[address]);
        let slower = servers.keepalive(&endpoint, initial);
        assert_eq!(slower, initial.interval(Duration::from_secs(20)));
        slow_down(&mut servers.slowed_down, &endpoint, slower.slowed_down());
        let slower = servers.keepalive(&endpoint, initial);
        assert_eq!(slower, initial.interval(Duration::from_secs(40)));
    }
}
