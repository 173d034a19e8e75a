//! Numbers at the limits of their ranges are exact on all servers, as values, as keys and in filters.

use milvus_otel::{Client, Consistency, Field, Filter, Id, Index, Metric, Schema, data::Columns};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio_stream::StreamExt;

/// The differences between the servers.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// Milvus 2.3 cannot find a row whose key is the largest integer.
    pub(crate) loses_largest_key: bool,
    /// Milvus Lite 3 does not support `in` for values in JSON.
    pub(crate) json_in: bool,
    /// Default values (Milvus 2.5, not Milvus Lite 2.5).
    pub(crate) defaults: bool,
    /// Milvus Lite 3 does not store descriptions and parameters of fields.
    pub(crate) descriptions: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    id: i64,
    tiny: i8,
    small: i16,
    medium: i32,
    large: i64,
    double: f64,
    json: Numbers,
    extra: Numbers,
    vector: Vec<f32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Numbers {
    signed: i64,
    unsigned: u64,
    doubles: Vec<f64>,
    singles: Vec<f32>,
}

/// Pseudorandom finite floats, which are the same in each run.
fn doubles(seed: u64) -> Vec<f64> {
    let mut state = seed;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from_bits(state ^ (state >> 29))
    };
    let random = std::iter::repeat_with(next).filter(|double| double.is_finite());
    let known = [
        -1.592747418171827e+230,
        0.1,
        -0.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        9_007_199_254_740_993.0,
        1e22,
        1e23,
    ];
    known.into_iter().chain(random.take(100)).collect()
}

fn row(id: i64, large: i64, most: bool) -> Row {
    let numbers = |seed| Numbers {
        signed: large,
        unsigned: if most {
            u64::MAX
        } else {
            i64::MAX.unsigned_abs() + 1
        },
        doubles: doubles(seed),
        singles: vec![0.1, f32::MAX, -0.0, f32::from_bits(1), 16_777_217.0],
    };
    Row {
        id,
        tiny: if most { i8::MAX } else { i8::MIN },
        small: if most { i16::MAX } else { i16::MIN },
        medium: if most { i32::MAX } else { i32::MIN },
        large,
        double: if most { f64::MAX } else { -f64::from_bits(1) },
        json: numbers(1),
        extra: numbers(2),
        vector: vec![0.5, 0.25],
    }
}

pub(crate) async fn exact(client: &Client, server: Server) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::int8("tiny"))
        .field(Field::int16("small"))
        .field(Field::int32("medium"))
        .field(Field::int64("large"))
        .field(Field::double("double"))
        .field(Field::json("json"));
    let vector = Field::float_vector("vector", 2);
    let schema = if server.descriptions {
        let vector = vector.description("ü").parameter("mmap.enabled", "true");
        schema.field(vector).description("numbers")
    } else {
        schema.field(vector)
    };
    let schema = schema.dynamic_fields(true).build().unwrap();
    client
        .create_collection("exact", &schema)
        .index("vector", Index::flat(Metric::L2))
        .consistency(Consistency::Strong)
        .await
        .unwrap();
    let described = client.describe_collection("exact").await.unwrap();
    assert_eq!(described.schema, schema);

    let mut rows = vec![
        row(i64::MIN, i64::MIN, false),
        row(i64::MIN + 1, i64::MIN + 1, false),
        row(0, i64::MAX - 1, true),
        row(i64::MAX - 1, i64::MAX, true),
    ];
    let largest = row(i64::MAX, 7, true);
    if server.loses_largest_key {
        let refused = client.insert("exact", [&largest]).await.unwrap_err();
        assert!(refused.is_invalid_argument(), "{refused}");
        assert!(
            refused
                .message()
                .contains("row 0: expected a primary key below")
        );
    } else {
        rows.push(largest);
    }
    client.insert("exact", &rows).await.unwrap();
    values(client, &rows).await;
    keys(client, &rows).await;
    filters(client, &rows, server).await;
    refusals(client).await;
    deletes(client, &rows).await;
    if server.defaults {
        defaults(client).await;
    }
}

/// Compares bits, because `==` treats both zeros as equal.
fn bits(row: &Row) -> String {
    format!("{row:?}")
}

async fn values(client: &Client, rows: &[Row]) {
    for sent in rows {
        let found: Vec<Row> = client.get("exact", [sent.id]).rows().await.unwrap();
        assert_eq!(found.len(), 1, "{}", sent.id);
        assert_eq!(bits(&found[0]), bits(sent));
    }
    let hits = client.search("exact", [0.5, 0.25]).limit(10);
    let hits = hits.rows::<Row>().await.unwrap();
    let mut ids: Vec<i64> = hits.iter().map(|hit| hit.id.as_int().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, rows.iter().map(|row| row.id).collect::<Vec<_>>());
}

