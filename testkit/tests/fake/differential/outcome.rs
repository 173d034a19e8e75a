//! Carrying operations out.

use milvus_otel::{Client, Consistency, Error};
use serde_json::{Value as Json, json};

use super::steps::Step;

/// The outcome of a step, in a form that is the same on both servers.
pub(super) async fn run(client: &Client, step: &Step) -> Result<Json, Error> {
    Ok(match step.clone() {
        Step::Insert { rows, partition } => {
            // Only new keys: Milvus keeps both rows of one key.
            let ids: Vec<i64> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
            client.delete("books", ids).await?;
            let insert = client.insert("books", &rows);
            let insert = match partition {
                Some(partition) => insert.partition(partition),
                None => insert,
            };
            let written = insert.await?;
            json!([written.count, written.ids])
        }
        Step::Upsert { rows } => json!(client.upsert("books", &rows).await?.count),
        Step::DeleteKeys(keys) => {
            client.delete("books", keys).await?;
            Json::Null
        }
        Step::DeleteMatching(filter) => {
            client.delete("books", filter).await?;
            Json::Null
        }
        Step::Get(keys) => sorted(
            &client
                .get("books", keys)
                .consistency(Consistency::Strong)
                .await?,
        ),
        Step::Query {
            filter,
            limit,
            output,
        } => {
            let query = client
                .query("books")
                .filter(filter)
                .output(output)
                .consistency(Consistency::Strong);
            match limit {
                // Which rows it returns is up to the server.
                Some(limit) => json!(query.limit(limit).await?.len()),
                None => sorted(&query.await?),
            }
        }
        Step::Count { filter, partition } => {
            let count = client
                .count("books")
                .filter(filter)
                .consistency(Consistency::Strong);
            let count = match partition {
                Some(partition) => count.partitions([partition]),
                None => count,
            };
            json!(count.await?)
        }
        Step::Search {
            vector,
            filter,
            limit,
            offset,
            output,
            radius,
        } => {
            let search = client
                .search("books", vector)
                .filter(filter)
                .limit(limit)
                .output(output);
            let search = search
                .parameter("offset", offset)
                .consistency(Consistency::Strong);
            let search = match radius {
                Some(radius) => search.radius(radius),
                None => search,
            };
            let hits = search.await?;
            let hit = |hit: &milvus_otel::Hit| json!([hit.id, about(hit.score), hit.entity]);
            hits.iter().map(hit).collect()
        }
        Step::SearchMany(vectors) => {
            let all = client
                .search_many("books", vectors)
                .limit(3)
                .consistency(Consistency::Strong)
                .await?;
            let of = |hits: &Vec<milvus_otel::Hit>| -> Json {
                hits.iter()
                    .map(|hit| json!([hit.id, about(hit.score)]))
                    .collect()
            };
            all.iter().map(of).collect()
        }
        Step::Partition(name) => {
            if client.has_partition("books", name).await? {
                return Ok(json!("there"));
            }
            client.create_partition("books", name).await?;
            Json::Null
        }
        Step::ListPartitions => {
            let mut partitions = client.list_partitions("books").await?;
            partitions.sort();
            json!(partitions)
        }
        Step::Has(name) => json!(client.has_collection(name).await?),
        Step::Describe(name) => {
            let described = client.describe_collection(name).await?;
            let fields = described.schema.fields().iter();
            let fields = fields.map(|field| {
                json!([
                    field.name(),
                    field.data_type().to_string(),
                    field.is_nullable()
                ])
            });
            fields.collect()
        }
        Step::Index => {
            let index = client.describe_index("books", "vector").await?;
            json!([
                index.field,
                index.name,
                index.kind,
                index.metric.map(|metric| metric.to_string())
            ])
        }
    })
}

/// Scores differ in their last digits.
fn about(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

/// Rows in the order of their keys.
fn sorted(rows: &[milvus_otel::Row]) -> Json {
    let mut rows: Vec<(Option<i64>, Json)> = rows
        .iter()
        .map(|row| {
            (
                row.get("id").and_then(|id| id.as_int()),
                serde_json::to_value(row).unwrap(),
            )
        })
        .collect();
    rows.sort_by_key(|(id, _)| *id);
    rows.into_iter().map(|(_, row)| row).collect()
}
