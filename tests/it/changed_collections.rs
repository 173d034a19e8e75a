//! Collections that are replaced, renamed and changed while a client works with them, on real servers: Milvus 2.3.5,
//! Milvus Lite 2.5.1 and Milvus Lite 3.2.2.

mod names;
mod races;

use std::time::Duration;

use milvus_otel::{Client, Consistency, Field, Index, Metric, Result, Row, Schema};
use serde_json::{Value as Json, json};
use testkit::{Milvus, require};

/// A client, and another process's.
struct Pair {
    client: Client,
    other: Client,
}

impl Pair {
    async fn of(milvus: &Milvus) -> Self {
        Self {
            client: Client::connect(milvus.uri()).await.unwrap(),
            other: Client::connect(milvus.uri()).await.unwrap(),
        }
    }
}

/// Runs each check on each server; those about names where there are aliases, databases and another name for a collection.
macro_rules! checks {
    (everywhere: $($name:ident),* $(,)?) => {
        checks!(milvus { testkit::Milvus::shared_standalone() } $($name)*);
        checks!(milvus_lite { testkit::Milvus::lite().start() } $($name)*);
        checks!(milvus_lite_in_python { testkit::Milvus::lite_python().start() } $($name)*);
    };
    (of names: $($name:ident),* $(,)?) => {
        checks!(milvus { testkit::Milvus::shared_standalone() } $($name)*);
        checks!(milvus_lite_in_python { testkit::Milvus::lite_python().start() } $($name)*);
    };
    ($server:ident { $start:expr } $($name:ident)*) => {
        mod $server {
            $(#[tokio::test]
            async fn $name() {
                if let Some(milvus) = testkit::require($start.await) {
                    super::$name(crate::changed_collections::Pair::of(&milvus).await).await;
                }
            })*
        }
    };
}
use checks;

/// Fields beside a vector `v` of two dimensions.
fn schema(fields: impl IntoIterator<Item = Field>) -> Schema {
    let fields = fields
        .into_iter()
        .fold(Schema::builder(), |schema, field| schema.field(field));
    fields.field(Field::float_vector("v", 2)).build().unwrap()
}

/// Two int64 fields, of which `key` is the primary key.
fn keyed(key: &str) -> Schema {
    schema(["id", "uid"].map(|name| {
        let field = Field::int64(name);
        if name == key {
            field.primary_key()
        } else {
            field
        }
    }))
}

async fn create(client: &Client, name: &str, schema: Schema) {
    try_create(client, name, schema).await.unwrap();
}

/// Drops the collection of this name and creates it anew, loaded.
async fn try_create(client: &Client, name: &str, schema: Schema) -> Result<()> {
    client.drop_collection(name).await?;
    let collection = client.create_collection(name, schema);
    collection.index("v", Index::flat(Metric::L2)).await
}

/// A row of [`keyed`].
fn row(id: i64, uid: i64) -> Json {
    json!({"id": id, "uid": uid, "v": [0.5, 0.5]})
}

async fn all(client: &Client, name: &str, filter: &str) -> Vec<Row> {
    let query = client.query(name).filter(filter).output(["*"]);
    query.consistency(Consistency::Strong).await.unwrap()
}

/// The values of a field in these rows, sorted.
fn ints(rows: &[Row], field: &str) -> Vec<i64> {
    let value = |row: &Row| row.get(field).and_then(|value| value.as_int()).unwrap();
    let mut all: Vec<i64> = rows.iter().map(value).collect();
    all.sort_unstable();
    all
}

/// What a server does not check is looked up again after a second.
async fn until_it_is_old() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// Another process makes the collection anew, with another key; the old key's name is a plain field.
async fn a_key_that_is_another(Pair { client, other }: Pair) {
    let name = "replaced_key";
    create(&client, name, keyed("id")).await;
    client.insert(name, row(1, 7)).await.unwrap();
    let read = || client.get(name, [1]).consistency(Consistency::Strong);
    assert_eq!(ints(&read().await.unwrap(), "uid"), [7]);

    create(&other, name, keyed("uid")).await;
    other
        .insert(name, json!([row(500, 1), row(1, 2)]))
        .await
        .unwrap();
    let found = read().await.unwrap();
    assert_eq!(
        (ints(&found, "uid"), ints(&found, "id")),
        (vec![1], vec![500])
    );
    assert_eq!(client.delete(name, [1]).await.unwrap().count, 1);
    assert_eq!(ints(&all(&client, name, "uid > 0").await, "uid"), [2]);

    // And the other way round, with a delete first.
    create(&other, name, keyed("id")).await;
    other
        .insert(name, json!([row(2, 500), row(3, 2)]))
        .await
        .unwrap();
    client.delete(name, [2]).await.unwrap();
    assert_eq!(ints(&all(&client, name, "id > 0").await, "id"), [3]);
    client.drop_collection(name).await.unwrap();
}

