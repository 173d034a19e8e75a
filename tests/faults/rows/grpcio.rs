//! A server of Google's C library, whose policies are those of most gRPC servers.

use std::time::Duration;

use milvus_otel::client::KeepAlive;
use milvus_otel::error::Stage;

use crate::grpcio::Grpcio;
use crate::row::{Row, row};

/// A call that takes so long, at a server with the default policy on pings.
fn quiet(name: &'static str, seconds: u32) -> Row {
    row(name)
        .long()
        .seconds(f64::from(seconds)..=f64::from(seconds) + 20.0)
        .run(move |case| async move {
            let Some(server) = Grpcio::start("[]", &seconds.to_string()) else {
                return case.skip();
            };
            let client = case.client(server.uri());
            case.read_within(&client, Duration::from_secs(300)).await;
        })
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("grpcio: connections of 300 ms, 8 tasks with 1,000 changes each")
            .result("8000 ok")
            .attempts(1..)
            .requests(8000)
            .connections(2..)
            .seconds(0.0..=180.0)
            .run(|case| async move {
                let options = r#"[["grpc.max_connection_age_ms", 300], ["grpc.max_connection_age_grace_ms", 5000]]"#;
                let Some(mut server) = Grpcio::start(options, "0") else {
                    return case.skip();
                };
                let client = case.client(server.uri());
                let task = async || {
                    for _ in 0..1000 {
                        case.change(&client).await;
                    }
                };
                futures::future::join_all((0..8).map(|_| task())).await;
                case.requests(usize::try_from(server.handled("RenameCollection")).unwrap());
                case.connections(usize::try_from(server.connections()).unwrap());
            }),
        row("grpcio: the default policy on pings, 2 quiet reads of 4 s, pings every 100 ms")
            .result("2 ok")
            .requests(2)
            .seconds(8.0..=30.0)
            .run(|case| async move {
                // The policy counts pings, not seconds: with one in 100 ms, a call of 4 s is a call of minutes.
                let Some(mut server) = Grpcio::start("[]", "4") else {
                    return case.skip();
                };
                let keepalive = KeepAlive::new().interval(Duration::from_millis(100));
                let client = case.builder(server.uri()).keepalive(keepalive);
                let client = client.connect_lazy().unwrap();
                case.begin();
                case.read(&client).await;
                case.read(&client).await;
                case.requests(usize::try_from(server.handled("HasCollection")).unwrap());
            }),
        row("grpcio: a message of 2 MB to a server that takes 1 MB")
            .result("rename_collection \"a\": *larger than max* (grpc ResourceExhausted); the message is larger than the server accepts; send smaller batches")
            .stage(Stage::Answered)
            .requests(0)
            .run(|case| async move {
                let options = r#"[["grpc.max_receive_message_length", 1000000]]"#;
                let Some(mut server) = Grpcio::start(options, "0") else {
                    return case.skip();
                };
                let client = case.client(server.uri());
                case.returned(client.rename_collection("a", "b".repeat(2_000_000)).await);
                case.requests(usize::try_from(server.handled("RenameCollection")).unwrap());
            }),
        quiet("grpcio: the default policy on pings, a quiet read of 75 s", 75),
        quiet("grpcio: the default policy on pings, a quiet read of 200 s", 200),
    ]
}
