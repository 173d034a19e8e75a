//! The matrix is worth nothing if it cannot fail: a row whose expectation is wrong is reported.

use std::sync::Arc;

use milvus_otel::error::Stage;
use testkit::Fake;

use crate::case::Case;
use crate::harness;
use crate::row::{Want, row};
use crate::seen::Written;
use crate::table;

/// A call that the server refuses, and one row that is lost.
async fn refused(case: Arc<Case>) {
    let fake = Fake::scripted();
    fake.script(
        "RenameCollection",
        [testkit::Reply::failure(8, 49, "rate limit")],
    );
    let address = fake.serve().await.unwrap();
    case.change(&case.trying(format!("http://{address}"), 3))
        .await;
    case.requests(fake.count_of("RenameCollection"));
    case.connections(1);
    case.written(Written {
        acknowledged: 2,
        there: 1,
        lost: 1,
        ..Written::default()
    });
}

fn right() -> Want {
    row("refused")
        .result("rename_collection \"a\": rate limit (milvus code 8 ServiceRateLimit); send less*")
        .is("rate_limited retryable")
        .stage(Stage::Answered)
        .attempts(3)
        .requests(3)
        .connections(1)
        .rate_limited(3)
}

#[test]
fn each_wrong_expectation_is_reported_by_name() {
    for (want, about) in [
        (right(), None),
        (right().result("ok"), Some("result")),
        (right().is("retryable"), Some("predicates")),
        (right().stage(Stage::Sent), Some("stage")),
        (right().in_doubt(1), Some("in doubt")),
        (right().attempts(1..=2), Some("attempts")),
        (right().requests(4..), Some("requests")),
        (right().connections(2), Some("connections")),
        (right().rate_limited(0), Some("rate limited")),
        (right().seconds(70.0..=90.0), Some("time")),
        (right().writes(), Some("rows")),
    ] {
        let finished = harness::run(&[want.run(refused)], false);
        let differences = &finished[0].differences;
        let reported = differences.iter().map(|difference| difference.about);
        assert_eq!(
            reported.collect::<Vec<_>>(),
            about.into_iter().collect::<Vec<_>>(),
            "{differences:#?}"
        );
        let failures = table::failures(&finished);
        assert_eq!(failures.contains("FAILED: refused"), about.is_some());
        assert_eq!(table::of(&finished).contains("FAILED"), about.is_some());
    }
}

#[test]
fn a_row_that_panics_or_calls_nothing_fails_and_the_others_run() {
    let rows = [
        row("panics").run(|_| async { panic!("as intended") }),
        row("calls nothing").run(|_| async {}),
        row("long").long().run(|_| async { panic!("is not run") }),
        right().run(refused),
    ];
    let finished = harness::run(&rows, false);
    let failures = table::failures(&finished);
    assert!(failures.contains("panicked: as intended"), "{failures}");
    assert!(failures.contains("nothing was called"), "{failures}");
    let failed = finished.iter().map(|row| !row.differences.is_empty());
    assert_eq!(failed.collect::<Vec<_>>(), [true, true, false, false]);
    assert!(finished[2].seen.is_none(), "not run");
}

#[test]
fn a_call_that_is_still_under_way_at_the_end_is_reported() {
    let forgotten = row("forgotten")
        .attempts(0)
        .result("*")
        .run(|case| async move {
            let fake = Fake::scripted();
            fake.script("HasCollection", [testkit::Reply::Never]);
            let address = fake.serve().await.unwrap();
            let client = case.client(format!("http://{address}"));
            tokio::spawn(client.has_collection("a").into_future());
            while fake.count_of("HasCollection") == 0 {
                tokio::task::yield_now().await;
            }
            case.say("ok");
        });
    let finished = harness::run(&[forgotten], false);
    let failures = table::failures(&finished);
    assert!(
        failures.contains("1 spans were started, 0 ended"),
        "{failures}"
    );
}
