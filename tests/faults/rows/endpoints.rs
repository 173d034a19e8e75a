//! Several servers, several connections, and proxies on the way.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use milvus_otel::error::Stage;
use testkit::Fake;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tower::service_fn;

use crate::case::Case;
use crate::frames;
use crate::row::{Row, row};
use crate::scripted::{Scripted, Step};
use crate::wire::Wire;

/// Two servers behind wires, and a client of both that has connected to both.
async fn two(case: &Case) -> ([Fake; 2], [Wire; 2], milvus_otel::Client) {
    let fakes = [Fake::scripted(), Fake::scripted()];
    let first = Wire::to(fakes[0].serve().await.unwrap()).await;
    let second = Wire::to(fakes[1].serve().await.unwrap()).await;
    let client = case.builder(first.uri()).endpoint(second.uri());
    let client = client.connect_lazy().unwrap();
    while fakes.iter().any(|fake| fake.count_of("list_aliases") == 0) {
        client.list_aliases("a").await.unwrap();
    }
    (fakes, [first, second], client)
}

/// Calls from several tasks, until the servers have been restarted one after the other.
async fn restarts(case: Arc<Case>, changes: bool) {
    let (fakes, wires, client) = two(&case).await;
    let done = AtomicBool::new(false);
    let task = async || {
        while !done.load(Ordering::SeqCst) {
            if changes {
                case.change(&client).await;
            } else {
                case.read(&client).await;
            }
        }
    };
    let restarting = async {
        let mut kept = Vec::new();
        for (wire, fake) in wires.into_iter().zip(&fakes) {
            sleep(Duration::from_millis(300)).await;
            let address = wire.end();
            sleep(Duration::from_millis(500)).await;
            let server = fake.serve().await.unwrap();
            kept.push(Wire::listen(address, server).await);
            sleep(Duration::from_millis(1200)).await;
        }
        done.store(true, Ordering::SeqCst);
        kept
    };
    let tasks = futures::future::join_all((0..4).map(|_| task()));
    tokio::join!(tasks, restarting);
}

