use milvus_otel::{Consistency, Index, Metric, Schema};

#[derive(serde::Deserialize, serde::Serialize)]
pub struct Config {
    pub metric: Metric,
    pub consistency: Consistency,
    pub index: Index,
    pub schema: Schema,
}

fn main() {
    let metric: Metric = "cosine".parse().unwrap();
    let consistency: Consistency = "session".parse().unwrap();
    println!("{metric} {consistency}");
}
