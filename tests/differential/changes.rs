//! Collections that another process drops, makes anew with another schema, renames and points an alias to, while this
//! client goes on using them. What it reads and what it leaves stored must be right at every step.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use milvus_otel::{Consistency, Metric, schema::DataType};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, Difference, named};
use crate::compare::{Compared, same_rows};
use crate::filters::{Condition, Values};
use crate::known::is_known;
use crate::ours::Ours;
use crate::scenario::{Form, Read, Reading};
use crate::schema::{Column, Table};
use crate::server::Kind;
use crate::theirs::Answer;
use crate::values::{Row, double, floats};

#[derive(Debug, Clone)]
pub(crate) struct Changes {
    pub(crate) steps: Vec<Change>,
}

/// Two collections, by number, and an alias of one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Collection(usize),
    Alias,
}

#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// By the other process, with rows of these numbers.
    Recreate(usize, Shape, Vec<u32>),
    /// By the other process: the alias is this collection's.
    Point(usize),
    /// By the other process: the collections exchange their names.
    Swap,
    /// By this client: rows of these numbers are inserted or replaced.
    Upsert(At, Vec<u32>, Form),
    Get(At, Vec<u32>, Reading),
    Delete(At, Vec<u32>),
    Stream(At),
    Count(At),
}

/// What differs between one life of a collection and the next.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Which of the fields `id` and `uid` is the key; the other is a field, a dynamic one, or is not there.
    key: &'static str,
    text_key: bool,
    other_is_field: bool,
    dynamic: bool,
    number: DataType,
    dimension: u32,
}

const KEYS: [&str; 2] = ["id", "uid"];
const ROWS: u32 = 10;

impl Shape {
    fn random(rng: &mut Rng) -> Self {
        let numbers = [
            DataType::Int64,
            DataType::Double,
            DataType::VarChar { max_length: 20 },
        ];
        Self {
            key: KEYS[rng.usize(..2)],
            text_key: rng.u8(0..4) == 0,
            other_is_field: rng.bool(),
            dynamic: rng.bool(),
            number: numbers[rng.usize(..3)].clone(),
            dimension: rng.u32(2..4),
        }
    }

    fn other(&self) -> &'static str {
        KEYS[usize::from(self.key == KEYS[0])]
    }

    fn table(&self) -> Table {
        let column = |name: &str, kind: DataType, index| Column {
            name: name.to_owned(),
            kind,
            nullable: false,
            default: None,
            partition_key: false,
            index,
        };
        let vector = DataType::FloatVector {
            dimension: self.dimension,
        };
        let mut columns = vec![
            column("n", self.number.clone(), None),
            column("v", vector, Some(("FLAT", Metric::L2))),
        ];
        if self.other_is_field {
            columns.push(column(self.other(), DataType::Int64, None));
        }
        Table {
            key: self.key.to_owned(),
            key_kind: if self.text_key {
                DataType::VarChar { max_length: 20 }
            } else {
                DataType::Int64
            },
            auto_id: false,
            columns,
            dynamic: self.dynamic,
        }
    }

    fn key(&self, number: u32) -> Json {
        if self.text_key {
            format!("{number}").into()
        } else {
            number.into()
        }
    }

    /// The row of a number. The other field has keys, too, but those of other rows.
    fn row(&self, number: u32) -> Row {
        let mut row = Row::new();
        row.insert(self.key.to_owned(), self.key(number));
        if self.other_is_field || self.dynamic {
            row.insert(self.other().to_owned(), ((number + 1) % ROWS).into());
        }
        let value = match self.number {
            DataType::Int64 => number.into(),
            DataType::Double => double(f64::from(number)),
            _ => number.to_string().into(),
        };
        row.insert("n".to_owned(), value);
        let small = u8::try_from(number).unwrap();
        row.insert(
            "v".to_owned(),
            floats(&vec![f32::from(small); self.dimension as usize]),
        );
        row
    }
}

impl Changes {
    pub(crate) fn random(rng: &mut Rng, server: Kind) -> Self {
        let numbers = |rng: &mut Rng| {
            let mut all: Vec<u32> = (0..ROWS).collect();
            rng.shuffle(&mut all);
            all.truncate(rng.usize(1..7));
            all
        };
        let recreate = |rng: &mut Rng, at| Change::Recreate(at, Shape::random(rng), numbers(rng));
        let mut steps = vec![recreate(rng, 0), recreate(rng, 1)];
        if server.has_aliases() {
            steps.push(Change::Point(rng.usize(..2)));
        }
        let changes = if server == Kind::Full { 3 } else { 5 };
        for _ in 0..changes {
            for _ in 0..rng.usize(2..6) {
                let at = match rng.usize(..3) {
                    2 if server.has_aliases() => At::Alias,
                    at => At::Collection(at % 2),
                };
                let numbers = numbers(rng);
                steps.push(match rng.u8(0..8) {
                    0 | 1 => {
                        let form = [Form::Columns, Form::Typed, Form::Json][rng.usize(..3)];
                        Change::Upsert(at, numbers, form)
                    }
                    2 | 3 => {
                        let reading = [Reading::Values, Reading::Typed][rng.usize(..2)];
                        Change::Get(at, numbers, reading)
                    }
                    4 | 5 => Change::Delete(at, numbers),
                    6 => Change::Stream(at),
                    _ => Change::Count(at),
                });
            }
            let at = rng.usize(..2);
            steps.push(match rng.u8(0..6) {
                0 | 1 if server.has_aliases() => Change::Point(at),
                2 if server.has_aliases() => Change::Swap,
                _ => recreate(rng, at),
            });
        }
        // What comes last is used, too.
        for at in [At::Collection(0), At::Collection(1)] {
            let numbers = numbers(rng);
            steps.push(Change::Delete(at, numbers));
        }
        Self { steps }
    }
}

