use milvus_otel::init;

pub fn telemetry() -> Result<init::Telemetry, Box<dyn std::error::Error>> {
    let registry = prometheus::Registry::new();
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry)
        .build()?;
    Ok(init::otlp("books").metric_reader(reader).build()?)
}

fn main() {}
