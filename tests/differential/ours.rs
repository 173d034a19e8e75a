//! What this client does in each step, its answers in the form of [`values`](crate::values).

use std::collections::BTreeMap;

use milvus_otel::ops::SubSearch;
use milvus_otel::{
    Client, Consistency, Hit, Id, QueryVector, Row as Received,
    data::{Columns, Table as Answered},
    schema::DataType,
    search::Ranker,
};
use serde_json::{Map, Value as Json, json};
use tokio_stream::StreamExt;

use crate::filters::Condition;
use crate::scenario::{Form, Read, Reading};
use crate::schema::Table;
use crate::theirs::Answer;
use crate::values::{Cell, Row, bytes, floats_of, from_json, hex, plain, sparse_of};

/// This client and one collection.
pub(crate) struct Ours<'a> {
    pub(crate) client: &'a Client,
    pub(crate) collection: &'a str,
    pub(crate) table: &'a Table,
    pub(crate) consistency: Consistency,
}

/// A row as a user's type may give it.
type Typed<'a> = BTreeMap<&'a str, Cell<'a>>;
/// A row as a user's type may take it.
type Taken = Map<String, Json>;

impl Ours<'_> {
    pub(crate) async fn create(&self) -> Answer {
        let (schema, indexes) = self.table.ours();
        let mut creation = self.client.create_collection(self.collection, schema);
        for (field, index) in indexes {
            creation = creation.index(field, index);
        }
        creation.await.map_err(text)?;
        Ok(Json::Null)
    }

    pub(crate) async fn insert(&self, rows: &[Row], form: Form) -> Answer {
        let written = match form {
            Form::Columns => {
                self.client
                    .insert(self.collection, self.columns(rows))
                    .await
            }
            Form::Typed => self.client.insert(self.collection, self.typed(rows)).await,
            Form::Json => self.client.insert(self.collection, self.json(rows)).await,
        };
        let written = written.map_err(text)?;
        let ids: Vec<Json> = written.ids.into_iter().map(Json::from).collect();
        Ok(json!({ "count": written.count, "ids": ids }))
    }

    pub(crate) async fn upsert(&self, rows: &[Row], form: Form, partial: bool) -> Answer {
        let (client, collection) = (self.client, self.collection);
        let written = match form {
            Form::Columns => {
                client
                    .upsert(collection, self.columns(rows))
                    .partial(partial)
                    .await
            }
            Form::Typed => {
                client
                    .upsert(collection, self.typed(rows))
                    .partial(partial)
                    .await
            }
            Form::Json => {
                client
                    .upsert(collection, self.json(rows))
                    .partial(partial)
                    .await
            }
        };
        Ok(json!({ "count": written.map_err(text)?.count }))
    }

    pub(crate) async fn delete_keys(&self, keys: &[Json]) -> Answer {
        let keys: Vec<Id> = keys.iter().map(id).collect();
        let deleted = self.client.delete(self.collection, keys).await;
        Ok(json!({ "count": deleted.map_err(text)?.count }))
    }

    pub(crate) async fn delete_matching(
        &self,
        filter: &Condition,
        how: crate::filters::Values,
    ) -> Answer {
        let deleted = self.client.delete(self.collection, filter.ours(how)).await;
        Ok(json!({ "count": deleted.map_err(text)?.count }))
    }

    pub(crate) async fn read(&self, read: &Read, reading: Reading) -> Answer {
        match read {
            Read::Describe => unreachable!("descriptions are compared with each other"),
            Read::Query {
                filter,
                how,
                output,
                limit,
                offset,
            } => {
                let mut query = self.client.query(self.collection).filter(filter.ours(*how));
                query = query.consistency(self.consistency);
                if let Some(output) = output {
                    query = query.output(output);
                }
                if let Some(limit) = limit {
                    query = query.limit(*limit as usize);
                }
                if let Some(offset) = offset {
                    query = query.offset(*offset as usize);
                }
                self.rows(query, reading).await
            }
            Read::Get { keys, output } => {
                let keys: Vec<Id> = keys.iter().map(id).collect();
                let mut query = self.client.get(self.collection, keys);
                query = query.consistency(self.consistency);
                if let Some(output) = output {
                    query = query.output(output);
                }
                self.rows(query, reading).await
            }
            Read::Count { filter, how } => {
                let count = self.client.count(self.collection).filter(filter.ours(*how));
                let count = count.consistency(self.consistency).await;
                Ok(count.map_err(text)?.into())
            }
            Read::Stream {
                filter,
                output,
                batch,
                limit,
            } => {
                let how = crate::filters::Values::Bound;
                let mut query = self.client.query(self.collection).filter(filter.ours(how));
                query = query.consistency(self.consistency);
                if let Some(output) = output {
                    query = query.output(output);
                }
                if let Some(limit) = limit {
                    query = query.limit(*limit as usize);
                }
                if reading == Reading::Typed {
                    let rows = query.rows::<Taken>().stream().batch_size(*batch as usize);
                    let rows: Result<Vec<Taken>, _> = rows.collect().await;
                    let rows = rows.map_err(text)?;
                    return Ok(rows.into_iter().map(|row| self.taken(row)).collect());
                }
                let rows: Result<Vec<Received>, _> =
                    query.stream().batch_size(*batch as usize).collect().await;
                let rows = rows.map_err(text)?;
                Ok(rows.iter().map(|row| self.received(row, reading)).collect())
            }
            Read::Search { .. } => self.search(read, reading).await,
            Read::SearchStream { find, batch } => {
                let mut search = self
                    .client
                    .search(
                        self.collection,
                        self.query_vector(&find.field, &find.vector),
                    )
                    .field(&find.field)
                    .filter(find.filter.ours(find.how))
                    .consistency(self.consistency);
                if let Some(limit) = find.limit {
                    search = search.limit(limit as usize);
                }
                let hits: Result<Vec<Hit>, _> =
                    search.stream().batch_size(*batch as usize).collect().await;
                let hits = hits.map_err(text)?;
                Ok(hits.iter().map(|hit| self.hit(hit, reading)).collect())
            }
            Read::Hybrid {
                searches,
                ranker,
                limit,
                offset,
                round,
                output,
            } => {
                let mut hybrid = self
                    .client
                    .hybrid_search(self.collection)
                    .limit(*limit as usize);
                hybrid = hybrid.consistency(self.consistency).ranker(match ranker {
                    Ok(weights) => Ranker::weighted(weights.clone()),
                    Err(k) => Ranker::rrf(*k),
                });
                for find in searches {
                    let query_vector = self.query_vector(&find.field, &find.vector);
                    let mut search = SubSearch::new(&find.field, query_vector)
                        .filter(find.filter.ours(find.how));
                    if let Some(limit) = find.limit {
                        search = search.limit(limit as usize);
                    }
                    hybrid = hybrid.search(search);
                }
                if let Some(offset) = offset {
                    hybrid = hybrid.offset(*offset as usize);
                }
                if let Some(round) = round {
                    hybrid = hybrid.round_decimals(*round);
                }
                if let Some(output) = output {
                    hybrid = hybrid.output(output);
                }
                let hits = hybrid.await.map_err(text)?;
                Ok(hits.iter().map(|hit| self.hit(hit, reading)).collect())
            }
        }
    }

    async fn search(&self, read: &Read, reading: Reading) -> Answer {
        let Read::Search {
            find,
            more,
            offset,
            range,
            round,
            group,
            output,
        } = read
        else {
            unreachable!("it is a search");
        };
        let vectors = std::iter::once(&find.vector).chain(more);
        let query_vectors = vectors.map(|vector| self.query_vector(&find.field, vector));
        let mut search = self
            .client
            .search_many(self.collection, query_vectors)
            .field(&find.field)
            .filter(find.filter.ours(find.how))
            .consistency(self.consistency);
        if let Some(limit) = find.limit {
            search = search.limit(limit as usize);
        }
        if let Some(offset) = offset {
            search = search.offset(*offset as usize);
        }
        if let Some((radius, inner)) = range {
            search = search.radius(*radius);
            if let Some(inner) = inner {
                search = search.range_filter(*inner);
            }
        }
        if let Some(round) = round {
            search = search.round_decimals(*round);
        }
        if let Some((field, size)) = group {
            search = search.group_by(field);
            if let Some(size) = size {
                search = search.group_size(*size);
            }
        }
        if let Some(output) = output {
            search = search.output(output);
        }
        if reading == Reading::Columns {
            let hits = search.columns().await.map_err(text)?;
            let mut at = 0;
            let lists = hits.counts().iter().map(|count| {
                let list = (at..at + count).map(|at| {
                    let score = hex(&hits.scores()[at].to_le_bytes());
                    let mut entity = self.row_of(hits.table(), at);
                    self.without_key(&mut entity);
                    json!([hits.ids()[at].clone(), score, entity])
                });
                let list: Json = list.collect();
                at += count;
                list
            });
            return Ok(lists.collect());
        }
        let lists = search.await.map_err(text)?;
        let list =
            |hits: &Vec<Hit>| -> Json { hits.iter().map(|hit| self.hit(hit, reading)).collect() };
        Ok(lists.iter().map(list).collect())
    }

    fn hit(&self, hit: &Hit, reading: Reading) -> Json {
        let mut entity = self.received(&hit.entity, reading);
        self.without_key(&mut entity);
        json!([hit.id.clone(), hex(&hit.score.to_le_bytes()), entity])
    }

    /// The key is beside the entity already, and only one of the clients may have it in it.
    fn without_key(&self, entity: &mut Json) {
        entity.as_object_mut().unwrap().remove(&self.table.key);
    }

    async fn rows(&self, query: milvus_otel::ops::Query, reading: Reading) -> Answer {
        match reading {
            Reading::Typed => {
                let rows = query.rows::<Taken>().await.map_err(text)?;
                Ok(rows.into_iter().map(|row| self.taken(row)).collect())
            }
            Reading::Columns => {
                let table = query.columns().await.map_err(text)?;
                Ok((0..table.len())
                    .map(|row| self.row_of(&table, row))
                    .collect())
            }
            Reading::Values | Reading::Serialized => {
                let rows = query.await.map_err(text)?;
                Ok(rows.iter().map(|row| self.received(row, reading)).collect())
            }
        }
    }

    fn row_of(&self, table: &Answered, row: usize) -> Json {
        let columns = table.columns().filter(|column| !column.is_dynamic());
        let mut fields: Row = columns
            .map(|column| {
                let name = column.name().to_owned();
                let value = plain(self.table.kind(&name), &column.value(row));
                (name, value)
            })
            .collect();
        // The dynamic fields are one column; which of them were asked for is known to rows only.
        if let Some(taken) = table
            .columns()
            .any(|column| column.is_dynamic())
            .then(|| table.row::<Taken>(row))
        {
            for (name, value) in taken.unwrap() {
                if self.table.kind(&name).is_none() {
                    fields.insert(name, from_json(None, &value));
                }
            }
        }
        fields.into()
    }

    fn received(&self, row: &Received, reading: Reading) -> Json {
        match reading {
            Reading::Values | Reading::Columns => {
                let value = |name: String| {
                    let value = plain(self.table.kind(&name), &row.get(&name).unwrap());
                    (name, value)
                };
                row.names().into_iter().map(value).collect()
            }
            Reading::Serialized => {
                let Json::Object(row) = serde_json::to_value(row).unwrap() else {
                    panic!("a row is a map");
                };
                self.taken(row)
            }
            Reading::Typed => self.taken(row.read::<Taken>().unwrap()),
        }
    }

    fn taken(&self, row: Taken) -> Json {
        row.into_iter()
            .map(|(name, value)| {
                let value = from_json(self.table.kind(&name), &value);
                (name, value)
            })
            .collect()
    }

    fn typed<'r>(&'r self, rows: &'r [Row]) -> Vec<Typed<'r>> {
        let cell = |(name, value): (&'r String, &'r Json)| {
            (name.as_str(), Cell(self.table.kind(name), value))
        };
        rows.iter()
            .map(|row| row.iter().map(cell).collect())
            .collect()
    }

    fn json(&self, rows: &[Row]) -> Json {
        serde_json::to_value(self.typed(rows)).unwrap()
    }

    fn columns(&self, rows: &[Row]) -> Columns {
        let mut names: Vec<&String> = rows.iter().flat_map(Row::keys).collect();
        names.sort();
        names.dedup();
        let column = |columns: Columns, name: &String| {
            let values: Vec<&Json> = rows
                .iter()
                .map(|row| row.get(name).unwrap_or(&Json::Null))
                .collect();
            let optional = self
                .table
                .column(name)
                .is_some_and(|column| column.nullable || column.default.is_some());
            crate::columns::add(columns, name, self.table.kind(name), &values, optional)
        };
        names.into_iter().fold(Columns::new(), column)
    }

    fn query_vector(&self, field: &str, vector: &Json) -> QueryVector {
        match self.table.kind(field).unwrap() {
            DataType::FloatVector { .. } => floats_of(vector).into(),
            DataType::Float16Vector { .. } => QueryVector::float16(bytes(vector)),
            DataType::BinaryVector { .. } => QueryVector::binary(bytes(vector)),
            _ => sparse_of(vector).into(),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the function of `map_err` is given the error"
)]
fn text(error: milvus_otel::Error) -> String {
    error.to_string()
}

pub(crate) fn id(key: &Json) -> Id {
    match key {
        Json::String(text) => text.as_str().into(),
        other => other.as_i64().unwrap().into(),
    }
}
