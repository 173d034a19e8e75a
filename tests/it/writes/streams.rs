//! Streams of rows: batches, back-pressure, failures and spans.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use milvus_otel::proto::milvus::{InsertRequest, UpsertRequest};
use milvus_otel::{ErrorKind, Id};
use opentelemetry::trace::{SpanKind, Status};
use testkit::{Fake, Reply};
use tokio_stream::{Stream, StreamExt};

use super::rows::{Row, keys, row};
use super::{FIELDS, columns, connect, described, inserted, received};
use crate::support::spans::{Recorder, attributes};

/// The keys of each request.
fn batches(fake: &Fake) -> Vec<Vec<i64>> {
    received::<InsertRequest>(fake, "Insert")
        .iter()
        .map(keys)
        .collect()
}

/// Counts the rows that were taken.
fn counted(taken: &Arc<AtomicUsize>) -> impl Stream<Item = Row> + Send + 'static + use<> {
    let taken = Arc::clone(taken);
    tokio_stream::iter(0..).map(move |id| {
        taken.fetch_add(1, Ordering::Relaxed);
        row(id)
    })
}

#[tokio::test]
async fn every_row_is_sent_once_in_order() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    for length in [0, 1, 999, 1000, 1001, 2500] {
        let rows = tokio_stream::iter(0..length).map(row);
        let written = client.insert_stream("books", rows).await.unwrap();
        let sent = batches(&fake);
        assert_eq!(written.count, length as u64);
        assert_eq!(written.batches, (length as u64).div_ceil(1000));
        let new = &sent[sent.len() - written.batches as usize..];
        assert!(new.iter().rev().skip(1).all(|batch| batch.len() == 1000));
        assert_eq!(new.concat(), (0..length).collect::<Vec<_>>());
    }
    assert_eq!(fake.calls_of("DescribeCollection").len(), 1);
}

#[tokio::test]
async fn batches_end_by_rows_or_by_bytes() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let rows = || (0..10).map(row);
    client
        .insert_stream("books", rows())
        .batch_size(4)
        .await
        .unwrap();
    assert_eq!(
        batches(&fake),
        [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]
    );

    // Each row takes about 20 bytes.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client
        .insert_stream("books", rows())
        .batch_bytes(50)
        .await
        .unwrap();
    let sent = batches(&fake);
    assert!((3..=5).contains(&sent.len()), "{sent:?}");
    assert_eq!(sent.concat(), (0..10).collect::<Vec<_>>());

    // A batch that is larger than a request is split.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let limited = client
        .insert_stream("books", (0..100).map(row))
        .max_request_bytes(400);
    assert_eq!(limited.await.unwrap().batches, 1);
    let sent = batches(&fake);
    assert!(sent.len() > 1, "{sent:?}");
    assert_eq!(sent.concat(), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn streams_and_iterators_of_rows_and_results_are_written() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let rows = vec![row(0), row(1)];
    client.insert_stream("books", rows.iter()).await.unwrap();
    client
        .insert_stream("books", rows.clone().into_iter())
        .await
        .unwrap();
    client
        .insert_stream("books", rows.iter().map(Ok::<_, io::Error>))
        .await
        .unwrap();
    client
        .insert_stream("books", tokio_stream::iter(&rows))
        .await
        .unwrap();
    let boxed: Pin<Box<dyn Stream<Item = Result<Row, milvus_otel::Error>> + Send>> =
        Box::pin(tokio_stream::iter(rows.clone()).map(Ok));
    client.insert_stream("books", boxed).await.unwrap();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let sending = tokio::spawn(async move {
        for row in rows {
            sender.send(row).await.unwrap();
        }
    });
    let received_rows = tokio_stream::wrappers::ReceiverStream::new(receiver);
    client.insert_stream("books", received_rows).await.unwrap();
    sending.await.unwrap();
    assert_eq!(batches(&fake), vec![vec![0, 1]; 6]);

    client
        .upsert_stream("books", (0..3).map(row))
        .batch_size(2)
        .await
        .unwrap();
    let sent: Vec<UpsertRequest> = received(&fake, "Upsert");
    assert_eq!(
        sent.iter().map(|sent| sent.num_rows).collect::<Vec<_>>(),
        [2, 1]
    );
}

