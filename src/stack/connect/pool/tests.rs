//! Several addresses of one name.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::super::activity::Activity;
use super::super::dial::{Address, Dialer};
use super::super::endpoint::Endpoint;
use super::super::health::Health;
use super::super::keepalive::KeepAlive;
use super::super::resolver::Resolver;
use super::*;
use crate::otel::OtelLayer;

/// More than any machine needs.
const LONG: Duration = Duration::from_secs(30);

/// A server that answers every request at once.
struct Server {
    address: SocketAddr,
    answered: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answered = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&answered);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let count = Arc::clone(&count);
                tokio::spawn(async move {
                    let mut connection = h2::server::handshake(stream).await.unwrap();
                    while let Some(Ok((_, mut respond))) = connection.accept().await {
                        count.fetch_add(1, Ordering::SeqCst);
                        respond
                            .send_response(http::Response::<()>::default(), true)
                            .unwrap();
                    }
                });
            }
        });
        Self { address, answered }
    }

    fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

/// A pool for a name with these addresses, and what changes them.
fn pool(addresses: &[SocketAddr], interval: Duration) -> (Pool, Arc<Mutex<Vec<SocketAddr>>>) {
    let (endpoint, _) = Endpoint::parse("http://milvus.test:19530").unwrap();
    let fixed = Arc::new(Mutex::new(addresses.to_vec()));
    let settings = PoolSettings {
        endpoints: vec![Arc::new(endpoint)],
        resolver: Resolver {
            fixed: Some(Arc::clone(&fixed)),
        },
        dialer: Dialer::default(),
        connect_timeout: LONG,
        keepalive: KeepAlive::new(),
        connections: 1,
        max_age: None,
        resolve_interval: Some(interval),
        metrics: OtelLayer::new().connection_metrics("milvus.test:19530"),
        introduction: Arc::default(),
    };
    (Pool::new(Arc::new(settings)), fixed)
}

async fn call(pool: &Pool) {
    let mut request = http::Request::new(Body::empty());
    *request.uri_mut() = http::Uri::from_static("/milvus.proto/Call");
    pool.send(request, None).await.unwrap();
}

