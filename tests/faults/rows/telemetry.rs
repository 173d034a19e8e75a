//! The collector of the telemetry is not there, or does not answer: calls do not notice.

use milvus_otel::{Client, OtelLayer, init};
use testkit::{Fake, Receiver};
use tokio::net::TcpListener;
use tonic::Code;

use super::connecting::unreachable;
use crate::case::Case;
use crate::row::{Row, Want, row};

/// Calls whose spans go to a collector that takes none of them, and the end of the telemetry, which counts what is lost.
async fn export(case: &Case, collector: String) {
    const CALLS: usize = 500;
    let telemetry = init::otlp("tests")
        .endpoint(collector)
        .metrics(false)
        .global(false)
        .build()
        .unwrap();
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let layer = OtelLayer::new().tracer_provider(telemetry.tracer_provider().unwrap());
    let client = Client::builder(format!("http://{address}")).otel(layer);
    let client = client.connect_lazy().unwrap();
    case.begin();
    for _ in 0..CALLS {
        case.read(&client).await;
    }
    case.requests(fake.count_of("HasCollection"));
    let ended = tokio::task::spawn_blocking(move || telemetry.shutdown());
    match ended.await.unwrap() {
        Ok(_) => case.broken("the spans were delivered"),
        Err(error) => {
            let lost: u64 = error
                .deliveries()
                .iter()
                .map(|delivery| delivery.lost())
                .sum();
            if lost != CALLS as u64 {
                case.broken(format!("{lost} spans are reported as lost: {error}"));
            }
        }
    }
}

/// A row of 500 reads, which take far less than the timeouts of exporters.
fn reads(name: &'static str) -> Want {
    row(name).result("500 ok").requests(500)
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        reads("no collector at the endpoint, 500 reads").run(|case| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            drop(listener);
            export(&case, format!("http://{address}")).await;
        }),
        reads("a collector whose host drops SYNs, 500 reads").run(|case| async move {
            let (address, _kept) = unreachable().await;
            export(&case, format!("http://{address}")).await;
        }),
        reads("a collector that refuses everything, 500 reads").run(|case| async move {
            let receiver = Receiver::start().unwrap();
            receiver.reject_all(Code::Unauthenticated);
            export(&case, receiver.grpc_endpoint()).await;
        }),
        reads("a collector that accepts but stays silent, 500 reads").run(|case| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let silent = async {
                let mut kept = Vec::new();
                while let Ok(connection) = listener.accept().await {
                    kept.push(connection);
                }
            };
            tokio::select! {
                () = silent => {}
                () = export(&case, format!("http://{address}")) => {}
            }
        }),
    ]
}