/// A collection as it should be.
struct Life {
    shape: Shape,
    table: Table,
    rows: BTreeMap<String, Row>,
    /// Whether this client has used the name since.
    used: bool,
}

struct World<'a> {
    bench: &'a Bench,
    names: [String; 2],
    alias: String,
    lives: [Option<Life>; 2],
    pointed: Option<usize>,
}

impl Bench {
    pub(crate) async fn run_changes(&self, changes: &Changes) -> Result<(), Difference> {
        let mut world = World {
            bench: self,
            names: [self.name(), self.name()],
            alias: format!("alias_{}", self.name()),
            lives: [None, None],
            pointed: None,
        };
        let mut outcome = Ok(());
        for (number, step) in changes.steps.iter().enumerate() {
            outcome = world.step(step).await.map_err(named(number, step.name()));
            if outcome.is_err() {
                break;
            }
        }
        if world.pointed.is_some() {
            let _ = self
                .third
                .ask("unpoint", json!({ "alias": world.alias }))
                .await;
        }
        for name in &world.names {
            let _ = self.third.ask("drop", json!({ "collection": name })).await;
        }
        outcome
    }
}

impl Change {
    fn name(&self) -> &'static str {
        match self {
            Self::Recreate(..) => "recreated elsewhere",
            Self::Point(_) => "alias pointed elsewhere",
            Self::Swap => "renamed elsewhere",
            Self::Upsert(..) => "upsert after changes",
            Self::Get(..) => "get after changes",
            Self::Delete(..) => "delete by keys after changes",
            Self::Stream(_) => "stream after changes",
            Self::Count(_) => "count after changes",
        }
    }
}