#[tokio::test]
async fn two_addresses_of_a_name_share_the_calls_evenly() {
    let servers = [Server::start().await, Server::start().await];
    let (pool, _) = pool(&servers.each_ref().map(|server| server.address), LONG);
    let answered = || servers.each_ref().map(Server::answered);
    let began = Instant::now();
    while answered().contains(&0) {
        assert!(began.elapsed() < LONG, "{:?}", answered());
        call(&pool).await;
    }
    let before = answered();
    let mut tasks = JoinSet::new();
    for _ in 0..32 {
        let pool = pool.clone();
        tasks.spawn(async move {
            for _ in 0..100 {
                call(&pool).await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    let shared = [0, 1].map(|each| answered()[each] - before[each]);
    assert_eq!(shared[0] + shared[1], 3200);
    assert!(shared.iter().all(|calls| *calls >= 1440), "{shared:?}");
}

#[tokio::test]
async fn a_name_that_moves_is_followed_while_the_old_server_lives() {
    let (old, new) = (Server::start().await, Server::start().await);
    let (pool, addresses) = pool(&[old.address], Duration::from_millis(100));
    call(&pool).await;
    *addresses.lock().unwrap() = vec![new.address];
    let began = Instant::now();
    while new.answered() == 0 {
        assert!(began.elapsed() < LONG, "all calls go to the old server");
        call(&pool).await;
        sleep(Duration::from_millis(1)).await;
    }
    let before = old.answered();
    for _ in 0..100 {
        call(&pool).await;
    }
    assert_eq!(old.answered(), before);
    // And back, to a server that was forgotten in the meantime.
    *addresses.lock().unwrap() = vec![old.address];
    let began = Instant::now();
    while old.answered() == before {
        assert!(began.elapsed() < LONG, "all calls go to the new server");
        call(&pool).await;
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_name_that_moves_to_a_dead_server_leaves_the_calls_at_the_old_one() {
    let old = Server::start().await;
    let (pool, addresses) = pool(&[old.address], Duration::from_millis(50));
    call(&pool).await;
    *addresses.lock().unwrap() = vec![closed_port().await];
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {
        call(&pool).await;
        sleep(Duration::from_millis(10)).await;
    }
    let new = Server::start().await;
    *addresses.lock().unwrap() = vec![new.address];
    let began = Instant::now();
    while new.answered() == 0 {
        assert!(began.elapsed() < LONG, "all calls go to the old server");
        call(&pool).await;
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_known_address_is_used_while_its_name_cannot_be_looked_up() {
    let server = Server::start().await;
    let (pool, addresses) = pool(&[server.address], LONG);
    for _ in 0..3 {
        call(&pool).await;
        addresses.lock().unwrap().clear();
        let open = pool.0.open.read().unwrap().clone();
        open.iter().for_each(|connection| connection.health.drain());
    }
    call(&pool).await;
    assert_eq!(server.answered(), 4);
}

#[tokio::test]
async fn a_server_that_has_left_dns_is_not_waited_for() {
    // Accepts, and hangs up half a second later.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let silent = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                sleep(Duration::from_millis(500)).await;
                drop(stream);
            });
        }
    });
    let server = Server::start().await;
    let (pool, addresses) = pool(&[silent, server.address], LONG);
    call(&pool).await;
    *addresses.lock().unwrap() = vec![closed_port().await];
    let open = pool.0.open.read().unwrap().clone();
    open.iter().for_each(|connection| connection.health.drain());
    while !pool.0.open.read().unwrap().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    let sent = timeout(
        Duration::from_secs(10),
        pool.send(http::Request::new(Body::empty()), None),
    );
    let failed = sent.await.expect("it is still tried").unwrap_err();
    assert!(matches!(failed, PoolError::NoConnection(_)), "{failed:?}");
}

#[tokio::test]
async fn of_too_many_connections_those_that_reach_their_age_first_are_closed() {
    let servers = [
        Server::start().await,
        Server::start().await,
        Server::start().await,
    ];
    // A pool closes its connections when it is dropped.
    let pools = servers
        .each_ref()
        .map(|server| pool(&[server.address], LONG).0);
    let mut connections = Vec::new();
    for pool in &pools {
        call(pool).await;
        connections.extend(pool.0.open.read().unwrap().iter().cloned());
    }
    let mut by_age = connections.clone();
    // Of an age of a year, the jitter decides.
    by_age.sort_by(|a, b| a.jitter.total_cmp(&b.jitter));
    let (endpoint, _) = Endpoint::parse("http://milvus.test:19530").unwrap();
    let mut server = server::Server::new(&Arc::new(endpoint), Address::Tcp(servers[0].address));
    server.connections = connections;
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    for wanted in [2, 1] {
        server.trim(wanted, Some(year));
        let kept = &by_age[by_age.len() - wanted..];
        assert_eq!(server.connections.len(), wanted);
        let is_kept = |each: &Arc<Connection>| kept.iter().any(|kept| Arc::ptr_eq(kept, each));
        assert!(server.connections.iter().all(is_kept));
    }
    assert!(!by_age[0].health.is_open() && by_age[2].health.is_open());
}

#[tokio::test]
async fn a_call_that_waits_for_a_stream_is_load() {
    let health = Arc::new(Health::new(Arc::new(Activity::new()), 1));
    let first = health.reserve(None).await.unwrap();
    assert_eq!(health.calls(), 1);
    let waiting = [health.reserve(None), health.reserve(None)];
    let [mut one, mut other] = waiting.map(Box::pin);
    for call in [&mut one, &mut other] {
        let polled = timeout(Duration::from_millis(1), call).await;
        assert!(polled.is_err(), "there is no second stream");
    }
    assert_eq!(health.calls(), 3);
    drop(other);
    assert_eq!(health.calls(), 2);
    health.drain();
    assert!(one.await.is_none());
    assert_eq!(health.calls(), 1);
    drop(first);
    assert_eq!(health.calls(), 0);
}

async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    listener.local_addr().unwrap()
}
