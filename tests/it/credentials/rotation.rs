//! Credentials are replaced while the client is used.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use milvus_otel::Client;
use milvus_otel::proto::milvus::{BoolResponse, DescribeCollectionResponse};
use milvus_otel::proto::schema::{CollectionSchema, DataType, FieldSchema};
use serde_json::json;
use testkit::{Fake, Reply};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use super::authorizations;

const KEY: &str = "a2V5";
const OTHER: &str = "b3RoZXI=";

#[tokio::test]
async fn all_handles_of_the_client_send_its_new_credentials() {
    let fake = Fake::scripted();
    let client = fake.builder().token("key").connect_lazy().unwrap();
    let handles = [client.clone(), client.in_database("library")];
    let ada = client.with_user("ada", "secret");
    client.has_collection("books").await.unwrap();
    client.set_token("other").unwrap();
    for handle in &handles {
        handle.has_collection("books").await.unwrap();
    }
    ada.has_collection("books").await.unwrap();
    // Also the other way round, and only its own.
    handles[1].set_user("root", "Milvus").unwrap();
    ada.set_token("key").unwrap();
    client.has_collection("books").await.unwrap();
    ada.in_database("library")
        .has_collection("books")
        .await
        .unwrap();
    assert_eq!(
        authorizations(&fake, "HasCollection"),
        [
            KEY,
            OTHER,
            OTHER,
            "YWRhOnNlY3JldA==",
            "cm9vdDpNaWx2dXM=",
            KEY
        ]
    );
}

#[tokio::test]
async fn an_attempt_sends_the_credentials_of_its_time() {
    let fake = Fake::scripted();
    let refused = Reply::Status(tonic::Code::Unavailable, "starting".into());
    fake.script(
        "HasCollection",
        [refused, Reply::message(&BoolResponse::default())],
    );
    let client = Arc::<OnceLock<Client>>::default();
    let replaced = Arc::clone(&client);
    let service = fake.service().map_request(move |request| {
        // While the first attempt is under way.
        replaced.get().unwrap().set_token("other").unwrap();
        request
    });
    let built = Client::builder("http://milvus.test")
        .token("key")
        .service(service);
    let client = client.get_or_init(|| built.connect_lazy().unwrap());
    client.has_collection("books").await.unwrap();
    assert_eq!(authorizations(&fake, "HasCollection"), [KEY, OTHER]);
}

#[tokio::test]
async fn new_connections_introduce_themselves_with_the_new_credentials() {
    let fake = Fake::scripted();
    let address = fake.serve().await.unwrap();
    let builder = Client::builder(format!("http://{address}")).token("key");
    let client = builder.max_connection_age(Duration::from_millis(50));
    let client = client.connect().await.unwrap();
    client.set_token("other").unwrap();
    let greeted = async {
        while authorizations(&fake, "Connect").len() < 2 {
            client.has_collection("books").await.unwrap();
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), greeted).await.unwrap();
    assert_eq!(authorizations(&fake, "Connect")[..2], [KEY, OTHER]);
}

fn described() -> Reply {
    let key = FieldSchema {
        name: "id".into(),
        data_type: DataType::Int64 as i32,
        is_primary_key: true,
        ..FieldSchema::default()
    };
    Reply::message(&DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            fields: vec![key],
            ..CollectionSchema::default()
        }),
        update_timestamp: 1,
        ..DescribeCollectionResponse::default()
    })
}

#[tokio::test]
async fn new_credentials_are_told_nothing_that_the_former_were_told() {
    let fake = Fake::scripted();
    fake.script("DescribeCollection", std::iter::repeat_n(described(), 9));
    let client = fake.builder().token("key").connect_lazy().unwrap();
    let insert = async || client.insert("books", json!({ "id": 1 })).await.unwrap();
    for token in ["key", "other", "other", "key"] {
        client.set_token(token).unwrap();
        insert().await;
        insert().await;
    }
    // Those that are back have what they were told.
    assert_eq!(authorizations(&fake, "DescribeCollection"), [KEY, OTHER]);
    // The description arrives when the credentials are others, so it belongs to nobody.
    let late = Reply::After(Duration::from_millis(200), Box::new(described()));
    fake.script("DescribeCollection", [late]);
    client.set_token("third").unwrap();
    let (_, ()) = tokio::join!(insert(), async {
        while authorizations(&fake, "DescribeCollection").len() < 3 {
            sleep(Duration::from_millis(1)).await;
        }
        client.set_token("fourth").unwrap();
    });
    let before = authorizations(&fake, "DescribeCollection").len();
    client.set_token("third").unwrap();
    insert().await;
    let after = authorizations(&fake, "DescribeCollection").len();
    assert_eq!(after, before + 1);
}