#[tokio::test]
async fn no_more_rows_are_taken_than_there_is_room_for() {
    for in_flight in [1, 3] {
        let fake = Fake::scripted();
        let client = connect(&fake).await;
        fake.script("Insert", [Reply::Never]);
        let taken = Arc::default();
        let mut writing = client
            .insert_stream("books", counted(&taken))
            .batch_size(10)
            .in_flight(in_flight);
        assert_eq!(
            taken.load(Ordering::Relaxed),
            0,
            "nothing before the first poll"
        );
        while fake.calls_of("Insert").len() < in_flight {
            let waiting = tokio::time::timeout(std::time::Duration::from_millis(10), &mut writing);
            assert!(waiting.await.is_err());
        }
        for _ in 0..20 {
            assert!(
                Pin::new(&mut writing)
                    .poll(&mut Context::from_waker(Waker::noop()))
                    .is_pending()
            );
            tokio::task::yield_now().await;
        }
        assert_eq!(fake.calls_of("Insert").len(), in_flight);
        assert_eq!(taken.load(Ordering::Relaxed), (in_flight + 1) * 10);
        assert_eq!(fake.calls_of("DescribeCollection").len(), 1);
        drop(writing);
        assert_eq!(
            fake.calls_of("Insert").len(),
            in_flight,
            "nothing is sent after it was dropped"
        );
    }
}

#[tokio::test]
async fn progress_has_the_positions_and_keys_of_each_batch() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let answers = [
        inserted([7, 8], 10),
        inserted([9, 10], 30),
        inserted([11], 20),
    ];
    fake.script("Insert", answers.iter().map(Reply::message));
    let mut reports = Vec::new();
    let written = client
        .insert_stream("books", (0..5).map(row))
        .batch_size(2)
        .progress(|batch| reports.push((batch.count, batch.rows.clone(), batch.ids.to_vec())))
        .await
        .unwrap();
    assert_eq!(
        (written.count, written.batches, written.timestamp),
        (5, 3, 30)
    );
    let ids = |ids: &[i64]| ids.iter().copied().map(Id::Int).collect::<Vec<_>>();
    assert_eq!(
        reports,
        [
            (2, 0..2, ids(&[7, 8])),
            (4, 2..4, ids(&[9, 10])),
            (5, 4..5, ids(&[11]))
        ]
    );
}

#[tokio::test]
async fn a_failure_tells_which_rows_were_written() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let refused = Reply::failure(1100, 5, "no");
    fake.script("Insert", [Reply::message(&inserted([], 1)), refused]);
    let taken = Arc::default();
    let writing = client
        .insert_stream("books", counted(&taken))
        .batch_size(10);
    let error = writing.await.unwrap_err();
    assert!(
        error.is_invalid_argument() && error.message() == "no",
        "{error}"
    );
    let rows = error.partial_write().unwrap();
    assert_eq!((rows.written(), rows.failed()), (0..10, 10..20));
    assert_eq!(rows.unsent(), 20..taken.load(Ordering::Relaxed));
    assert_eq!(
        fake.calls_of("Insert").len(),
        2,
        "nothing is sent after a failure"
    );

    // Batches that are in flight are waited for.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let slow = Reply::After(
        std::time::Duration::from_millis(50),
        Box::new(Reply::message(&inserted([], 1))),
    );
    fake.script("Insert", [slow, Reply::failure(1100, 5, "no")]);
    let mut written = 0;
    let writing = client
        .insert_stream("books", counted(&taken))
        .batch_size(10)
        .in_flight(2)
        .progress(|batch| written = batch.count);
    let error = writing.await.unwrap_err();
    assert_eq!(written, 10);
    let rows = error.partial_write().unwrap();
    assert_eq!(rows.written().len() + rows.failed().len(), 20);
}

#[tokio::test]
async fn an_error_of_the_stream_ends_the_write() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let broken = || io::Error::other("a broken line with a secret");
    let rows = (0..).map(|id| if id < 25 { Ok(row(id)) } else { Err(broken()) });
    let error = client
        .insert_stream("books", rows)
        .batch_size(10)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    let text = error.to_string();
    assert!(
        text.starts_with("insert_stream \"books\": the stream of rows failed"),
        "{text}"
    );
    assert!(!text.contains("secret") && !format!("{error:?}").contains("secret"));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "a broken line with a secret");
    assert!(source.downcast_ref::<io::Error>().is_some());
    let rows = error.partial_write().unwrap();
    assert_eq!(
        (rows.written(), rows.failed(), rows.unsent()),
        (0..20, 20..20, 20..25)
    );
    assert!(!error.is_retryable() && !error.may_have_happened());

    // A read of the client that fails is not hidden by another error.
    let failing = Fake::scripted();
    failing.script("Query", [Reply::failure(1100, 5, "no such field")]);
    failing.answer("DescribeCollection", &described(1, 1, &FIELDS));
    let source = connect(&failing).await.query("old").stream();
    let error = client.insert_stream("books", source).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("query \"old\": no such field"),
        "{error}"
    );
    assert_eq!(error.partial_write().unwrap().written(), 0..0);
}

