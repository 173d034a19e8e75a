//! Requests and responses of the operations on indexes.

use milvus_otel::proto::milvus::{
    AlterIndexRequest, DescribeIndexRequest, DescribeIndexResponse, DropIndexRequest,
    IndexDescription,
};
use milvus_otel::{Error, ops::IndexState};
use prost::Message;
use testkit::{Fake, Reply};

use super::spans::Recorder;
use super::{IndexState as State, indexed};

#[tokio::test]
async fn an_index_is_described_altered_and_dropped_by_name() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake).in_database("library");
    fake.script("DescribeIndex", [indexed("vector", State::Failed, 40)]);
    let told = client.list_indexes("books").await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (
            told[0].field.as_str(),
            told[0].indexed_rows,
            told[0].total_rows
        ),
        ("vector", 40, 100)
    );
    let reason = "out of memory".to_owned();
    assert_eq!(told[0].state, IndexState::Failed { reason });
    let alter = client.alter_index_properties("books", "near");
    let alter = alter.mmap(true).property("x", 1).property("x", 2);
    alter.await.unwrap();
    let keys = ["mmap.enabled", "x"];
    client
        .drop_index_properties("books", "near", keys)
        .await
        .unwrap();
    client.drop_index("books", "near").await.unwrap();

    let asked =
        DescribeIndexRequest::decode(&fake.calls_of("DescribeIndex")[0].message[..]).unwrap();
    assert_eq!(
        (asked.db_name.as_str(), asked.collection_name.as_str()),
        ("library", "books")
    );
    assert_eq!(
        (asked.field_name.as_str(), asked.index_name.as_str()),
        ("", "")
    );
    let altered: Vec<AlterIndexRequest> = fake
        .calls_of("AlterIndex")
        .iter()
        .map(|call| AlterIndexRequest::decode(&call.message[..]).unwrap())
        .collect();
    let set: Vec<_> = altered[0]
        .extra_params
        .iter()
        .map(|pair| (pair.key.as_str(), pair.value.as_str()))
        .collect();
    assert_eq!(set, [("mmap.enabled", "true"), ("x", "2")]);
    assert_eq!(
        (altered[0].index_name.as_str(), altered[0].delete_keys.len()),
        ("near", 0)
    );
    assert_eq!(
        (altered[1].extra_params.len(), &altered[1].delete_keys[..]),
        (0, &keys.map(str::to_owned)[..])
    );
    let dropped = DropIndexRequest::decode(&fake.calls_of("DropIndex")[0].message[..]).unwrap();
    assert_eq!(
        (dropped.index_name.as_str(), dropped.field_name.as_str()),
        ("near", "")
    );
    assert_eq!(
        recorder.tree(),
        "\
CLIENT describe_index books
CLIENT alter_index books
CLIENT alter_index books
CLIENT get_version milvus.test:19530
CLIENT drop_index books
"
    );
}

#[tokio::test]
async fn an_index_missing_from_the_answer_is_not_found() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    fake.script("DescribeIndex", [indexed("vector", State::Finished, 100)]);
    let error = client.describe_index("books", "near").await.unwrap_err();
    assert!(error.is_not_found());
    let text = r#"describe_index "near" of "books": the collection has no index "near""#;
    assert!(error.to_string().starts_with(text), "{error}");
    fake.script(
        "DescribeIndex",
        [Reply::failure(700, 25, "index not found")],
    );
    assert_eq!(client.list_indexes("books").await.unwrap(), []);
}

#[tokio::test]
async fn empty_names_and_properties_are_refused() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    let refused = |answer: Result<(), Error>, why: &str| {
        let error = answer.unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    };
    let nameless = "the index name is empty";
    refused(client.drop_index("books", "").await, nameless);
    refused(client.describe_index("books", "").await.map(drop), nameless);
    refused(
        client.alter_index_properties("books", "").mmap(true).await,
        nameless,
    );
    refused(
        client.drop_index_properties("books", "", ["x"]).await,
        nameless,
    );
    refused(
        client.alter_index_properties("books", "near").await,
        "no property to set",
    );
    refused(
        client
            .alter_index_properties("books", "near")
            .property("x", f64::NAN)
            .await,
        "x is NaN",
    );
    let none: [&str; 0] = [];
    refused(
        client.drop_index_properties("books", "near", none).await,
        "no property to drop",
    );
    assert_eq!(fake.calls().len(), 0);
}

#[tokio::test]
async fn an_unknown_index_state_is_kept_as_a_number() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let client = recorder.client(&fake);
    for (number, state) in [
        (0, IndexState::Waiting),
        (5, IndexState::Building),
        (6, IndexState::Unknown(6)),
        (-1, IndexState::Unknown(-1)),
    ] {
        let description = IndexDescription {
            field_name: "vector".into(),
            state: number,
            ..Default::default()
        };
        let answer = DescribeIndexResponse {
            index_descriptions: vec![description],
            ..Default::default()
        };
        fake.answer("DescribeIndex", &answer);
        let told = client.list_indexes("books").await.unwrap();
        assert_eq!(told[0].state, state, "{number}");
    }
}
