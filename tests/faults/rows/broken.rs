//! The network breaks: connections end, or swallow what is sent.

use std::time::Duration;

use milvus_otel::Client;
use milvus_otel::client::KeepAlive;
use milvus_otel::error::Stage;
use testkit::{Fake, Reply};
use tokio::time::sleep;

use crate::row::{Row, row};
use crate::wire::{Fault, Wire};

/// A server behind a wire, which is slow to answer the first call of each RPC.
async fn slow() -> (Fake, Wire) {
    let fake = Fake::scripted();
    for rpc in ["HasCollection", "RenameCollection"] {
        let empty = || Reply::Message(Vec::new());
        let later = Reply::After(Duration::from_secs(20), Box::new(empty()));
        fake.script(rpc, [later, empty()]);
    }
    let address = fake.serve().await.unwrap();
    let wire = Wire::to(address).await;
    (fake, wire)
}

async fn quick() -> (Fake, Wire) {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let wire = Wire::to(address).await;
    (fake, wire)
}

/// Waits until a call of this RPC arrived.
async fn arrived(fake: &Fake, rpc: &str) {
    while fake.count_of(rpc) == 0 {
        sleep(Duration::from_millis(2)).await;
    }
}

/// Pings after 300 ms, and waits for 300 ms.
fn watchful() -> KeepAlive {
    let time = Duration::from_millis(300);
    KeepAlive::new().interval(time).timeout(time)
}

/// What calls read when their connection ends. Reads are sent again, changes are in doubt.
fn while_waiting() -> Vec<Row> {
    let mut rows = Vec::new();
    for (fault, read, change, lost) in [
        (
            Fault::Close,
            "FIN while a read waits",
            "FIN while a change waits",
            "the server closed the connection",
        ),
        (
            Fault::Reset,
            "RST while a read waits",
            "RST while a change waits",
            "connection reset",
        ),
        (
            Fault::HalfClose,
            "half-close while a read waits",
            "half-close while a change waits",
            "the server closed the connection",
        ),
        (
            Fault::Swallow,
            "a black hole while a read waits, pings 300 ms + 300 ms",
            "a black hole while a change waits, pings 300 ms + 300 ms",
            "the server did not answer a ping within 300ms",
        ),
    ] {
        rows.push(
            row(read)
                .attempts(2)
                .requests(2)
                .run(move |case| async move {
                    let (fake, wire) = slow().await;
                    let client = case.builder(wire.uri()).keepalive(watchful());
                    let client = client.connect_lazy().unwrap();
                    let breaking = async {
                        arrived(&fake, "HasCollection").await;
                        wire.present(fault);
                    };
                    tokio::join!(case.read(&client), breaking);
                    case.requests(fake.count_of("HasCollection"));
                }),
        );
        let result = format!(
            "rename_collection \"a\": lost the connection to http://SERVER: {lost} (grpc Unavailable)"
        );
        rows.push(
            row(change)
                .result(result.leak())
                .is("retryable")
                .stage(Stage::Sent)
                .in_doubt(1)
                .requests(1)
                .run(move |case| async move {
                    let (fake, wire) = slow().await;
                    let client = case.builder(wire.uri()).keepalive(watchful());
                    let client = client.connect_lazy().unwrap();
                    let breaking = async {
                        arrived(&fake, "RenameCollection").await;
                        wire.present(fault);
                    };
                    tokio::join!(case.change(&client), breaking);
                    case.requests(fake.count_of("RenameCollection"));
                }),
        );
    }
    rows
}