/// A proxy that passes connections on to the server that `CONNECT` names, if the client has the password.
async fn connect_proxy() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let head = read_head(&mut client).await?;
                if !head.contains("Proxy-Authorization: Basic cXVlZW46dGFydHM=\r\n") {
                    let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
                    return client.write_all(refusal).await;
                }
                let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let mut server = TcpStream::connect(target).await?;
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await?;
                io::Result::Ok(())
            });
        }
    });
    address
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Connects through a proxy, as a user would.
async fn through(proxy: SocketAddr, uri: http::Uri, password: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(proxy).await?;
    let server = uri.authority().map_or("", http::uri::Authority::as_str);
    let ask = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{password}\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let answer = read_head(&mut stream).await?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(stream),
        _ => Err(io::Error::other(format!(
            "the proxy answered {}",
            answer.lines().next().unwrap_or("nothing")
        ))),
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("two servers share 3,200 reads of 16 tasks").result("3200 ok")
.seconds(0.0..=180.0).run(|case| async move {
            let (fakes, _wires, client) = two(&case).await;
            let task = async || {
                for _ in 0..200 {
                    case.read(&client).await;
                }
            };
            futures::future::join_all((0..16).map(|_| task())).await;
            let [first, second] = fakes.map(|fake| fake.count_of("HasCollection"));
            // Between 40 and 60 per cent.
            if first.min(second) < 1280 {
                case.broken(format!("{first} and {second} reads"));
            }
        }),
        row("two servers are restarted one after the other, reads of 4 tasks")
            .result("* ok")
            .attempts(1..)
            .run(|case| restarts(case, false)),
        row("two servers are restarted one after the other, changes of 4 tasks")
            .result("* ok*")
            .is("retryable")
            .stage(Stage::Sent)
            // Those that were open when a server ended, at most one of each task.
            .in_doubt(1..=8)
            .attempts(1..)
            .run(|case| restarts(case, true)),
        row("3 connections that are replaced every 300 ms, changes of 8 tasks for 2 s")
            .result("* ok")
            .connections(6..)
            .run(|case| async move {
                let server = Scripted::start(|asked| {
                    let mut steps = vec![Step::Wait(Duration::from_millis(5))];
                    steps.extend(asked.succeed());
                    steps
                })
                .await;
                let client = case
                    .builder(server.uri())
                    .connections(3)
                    .max_connection_age(Duration::from_millis(300))
                    .connect_lazy()
                    .unwrap();
                let until = tokio::time::Instant::now() + Duration::from_secs(2);
                let task = async || {
                    while tokio::time::Instant::now() < until {
                        case.change(&client).await;
                    }
                };
                futures::future::join_all((0..8).map(|_| task())).await;
                case.connections(server.connections());
            }),
        row("a name moves to another server when the first one ends")
            .result("20 ok")
            .requests(20)
            .run(|case| async move {
                let (old, new) = (Fake::scripted(), Fake::scripted());
                let (old_address, new_address) =
                    (old.serve().await.unwrap(), new.serve().await.unwrap());
                let wire = Wire::to(old_address).await;
                let first: SocketAddr = wire.uri()["http://".len()..].parse().unwrap();
                let moved = Arc::new(AtomicBool::new(false));
                let now = Arc::clone(&moved);
                let client = case.builder("http://milvus.test:19530").connector(service_fn(
                    move |_: http::Uri| {
                        let moved = now.load(Ordering::SeqCst);
                        TcpStream::connect(if moved { new_address } else { first })
                    },
                ));
                let client = client.connect_lazy().unwrap();
                for _ in 0..10 {
                    case.change(&client).await;
                }
                moved.store(true, Ordering::SeqCst);
                wire.end();
                sleep(Duration::from_millis(100)).await;
                for _ in 0..10 {
                    case.change(&client).await;
                }
                let [old, new] = [old, new].map(|fake| fake.count_of("RenameCollection"));
                case.requests(old + new);
                if (old, new) != (10, 10) {
                    case.broken(format!("{old} requests to the old server, {new} to the new one"));
                }
            }),
        row("through an HTTP CONNECT proxy, a change").requests(1).run(|case| async move {
            let fake = Fake::scripted();
            let address = fake.serve().await.unwrap();
            let proxy = connect_proxy().await;
            let password = "Proxy-Authorization: Basic cXVlZW46dGFydHM=\r\n";
            let client = case.builder(format!("http://{address}"));
            let client = client.connector(service_fn(move |uri| through(proxy, uri, password)));
            case.change(&client.connect_lazy().unwrap()).await;
            case.requests(fake.count_of("RenameCollection"));
        }),
        row("an HTTP CONNECT proxy that refuses the client, a change")
            .result("rename_collection \"a\": cannot connect to http://SERVER: the proxy answered HTTP/1.1 407 Proxy Authentication Required")
            .is("connect retryable")
            .stage(Stage::Connecting)
            .attempts(3)
            .requests(0)
            .run(|case| async move {
                let fake = Fake::scripted();
                let address = fake.serve().await.unwrap();
                let proxy = connect_proxy().await;
                let policy = milvus_otel::client::RetryPolicy::default().max_attempts(3);
                let client = case.builder(format!("http://{address}")).retry(policy);
                let client = client.connector(service_fn(move |uri| through(proxy, uri, "")));
                case.change(&client.connect_lazy().unwrap()).await;
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("three answers of 2 MB that nobody reads, then a read")
            .requests(4)
            .connections(1)
            .run(|case| async move {
                let server = Scripted::start(|asked| {
                    if asked.number == 3 {
                        return asked.succeed();
                    }
                    let mut bytes = frames::head(asked.stream, &[]);
                    bytes.extend(frames::data(asked.stream, false, &frames::prefix(0, 1 << 21)));
                    for _ in 0..127 {
                        bytes.extend(frames::data(asked.stream, false, &[0; 16 * 1024]));
                    }
                    vec![Step::Send(bytes)]
                })
                .await;
                let client = case.client(server.uri());
                let mut unread = Vec::new();
                for number in 1..=3 {
                    let mut call = Box::pin(client.list_aliases("a").into_future());
                    while server.requests() < number {
                        let _ = (&mut call).now_or_never();
                        sleep(Duration::from_millis(2)).await;
                    }
                    unread.push(call);
                }
                case.begin();
                case.read(&client).await;
                case.requests(server.requests());
                case.connections(server.connections());
            }),
    ]
}