#[tokio::test]
async fn batches_of_a_stream_are_written_as_they_are() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer("DescribeCollection", &described(1, 1, &FIELDS));
    let answers = [inserted([0, 1, 2], 10), inserted([3], 20)];
    fake.script("Insert", answers.iter().map(Reply::message));
    let client = recorder.client(&fake);
    let parts = [columns(0..3), columns(0..0), columns(3..4)];
    let mut reports = Vec::new();
    let written = client
        .insert_stream("books", parts.into_iter())
        .batch_size(2)
        .progress(|batch| reports.push((batch.count, batch.rows.clone())))
        .await
        .unwrap();
    assert_eq!((written.count, written.batches), (4, 2));
    assert_eq!(reports, [(3, 0..3), (4, 3..4)]);
    assert_eq!(batches(&fake), [vec![0, 1, 2], vec![3]]);
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::insert_stream books
  CLIENT describe_collection books
  CLIENT insert books
  CLIENT insert books
"
    );

    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let parts = tokio_stream::iter([Ok(columns(0..3)), Ok(columns(3..5)), Err("broken file")]);
    let error = client.upsert_stream("books", parts).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    let rows = error.partial_write().unwrap();
    assert_eq!((rows.written(), rows.unsent()), (0..5, 5..5));

    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let refused = Reply::failure(1100, 5, "no");
    fake.script("Insert", [Reply::message(&inserted([], 1)), refused]);
    let parts = (0..4).map(|part| columns(part * 10..part * 10 + 10));
    let error = client.insert_stream("books", parts).await.unwrap_err();
    let rows = error.partial_write().unwrap();
    assert_eq!((rows.written(), rows.failed()), (0..10, 10..20));
}

#[tokio::test]
async fn numbers_that_cannot_work_are_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let stream = || client.insert_stream("books", (0..3).map(row));
    for (writing, name) in [
        (stream().batch_size(0), "batch_size"),
        (stream().batch_bytes(0), "batch_bytes"),
        (stream().in_flight(0), "in_flight"),
    ] {
        let error = writing.await.unwrap_err();
        assert_eq!(
            error.message(),
            format!("{name} is 0: it must be at least 1")
        );
    }
    let nameless = client.insert_stream("", (0..3).map(row)).await.unwrap_err();
    assert_eq!(nameless.message(), "the collection name is empty");
    assert!(fake.calls_of("Insert").is_empty());
}

#[tokio::test]
async fn one_span_is_over_all_batches() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer("DescribeCollection", &described(1, 1, &FIELDS));
    let client = recorder.client(&fake);
    client
        .insert_stream("books", (0..5).map(row))
        .batch_size(2)
        .await
        .unwrap();
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::insert_stream books
  CLIENT describe_collection books
  CLIENT insert books
  CLIENT insert books
  CLIENT insert books
"
    );
    let (root, _) = recorder.root();
    assert_eq!(attributes(&root)["milvus.stream.rows"], "5");
    assert_eq!(attributes(&root)["milvus.stream.pages"], "3");
}

#[tokio::test]
async fn the_span_of_a_dropped_stream_has_its_counts() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer("DescribeCollection", &described(1, 1, &FIELDS));
    fake.script("Insert", [Reply::message(&inserted([], 1)), Reply::Never]);
    let client = recorder.client(&fake);
    let mut writing = client.upsert_stream("none", (0..0).map(row));
    (&mut writing).await.unwrap();
    let mut writing = client
        .insert_stream("books", (0..100).map(row))
        .batch_size(10);
    while fake.calls_of("Insert").len() < 2 {
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(10), &mut writing);
        assert!(waiting.await.is_err());
    }
    drop(writing);
    let spans = recorder.spans();
    let mut internal = spans
        .iter()
        .filter(|span| span.span_kind == SpanKind::Internal);
    let (empty, dropped) = (internal.next().unwrap(), internal.next().unwrap());
    assert_eq!(attributes(empty)["milvus.stream.rows"], "0");
    assert_eq!(attributes(dropped)["milvus.stream.rows"], "10");
    assert_eq!(attributes(dropped)["milvus.stream.pages"], "1");
    assert_eq!(dropped.status, Status::error("the caller stopped waiting"));
}
