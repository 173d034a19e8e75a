use milvus_otel::{Hit, Row};

/// A store as a service would have it, with a double for its tests.
trait Store {
    fn search(&self, text: &str) -> Vec<Hit>;
    fn get(&self, id: i64) -> Option<Row>;
}

struct Double;

impl Store for Double {
    fn search(&self, _: &str) -> Vec<Hit> {
        vec![Hit::new(1, 0.9).with_field("title", "Dune")]
    }

    fn get(&self, id: i64) -> Option<Row> {
        Some(Row::new([("id", id), ("year", 1965)]))
    }
}

fn main() {
    assert_eq!(Double.search("sand")[0].id, 1);
    assert!(Double.get(1).is_some());
}
