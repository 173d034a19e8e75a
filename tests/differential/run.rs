//! Runs a scenario with both clients and compares what they say and what is stored.

use std::collections::BTreeMap;

use milvus_otel::{Consistency, schema::DataType};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, Difference, named};
use crate::compare::{Compared, both, same_rows};
use crate::filters::Condition;
use crate::known::is_known;
use crate::ours::Ours;
use crate::scenario::{Read, Reading, Side, Sides, Step};
use crate::schema::Table;
use crate::theirs::Answer;
use crate::values::Row;

impl Bench {
    /// Runs it on two collections of its own.
    pub(crate) async fn run_sides(&self, scenario: &Sides) -> Result<(), Difference> {
        let names = [self.name(), self.name()];
        let mut run = Run {
            bench: self,
            table: &scenario.table,
            names: &names,
            types: scenario.table.types(),
            ids: [Vec::new(), Vec::new()],
            expected: BTreeMap::new(),
            written: 0,
        };
        let outcome = run.all(&scenario.steps).await;
        for name in &names {
            let _ = self.theirs.ask("drop", json!({ "collection": name })).await;
        }
        outcome
    }
}

pub(crate) struct Run<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) table: &'a Table,
    names: &'a [String; 2],
    pub(crate) types: Json,
    /// The keys that Milvus generated for the rows of each collection, in the order of writing.
    ids: [Vec<Json>; 2],
    /// What is stored, by the text of the key.
    pub(crate) expected: BTreeMap<String, Row>,
    written: usize,
}