/// The old key's name is no field any more.
async fn a_key_that_is_gone(Pair { client, other }: Pair) {
    use tokio_stream::StreamExt;
    let name = "replaced_gone";
    create(&client, name, schema([Field::int64("id").primary_key()])).await;
    client.get(name, [1]).await.unwrap();
    create(
        &other,
        name,
        schema([Field::varchar("isbn", 16).primary_key()]),
    )
    .await;
    other
        .insert(name, json!({"isbn": "x", "v": [0.5, 0.5]}))
        .await
        .unwrap();
    let strong = Consistency::Strong;
    let rows = client.get(name, ["x"]).consistency(strong).await.unwrap();
    assert_eq!(rows.len(), 1);
    let rows = client
        .query(name)
        .filter("isbn != \"\"")
        .consistency(strong)
        .stream();
    let rows: Vec<_> = rows.collect().await;
    assert!(rows.len() == 1 && rows[0].is_ok(), "{rows:?}");
    client.delete(name, ["x"]).await.unwrap();
    assert!(all(&client, name, "isbn != \"\"").await.is_empty());
    client.drop_collection(name).await.unwrap();
}

/// Right rows go in, whatever the collection was before.
async fn rows_that_fit_now(Pair { client, other }: Pair) {
    let name = "replaced_rows";
    let id = || Field::int64("id").primary_key();
    let dynamic = |on| {
        let fields = Schema::builder()
            .field(id())
            .field(Field::float_vector("v", 2));
        fields.dynamic_fields(on).build().unwrap()
    };
    create(&client, name, dynamic(true)).await;
    let plain = |id: i64| json!({"id": id, "v": [0.1, 0.2]});
    client.insert(name, plain(1)).await.unwrap();
    create(&other, name, dynamic(false)).await;
    client.insert(name, plain(2)).await.unwrap();
    assert_eq!(ints(&all(&client, name, "id > 0").await, "id"), [2]);

    create(&other, name, schema([id(), Field::int64("pages")])).await;
    client
        .insert(name, json!({"id": 3, "pages": 5, "v": [0.1, 0.2]}))
        .await
        .unwrap();
    create(&other, name, schema([id()])).await;
    until_it_is_old().await;
    client.insert(name, plain(4)).await.unwrap();
    assert_eq!(ints(&all(&client, name, "id > 0").await, "id"), [4]);

    let wider = Schema::builder()
        .field(id())
        .field(Field::float_vector("v", 3));
    create(&other, name, wider.build().unwrap()).await;
    client
        .insert(name, json!({"id": 5, "v": [0.1, 0.2, 0.3]}))
        .await
        .unwrap();
    let error = client.insert(name, plain(6)).await.unwrap_err();
    assert!(
        error.is_invalid_argument() && error.message().contains('v'),
        "{error}"
    );
    client.drop_collection(name).await.unwrap();
}

/// Milvus 2.3 and Milvus Lite 2.5 crash on a column of another type.
async fn a_field_that_has_another_type(Pair { client, other }: Pair) {
    let name = "replaced_type";
    let of = |price: Field| schema([Field::int64("id").primary_key(), price]);
    let priced = |id: i64| json!({"id": id, "price": 3, "v": [0.1, 0.2]});
    create(&client, name, of(Field::int64("price"))).await;
    client.insert(name, priced(1)).await.unwrap();
    create(&other, name, of(Field::double("price"))).await;
    until_it_is_old().await;
    client.insert(name, priced(2)).await.unwrap();
    let rows = all(&client, name, "id > 0").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0].get("price").and_then(|price| price.as_double()),
        Some(3.0)
    );
    // Through the same connection at once.
    create(&client, name, of(Field::int64("price"))).await;
    client.insert(name, priced(3)).await.unwrap();
    create(&client, name, of(Field::double("price"))).await;
    client.upsert(name, priced(4)).await.unwrap();
    assert_eq!(all(&client, name, "price > 2.5").await.len(), 1);
    client.drop_collection(name).await.unwrap();
}

checks!(everywhere:
    a_key_that_is_another,
    a_key_that_is_gone,
    rows_that_fit_now,
    a_field_that_has_another_type,
);

/// Milvus Lite knows strong consistency only.
#[tokio::test]
async fn session_counts_see_writes_of_other_clones() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    create(&client, "session", keyed("id")).await;
    for written in 1..=10 {
        let handle = client.in_database("default");
        handle.insert("session", row(written, 0)).await.unwrap();
        let count = client.in_database("default").count("session");
        let count = count.consistency(Consistency::Session).await.unwrap();
        assert_eq!(count, u64::try_from(written).unwrap());
    }
    // Of a delete it does not say when it was.
    client
        .in_database("default")
        .delete("session", [1, 2, 3])
        .await
        .unwrap();
    let count = client
        .count("session")
        .consistency(Consistency::Session)
        .await
        .unwrap();
    assert_eq!(count, 7);
    client.drop_collection("session").await.unwrap();
}
