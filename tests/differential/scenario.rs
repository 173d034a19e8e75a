//! Random scenarios: a schema and what is done with it, step by step.

use fastrand::Rng;
use milvus_otel::schema::DataType;
use serde_json::Value as Json;

use crate::changes::Changes;
use crate::filters::{Condition, Values};
use crate::known::is_known;
use crate::schema::Table;
use crate::server::Kind;
use crate::values::{self, Row};

/// What is done in one go, made from its seed alone.
#[derive(Debug, Clone)]
pub(crate) enum Scenario {
    Sides(Sides),
    Changes(Changes),
}

/// Two collections of one schema: what one client writes to the first, the other writes to the second.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    pub(crate) table: Table,
    pub(crate) steps: Vec<Step>,
}

/// Which of the two collections is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    Theirs,
}

/// How this client is given rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Columns,
    Typed,
    Json,
}

/// How this client's answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// `Row::get`
    Values,
    /// The row as `Serialize`.
    Serialized,
    /// `rows::<Map<..>>()`
    Typed,
    /// `columns()`
    Columns,
}

#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a scenario has few steps")]
pub(crate) enum Step {
    Insert(Vec<Row>, Form),
    Upsert(Vec<Row>, Form),
    /// An upsert of some fields.
    Partial(Vec<Row>, Form),
    DeleteKeys(Vec<Json>),
    DeleteMatching(Condition, Values),
    Read(Side, Read, Reading),
}

#[derive(Debug, Clone)]
pub(crate) enum Read {
    Describe,
    Query {
        filter: Condition,
        how: Values,
        output: Option<Vec<String>>,
        limit: Option<u64>,
        offset: Option<u64>,
    },
    Get {
        keys: Vec<Json>,
        output: Option<Vec<String>>,
    },
    Count {
        filter: Condition,
        how: Values,
    },
    Stream {
        filter: Condition,
        output: Option<Vec<String>>,
        batch: u64,
        limit: Option<u64>,
    },
    Search {
        find: Find,
        more: Vec<Json>,
        offset: Option<u64>,
        range: Option<(f64, Option<f64>)>,
        round: Option<u32>,
        group: Option<(String, Option<u32>)>,
        output: Option<Vec<String>>,
    },
    SearchStream {
        find: Find,
        batch: u64,
    },
    Hybrid {
        searches: Vec<Find>,
        /// The weights, or the constant of the ranking by ranks.
        ranker: Result<Vec<f64>, u32>,
        limit: u64,
        offset: Option<u64>,
        round: Option<u32>,
        output: Option<Vec<String>>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Find {
    pub(crate) field: String,
    pub(crate) vector: Json,
    pub(crate) filter: Condition,
    pub(crate) how: Values,
    pub(crate) limit: Option<u64>,
}

impl Step {
    /// What kind of step it is, for a person and to tell failures apart.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Insert(..) => "insert",
            Self::Upsert(..) => "upsert",
            Self::Partial(..) => "partial upsert",
            Self::DeleteKeys(_) => "delete by keys",
            Self::DeleteMatching(..) => "delete by filter",
            Self::Read(_, read, _) => match read {
                Read::Describe => "describe",
                Read::Query { .. } => "query",
                Read::Get { .. } => "get",
                Read::Count { .. } => "count",
                Read::Stream { .. } => "query stream",
                Read::Search { .. } => "search",
                Read::SearchStream { .. } => "search stream",
                Read::Hybrid { .. } => "hybrid search",
            },
        }
    }
}

/// Makes the steps of one scenario.
pub(crate) struct Maker<'a> {
    pub(crate) rng: Rng,
    pub(crate) server: Kind,
    pub(crate) table: &'a Table,
    /// The keys of the rows so far; if Milvus generates keys, the rows' numbers in the order of writing.
    keys: Vec<Json>,
    rows: u32,
}

impl Scenario {
    pub(crate) fn random(seed: u64, server: Kind) -> Self {
        let mut rng = Rng::with_seed(seed);
        if rng.u8(0..8) == 0 {
            Self::Changes(Changes::random(&mut rng, server))
        } else {
            Self::Sides(Sides::random(rng, server))
        }
    }

    pub(crate) fn truncate(&mut self, steps: usize) {
        match self {
            Self::Sides(sides) => sides.steps.truncate(steps),
            Self::Changes(changes) => changes.steps.truncate(steps),
        }
    }
}

impl Sides {
    fn random(mut rng: Rng, server: Kind) -> Self {
        let table = Table::random(&mut rng, server);
        let mut maker = Maker {
            rng,
            server,
            table: &table,
            keys: Vec::new(),
            rows: 0,
        };
        let mut steps = vec![maker.insert()];
        for side in [Side::Ours, Side::Theirs] {
            steps.push(Step::Read(side, Read::Describe, Reading::Values));
        }
        for _ in 0..maker.rng.usize(8..20) {
            let step = maker.step();
            steps.push(step);
        }
        Self { table, steps }
    }
}

