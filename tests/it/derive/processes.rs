//! What `ensure` does when another process was there first: with a scripted server, which has the right timing.

use std::time::Duration;

use milvus_otel::proto::common::{IndexState, KeyValuePair};
use milvus_otel::proto::milvus::{
    DescribeCollectionResponse, DescribeIndexResponse, GetLoadingProgressResponse, IndexDescription,
};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use milvus_otel::{Index, Metric};
use milvus_otel_derive::Collection;
use testkit::{Fake, Reply};

use crate::support::spans::Recorder;

#[derive(Collection)]
#[milvus(name = "books")]
#[expect(dead_code, reason = "only the declaration is used")]
struct Book {
    #[milvus(primary_key)]
    id: i64,
    #[milvus(dim = 2, index = Index::flat(Metric::L2))]
    v: Vec<f32>,
}

fn missing() -> Reply {
    Reply::failure(100, 4, "collection not found[collection=books]")
}

/// A collection like that of `Book`, with vectors of this dimension.
fn described(dimension: &str) -> Reply {
    let field = |name: &str, data_type: DataType| FieldSchema {
        name: name.into(),
        data_type: data_type.into(),
        is_primary_key: name == "id",
        ..Default::default()
    };
    let mut vector = field("v", DataType::FloatVector);
    vector.type_params = vec![KeyValuePair {
        key: "dim".into(),
        value: dimension.into(),
    }];
    Reply::message(&DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            name: "books".into(),
            fields: vec![field("id", DataType::Int64), vector],
            ..Default::default()
        }),
        collection_name: "books".into(),
        ..Default::default()
    })
}

fn indexed() -> DescribeIndexResponse {
    let pair = |(key, value): (&str, &str)| KeyValuePair {
        key: key.into(),
        value: value.into(),
    };
    DescribeIndexResponse {
        index_descriptions: vec![IndexDescription {
            index_name: "v".into(),
            field_name: "v".into(),
            state: IndexState::Finished.into(),
            params: [("index_type", "FLAT"), ("metric_type", "L2")]
                .map(pair)
                .to_vec(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// A server on which everything is indexed and loaded at once.
fn ready() -> Fake {
    let fake = Fake::scripted();
    fake.answer("DescribeIndex", &indexed());
    let loaded = GetLoadingProgressResponse {
        progress: 100,
        ..Default::default()
    };
    fake.answer("GetLoadingProgress", &loaded);
    fake
}

#[tokio::test]
async fn a_new_collection_is_created_under_one_span() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("DescribeCollection", [missing()]);
    let ensured = recorder
        .client(&fake)
        .collection::<Book>()
        .ensure()
        .await
        .unwrap();
    assert!(ensured.created);
    assert_eq!(ensured.differences, []);
    assert_eq!(
        recorder.tree(),
        "\
INTERNAL Client::ensure books
  CLIENT describe_collection books error: collection not found[collection=books]
  INTERNAL Client::create_collection books
    CLIENT create_collection books
    INTERNAL Client::create_index books
      CLIENT create_index books
      CLIENT describe_index books
    INTERNAL Client::load_collection books
      CLIENT load_collection books
      CLIENT get_loading_progress books
"
    );
}

#[tokio::test]
async fn a_collection_that_disappears_meanwhile_is_created() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("DescribeCollection", [described("8")]);
    let indexes = [missing(), Reply::message(&indexed())];
    fake.script("DescribeIndex", indexes);
    let ensured = recorder.client(&fake).collection::<Book>().ensure().await;
    assert!(ensured.unwrap().created);
    assert_eq!(fake.calls_of("CreateCollection").len(), 1);
}

#[tokio::test]
async fn a_collection_that_appears_meanwhile_is_checked() {
    let taken = || {
        Reply::failure(
            65535,
            1,
            "create duplicate collection with different parameters, collection: books",
        )
    };
    for (dimension, difference) in [
        ("2", None),
        (
            "8",
            Some("field \"v\" is of type float vector of 8, not float vector of 2"),
        ),
    ] {
        let (fake, recorder) = (ready(), Recorder::new());
        fake.script("DescribeCollection", [missing(), described(dimension)]);
        fake.script("CreateCollection", [taken()]);
        let ensured = recorder.client(&fake).collection::<Book>().ensure().await;
        match difference {
            None => {
                let ensured = ensured.unwrap();
                assert!(!ensured.created);
                assert_eq!(fake.calls_of("LoadCollection").len(), 1);
            }
            Some(difference) => {
                let error = ensured.unwrap_err();
                assert_eq!(error.operation(), "ensure");
                assert_eq!(error.collection(), Some("books"));
                assert!(error.is_invalid_argument());
                assert!(error.message().ends_with(difference), "{error}");
                assert_eq!(fake.calls_of("LoadCollection").len(), 0);
            }
        }
    }
}

#[tokio::test]
async fn an_index_that_is_missing_is_built() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("DescribeCollection", [described("2")]);
    let none = Reply::message(&DescribeIndexResponse::default());
    fake.script("DescribeIndex", [none, Reply::message(&indexed())]);
    let ensured = recorder
        .client(&fake)
        .collection::<Book>()
        .ensure()
        .await
        .unwrap();
    assert!(!ensured.created);
    assert_eq!(ensured.indexed, ["v"]);
    assert_eq!(fake.calls_of("CreateIndex").len(), 1);
    assert_eq!(fake.calls_of("CreateCollection").len(), 0);
}

#[tokio::test]
async fn failures_are_returned_as_they_are() {
    let (fake, recorder) = (ready(), Recorder::new());
    let refused = || Reply::failure(1100, 5, "no");
    let client = recorder.client(&fake);
    let books = client.collection::<Book>();
    fake.script("DescribeCollection", [refused()]);
    let error = books.ensure().await.unwrap_err();
    assert_eq!(
        (error.operation(), error.rpc()),
        ("ensure", Some("describe_collection"))
    );
    fake.script("DescribeCollection", [missing()]);
    assert!(books.check().await.unwrap_err().is_not_found());
    assert!(books.compare().await.unwrap_err().is_not_found());
    fake.script("CreateCollection", [refused()]);
    let error = books.ensure().await.unwrap_err();
    assert_eq!(
        (error.operation(), error.rpc()),
        ("ensure", Some("create_collection"))
    );
    fake.script("DescribeCollection", [described("2")]);
    fake.script("LoadCollection", [refused()]);
    let error = books.ensure().await.unwrap_err();
    assert_eq!((error.operation(), error.message()), ("ensure", "load: no"));
    let error = books.named("").ensure().await.unwrap_err();
    assert_eq!(error.message(), "the collection name is empty");
}

#[tokio::test(start_paused = true)]
async fn the_timeout_is_for_all_calls_together() {
    let (fake, recorder) = (ready(), Recorder::new());
    fake.script("DescribeCollection", [described("2")]);
    fake.script("LoadCollection", [Reply::Never]);
    let client = recorder.client(&fake);
    let ensure = client
        .collection::<Book>()
        .ensure()
        .timeout(Duration::from_secs(7));
    let began = tokio::time::Instant::now();
    let error = ensure.await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}