/// A client that has a connection.
async fn connected(client: milvus_otel::ClientBuilder) -> Client {
    let client = client.connect_lazy().unwrap();
    client.describe_alias("a").await.ok();
    client
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = while_waiting();
    rows.extend([
        row("an idle connection is closed, then a change")
            .requests(1)
            .connections(2)
            .run(|case| async move {
                let (fake, wire) = quick().await;
                let client = connected(case.builder(wire.uri())).await;
                wire.present(Fault::Close);
                sleep(Duration::from_millis(300)).await;
                case.change(&client).await;
                case.requests(fake.count_of("RenameCollection"));
                case.connections(wire.connections());
            }),
        row("a black hole before a read with a timeout of 1 s")
            .result("has_collection \"a\": no answer within 1s*")
            .is("retryable timeout")
            .stage(Stage::Sent)
            .in_doubt(1)
            .requests(0)
            .seconds(1.0..=11.0)
            .run(|case| async move {
                let (fake, wire) = quick().await;
                let client = connected(case.builder(wire.uri())).await;
                wire.present(Fault::Swallow);
                case.begin();
                case.read_within(&client, Duration::from_secs(1)).await;
                case.requests(fake.count_of("HasCollection"));
            }),
        row("a black hole, after one call of 1 s that had no answer: 20 changes")
            .result("20 ok")
            .requests(20)
            .seconds(0.0..=10.0)
            .run(|case| async move {
                let (fake, wire) = quick().await;
                // The call without an answer is another client's business: it is not counted.
                let client = connected(case.builder(wire.uri())).await;
                wire.present(Fault::Swallow);
                let lost = client.list_aliases("a").timeout(Duration::from_secs(1));
                lost.await.unwrap_err();
                case.begin();
                for _ in 0..20 {
                    case.change_within(&client, Duration::from_secs(8)).await;
                }
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("a black hole under reads with a timeout of 8 s, one after the other, default pings")
            .result("* ok*")
            .is("*")
            .in_doubt(0..=1)
            .seconds(10.0..=40.0)
            .run(|case| async move {
                let (_fake, wire) = quick().await;
                let client = connected(case.builder(wire.uri())).await;
                case.begin();
                let until = tokio::time::Instant::now() + Duration::from_secs(10);
                wire.present(Fault::Swallow);
                while tokio::time::Instant::now() < until {
                    case.read_within(&client, Duration::from_secs(8)).await;
                    sleep(Duration::from_millis(20)).await;
                }
            }),
        row("a reset while 24 MB are sent")
            .result("insert \"books\": lost the connection to http://SERVER: *")
            .is("retryable")
            .stage(Stage::Sent)
            .in_doubt(1)
            .requests(0)
            .run(|case| async move {
                let fake = Fake::new();
                let address = fake.serve().await.unwrap();
                let direct = Client::connect(format!("http://{address}")).await.unwrap();
                direct.create_collection("books", 768).await.unwrap();
                let wire = Wire::to(address).await;
                wire.new_ones(Fault::ResetAfter(4 << 20));
                let client = case.client(wire.uri());
                let rows = crate::data::large(8000);
                case.returned(client.insert("books", rows).await);
                case.requests(fake.count_of("insert"));
            }),
        row("answers arrive byte by byte, a change with a timeout of 1 s")
            .result("rename_collection \"a\": no answer within 1s*")
            .is("retryable timeout")
            .in_doubt(1)
            .requests(1)
            .seconds(1.0..=11.0)
            .run(|case| async move {
                let (fake, wire) = quick().await;
                let client = connected(case.builder(wire.uri())).await;
                wire.present(Fault::Drip(Duration::from_millis(200)));
                case.begin();
                case.change_within(&client, Duration::from_secs(1)).await;
                case.requests(fake.count_of("RenameCollection"));
            }),
        row("answers arrive 300 ms later, 20 reads at once")
            .result("20 ok")
            .requests(20)
            .connections(1)
            .run(|case| async move {
                let (fake, wire) = quick().await;
                let client = connected(case.builder(wire.uri())).await;
                wire.present(Fault::Delay(Duration::from_millis(300)));
                futures::future::join_all((0..20).map(|_| case.read(&client))).await;
                case.requests(fake.count_of("HasCollection"));
                case.connections(wire.connections());
            }),
    ]);
    rows
}
