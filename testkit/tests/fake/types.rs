//! Fields of all types, and partition keys.

use milvus_otel::data::{Columns, SparseVector, Value};
use milvus_otel::schema::DataType;
use milvus_otel::{Client, Field, Index, Metric, Schema};
use milvus_otel_testkit::Fake;
use serde_json::json;

async fn everything() -> Client {
    let client = Fake::new().client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::varchar("key", 9).primary_key())
        .field(Field::bool("flag").nullable())
        .field(Field::int8("tiny"))
        .field(Field::int64("large").default_value(7))
        .field(Field::float("weight"))
        .field(Field::double("price").nullable())
        .field(Field::json("more"))
        .field(Field::array("tags", DataType::VarChar { max_length: 9 }, 3))
        .field(Field::binary_vector("bits", 16))
        .field(Field::float16_vector("half", 2))
        .field(Field::sparse_vector("sparse"))
        .build()
        .unwrap();
    let create = client.create_collection("all", schema);
    let create = create.index("bits", Index::auto(Metric::Hamming));
    let create = create.index("half", Index::auto(Metric::L2));
    create
        .index("sparse", Index::auto(Metric::InnerProduct))
        .await
        .unwrap();
    client
}

fn columns() -> Columns {
    Columns::new()
        .varchar("key", ["a", "b"])
        .bool("flag", [Some(true), None])
        .int8("tiny", [-128, 127])
        .float("weight", [0.1, -1.5])
        .double("price", [None, Some(0.1)])
        .json("more", [json!({ "a": [1, null] }), json!("text")])
        .array("tags", [vec!["x", "y"], vec![]])
        .binary_vector("bits", 16, vec![1_u8, 2, 3, 4])
        .float16_vector("half", 2, vec![0_u8, 60, 0, 64, 0, 0, 0, 188])
        .sparse_vector(
            "sparse",
            [
                SparseVector::from([(3, 0.5)]),
                SparseVector::from([(0, 1.0), (9, 2.0)]),
            ],
        )
}

#[tokio::test]
async fn values_of_all_types_come_back() {
    let client = everything().await;
    client.insert("all", columns()).await.unwrap();
    let rows = client.query("all").filter("key == 'b'").await.unwrap();
    let value = |name: &str| rows[0].get(name).unwrap();
    assert_eq!(
        (value("flag"), value("tiny"), value("large")),
        (Value::Null, Value::Int(127), Value::Int(7))
    );
    assert_eq!(
        (value("weight"), value("price")),
        (Value::Float(-1.5), Value::Double(0.1))
    );
    assert_eq!(
        (value("more").json(), value("tags")),
        (Some(json!("text")), Value::Array(Vec::new()))
    );
    assert_eq!(value("bits"), Value::Bytes(vec![3, 4].into()));
    assert_eq!(
        value("half"),
        Value::Float16Vector(vec![0, 0, 0, 188].into())
    );
    assert_eq!(
        value("sparse"),
        Value::SparseVector(SparseVector::from([(0, 1.0), (9, 2.0)]))
    );
    // A float is compared with the float that the filter means.
    assert_eq!(
        client.count("all").filter("weight == 0.1").await.unwrap(),
        1
    );
    assert_eq!(
        client
            .count("all")
            .filter("array_contains_any(tags, ['y', 'z'])")
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        client
            .count("all")
            .filter("not (flag == true)")
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn a_search_that_needs_another_server_is_refused() {
    let client = everything().await;
    let grouped = client
        .search("all", SparseVector::from([(3, 1.0)]))
        .field("sparse")
        .group_by("key")
        .await;
    let missing = grouped.unwrap_err();
    assert!(missing.is_unsupported(), "{missing}");
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::timestamptz("at"))
        .field(Field::float_vector("vector", 2))
        .build()
        .unwrap();
    let missing = client.create_collection("dates", schema).await.unwrap_err();
    assert!(missing.is_unsupported(), "{missing}");
    assert!(missing.to_string().contains("Timestamptz"), "{missing}");
}

#[tokio::test]
async fn a_partition_key_chooses_the_partition() {
    let client = Fake::new().client().await.unwrap();
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("tenant", 9).partition_key())
        .field(Field::float_vector("vector", 1))
        .build()
        .unwrap();
    let create = client.create_collection("notes", schema).partitions(4);
    create
        .index("vector", Index::auto(Metric::L2))
        .await
        .unwrap();
    let row = |id: u8| json!({ "id": id, "tenant": format!("t{id}"), "vector": [id] });
    let rows: Vec<_> = (0..20).map(row).collect();
    client.insert("notes", &rows).await.unwrap();
    let mut counts = Vec::new();
    for partition in client.list_partitions("notes").await.unwrap() {
        counts.push(
            client
                .get_partition_stats("notes", partition)
                .await
                .unwrap()
                .rows,
        );
    }
    assert_eq!((counts.len(), counts.iter().sum::<u64>()), (4, 20));
    assert!(
        counts.iter().filter(|count| **count > 0).count() > 1,
        "{counts:?}"
    );
    assert_eq!(
        client
            .count("notes")
            .filter("tenant == 't3'")
            .await
            .unwrap(),
        1
    );
    let named = client
        .insert("notes", &[row(21)])
        .partition("_default_0")
        .await
        .unwrap_err();
    assert!(named.is_invalid_argument(), "{named}");
}
