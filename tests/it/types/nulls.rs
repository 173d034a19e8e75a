//! Rows without some of the fields.

use milvus_otel::{
    Client, Consistency, Field, Index, Metric, Schema,
    data::{Columns, Value},
    schema::DataType,
};
use serde::{Deserialize, Serialize};

/// Rows without a value, and default values.
pub(crate) async fn nulls(client: &Client) {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        id: i64,
        title: Option<String>,
        year: Option<i32>,
        tags: Option<Vec<i64>>,
        vector: Vec<f32>,
    }
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 9).nullable())
        .field(Field::int32("year").nullable())
        .field(Field::array("tags", DataType::Int64, 4).nullable())
        .field(Field::int16("stars").default_value(3))
        .field(Field::float_vector("vector", 2));
    client
        .create_collection("nulls", schema.build().unwrap())
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let row = |id, some: bool| Row {
        id,
        title: some.then(|| "t".to_owned()),
        year: some.then_some(1999),
        tags: some.then(|| vec![1, 2]),
        vector: vec![id as f32, 0.0],
    };
    let rows: Vec<_> = (0..6).map(|id| row(id, id % 2 == 0)).collect();
    client.insert("nulls", &rows).await.unwrap();
    let columns = Columns::new()
        .int64("id", [6, 7])
        .varchar("title", [Some("x"), None])
        .float_vector("vector", 2, vec![0.5; 4]);
    client.insert("nulls", columns).await.unwrap();

    let strong = Consistency::Strong;
    let mut found: Vec<Row> = client
        .query("nulls")
        .filter("id < 6")
        .consistency(strong)
        .rows()
        .await
        .unwrap();
    found.sort_by_key(|row| row.id);
    assert_eq!(found, rows);
    let found: Vec<Row> = client
        .get("nulls", [7])
        .consistency(strong)
        .rows()
        .await
        .unwrap();
    assert_eq!((&found[0].title, found[0].year), (&None, None));
    let table = client
        .get("nulls", [6])
        .output(["title", "year"])
        .columns()
        .await
        .unwrap();
    assert_eq!(table.value(0, "title"), Some(Value::Text("x".into())));
    assert!(table.column("year").unwrap().is_null(0));

    let table = client
        .query("nulls")
        .filter("stars == 3")
        .consistency(strong)
        .output(["stars"])
        .columns()
        .await
        .unwrap();
    assert_eq!(table.len(), 8, "rows without a value have the default");

    // Only the named fields change.
    client
        .upsert("nulls", [serde_json::json!({ "id": 1, "title": "new" })])
        .partial(true)
        .await
        .unwrap();
    let found: Vec<Row> = client
        .get("nulls", [1])
        .consistency(strong)
        .rows()
        .await
        .unwrap();
    assert_eq!(
        found,
        [Row {
            title: Some("new".into()),
            ..row(1, false)
        }]
    );
}
