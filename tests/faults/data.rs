//! Rows to write, and what became of them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;

use milvus_otel::data::Columns;
use milvus_otel::proto::milvus::InsertRequest;
use milvus_otel::proto::schema::{field_data, scalar_field};
use milvus_otel::{Client, Consistency, Error, Result};
use prost::Message;
use testkit::Fake;
use tokio_stream::StreamExt;

use crate::seen::Written;

/// Rows with these keys, for a collection with vectors of 4 dimensions.
pub(crate) fn books(keys: Range<i64>) -> Columns {
    vectors(keys, 4)
}

/// Rows of 3 KB each, for a collection with vectors of 768 dimensions.
pub(crate) fn large(rows: i64) -> Columns {
    vectors(0..rows, 768)
}

fn vectors(keys: Range<i64>, dimension: u32) -> Columns {
    let floats = keys.clone().count() * dimension as usize;
    let vectors: Vec<f32> = (0..1000_u16).cycle().take(floats).map(f32::from).collect();
    Columns::new()
        .int64("id", keys.collect::<Vec<_>>())
        .float_vector("vector", dimension, vectors)
}

/// What clients were told about the rows that they wrote.
#[derive(Default)]
pub(crate) struct Fates(Mutex<HashMap<i64, Fate>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Acknowledged,
    InDoubt,
    /// The client said that they are not there.
    Refused,
}

impl Fates {
    pub(crate) fn note<T>(&self, keys: Range<i64>, result: &Result<T>) {
        let fate = match result {
            Ok(_) => Fate::Acknowledged,
            Err(error) if Error::may_have_happened(error) => Fate::InDoubt,
            Err(_) => Fate::Refused,
        };
        let mut fates = self.0.lock().unwrap();
        fates.extend(keys.map(|key| (key, fate)));
    }

    /// Compares them with the keys of the rows that are there.
    pub(crate) fn compare(&self, there: &[i64]) -> Written {
        let fates = self.0.lock().unwrap();
        let mut counts = HashMap::<i64, usize>::new();
        for key in there {
            *counts.entry(*key).or_default() += 1;
        }
        let of = |wanted| fates.iter().filter(move |(_, fate)| **fate == wanted);
        let lost = of(Fate::Acknowledged).filter(|(key, _)| !counts.contains_key(*key));
        let unclaimed = |key| matches!(fates.get(key), None | Some(Fate::Refused));
        let doubled = counts
            .iter()
            .filter(|(key, count)| **count > 1 || unclaimed(*key));
        Written {
            acknowledged: of(Fate::Acknowledged).count(),
            doubtful: of(Fate::InDoubt).count(),
            there: there.len(),
            lost: lost.count(),
            doubled: doubled.count(),
        }
    }
}

/// The keys of all rows that a fake was sent, and has therefore written. It keeps one row per key, unlike Milvus.
pub(crate) fn arrived(fake: &Fake) -> Vec<i64> {
    let mut keys = Vec::new();
    for call in fake.calls_of("insert") {
        let request = InsertRequest::decode(call.message.as_slice()).unwrap();
        for field in request
            .fields_data
            .into_iter()
            .filter(|field| field.field_name == "id")
        {
            let Some(field_data::Field::Scalars(scalars)) = field.field else {
                continue;
            };
            if let Some(scalar_field::Data::LongData(longs)) = scalars.data {
                keys.extend(longs.data);
            }
        }
    }
    keys
}

/// The keys of all rows that a server has. If it has more rows than keys, one key is there as often as to make up for them:
/// Milvus returns a key once, however many rows have it, but counts them all.
pub(crate) async fn keys(client: &Client, collection: &str) -> Result<Vec<i64>> {
    let all = client.query(collection).filter("id >= 0");
    let all = all.output(["id"]).consistency(Consistency::Strong);
    let mut rows = all.stream().batch_size(10_000);
    let mut keys = Vec::new();
    while let Some(row) = rows.next().await {
        keys.push(row?.field::<i64>("id")?);
    }
    let count = client.count(collection).consistency(Consistency::Strong);
    let count = usize::try_from(count.await?).unwrap();
    if let Some(first) = keys.first().copied() {
        keys.extend(std::iter::repeat_n(first, count.saturating_sub(keys.len())));
    }
    Ok(keys)
}
