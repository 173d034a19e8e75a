//! Values bound to a filter: no quoting, no injection, and no value in the trace.
//!
//! `cargo run --example filters`; in the trace, each filter is the `db.query.text` of its span.

#[path = "shared/traced.rs"]
mod traced;

use std::error::Error;

use milvus_otel::{Client, Consistency, Field, Filter, Index, Metric, Schema};
use testkit::demo::Demo;

const PEOPLE: &str = "filters";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    traced::run(Demo::find_or_start().await?, PEOPLE, filters).await
}

async fn filters(client: &Client) -> milvus_otel::Result<()> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("name", 40))
        .field(Field::int64("born"))
        .field(Field::float_vector("vector", 2));
    let creation = client.create_collection(PEOPLE, schema.build()?);
    creation.index("vector", Index::flat(Metric::L2)).await?;
    let people = serde_json::json!([
        { "id": 1, "name": "Ada", "born": 1815, "vector": [0.1, 0.9] },
        { "id": 2, "name": "Grace \"Amazing\"", "born": 1906, "vector": [0.7, 0.2] },
        { "id": 3, "name": "Barbara", "born": 1939, "vector": [0.8, 0.3] },
    ]);
    client.insert(PEOPLE, people).await?;
    let query = client.query(PEOPLE).consistency(Consistency::Strong);

    // Milvus 2.5 and newer receive the template and its values separately. For older servers the client writes the values
    // into the text, quoted. The trace shows `name == {who}` or `name == ?`.
    let named = Filter::new("name == {who}");
    for who in ["Grace \"Amazing\"", "\" or id > 0 or name == \""] {
        let filter = named.clone().bind("who", who);
        let found = query.clone().filter(filter.clone()).await?;
        println!("{filter}: {} rows", found.len());
    }

    // Lists of any length can be bound too. Searches accept filters as well.
    let recent = Filter::new("id in {ids} and born > {year}");
    let recent = recent.bind("ids", [1, 2, 3]).bind("year", 1900);
    let search = client.search(PEOPLE, [0.1, 0.9]).filter(recent.clone());
    let hits = search.consistency(Consistency::Strong).await?;
    println!("{recent}: {} hits", hits.len());

    // Filters with literals work too; the trace shows them without the literals: `born < ? and name == ?`.
    let found = query.filter("born < 1900 and name == \"Ada\"").await?;
    println!("by hand: {} rows", found.len());

    let old = Filter::new("born < {year}").bind("year", 1900);
    println!(
        "{old}: {} deleted",
        client.delete(PEOPLE, old.clone()).await?.count
    );
    Ok(())
}