impl Run<'_> {
    fn ours(&self, side: Side) -> Ours<'_> {
        Ours {
            client: &self.bench.client,
            collection: &self.names[side as usize],
            table: self.table,
            // All rows of one collection are written by this client.
            consistency: match side {
                Side::Ours => Consistency::Session,
                Side::Theirs => Consistency::Strong,
            },
        }
    }

    async fn theirs(&self, action: &str, side: Side, mut request: Json) -> Answer {
        request["collection"] = self.names[side as usize].as_str().into();
        self.bench.theirs.ask(action, request).await
    }

    async fn all(&mut self, steps: &[Step]) -> Result<(), Difference> {
        let created = {
            let request = Json::Object(self.table.theirs());
            let ours = self.ours(Side::Ours);
            let (ours, theirs) =
                tokio::join!(ours.create(), self.theirs("create", Side::Theirs, request));
            both(&ours, &theirs)
        };
        if !created.map_err(named(0, "create"))? {
            return Ok(());
        }
        for (number, step) in steps.iter().enumerate() {
            let outcome = self.step(step).await;
            outcome.map_err(named(number, step.name()))?;
        }
        Ok(())
    }

    /// Counts a case that was compared, and says whether there is an answer.
    fn same(&self, ours: &Answer, theirs: &Answer) -> Result<bool, String> {
        self.bench.count();
        if let Err(refusal) = ours
            && refusal.contains("contains a line break")
            && is_known("line break", self.bench.server)
        {
            return Ok(false);
        }
        let answered = both(ours, theirs)?;
        if let (Err(ours), Err(theirs)) = (ours, theirs) {
            // A server that has ended or hangs refuses nothing.
            let silent = [
                "cannot connect",
                "connection",
                "Fail connecting",
                "DEADLINE",
                "timed out",
            ];
            if silent
                .iter()
                .any(|why| ours.contains(why) || theirs.contains(why))
            {
                return Err(format!("the server does not answer: {ours}; {theirs}"));
            }
            self.bench.count_refused();
        }
        Ok(answered)
    }

    async fn step(&mut self, step: &Step) -> Compared {
        self.bench.count_operation(step.name());
        match step {
            Step::Insert(rows, form) => {
                let own = self.ours(Side::Ours);
                let request = json!({ "types": self.types, "rows": rows });
                let (mut ours, mut theirs) = tokio::join!(
                    own.insert(rows, *form),
                    self.theirs("insert", Side::Theirs, request)
                );
                let mut ids = Vec::new();
                if self.table.auto_id {
                    for answer in [&mut ours, &mut theirs] {
                        ids.push(answer.as_mut().map(|answer| answer["ids"].take()));
                    }
                }
                let [ours_ids, theirs_ids] = match ids.as_slice() {
                    [Ok(ours), Ok(theirs)] => [ours.clone(), theirs.clone()],
                    _ => [json!([]), json!([])],
                };
                if self.same(&ours, &theirs)? {
                    for (all, new) in self.ids.iter_mut().zip([ours_ids, theirs_ids]) {
                        all.extend(new.as_array().unwrap().iter().cloned());
                    }
                    for (at, row) in rows.iter().enumerate() {
                        let key = if self.table.auto_id {
                            (self.written + at).to_string()
                        } else {
                            self.key_of(row)
                        };
                        self.store(key, row);
                    }
                }
                // The numbers of rows go on, whether they were taken or not.
                self.written += rows.len();
                for ids in &mut self.ids {
                    ids.resize(
                        if self.table.auto_id { self.written } else { 0 },
                        Json::Null,
                    );
                }
                self.check_stored().await
            }
            Step::Upsert(rows, form) | Step::Partial(rows, form) => {
                let partial = matches!(step, Step::Partial(..));
                let own = self.ours(Side::Ours);
                let request = json!({ "types": self.types, "rows": rows, "partial": partial });
                let (ours, theirs) = tokio::join!(
                    own.upsert(rows, *form, partial),
                    self.theirs("upsert", Side::Theirs, request)
                );
                if self.same(&ours, &theirs)? {
                    for row in rows {
                        if partial {
                            self.merge(row);
                        } else {
                            self.store(self.key_of(row), row);
                        }
                    }
                }
                self.check_stored().await
            }
            Step::DeleteKeys(keys) => {
                let own = self.ours(Side::Ours);
                let (ours_keys, theirs_keys) =
                    (self.real(Side::Ours, keys), self.real(Side::Theirs, keys));
                let request = self.by_keys(&theirs_keys);
                let (ours, theirs) = tokio::join!(
                    own.delete_keys(&ours_keys),
                    self.theirs("delete", Side::Theirs, request)
                );
                if self.same(&ours, &theirs)? {
                    for key in keys {
                        self.expected.remove(&key.to_string());
                    }
                }
                self.check_stored().await
            }
            Step::DeleteMatching(filter, how) => {
                let matching = self.matching(filter).await?;
                let own = self.ours(Side::Ours);
                let request = json!({ "filter": filter.text() });
                let (ours, theirs) = tokio::join!(
                    own.delete_matching(filter, *how),
                    self.theirs("delete", Side::Theirs, request)
                );
                if self.same(&ours, &theirs)? {
                    for key in matching {
                        self.expected.remove(&key);
                    }
                }
                self.check_stored().await
            }
            Step::Read(side, read, reading) => self.read(*side, read, *reading).await,
        }
    }

    fn key_of(&self, row: &Row) -> String {
        row[&self.table.key].to_string()
    }

    fn store(&mut self, key: String, row: &Row) {
        let mut stored = self.table.stored(row);
        let before = self.expected.remove(&key).unwrap_or_default();
        for (name, value) in before {
            if !stored.contains_key(&name)
                && is_known("dynamic fields of replaced rows", self.bench.server)
            {
                stored.insert(name, value);
            }
        }
        self.expected.insert(key, stored);
    }

    fn merge(&mut self, row: &Row) {
        let key = self.key_of(row);
        let mut stored = self.expected.remove(&key).unwrap_or_default();
        stored.extend(row.clone());
        let stored = self.table.stored(&stored);
        self.expected.insert(key, stored);
    }

    /// The keys as they are in one of the collections.
    fn real(&self, side: Side, keys: &[Json]) -> Vec<Json> {
        if !self.table.auto_id {
            return keys.to_vec();
        }
        let ids = &self.ids[side as usize];
        // Of rows that a smaller scenario no longer has.
        let absent = match self.table.key_kind {
            DataType::Int64 => json!(1),
            _ => json!("1"),
        };
        let real = keys.iter().map(|number| {
            let number = usize::try_from(number.as_u64().unwrap()).unwrap();
            let id = ids.get(number).filter(|id| !id.is_null());
            id.unwrap_or(&absent).clone()
        });
        real.collect()
    }

    /// The keys of the rows that a filter lets through: what a delete removes.
    async fn matching(&self, filter: &Condition) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for side in [Side::Ours, Side::Theirs] {
            let request =
                json!({ "types": self.types, "filter": filter.text(), "output": [self.table.key] });
            let rows = self.theirs("query", side, request).await;
            let Ok(rows) = rows else {
                return Ok(Vec::new());
            };
            let mut keys: Vec<String> = rows
                .as_array()
                .unwrap()
                .iter()
                .map(|row| self.number(side, &row[&self.table.key]))
                .collect();
            keys.sort();
            found.push(keys);
        }
        if found[0] != found[1] {
            return Err(format!(
                "the filter {:?} lets other rows through",
                filter.text()
            ));
        }
        Ok(found.swap_remove(0))
    }

    /// How a row is known here that has this key in one of the collections.
    fn number(&self, side: Side, key: &Json) -> String {
        if !self.table.auto_id {
            return key.to_string();
        }
        let number = self.ids[side as usize].iter().position(|id| id == key);
        number.map_or_else(|| format!("unknown key {key}"), |number| number.to_string())
    }

    /// Both clients read exactly what was written from both collections.
    async fn check_stored(&self) -> Compared {
        for side in [Side::Ours, Side::Theirs] {
            let all = Read::Query {
                filter: Condition::All,
                how: crate::filters::Values::Written,
                output: None,
                limit: Some(16_384),
                offset: None,
            };
            let own = self.ours(side);
            let request = json!({ "types": self.types, "limit": 16_384 });
            let (ours, theirs) = tokio::join!(
                own.read(&all, Reading::Values),
                self.theirs("query", side, request)
            );
            let rows_of = |answer: &Answer| {
                let rows = answer.as_ref().map_err(String::clone)?.as_array().unwrap();
                let rows = rows.iter().map(|row| {
                    let mut row = row.as_object().unwrap().clone();
                    let key = row[&self.table.key].clone();
                    if self.table.auto_id {
                        row.remove(&self.table.key);
                    }
                    (self.number(side, &key), row)
                });
                let mut rows: Vec<(String, Row)> = rows.collect();
                rows.sort_by(|a, b| a.0.cmp(&b.0));
                Ok::<_, String>(rows)
            };
            let expected: Vec<(String, Row)> = self.expected.clone().into_iter().collect();
            for (who, answer) in [("this client", &ours), ("pymilvus", &theirs)] {
                self.bench.count();
                let what = |difference: String| {
                    format!(
                        "{who} reads collection {side:?}, and it is not what was written: {difference}"
                    )
                };
                let rows = rows_of(answer).map_err(what)?;
                same_rows(&rows, &expected).map_err(what)?;
            }
        }
        Ok(())
    }

    async fn read(&self, side: Side, read: &Read, reading: Reading) -> Compared {
        if matches!(read, Read::Describe) {
            return self.describe().await;
        }
        let own = self.ours(side);
        let mut read = read.clone();
        if let Read::Get { keys, .. } = &mut read {
            *keys = self.real(side, keys);
        }
        let (action, request, sorted) = self.request(&read);
        let (mut ours, mut theirs) =
            tokio::join!(own.read(&read, reading), self.theirs(action, side, request));
        if sorted {
            for rows in [&mut ours, &mut theirs].into_iter().flatten() {
                let rows = rows.as_array_mut().unwrap();
                rows.sort_by_cached_key(Json::to_string);
            }
        }
        self.same(&ours, &theirs)?;
        Ok(())
    }

    /// The schema as the server should describe it.
    fn as_described(&self) -> milvus_otel::Schema {
        let mut table = self.table.clone();
        for column in &mut table.columns {
            if let DataType::Array { element, .. } = &mut column.kind
                && let DataType::VarChar { max_length } = &mut **element
                && is_known("length of texts in arrays", self.bench.server)
            {
                *max_length = 0;
            }
        }
        table.ours().0
    }

    /// Each client describes both collections alike.
    async fn describe(&self) -> Compared {
        let client = &self.bench.client;
        let describe = |side: Side| client.describe_collection(&self.names[side as usize]);
        let (ours, theirs) = tokio::join!(describe(Side::Ours), describe(Side::Theirs));
        self.bench.count();
        self.bench.count();
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) if ours.schema != theirs.schema => {
                return Err(format!(
                    "this client describes them as {:?} and {:?}",
                    ours.schema, theirs.schema
                ));
            }
            (Err(error), _) | (_, Err(error)) => return Err(error.to_string()),
            (Ok(ours), _) if ours.schema != self.as_described() => {
                return Err(format!("the schema is described as {:?}", ours.schema));
            }
            _ => {}
        }
        let (ours, theirs) = tokio::join!(
            self.theirs("describe", Side::Ours, json!({})),
            self.theirs("describe", Side::Theirs, json!({}))
        );
        both(&ours, &theirs).map(|_| ())
    }
}
