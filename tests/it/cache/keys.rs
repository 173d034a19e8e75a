//! The name of the primary key, which no server checks.

use milvus_otel::proto::milvus::{
    AlterAliasRequest, DeleteRequest, DescribeCollectionResponse, MutationResult, QueryRequest,
    QueryResults,
};
use testkit::{Fake, Reply};
use tokio_stream::StreamExt;

use super::{connect, described, descriptions, received};

fn filters_of_deletes(fake: &Fake) -> Vec<String> {
    let sent: Vec<DeleteRequest> = received(fake, "Delete");
    sent.into_iter().map(|request| request.expr).collect()
}

fn filters_of_queries(fake: &Fake) -> Vec<String> {
    let sent: Vec<QueryRequest> = received(fake, "Query");
    sent.into_iter().map(|request| request.expr).collect()
}

fn found(key: &str) -> Reply {
    Reply::message(&QueryResults {
        primary_field_name: key.into(),
        ..QueryResults::default()
    })
}

fn looks(answers: &[DescribeCollectionResponse]) -> Vec<Reply> {
    answers.iter().map(Reply::message).collect()
}

#[tokio::test]
async fn a_delete_by_key_looks_up_the_name_of_the_key() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.answer(
        "Delete",
        &MutationResult {
            delete_cnt: 1,
            timestamp: 5,
            ..Default::default()
        },
    );
    client.delete("al", [1]).await.unwrap();
    // By another process.
    fake.answer("DescribeCollection", &described("b", 8, 1, "uid"));
    assert_eq!(client.delete("al", [1]).await.unwrap().count, 1);
    assert_eq!(filters_of_deletes(&fake), ["id in [1]", "uid in [1]"]);
    assert_eq!(descriptions(&fake), 2);

    client.delete("al", [1]).primary_key("id").await.unwrap();
    client.delete("al", "id == 1").await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    for error in [
        client
            .delete("al", "id == 1")
            .primary_key("id")
            .await
            .unwrap_err(),
        client
            .delete("al", [1])
            .primary_key("id > 0 or id")
            .await
            .unwrap_err(),
        client.delete("al", [1]).primary_key("").await.unwrap_err(),
    ] {
        assert!(
            error.is_invalid_argument() && error.message().contains("primary_key"),
            "{error}"
        );
    }
    assert_eq!(filters_of_deletes(&fake).len(), 4);
}

#[tokio::test]
async fn a_delete_is_built_again_if_the_collection_was_replaced() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let looks = looks(&[described("", 7, 1, "id"), described("", 8, 1, "uid")]);
    fake.script("DescribeCollection", looks);
    let refused = Reply::failure(65535, 1, "failed to create expr plan, expr = id in [1]");
    fake.script("Delete", [refused.clone(), Reply::Message(Vec::new())]);
    client.delete("books", [1]).await.unwrap();
    assert_eq!(filters_of_deletes(&fake), ["id in [1]", "uid in [1]"]);
    // The collection is still the same: the server's word is final.
    fake.script("Delete", [refused]);
    client.delete("books", [1]).await.unwrap_err();
    assert_eq!(filters_of_deletes(&fake).len(), 3);
}

#[tokio::test]
async fn a_get_uses_the_key_named_in_the_answer() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Query", [found("id")]);
    client.get("books", [1]).await.unwrap();
    client.get("books", [1]).await.unwrap();
    assert_eq!(descriptions(&fake), 1);

    fake.answer("DescribeCollection", &described("", 8, 1, "uid"));
    fake.script("Query", [found("uid")]);
    client.get("books", [1]).await.unwrap();
    let filters = filters_of_queries(&fake);
    assert_eq!(filters[2..], ["id in [1]", "uid in [1]"]);
    assert_eq!(descriptions(&fake), 2);
}

#[tokio::test]
async fn a_get_looks_the_key_up_again_if_the_answer_does_not_name_it() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Query", [found("")]);
    client.get("books", [1]).await.unwrap();
    client.get("books", [1]).await.unwrap();
    assert_eq!(descriptions(&fake), 3, "before, and after each");
    fake.answer("DescribeCollection", &described("", 8, 1, "uid"));
    client.get("books", [1]).await.unwrap();
    let filters = filters_of_queries(&fake);
    assert_eq!(filters[2..], ["id in [1]", "uid in [1]"]);
}