impl World<'_> {
    /// Which collection this is now.
    fn find(&self, at: At) -> Option<usize> {
        let found = match at {
            At::Collection(number) => Some(number),
            At::Alias => self.pointed,
        };
        found.filter(|found| self.lives[*found].is_some())
    }

    async fn third(&self, action: &str, request: Json) -> Result<Json, String> {
        let answer: Answer = self.bench.third.ask(action, request).await;
        answer.map_err(|error| format!("the other process cannot {action}: {error}"))
    }

    async fn step(&mut self, step: &Change) -> Compared {
        self.bench.count_operation(step.name());
        match step {
            Change::Recreate(number, shape, rows) => {
                let name = self.names[*number].clone();
                if self.pointed == Some(*number) {
                    // A collection with an alias cannot be dropped.
                    self.third("unpoint", json!({ "alias": self.alias }))
                        .await?;
                    self.pointed = None;
                }
                self.third("drop", json!({ "collection": name })).await?;
                let table = shape.table();
                let mut request = Json::Object(table.theirs());
                request["collection"] = name.as_str().into();
                self.third("create", request).await?;
                let rows: Vec<Row> = rows.iter().map(|number| shape.row(*number)).collect();
                let request = json!({ "collection": name, "types": table.types(), "rows": rows });
                self.third("insert", request).await?;
                let key = |row: Row| (row[&table.key].to_string(), row);
                self.lives[*number] = Some(Life {
                    shape: shape.clone(),
                    rows: rows.into_iter().map(key).collect(),
                    table,
                    used: false,
                });
                Ok(())
            }
            Change::Point(number) => {
                if self.lives[*number].is_none() {
                    return Ok(());
                }
                let request = json!({
                    "alias": self.alias, "collection": self.names[*number], "first": self.pointed.is_none(),
                });
                self.third("point", request).await?;
                self.pointed = Some(*number);
                if let Some(life) = &mut self.lives[*number] {
                    life.used = false;
                }
                Ok(())
            }
            Change::Swap => self.swap().await,
            Change::Upsert(at, numbers, form) => {
                let Some(found) = self.find(*at) else {
                    return Ok(());
                };
                self.wait_for_schema(found).await;
                let life = self.lives[found].as_ref().unwrap();
                let rows: Vec<Row> = numbers
                    .iter()
                    .map(|number| life.shape.row(*number))
                    .collect();
                let answer = self.ours(*at, found).upsert(&rows, *form, false).await;
                self.count(answer, rows.len())?;
                let life = self.lives[found].as_mut().unwrap();
                for row in rows {
                    life.rows.insert(row[&life.table.key].to_string(), row);
                }
                self.check_stored(found).await
            }
            Change::Get(at, numbers, reading) => {
                let Some(found) = self.find(*at) else {
                    return Ok(());
                };
                let life = self.lives[found].as_ref().unwrap();
                let keys: Vec<Json> = numbers
                    .iter()
                    .map(|number| life.shape.key(*number))
                    .collect();
                let read = Read::Get {
                    keys: keys.clone(),
                    output: None,
                };
                let answer = self.ours(*at, found).read(&read, *reading).await;
                let keys: Vec<String> = keys.iter().map(Json::to_string).collect();
                let expected = life.rows.iter().filter(|(key, _)| keys.contains(key));
                let expected: Vec<_> = expected
                    .map(|(key, row)| (key.clone(), row.clone()))
                    .collect();
                self.compare(found, &answer?, &expected)
            }
            Change::Delete(at, numbers) => {
                let Some(found) = self.find(*at) else {
                    return Ok(());
                };
                let life = self.lives[found].as_ref().unwrap();
                let keys: Vec<Json> = numbers
                    .iter()
                    .map(|number| life.shape.key(*number))
                    .collect();
                let answer = self.ours(*at, found).delete_keys(&keys).await;
                self.bench.count();
                answer?;
                let life = self.lives[found].as_mut().unwrap();
                for key in keys {
                    life.rows.remove(&key.to_string());
                }
                self.check_stored(found).await
            }
            Change::Stream(at) => {
                let Some(found) = self.find(*at) else {
                    return Ok(());
                };
                let read = Read::Stream {
                    filter: Condition::All,
                    output: None,
                    batch: 3,
                    limit: None,
                };
                let answer = self.ours(*at, found).read(&read, Reading::Values).await;
                let life = self.lives[found].as_ref().unwrap();
                let expected: Vec<_> = life.rows.clone().into_iter().collect();
                self.compare(found, &answer?, &expected)
            }
            Change::Count(at) => {
                let Some(found) = self.find(*at) else {
                    return Ok(());
                };
                let read = Read::Count {
                    filter: Condition::All,
                    how: Values::Bound,
                };
                let answer = self.ours(*at, found).read(&read, Reading::Values).await;
                self.bench.count();
                let (counted, expected) = (answer?, self.lives[found].as_ref().unwrap().rows.len());
                if counted == expected {
                    return Ok(());
                }
                Err(format!(
                    "{counted} rows were counted, and there are {expected}"
                ))
            }
        }
    }

    async fn swap(&mut self) -> Compared {
        if self.lives.iter().any(Option::is_none) {
            return Ok(());
        }
        let between = self.bench.name();
        let [first, second] = self.names.clone();
        for (old, new) in [(&first, &between), (&second, &first), (&between, &second)] {
            self.third("rename", json!({ "old": old, "new": new }))
                .await?;
        }
        // Milvus Lite 3.2 releases what is renamed.
        for name in [&first, &second] {
            self.third("load", json!({ "collection": name })).await?;
        }
        self.lives.swap(0, 1);
        self.pointed = self.pointed.map(|pointed| 1 - pointed);
        for life in self.lives.iter_mut().flatten() {
            life.used = false;
        }
        Ok(())
    }

    /// Servers that do not check what is written against the schema are given what fits the schema of a second ago.
    async fn wait_for_schema(&mut self, found: usize) {
        let server = self.bench.server;
        let life = self.lives[found].as_mut().unwrap();
        if !life.used && is_known("schema of a second ago", server) {
            tokio::time::sleep(Duration::from_millis(1300)).await;
        }
        life.used = true;
    }

    fn ours(&self, at: At, found: usize) -> Ours<'_> {
        Ours {
            client: &self.bench.client,
            collection: match at {
                At::Collection(number) => &self.names[number],
                At::Alias => &self.alias,
            },
            table: &self.lives[found].as_ref().unwrap().table,
            consistency: Consistency::Strong,
        }
    }

    fn count(&self, answer: Answer, rows: usize) -> Compared {
        self.bench.count();
        let written = answer?;
        if written["count"] == rows {
            return Ok(());
        }
        Err(format!(
            "{rows} rows were written, and the answer is {written}"
        ))
    }

    /// The other process finds in the collection what should be there.
    async fn check_stored(&self, found: usize) -> Compared {
        let life = self.lives[found].as_ref().unwrap();
        let request = json!({
            "collection": self.names[found], "types": life.table.types(), "limit": 16_384,
        });
        let stored = self.third("query", request).await?;
        let expected: Vec<_> = life.rows.clone().into_iter().collect();
        let compared = self.compare(found, &stored, &expected);
        compared.map_err(|what| format!("the wrong rows are stored: {what}"))
    }

    fn compare(&self, which: usize, answer: &Json, expected: &[(String, Row)]) -> Compared {
        self.bench.count();
        let key = &self.lives[which].as_ref().unwrap().table.key;
        let rows = answer.as_array().unwrap().iter();
        let mut found: Vec<(String, Row)> = rows
            .map(|row| {
                let row = row.as_object().unwrap().clone();
                (row.get(key).unwrap_or(&Json::Null).to_string(), row)
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        same_rows(&found, expected)
    }
}