async fn keys(client: &Client, rows: &[Row]) {
    // All rows at once, in pages, and with a filter.
    let all: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let found: Vec<Row> = client.get("exact", &all).rows().await.unwrap();
    assert_eq!(found.len(), rows.len());
    let mut stream = client
        .query("exact")
        .filter("tiny != 5")
        .stream()
        .batch_size(1);
    let mut ids = Vec::new();
    while let Some(row) = stream.next().await {
        ids.push(row.unwrap().get("id").unwrap().as_int().unwrap());
    }
    assert_eq!(ids, all);
}

async fn filters(client: &Client, rows: &[Row], server: Server) {
    let ids = |keep: fn(&Row) -> bool| -> Vec<i64> {
        rows.iter()
            .filter(|row| keep(row))
            .map(|row| row.id)
            .collect()
    };
    let (least, most) = (i64::MIN, i64::MAX);
    let bind = |text: &str, value: Json| Filter::new(text).bind("x", value);
    let mut filters = vec![
        (
            bind("large == {x}", json!(least)),
            ids(|row| row.large == i64::MIN),
        ),
        (
            bind("large > {x}", json!(least)),
            ids(|row| row.large > i64::MIN),
        ),
        (
            bind("large <= {x}", json!(least)),
            ids(|row| row.large == i64::MIN),
        ),
        (bind("large >= {x}", json!(least)), ids(|_| true)),
        (
            bind("large != {x}", json!(least)),
            ids(|row| row.large != i64::MIN),
        ),
        (
            bind("large == {x}", json!(most)),
            ids(|row| row.large == i64::MAX),
        ),
        (
            bind("large < {x}", json!(most)),
            ids(|row| row.large < i64::MAX),
        ),
        (
            bind("large in {x}", json!([least, most])),
            ids(|row| row.large == i64::MIN || row.large == i64::MAX),
        ),
        (
            bind("large not in {x}", json!([least])),
            ids(|row| row.large != i64::MIN),
        ),
        (
            bind("large in {x}", json!([least + 1])),
            ids(|row| row.large == i64::MIN + 1),
        ),
        (
            bind("id in {x}", json!([least, 0])),
            ids(|row| row.id == i64::MIN || row.id == 0),
        ),
        (bind("id > {x}", json!(least)), ids(|row| row.id > i64::MIN)),
        (
            bind("id == {x}", json!(least)),
            ids(|row| row.id == i64::MIN),
        ),
        (
            bind("tiny == {x}", json!(i8::MIN)),
            ids(|row| row.tiny == i8::MIN),
        ),
        (bind("tiny > {x}", json!(least)), ids(|_| true)),
        (
            bind("small in {x}", json!([i16::MIN])),
            ids(|row| row.small == i16::MIN),
        ),
        (
            bind("medium == {x}", json!(i32::MAX)),
            ids(|row| row.medium == i32::MAX),
        ),
        (
            bind("double == {x}", json!(f64::MAX)),
            ids(|row| row.double == f64::MAX),
        ),
        (
            bind("double < {x}", json!(0.0)),
            ids(|row| row.double < 0.0),
        ),
        (
            bind("json['signed'] == {x}", json!(least)),
            ids(|row| row.large == i64::MIN),
        ),
        (
            bind("json['signed'] > {x}", json!(most - 1)),
            ids(|row| row.large == i64::MAX),
        ),
    ];
    if server.json_in {
        filters.push((
            bind("json['signed'] in {x}", json!([least])),
            ids(|row| row.large == i64::MIN),
        ));
    }
    for (filter, mut wanted) in filters {
        let query = client.query("exact").filter(&filter).output(["id"]);
        let found = query
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", filter.inlined()));
        let mut found: Vec<i64> = found
            .iter()
            .map(|row| row.get("id").unwrap().as_int().unwrap())
            .collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{}", filter.inlined());
    }
}

/// Numbers that no server can store are refused before anything is sent.
async fn refusals(client: &Client) {
    let base = serde_json::to_value(row(1, 1, false)).unwrap();
    for (field, value) in [
        ("id", json!(u64::MAX)),
        ("id", json!(0.5)),
        ("tiny", json!(128)),
        ("small", json!(-32_769)),
        ("medium", json!(2_147_483_648_u32)),
        ("large", json!(i64::MAX.unsigned_abs() + 1)),
        ("double", json!(9_007_199_254_740_993_i64)),
    ] {
        let mut row = base.clone();
        row[field] = value;
        let refused = client.insert("exact", row).await.unwrap_err();
        assert!(refused.is_invalid_argument(), "{refused}");
        let named = format!("in field {field:?}");
        assert!(refused.message().contains(&named), "{refused}");
    }
    let mut nan = row(1, 1, false);
    nan.extra.doubles.push(f64::NAN);
    let refused = client.insert("exact", [nan]).await.unwrap_err();
    assert!(refused.is_invalid_argument(), "{refused}");
    let columns = Columns::new()
        .int64("id", [1])
        .int8("tiny", [1])
        .int16("small", [1])
        .int32("medium", [1])
        .int64("large", [1])
        .double("double", [1.0])
        .json("json", [json!({})])
        .float_vector("vector", 2, vec![0.5, 0.5])
        .float("score", [f32::NAN]);
    let refused = client.insert("exact", columns).await.unwrap_err();
    assert!(
        refused.message().contains("NaN in field \"score\""),
        "{refused}"
    );
    let too_large = Filter::new("large == {x}").bind("x", u64::MAX);
    let refused = client.query("exact").filter(too_large).await.unwrap_err();
    assert!(refused.is_invalid_argument(), "{refused}");
}