/// As Milvus Lite 2.5: it has neither ids nor a name for the key in its answers.
#[tokio::test]
async fn a_get_without_ids_compares_the_schemas_before_and_after() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let (one, other) = (described("", 0, 0, "id"), described("", 0, 0, "uid"));
    fake.script("Query", [found("")]);
    // What was known before may have been replaced twice.
    fake.script("DescribeCollection", looks(&[one.clone(), one.clone()]));
    client.get("books", [1]).await.unwrap();
    assert_eq!((descriptions(&fake), fake.calls_of("Query").len()), (2, 1));
    fake.script(
        "DescribeCollection",
        looks(&[one.clone(), other.clone(), one.clone(), one]),
    );
    client.get("books", [1]).await.unwrap();
    assert_eq!(
        filters_of_queries(&fake)[1..],
        ["id in [1]", "id in [1]", "uid in [1]", "id in [1]"]
    );
}

#[tokio::test]
async fn a_dropped_field_is_requested_once_only() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Query", [found("id")]);
    client.get("books", [1]).await.unwrap();
    fake.answer("DescribeCollection", &described("", 8, 1, "uid"));
    let gone = || Reply::failure(65535, 1, "field id not exist");
    fake.script("Query", [gone(), found("uid")]);
    client.get("books", [1]).await.unwrap();
    assert_eq!(filters_of_queries(&fake)[1..], ["id in [1]", "uid in [1]"]);
    fake.script("Query", [gone()]);
    let before = fake.calls_of("Query").len();
    client.get("books", [1]).await.unwrap_err();
    assert_eq!(fake.calls_of("Query").len(), before + 1);
}

#[tokio::test]
async fn a_get_fails_if_the_collection_is_replaced_again_and_again() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let all: Vec<_> = (0..20).map(|id| described("", 10 + id, 1, "id")).collect();
    fake.script("DescribeCollection", looks(&all));
    fake.script("Query", [found("")]);
    let error = client.get("books", [1]).await.unwrap_err();
    assert!(error.message().contains("was replaced"), "{error}");
}

#[tokio::test]
async fn switching_an_alias_changes_the_key_that_is_used() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.script("Query", [found("id")]);
    client.get("al", [1]).await.unwrap();
    fake.answer("DescribeCollection", &described("b", 8, 1, "uid"));
    fake.script("Query", [found("uid")]);
    let switch = AlterAliasRequest {
        collection_name: "b".into(),
        alias: "al".into(),
        ..Default::default()
    };
    client.send(switch).await.unwrap();
    client.get("al", [1]).await.unwrap();
    assert_eq!(filters_of_queries(&fake), ["id in [1]", "uid in [1]"]);
}

#[tokio::test]
async fn a_stream_fails_if_its_collection_is_replaced() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let page = |key: &str, ids: &[i64]| {
        let mut answer = QueryResults {
            primary_field_name: key.into(),
            ..QueryResults::default()
        };
        for name in ["id", "uid"] {
            answer.fields_data.push(super::sessions::column(name, ids));
        }
        Reply::message(&answer)
    };
    fake.script("Query", [page("id", &[1, 2]), page("uid", &[3, 4])]);
    let mut rows = client
        .query("books")
        .filter("id >= 0")
        .stream()
        .batch_size(2);
    assert!(rows.next().await.unwrap().is_ok() && rows.next().await.unwrap().is_ok());
    fake.answer("DescribeCollection", &described("", 8, 1, "uid"));
    let error = rows.next().await.unwrap().unwrap_err();
    assert!(
        error
            .message()
            .contains("was replaced while its rows were read"),
        "{error}"
    );
    assert!(rows.next().await.is_none());

    // The first page is made anew.
    fake.answer("DescribeCollection", &described("", 7, 1, "id"));
    client.insert("other", super::row()).await.unwrap();
    fake.answer("DescribeCollection", &described("", 8, 1, "uid"));
    fake.script(
        "Query",
        [page("uid", &[1, 2]), page("uid", &[1, 2]), page("uid", &[])],
    );
    let rows = client
        .query("other")
        .filter("id >= 0")
        .stream()
        .batch_size(2);
    let rows: Vec<_> = rows.collect().await;
    assert_eq!(rows.len(), 2);
    let filters = filters_of_queries(&fake);
    assert!(
        filters[filters.len() - 1].contains("uid > 2"),
        "{filters:?}"
    );
}
