//! What is measured.

use std::time::Duration;

use opentelemetry_sdk::trace::{Sampler, SpanData};
use testkit::{Fake, Reply};
use tokio::time::timeout;

use super::clients::Side;
use super::measured::Meters;
use super::spans::{Recorder, expected};

const DB: &str = "db.client.operation.duration";
const RPC: &str = "rpc.client.call.duration";
const MOMENT: Duration = Duration::from_millis(20);

/// How calls end: the reply, the gRPC code, and the error's type.
fn endings() -> [(Reply, &'static str, Option<&'static str>); 4] {
    let not_found = Reply::Status(tonic::Code::NotFound, "who?".into());
    [
        (Reply::Message(Vec::new()), "OK", None),
        (
            Reply::failure(100, 4, "gone"),
            "OK",
            Some("CollectionNotFound"),
        ),
        (not_found, "NOT_FOUND", Some("NOT_FOUND")),
        (Reply::Never, "CANCELLED", Some("CANCELLED")),
    ]
}

/// One call that ends so.
async fn ended(side: Side, recorder: &Recorder, meters: &Meters, reply: Reply) -> Vec<SpanData> {
    let fake = Fake::scripted();
    fake.script("HasCollection", [reply]);
    let mut api = side.api(meters.on(recorder.layer()), fake.service());
    let _ended = timeout(MOMENT, api.has_books()).await;
    assert_eq!(fake.calls().len(), 1);
    recorder.take()
}

pub(super) async fn names(side: Side) {
    for (reply, code, failed) in endings() {
        let meters = Meters::new();
        ended(side, &Recorder::new(), &meters, reply).await;
        let server = [("server.address", "milvus.test"), ("server.port", "19530")];
        let mut rpc = expected([
            ("rpc.system.name", "grpc"),
            (
                "rpc.method",
                "milvus.proto.milvus.MilvusService/HasCollection",
            ),
            ("rpc.status_code", code),
        ]);
        let mut db = expected([
            ("db.system.name", "milvus"),
            ("db.operation.name", "has_collection"),
            ("db.namespace", "default"),
            ("db.collection.name", "books"),
        ]);
        rpc.extend(expected(server));
        db.extend(expected(server));
        if let Some(failed) = failed {
            db.extend(expected([
                ("error.type", failed),
                (
                    "db.response.status_code",
                    if code == "OK" { "100" } else { failed },
                ),
            ]));
        }
        // To gRPC, an answer in which Milvus says no is a success.
        if code != "OK" {
            rpc.extend(expected([("error.type", code)]));
        }
        for (name, attributes) in [(DB, db), (RPC, rpc)] {
            let measured = &meters.read()[name];
            assert_eq!((measured.kind, measured.unit.as_str()), ("histogram", "s"));
            let [series] = measured.series.as_slice() else {
                panic!("{measured:#?}");
            };
            assert_eq!((series.count, &series.attributes), (1, &attributes));
        }
    }
}

pub(super) async fn boundaries(side: Side) {
    let meters = Meters::new();
    ended(side, &Recorder::new(), &meters, Reply::Message(Vec::new())).await;
    for (name, boundaries) in [
        (
            DB,
            [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0].as_slice(),
        ),
        (
            RPC,
            &[
                0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
            ],
        ),
    ] {
        assert_eq!(meters.only(name).boundaries, boundaries, "{name}");
    }
}

pub(super) async fn always(side: Side) {
    for (reply, ..) in endings() {
        let (recorder, meters) = (Recorder::sampling(Sampler::AlwaysOff), Meters::new());
        let spans = ended(side, &recorder, &meters, reply.clone()).await;
        assert_eq!(spans.len(), 0, "none is sampled");
        for name in [DB, RPC] {
            assert_eq!(meters.only(name).count, 1, "{name} of {reply:?}");
        }
    }
}

pub(super) async fn one_clock(side: Side) {
    for (reply, ..) in endings() {
        let (recorder, meters) = (Recorder::new(), Meters::new());
        let late = Reply::After(Duration::from_millis(3), Box::new(reply));
        let span = ended(side, &recorder, &meters, late).await.remove(0);
        let took = span.end_time.duration_since(span.start_time).unwrap();
        assert!(took >= Duration::from_millis(3), "{took:?}");
        for name in [DB, RPC] {
            assert_eq!(meters.only(name).sum, took.as_secs_f64(), "{name}");
        }
    }
}