/// Deleting the smallest key does not delete the next one.
async fn deletes(client: &Client, rows: &[Row]) {
    let left = async || -> Vec<i64> {
        let found = client
            .query("exact")
            .filter("tiny != 5")
            .output(["id"])
            .await
            .unwrap();
        let ids = found
            .iter()
            .map(|row| row.get("id").unwrap().as_int().unwrap());
        let mut ids: Vec<i64> = ids.collect();
        ids.sort_unstable();
        ids
    };
    let mut wanted: Vec<i64> = rows.iter().map(|row| row.id).collect();
    client.delete("exact", [i64::MIN]).await.unwrap();
    wanted.remove(0);
    assert_eq!(left().await, wanted);
    client.upsert("exact", &rows[..1]).await.unwrap();
    client
        .delete("exact", [Id::Int(i64::MIN), Id::Int(0)])
        .await
        .unwrap();
    wanted.retain(|id| *id != 0);
    assert_eq!(left().await, wanted);
}

/// The described schema is the declared one, including default values, and rows get these.
async fn defaults(client: &Client) {
    let maybe = Field::int32("maybe").default_value(0).nullable();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::bool("flag").default_value(true))
        .field(Field::int8("tiny").default_value(i8::MIN))
        .field(Field::int16("small").default_value(i16::MAX))
        .field(Field::int32("medium").default_value(i32::MIN))
        .field(Field::int64("large").default_value(i64::MIN))
        .field(Field::float("single").default_value(0.1))
        .field(Field::float("whole").default_value(3))
        .field(Field::double("double").default_value(0.1))
        .field(Field::varchar("text", 9).default_value("\"ü\\"))
        .field(Field::varchar("nothing", 9).default_value(""))
        .field(maybe)
        .field(Field::float_vector("vector", 2))
        .build()
        .unwrap();
    client
        .create_collection("defaults", &schema)
        .index("vector", Index::flat(Metric::L2))
        .consistency(Consistency::Strong)
        .await
        .unwrap();
    let described = client.describe_collection("defaults").await.unwrap();
    assert_eq!(described.schema, schema);
    client
        .insert("defaults", json!({ "id": 1, "vector": [0.5, 0.5] }))
        .await
        .unwrap();
    let table = client
        .get("defaults", [1])
        .output(["*"])
        .columns()
        .await
        .unwrap();
    let json = |name: &str| serde_json::to_value(table.value(0, name).unwrap()).unwrap();
    for (name, value) in [
        ("flag", json!(true)),
        ("tiny", json!(i8::MIN)),
        ("small", json!(i16::MAX)),
        ("medium", json!(i32::MIN)),
        ("large", json!(i64::MIN)),
        ("single", json!(0.1_f32)),
        ("whole", json!(3.0)),
        ("double", json!(0.1)),
        ("text", json!("\"ü\\")),
        ("nothing", json!("")),
        ("maybe", json!(0)),
    ] {
        assert_eq!(json(name), value, "{name}");
    }
}

/// Keys that the server generates: null is treated as left out, and a given key is refused by the client.
pub(crate) async fn auto_ids(client: &Client) {
    #[derive(Debug, Clone, Serialize, Deserialize)]
    struct Note {
        id: Option<i64>,
        vector: Vec<f32>,
    }
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::float_vector("vector", 2));
    client
        .create_collection("notes", schema.build().unwrap())
        .index("vector", Index::flat(Metric::L2))
        .consistency(Consistency::Strong)
        .await
        .unwrap();
    let note = |id| Note {
        id,
        vector: vec![0.5, 0.5],
    };
    let written = client
        .insert("notes", [note(None), note(None)])
        .await
        .unwrap();
    assert_eq!(written.ids.len(), 2);
    let more = json!([{ "id": null, "vector": [0.5, 0.5] }]);
    client.insert("notes", more).await.unwrap();
    let read: Vec<Note> = client
        .query("notes")
        .filter("id != 0")
        .rows()
        .await
        .unwrap();
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|note| note.id.is_some()), "{read:?}");
    let refused = client.insert("notes", [note(Some(3))]).await.unwrap_err();
    assert!(refused.is_invalid_argument(), "{refused}");
    assert!(
        refused
            .message()
            .contains("Milvus generates the primary key")
    );
    let count = client.count("notes").await.unwrap();
    assert_eq!(count, 3);
}