impl Maker<'_> {
    fn step(&mut self) -> Step {
        match self.rng.u8(0..20) {
            0 => self.insert(),
            1 if !self.table.auto_id => {
                let rows = self.rows_to_replace();
                let form = self.form(&rows);
                Step::Upsert(rows, form)
            }
            2 if !self.table.auto_id && self.server.has_partial_upsert() => self.partial(),
            3 => Step::DeleteKeys(self.some_keys()),
            4 => {
                let filter = Condition::some(&mut self.rng, self.table, self.server, 1);
                Step::DeleteMatching(filter, self.how())
            }
            _ => {
                let side = if self.rng.bool() {
                    Side::Ours
                } else {
                    Side::Theirs
                };
                let read = self.read();
                Step::Read(side, read, self.reading())
            }
        }
    }

    fn insert(&mut self) -> Step {
        let count = self.rng.usize(1..30);
        let mut rows = Vec::with_capacity(count);
        for _ in 0..count {
            let mut row = self.row();
            let key = if self.table.auto_id {
                self.rows.into()
            } else {
                let key = self.new_key();
                row.insert(self.table.key.clone(), key.clone());
                key
            };
            self.rows += 1;
            self.keys.push(key);
            rows.push(row);
        }
        let form = self.form(&rows);
        Step::Insert(rows, form)
    }

    fn row(&mut self) -> Row {
        let mut row = self.table.row(&mut self.rng);
        for (name, value) in &mut row {
            if let Some(column) = self.table.column(name)
                && !(column.nullable && value.is_null())
            {
                *value = self.storable(&column.kind, value.take());
            }
        }
        row
    }

    pub(crate) fn value(&mut self, kind: &DataType) -> Json {
        let value = values::random(&mut self.rng, kind);
        self.storable(kind, value)
    }

    /// The value, or one like it that this server can store and search.
    fn storable(&self, kind: &DataType, value: Json) -> Json {
        match kind {
            DataType::Json if is_scalar(&value) => {
                if is_known("scalars as JSON", self.server) {
                    return vec![value].into();
                }
                value
            }
            _ => value,
        }
    }

    /// A key that no row has.
    fn new_key(&mut self) -> Json {
        let key = self.any_new_key();
        let has = |letter: char| key.as_str().is_some_and(|key| key.contains(letter));
        let unfit = has('\n') && is_known("line break", self.server)
            || has('\'') && is_known("apostrophe in keys", self.server)
            || key == i64::MAX && is_known("largest key", self.server)
            || key == i64::MIN && is_known("smallest integer", self.server);
        if unfit {
            return self.new_key();
        }
        key
    }

    fn any_new_key(&mut self) -> Json {
        loop {
            let key = match self.table.key_kind {
                DataType::Int64 => match self.rng.u8(0..30) {
                    0 => i64::MIN.into(),
                    1 => i64::MAX.into(),
                    2..6 => self.rng.i64(..).into(),
                    _ => self.rng.i64(-50..200).into(),
                },
                _ => values::text(&mut self.rng).into(),
            };
            if !self.keys.contains(&key) {
                return key;
            }
            if self.keys.len() > 60 && self.table.key_kind != DataType::Int64 {
                return format!("key {}", self.keys.len()).into();
            }
        }
    }

    fn rows_to_replace(&mut self) -> Vec<Row> {
        let mut keys = self.some_keys();
        if self.rng.bool() {
            keys.push(self.new_key());
        }
        // Servers keep either of two rows with the same key.
        keys.sort_by_cached_key(Json::to_string);
        keys.dedup();
        for key in &keys {
            if !self.keys.contains(key) {
                self.keys.push(key.clone());
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        for key in keys {
            let mut row = self.row();
            row.insert(self.table.key.clone(), key);
            rows.push(row);
        }
        rows
    }

    /// All rows of a partial upsert have the same fields.
    fn partial(&mut self) -> Step {
        let mut names: Vec<String> = self.table.names();
        names.retain(|name| *name != self.table.key && self.table.kind(name).is_some());
        self.rng.shuffle(&mut names);
        names.truncate(self.rng.usize(1..=names.len()));
        let mut rows: Vec<Row> = Vec::new();
        for key in self.some_keys() {
            let mut row = Row::new();
            for name in &names {
                let kind = self.table.kind(name).unwrap().clone();
                let value = self.value(&kind);
                row.insert(name.clone(), value);
            }
            row.insert(self.table.key.clone(), key);
            rows.push(row);
        }
        let form = self.form(&rows);
        Step::Partial(rows, form)
    }

    /// Keys of rows, each once, and sometimes one that no row has.
    pub(crate) fn some_keys(&mut self) -> Vec<Json> {
        let mut keys = self.keys.clone();
        self.rng.shuffle(&mut keys);
        keys.truncate(self.rng.usize(1..8));
        if !self.table.auto_id && self.rng.u8(0..5) == 0 {
            keys.push(self.new_key());
        }
        keys
    }

    fn form(&mut self, rows: &[Row]) -> Form {
        // Columns say of every row what it has.
        let names: Vec<_> = rows
            .iter()
            .map(|row| row.keys().collect::<Vec<_>>())
            .collect();
        let same = names.windows(2).all(|pair| pair[0] == pair[1]);
        match self.rng.u8(0..3) {
            0 if same || !self.table.dynamic => Form::Columns,
            1 => Form::Json,
            _ => Form::Typed,
        }
    }

    fn reading(&mut self) -> Reading {
        let all = [
            Reading::Values,
            Reading::Serialized,
            Reading::Typed,
            Reading::Columns,
        ];
        all[self.rng.usize(..all.len())]
    }

    pub(crate) fn how(&mut self) -> Values {
        if self.rng.u8(0..3) == 0 {
            Values::Written
        } else {
            Values::Bound
        }
    }

    pub(crate) fn filter(&mut self) -> Condition {
        Condition::random(&mut self.rng, self.table, self.server)
    }
}

/// Whether a JSON value is neither an object nor an array. A double is an object in the form of [`values`].
fn is_scalar(json: &Json) -> bool {
    json.get("$d").is_some() || !json.is_object() && !json.is_array()
}
