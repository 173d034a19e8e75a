//! Ten minutes of calls through connections that are cut and a server that fails, with a collector that takes nothing: memory,
//! tasks and open files must be at the end what they were at the beginning.
//!
//! ```sh
//! cargo test --release --test soak                  # for 10 minutes
//! SOAK_SECONDS=60 cargo test --release --test soak
//! ```
//!
//! A program to run by hand: `cargo test` leaves it out.
#![expect(clippy::unwrap_used, reason = "it fails by panicking")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "it/connections/http2_server.rs"]
mod http2_server;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "faults/wire.rs"]
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use h2::Reason;
use http2_server::Http2Server;
use milvus_otel::client::KeepAlive;
use milvus_otel::proto::milvus::InsertRequest;
use milvus_otel::{Client, OtelLayer, init};
use testkit::Receiver;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use wire::{Fault, Wire};

const TASKS: u64 = 64;

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    resident_kib: u64,
    tasks: usize,
    files: usize,
}

impl Held {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let resident = line.unwrap().split_whitespace().nth(1).unwrap();
        Self {
            resident_kib: resident.parse().unwrap(),
            tasks: Handle::current().metrics().num_alive_tasks(),
            files: std::fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}

#[derive(Default)]
struct Counts {
    ok: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

/// One call, of several kinds. Some are dropped while they are in flight.
async fn call(client: &Client, number: u64, counts: &Counts) {
    let limit = Duration::from_secs(3);
    let result = match number % 5 {
        0 => client.list_aliases("books").timeout(limit).await.map(drop),
        1 => client.drop_collection("books").timeout(limit).await,
        2 => {
            let mut request = tonic::Request::new(InsertRequest {
                collection_name: "books".into(),
                hash_keys: vec![7; 1000],
                num_rows: 1,
                ..InsertRequest::default()
            });
            request.set_timeout(limit);
            let sent = client.raw().insert(request).await;
            let count = if sent.is_ok() {
                &counts.ok
            } else {
                &counts.failed
            };
            count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        3 if number % 50 == 3 => {
            let call = client.has_collection("books").timeout(limit);
            if timeout(Duration::from_micros(300), call).await.is_err() {
                counts.dropped.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Ok(())
        }
        _ => client
            .has_collection("books")
            .timeout(limit)
            .await
            .map(drop),
    };
    let count = if result.is_ok() {
        &counts.ok
    } else {
        &counts.failed
    };
    count.fetch_add(1, Ordering::Relaxed);
}

/// Answers, except for one request in fifty.
async fn server() -> Http2Server {
    let handle = |request: http2_server::Arrived| async move {
        match request.number % 200 {
            0 => request.reset(Reason::INTERNAL_ERROR),
            50 => request.reset(Reason::REFUSED_STREAM),
            100 => request.reset(Reason::CANCEL),
            150 => {
                sleep(Duration::from_millis(100)).await;
                request.succeed();
            }
            _ => request.succeed(),
        }
    };
    Http2Server::start(100, handle).await
}

/// Makes calls for some time, while connections are cut.
async fn load(client: &Client, wire: &Wire, time: Duration, counts: &'static Counts) {
    let end = Instant::now() + time;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            let mut number = task;
            while Instant::now() < end {
                call(&client, number, counts).await;
                number += 1;
                // Time for the server and the proxy, which share the process.
                sleep(Duration::from_millis(2)).await;
            }
        });
    }
    let cutting = async {
        let faults = [Fault::Close, Fault::Reset, Fault::HalfClose, Fault::Swallow];
        for fault in faults.iter().cycle() {
            sleep(Duration::from_millis(700)).await;
            wire.present(*fault);
        }
    };
    let calling = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        () = calling => {}
        () = cutting => {}
    }
}

#[tokio::main]
async fn main() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(600, |text| text.parse().unwrap());
    let collector = Receiver::start().unwrap();
    collector.reject_all(tonic::Code::Unavailable);
    let telemetry = init::otlp("soak").endpoint(collector.grpc_endpoint());
    let telemetry = telemetry.global(false).build().unwrap();
    let layer = OtelLayer::new()
        .tracer_provider(telemetry.tracer_provider().unwrap())
        .meter_provider(telemetry.meter_provider().unwrap());
    let server = server().await;
    let wire = Wire::to(server.address).await;
    let keepalive = KeepAlive::new()
        .interval(Duration::from_millis(500))
        .timeout(Duration::from_millis(500));
    let client = Client::builder(wire.uri())
        .otel(layer)
        .keepalive(keepalive)
        .connect_lazy()
        .unwrap();
    let counts: &'static Counts = Box::leak(Box::default());

    // Buffers and queues get their size.
    load(&client, &wire, Duration::from_secs(20), counts).await;
    sleep(Duration::from_secs(3)).await;
    let before = Held::now();
    load(&client, &wire, Duration::from_secs(seconds), counts).await;
    sleep(Duration::from_secs(3)).await;
    let after = Held::now();

    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!(
        "{seconds} s: {} calls ok, {} failed, {} dropped; {} connections",
        count(&counts.ok),
        count(&counts.failed),
        count(&counts.dropped),
        wire.connections(),
    );
    println!("before: {before:?}\nafter:  {after:?}");
    assert!(after.tasks <= before.tasks + 8, "tasks");
    assert!(after.files <= before.files + 8, "files");
    assert!(
        after.resident_kib <= before.resident_kib + 8 * 1024,
        "memory"
    );
    let ended = tokio::task::spawn_blocking(move || telemetry.shutdown());
    if let Err(error) = ended.await.unwrap() {
        println!("{error}");
    }
}
