//! What the client remembers of collections and writes, and what makes it forget. Against a server that follows a script.

mod changes;
mod keys;
mod rejections;
mod sessions;
mod users;

use milvus_otel::proto::milvus::{DescribeCollectionResponse, MutationResult};
use milvus_otel::proto::schema::{
    CollectionSchema, DataType, FieldSchema, IDs, LongArray, i_ds::IdField,
};
use milvus_otel::{Client, data::Columns};
use prost::Message;
use testkit::Fake;

/// A collection of int64 fields, of which `key` is the primary key. `updated` is 0 where the server checks nothing.
fn described(name: &str, id: i64, updated: u64, key: &str) -> DescribeCollectionResponse {
    let field = |name: &str| FieldSchema {
        name: name.to_owned(),
        data_type: DataType::Int64 as i32,
        is_primary_key: name == key,
        ..FieldSchema::default()
    };
    DescribeCollectionResponse {
        schema: Some(CollectionSchema {
            name: name.to_owned(),
            fields: vec![field("id"), field("uid")],
            ..CollectionSchema::default()
        }),
        collection_id: id,
        update_timestamp: updated,
        ..DescribeCollectionResponse::default()
    }
}

fn written(timestamp: u64) -> MutationResult {
    MutationResult {
        insert_cnt: 1,
        i_ds: Some(IDs {
            id_field: Some(IdField::IntId(LongArray { data: vec![1] })),
        }),
        timestamp,
        ..MutationResult::default()
    }
}

/// A client of a server where every collection is the same, and checked.
async fn connect(fake: &Fake) -> Client {
    fake.answer("DescribeCollection", &described("", 7, 1, "id"));
    fake.answer("Insert", &written(4711));
    let builder = Client::builder("http://fake:19530").service(fake.service());
    builder.connect().await.unwrap()
}

fn row() -> Columns {
    Columns::new().int64("id", [1]).int64("uid", [7])
}

fn descriptions(fake: &Fake) -> usize {
    fake.calls_of("DescribeCollection").len()
}

fn received<T: Message + Default>(fake: &Fake, rpc: &str) -> Vec<T> {
    let decode = |call: &testkit::fake::Received| T::decode(call.message.as_slice()).unwrap();
    fake.calls_of(rpc).iter().map(decode).collect()
}

#[tokio::test]
async fn all_clones_share_a_description() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    for _ in 0..10 {
        let tenant = client.in_database("ten");
        tenant.insert("books", row()).await.unwrap();
        tenant.clone().insert("books", row()).await.unwrap();
    }
    assert_eq!(descriptions(&fake), 1);
    // Another database has another collection of the same name; the default one has a name.
    client.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    let default = client.in_database("default");
    default.insert("books", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
}

#[tokio::test]
async fn a_description_expires_after_a_second_if_the_server_does_not_check_schemas() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    client.insert("checked", row()).await.unwrap();
    fake.answer("DescribeCollection", &described("", 8, 0, "id"));
    client.insert("unchecked", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    client.insert("checked", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 2);
    client.insert("unchecked", row()).await.unwrap();
    assert_eq!(descriptions(&fake), 3);
}
