//! There is no server, or it is no Milvus.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::client::RetryPolicy;
use milvus_otel::error::Stage;
use socket2::SockRef;
use testkit::Fake;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::row::{Row, row};
use crate::wire::Wire;

/// A listener that accepts no more connections, as a host behind a firewall that drops packets. Keep both.
pub(super) async fn unreachable() -> (SocketAddr, impl Sized) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    let listener = socket.listen(0).unwrap();
    let queued = TcpStream::connect(address).await.unwrap();
    (address, (listener, queued))
}

/// An address where nobody listens.
async fn closed_port() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A server that treats each connection like this, and the number of connections.
async fn server<F>(
    treat: impl Fn(TcpStream) -> F + Send + 'static,
) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(treat(stream));
        }
    });
    (address, connections)
}

async fn says(mut stream: TcpStream, text: &'static [u8]) {
    let mut heard = [0; 1024];
    let _ = stream.read(&mut heard).await;
    let _ = stream.write_all(text).await;
    let _ = stream.read(&mut heard).await;
}

/// Nothing is sent, whatever the call does.
const REFUSED: &str = "*\"a\": cannot connect to http://SERVER: Connection refused*";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("connect() to a closed port")
            .result("connect: cannot connect to http://SERVER: Connection refused*; is Milvus running there?")
            .is("connect retryable")
            .run(|case| async move {
                let uri = closed_port().await;
                case.returned(case.builder(uri).connect().await);
            }),
        row("credentials for a server on another machine, without TLS")
            .result("connect: the credentials would be sent unencrypted to *: use https, or allow it with ClientBuilder::allow_plaintext_credentials*")
            .is("invalid_argument")
            .attempts(0..=1)
            .run(|case| async move {
                let client = case.builder("http://192.0.2.1:19530").user("root", "Milvus");
                case.returned(client.connect().await);
            }),
        row("a closed port, a read of 3 attempts")
            .result(REFUSED)
            .is("connect retryable")
            .stage(Stage::Connecting)
            .attempts(3)
            .run(|case| async move { case.read(&case.trying(closed_port().await, 3)).await }),
        row("a closed port, a change of 3 attempts")
            .result(REFUSED)
            .is("connect retryable")
            .stage(Stage::Connecting)
            .attempts(3)
            .run(|case| async move { case.change(&case.trying(closed_port().await, 3)).await }),
        row("a server that starts within the timeout, a change")
            .attempts(2..)
            .requests(1)
            .run(|case| async move {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                let address = listener.local_addr().unwrap();
                drop(listener);
                let fake = Fake::scripted();
                let server = fake.serve().await.unwrap();
                let client = case.client(format!("http://{address}"));
                let start = async {
                    tokio::time::sleep(Duration::from_millis(700)).await;
                    Wire::listen(address, server).await
                };
                let (_, _wire) = tokio::join!(case.change(&client), start);
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("an unknown host")
            .result("has_collection \"a\": cannot connect to http://no..such.host:19530: could not resolve host \"no..such.host\"*")
            .is("connect")
            .stage(Stage::Connecting)
            .run(|case| async move { case.read(&case.client("http://no..such.host:19530")).await }),
        row("a host that drops SYNs, a change with a timeout of 1 s")
            .result("rename_collection \"a\": no connection was accepted within 1s")
            .is("connect retryable timeout")
            .stage(Stage::Connecting)
            .seconds(1.0..=11.0)
            .run(|case| async move {
                let (address, _kept) = unreachable().await;
                let client = case.client(format!("http://{address}"));
                case.change_within(&client, Duration::from_secs(1)).await;
            }),
        row("1,000 callers of a host that drops SYNs, connect_timeout 1 s")
            .result("1000 rename_collection \"a\": cannot connect to http://SERVER: no connection was accepted within 1s*")
            .is("connect retryable")
            .stage(Stage::Connecting)
            .seconds(1.0..=15.0)
            .bar(1.5)
            .run(|case| async move {
                let (address, _kept) = unreachable().await;
                let client = case
                    .builder(format!("http://{address}"))
                    .retry(RetryPolicy::never())
                    .connect_timeout(Duration::from_secs(1))
                    .connect_lazy()
                    .unwrap();
                case.begin();
                futures::future::join_all((0..1000).map(|_| case.change(&client))).await;
            }),
        row("the first of two servers drops SYNs, 20 changes")
            .result("20 ok")
            .requests(20)
            .seconds(0.0..=9.0)
            .bar(0.4)
            .run(|case| async move {
                let (dead, _kept) = unreachable().await;
                let fake = Fake::scripted();
                let living = fake.serve().await.unwrap();
                let client = case.builder(format!("http://{dead}"));
                let client = client.endpoint(format!("http://{living}"));
                let client = client.connect_lazy().unwrap();
                for _ in 0..20 {
                    case.change(&client).await;
                }
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("a server that accepts but stays silent, connect_timeout 500 ms")
            .result("rename_collection \"a\": cannot connect to http://SERVER: the connection was accepted, but the server sent nothing within 500ms")
            .is("connect retryable")
            .stage(Stage::Connecting)
            .seconds(0.5..=8.0)
            .run(|case| async move {
                let (address, _) = server(|stream| async move {
                    std::future::pending::<()>().await;
                    drop(stream);
                })
                .await;
                let client = case
                    .builder(format!("http://{address}"))
                    .retry(RetryPolicy::never())
                    .connect_timeout(Duration::from_millis(500))
                    .connect_lazy()
                    .unwrap();
                case.change(&client).await;
            }),
        row("1,000 callers of 2 attempts, a server that resets each connection")
            .result("*rename_collection \"a\": cannot connect to http://SERVER: *")
            .is("connect retryable")
            .stage(Stage::Connecting)
            .attempts(2)
            .connections(1..=40)
            .run(|case| async move {
                let (address, connections) = server(|stream| async move {
                    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                })
                .await;
                let client = case.trying(format!("http://{address}"), 2);
                futures::future::join_all((0..1000).map(|_| case.change(&client))).await;
                case.connections(connections.load(Ordering::SeqCst));
            }),
    ];
    for (name, said, result) in [
        (
            "an HTTP/1 server",
            &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..],
            "*cannot connect to http://SERVER: the server speaks HTTP/1, not gRPC: Milvus' gRPC port is 19530 by default",
        ),
        (
            "an SSH server",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            "*cannot connect to http://SERVER: the server does not speak gRPC: Milvus' gRPC port is 19530 by default",
        ),
        (
            "a TLS server, a client without TLS",
            &[21, 3, 3, 0, 2, 2, 70],
            "*cannot connect to http://SERVER: the server speaks TLS: use https://",
        ),
    ] {
        rows.push(
            row(name)
                .result(result)
                .is("connect")
                .stage(Stage::Connecting)
                .run(move |case| async move {
                    let (address, _) = server(move |stream| says(stream, said)).await;
                    case.change(&case.client(format!("http://{address}"))).await;
                }),
        );
    }
    rows
}
