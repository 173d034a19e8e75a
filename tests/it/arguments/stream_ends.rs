//! Streams end, no matter what the server returns.

use milvus_otel::proto::milvus::{QueryResults, SearchResults};
use milvus_otel::proto::schema::{
    DataType, FieldData, IDs, LongArray, ScalarField, SearchIteratorV2Results, SearchResultData,
    field_data, i_ds::IdField, scalar_field,
};
use milvus_otel::{Error, ErrorKind};
use testkit::{Fake, Reply};
use tokio_stream::StreamExt;

use super::connect;

/// Far more items than any stream may return.
const PATIENCE: usize = 10_000;

fn rows(ids: &[i64]) -> Reply {
    let ids = LongArray { data: ids.to_vec() };
    let scalars = ScalarField {
        data: Some(scalar_field::Data::LongData(ids)),
    };
    Reply::message(&QueryResults {
        fields_data: vec![FieldData {
            r#type: DataType::Int64 as i32,
            field_name: "id".into(),
            field: Some(field_data::Field::Scalars(scalars)),
            ..FieldData::default()
        }],
        output_fields: vec!["id".into()],
        session_ts: 99,
        ..QueryResults::default()
    })
}

fn hits(ids: &[i64], token: Option<&str>) -> Reply {
    let kept = token.map(|token| SearchIteratorV2Results {
        token: token.into(),
        last_bound: 0.5,
    });
    let results = SearchResultData {
        num_queries: 1,
        scores: ids.iter().map(|_| 0.5).collect(),
        topks: vec![ids.len() as i64],
        ids: Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data: ids.to_vec() })),
        }),
        primary_field_name: "id".into(),
        search_iterator_v2_results: kept,
        ..SearchResultData::default()
    };
    Reply::message(&SearchResults {
        results: Some(results),
        session_ts: 99,
        ..SearchResults::default()
    })
}

/// The items of the stream, and how it ended.
fn ended<T>(items: Vec<Result<T, Error>>) -> (usize, Error) {
    assert!(items.len() < PATIENCE, "without end");
    let given = items.len() - 1;
    let mut items = items.into_iter().skip(given);
    let error = items.next().and_then(Result::err).unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
    (given, error)
}

#[tokio::test]
async fn a_stream_of_rows_fails_if_the_server_repeats_a_page() {
    for (pages, given) in [
        // The same page forever, a page that does not advance, and an overlapping page.
        (vec![rows(&[1, 2])], 2),
        (vec![rows(&[3, 4]), rows(&[1, 2])], 2),
        (vec![rows(&[1, 2]), rows(&[2, 3])], 2),
        (vec![rows(&[1, 2]), rows(&[3, 4]), rows(&[4])], 4),
    ] {
        let fake = Fake::scripted();
        let client = connect(&fake).await;
        fake.script("Query", pages);
        let stream = client.query("books").filter("id > 0").stream();
        let items = stream.batch_size(2).take(PATIENCE).collect().await;
        let (count, error) = ended(items);
        assert_eq!(count, given);
        assert!(error.message().contains("the server repeated"), "{error}");
    }
    // Also when starting after a key.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Query", [rows(&[5, 6])]);
    let stream = client.query("books").filter("id > 0").stream();
    let items = stream.resume_after(7).take(PATIENCE).collect().await;
    assert_eq!(ended(items).0, 0);
}

#[tokio::test]
async fn a_stream_of_hits_fails_if_the_server_repeats_a_page() {
    // The same page forever.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Search", [hits(&[1, 2], Some("t"))]);
    let stream = client.search("books", [0.5, 0.25]).stream();
    let items = stream.batch_size(2).take(PATIENCE).collect().await;
    assert_eq!(ended(items).0, 2);

    // A cycle of three pages.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let circle = [[1, 2], [3, 4], [5, 6]].map(|page| hits(&page, Some("t")));
    let circle = circle.iter().cycle().take(PATIENCE).cloned();
    fake.script("Search", circle);
    let stream = client.search("books", [0.5, 0.25]).stream();
    let items = stream.batch_size(2).take(PATIENCE).collect().await;
    let (given, _) = ended(items);
    assert!(given < 30, "{given}");

    // A server without search iterators that ignores the filter.
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Search", [hits(&[1, 2], None)]);
    let stream = client.search("books", [0.5, 0.25]).stream();
    let items = stream.batch_size(2).take(PATIENCE).collect().await;
    assert_eq!(ended(items).0, 2);
}

#[tokio::test]
async fn a_stream_returns_each_new_hit() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let pages = (0..40).map(|page| hits(&[2 * page, 2 * page + 1], Some("t")));
    let end = [hits(&[], Some("t"))];
    fake.script("Search", pages.chain(end));
    let stream = client.search("books", [0.5, 0.25]).stream();
    let items: Vec<_> = stream.batch_size(2).collect().await;
    assert_eq!(items.len(), 80);
    assert!(items.iter().all(Result::is_ok));
}
