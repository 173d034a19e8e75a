//! pymilvus on the fake.

use milvus_otel_testkit::{Fake, pymilvus, require};

/// What a first program with pymilvus does.
const PROGRAM: &str = r#"
import sys
from pymilvus import DataType, MilvusClient, MilvusException

client = MilvusClient(sys.argv[1])
client.create_collection("quick", dimension=2)
client.insert("quick", [{"id": i, "vector": [i, 1.0], "color": "red" if i % 2 else "blue"} for i in range(10)])
hits = client.search("quick", data=[[9.0, 1.0]], limit=2, filter='color == "red"', output_fields=["color"])
assert [hit["id"] for hit in hits[0]] == [9, 7], hits
assert hits[0][0]["entity"]["color"] == "red", hits
assert [row["id"] for row in client.get("quick", ids=[3, 4])] == [3, 4]
assert client.query("quick", filter="id < {most}", filter_params={"most": 3}, output_fields=["count(*)"])[0]["count(*)"] == 3
assert client.delete("quick", ids=[0])["delete_count"] == 1
client.upsert("quick", [{"id": 1, "vector": [5.0, 5.0], "color": "green"}])
assert client.query("quick", filter='color == "green"', output_fields=["id"]) == [{"id": 1}]

schema = client.create_schema(auto_id=True)
schema.add_field("key", DataType.INT64, is_primary=True)
schema.add_field("title", DataType.VARCHAR, max_length=20, nullable=True)
schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=4, max_length=9)
schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
index = client.prepare_index_params()
index.add_index("v", index_type="HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
client.create_collection("books", schema=schema, index_params=index)
done = client.insert("books", [{"title": None, "tags": ["a"], "v": [0.0, 0.0]}, {"title": "Dune", "tags": [], "v": [1.0, 0.0]}])
assert len(done["ids"]) == 2
rows = client.query("books", filter="array_contains(tags, 'a')", output_fields=["title", "tags", "v"])
assert rows[0]["title"] is None and list(rows[0]["tags"]) == ["a"], rows
iterator = client.query_iterator("quick", batch_size=4, filter="id >= 0")
count = 0
while page := iterator.next():
    count += len(page)
assert count == 9, count
iterator = client.search_iterator("quick", data=[[0.0, 0.0]], batch_size=4, limit=100)
count = 0
while page := iterator.next():
    count += len(page)
assert count == 9, count
client.create_partition("books", "old")
client.create_alias("books", "novels")
assert client.list_collections() == ["books", "quick"], client.list_collections()
assert client.describe_collection("novels")["collection_name"] == "books"
try:
    client.search("missing", data=[[0.0, 0.0]])
    raise SystemExit("no error")
except MilvusException as error:
    assert error.code == 100, error
print("done")
"#;

#[tokio::test]
async fn pymilvus_works_on_the_fake() {
    let address = Fake::new().serve().await.unwrap();
    let run = tokio::task::spawn_blocking(move || {
        let mut python = require(pymilvus(PROGRAM))?;
        python.arg(format!("http://{address}"));
        Some(python.output().unwrap())
    });
    let Some(output) = run.await.unwrap() else {
        return;
    };
    let (text, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{text}{errors}");
    assert_eq!(text.trim(), "done");
}
