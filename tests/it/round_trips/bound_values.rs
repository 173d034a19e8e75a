//! Values bound to filters, on servers that bind values and on servers that do not.

use milvus_otel::{Client, Consistency, Field, Filter, Index, Metric, Schema};
use serde_json::json;

/// Texts that need quoting. Each must match only itself.
const NAMES: [&str; 12] = [
    "plain",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\n",
    "\\n",
    "\t\r",
    "größe 漢字 🦀",
    "{name}",
    "\" or id >= 0 or name == \"",
    "' or id >= 0 or name == '",
];

/// `line_breaks` is whether the server supports line breaks in values.
pub(crate) async fn bound(client: &Client, line_breaks: bool) {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("name", 64))
        .field(Field::float_vector("vector", 2))
        .build();
    client
        .create_collection("bound", schema.unwrap())
        .index("vector", Index::flat(Metric::L2))
        .await
        .unwrap();
    let row = |(id, name): (usize, &&str)| json!({ "id": id, "name": name, "vector": [0.5, 0.5] });
    let rows: Vec<_> = NAMES.iter().enumerate().map(row).collect();
    client
        .insert("bound", serde_json::Value::from(rows))
        .await
        .unwrap();

    let strong = Consistency::Strong;
    let unbound = client.delete("bound", "name == {name}").await;
    assert!(unbound.unwrap_err().is_invalid_argument());
    let mut rest = NAMES.len() as u64;
    let left = client.count("bound").consistency(strong).await.unwrap();
    assert_eq!(left, rest);
    for (id, name) in NAMES.into_iter().enumerate() {
        // Deliberately equal to the name of the field.
        let filter = Filter::new("name == {name}").bind("name", name);
        if name.contains(['\n', '\r']) && !line_breaks {
            let error = client.delete("bound", filter).await.unwrap_err();
            assert!(
                error.is_invalid_argument() && error.message().contains("line break"),
                "{error}"
            );
            continue;
        }
        let query = client.query("bound").filter(&filter).output(["id"]);
        let found = query.consistency(strong).await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|row| row.get("id").unwrap().as_int())
            .collect();
        assert_eq!(found, [Some(id as i64)], "{name:?}");
        let search = client.search("bound", [0.5, 0.5]).filter(&filter);
        assert_eq!(
            search.consistency(strong).await.unwrap().len(),
            1,
            "{name:?}"
        );

        client.delete("bound", filter).await.unwrap();
        let left = client.count("bound").consistency(strong).await.unwrap();
        rest -= 1;
        assert_eq!(left, rest, "{name:?}");
    }
}
