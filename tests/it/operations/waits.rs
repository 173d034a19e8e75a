//! Operations that wait for work in the background of the server: polls, progress, failures, timeouts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use milvus_otel::ops::Progress;
use milvus_otel::proto::milvus::*;
use milvus_otel::proto::schema::CollectionSchema;
use testkit::{Fake, Reply};

use super::spans::{Recorder, attributes};

fn restoring(state: RestoreSnapshotState, progress: i32, reason: &str) -> Reply {
    Reply::message(&GetRestoreSnapshotStateResponse {
        info: Some(RestoreSnapshotInfo {
            state: state.into(),
            progress,
            reason: reason.into(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

fn describe_books(fake: &Fake) {
    fake.answer(
        "DescribeCollection",
        &DescribeCollectionResponse {
            schema: Some(CollectionSchema::default()),
            collection_id: 4711,
            ..Default::default()
        },
    );
}

type Reports = Arc<Mutex<Vec<(&'static str, u8)>>>;

/// A callback, and what it was called with: the stage, and percent.
fn reports() -> (impl Fn(Progress) + Send + Sync + 'static, Reports) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reports = Arc::clone(&seen);
    let report = move |progress: Progress| {
        reports
            .lock()
            .unwrap()
            .push((progress.stage, progress.percent()))
    };
    (report, seen)
}

#[tokio::test(start_paused = true)]
async fn a_job_is_polled_until_it_is_done() {
    use RestoreSnapshotState::{
        RestoreSnapshotCompleted, RestoreSnapshotExecuting, RestoreSnapshotPending,
    };
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer(
        "RestoreSnapshot",
        &RestoreSnapshotResponse {
            job_id: 7,
            ..Default::default()
        },
    );
    fake.script(
        "GetRestoreSnapshotState",
        [
            restoring(RestoreSnapshotPending, 0, ""),
            restoring(RestoreSnapshotExecuting, 40, ""),
            restoring(RestoreSnapshotCompleted, 100, ""),
        ],
    );
    let (report, seen) = reports();
    let client = recorder.client(&fake);
    let restore = client
        .restore_snapshot("books", "nightly", "restored")
        .wait(true);
    assert_eq!(restore.progress(report).await.unwrap(), 7);
    assert_eq!(
        *seen.lock().unwrap(),
        [("restore", 0), ("restore", 40), ("restore", 100)]
    );
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::restore_snapshot books
  CLIENT restore_snapshot books
  CLIENT get_restore_snapshot_state milvus.test:19530
  CLIENT get_restore_snapshot_state milvus.test:19530
"
    );
    let spans = recorder.spans();
    let operation = spans
        .iter()
        .find(|span| span.name.starts_with("Client::"))
        .unwrap();
    // The last poll is repeated for the trace.
    assert_eq!(attributes(operation)["milvus.poll.count"], "4");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_is_an_error_with_its_reason() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let failed = RestoreSnapshotState::RestoreSnapshotFailed;
    fake.script(
        "GetRestoreSnapshotState",
        [restoring(failed, 40, "no space left")],
    );
    let client = recorder.client(&fake);
    let restore = client
        .restore_snapshot("books", "nightly", "restored")
        .wait(true);
    let error = restore.await.unwrap_err();
    assert!(error.message().contains("no space left"), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("restore_snapshot \"books\": "),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_compaction_whose_plans_fail_is_an_error() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    describe_books(&fake);
    fake.answer(
        "ManualCompaction",
        &ManualCompactionResponse {
            compaction_id: 7,
            ..Default::default()
        },
    );
    fake.answer(
        "GetCompactionState",
        &GetCompactionStateResponse {
            failed_plan_no: 1,
            timeout_plan_no: 2,
            ..Default::default()
        },
    );
    let error = recorder
        .client(&fake)
        .compact("books")
        .wait(true)
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("compact \"books\": "),
        "{error}"
    );
    assert!(
        error
            .message()
            .contains("compaction 7: 1 plans failed, 2 timed out"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flush_that_takes_too_long_says_what_is_missing() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let flush = recorder
        .client(&fake)
        .flush("books")
        .timeout(Duration::from_secs(5));
    let error = flush.await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("flush \"books\": timed out after 5s: not everything was flushed"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn several_collections_are_flushed_together() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer(
        "GetFlushState",
        &GetFlushStateResponse {
            flushed: true,
            ..Default::default()
        },
    );
    let (report, seen) = reports();
    recorder
        .client(&fake)
        .flush("books")
        .and("films")
        .progress(report)
        .await
        .unwrap();
    assert_eq!(fake.calls_of("Flush").len(), 1);
    assert_eq!(*seen.lock().unwrap(), [("flush", 100)]);
}

#[tokio::test(start_paused = true)]
async fn a_server_of_unknown_version_gets_the_number_of_the_collection_to_compact() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    describe_books(&fake);
    let compaction = ManualCompactionResponse {
        compaction_id: 7,
        ..Default::default()
    };
    fake.answer("ManualCompaction", &compaction);
    assert_eq!(recorder.client(&fake).compact("books").await.unwrap(), 7);
    let calls = fake.calls_of("ManualCompaction");
    let last: ManualCompactionRequest =
        prost::Message::decode(calls[0].message.as_slice()).unwrap();
    assert_eq!((calls.len(), last.collection_id), (1, 4711));
}
