//! Random operations.

use std::collections::BTreeMap;

use milvus_otel::Metric;
use serde_json::{Value as Json, json};

/// A small generator of random numbers, the same everywhere.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    /// A coordinate with more digits than two of them share by chance.
    fn coordinate(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1 << 20)).unwrap()) / f64::from(1 << 19) - 1.0
    }
}

/// What a server can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ability {
    /// Lite has nulls and any pattern, but neither arithmetic nor ranges. Milvus 2.3 is the other way round.
    pub(super) is_lite: bool,
    pub(super) metric: Metric,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Insert {
        rows: Vec<Json>,
        partition: Option<&'static str>,
    },
    Upsert {
        rows: Vec<Json>,
    },
    DeleteKeys(Vec<i64>),
    DeleteMatching(String),
    Get(Vec<i64>),
    Query {
        filter: String,
        limit: Option<usize>,
        output: Vec<&'static str>,
    },
    Count {
        filter: String,
        partition: Option<&'static str>,
    },
    Search {
        vector: Vec<f32>,
        filter: String,
        limit: usize,
        offset: u64,
        output: Vec<&'static str>,
        radius: Option<f64>,
    },
    SearchMany(Vec<Vec<f32>>),
    Partition(&'static str),
    ListPartitions,
    Has(&'static str),
    Describe(&'static str),
    Index,
}

fn row(random: &mut Random, ability: Ability) -> Json {
    let title = random.pick(&["Dune", "Emma", "Iliad", "It", "Ulysses", "", "a_b", "50%"]);
    let mut row = json!({
        "id": random.below(40),
        "title": title,
        "year": i64::try_from(random.below(300)).unwrap() - 100,
        "price": f64::from(u32::try_from(random.below(64)).unwrap()) / 8.0,
        "sold": random.below(2) == 0,
        "more": { "a": random.below(5), "list": [random.below(4), random.below(4)] },
        "tags": [random.below(3), random.below(3)],
        "vector": [random.coordinate(), random.coordinate(), random.coordinate()],
    });
    if ability.is_lite && random.below(3) == 0 {
        row["title"] = Json::Null;
    }
    // To Lite, a dynamic field that is not there is null. In Milvus it is not, and an upsert replaces all of them.
    if ability.is_lite || random.below(2) == 0 {
        row["color"] = json!(random.pick(&["red", "blue"]));
    }
    row
}

/// Rows with different keys.
fn rows(random: &mut Random, ability: Ability) -> Vec<Json> {
    let count = 1 + random.below(6);
    let rows: BTreeMap<u64, Json> = (0..count)
        .map(|_| row(random, ability))
        .map(|row| (row["id"].as_u64().unwrap(), row))
        .collect();
    rows.into_values().collect()
}

fn condition(random: &mut Random, ability: Ability) -> String {
    let year = i64::try_from(random.below(300)).unwrap() - 100;
    let sign = random.pick(&["==", "!=", "<", "<=", ">", ">="]);
    match random.below(16) {
        0 => format!("id {sign} {}", random.below(40)),
        1 | 2 => format!("year {sign} {year}"),
        3 => format!("price {sign} {}.5", random.below(8)),
        4 => format!("title {sign} \"Emma\""),
        5 if ability.is_lite => {
            let pattern = random.pick(&["D%", "%a", "%l%", "It", "_t", "%"]);
            format!("title like \"{pattern}\"")
        }
        5 => format!("title like \"{}\"", random.pick(&["D%", "U%", "It"])),
        6 => format!(
            "id in [{}, {}, {}]",
            random.below(40),
            random.below(40),
            random.below(40)
        ),
        7 => format!("id not in [{}, {}]", random.below(40), random.below(40)),
        8 => format!("sold == {}", random.pick(&["true", "false"])),
        9 => format!("more[\"a\"] {sign} {}", random.below(5)),
        10 if !ability.is_lite => format!("{} < year <= {}", year, year + 80),
        11 if !ability.is_lite => format!("year % 3 == {}", random.below(3)),
        12 => format!("array_contains(tags, {})", random.below(3)),
        13 => format!("json_contains(more[\"list\"], {})", random.below(4)),
        14 => {
            let sign = random.pick(&["==", "!="]);
            format!("color {sign} \"{}\"", random.pick(&["red", "blue"]))
        }
        _ => format!("tags[0] == {}", random.below(3)),
    }
}

fn filter(random: &mut Random, ability: Ability) -> String {
    let one = condition(random, ability);
    match random.below(5) {
        0 => format!("{one} and {}", condition(random, ability)),
        1 => format!("{one} or {}", condition(random, ability)),
        2 => format!("not ({one})"),
        3 => format!(
            "({one} or {}) and {}",
            condition(random, ability),
            condition(random, ability)
        ),
        _ => one,
    }
}

/// The next step of a run.
pub(super) fn step(random: &mut Random, ability: Ability) -> Step {
    let partition =
        |random: &mut Random| (random.below(4) == 0).then(|| random.pick(&["old", "new"]));
    let output = |random: &mut Random| match random.below(4) {
        0 => vec!["*"],
        1 => vec!["title", "year"],
        2 => vec!["more", "color", "vector"],
        _ => vec!["id"],
    };
    let vector =
        |random: &mut Random| -> Vec<f32> { (0..3).map(|_| random.coordinate() as f32).collect() };
    match random.below(24) {
        0..=4 => {
            let (mut rows, partition) = (rows(random, ability), partition(random));
            // Keys of its own: Milvus does not look for a key in other partitions.
            for row in rows.iter_mut().filter(|_| partition.is_some()) {
                let offset = if partition == Some("old") { 100 } else { 200 };
                row["id"] = json!(row["id"].as_i64().unwrap() + offset);
            }
            Step::Insert { rows, partition }
        }
        5 | 6 => Step::Upsert {
            rows: rows(random, ability),
        },
        7 => Step::DeleteKeys(vec![random.below(40) as i64, random.below(40) as i64]),
        8 => Step::DeleteMatching(format!("year < {}", random.below(100) as i64 - 100)),
        9 => Step::Get(vec![random.below(40) as i64, random.below(40) as i64]),
        10..=13 => Step::Query {
            filter: filter(random, ability),
            limit: (random.below(3) == 0).then(|| 1 + random.below(5) as usize),
            output: output(random),
        },
        14 | 15 => Step::Count {
            filter: filter(random, ability),
            partition: partition(random),
        },
        16..=19 => Step::Search {
            vector: vector(random),
            filter: if random.below(2) == 0 {
                String::new()
            } else {
                filter(random, ability)
            },
            limit: 1 + random.below(8) as usize,
            offset: if random.below(3) == 0 {
                random.below(3)
            } else {
                0
            },
            output: output(random),
            radius: (random.below(4) == 0).then_some(0.5),
        },
        20 => Step::SearchMany(vec![vector(random), vector(random)]),
        21 => Step::Partition(random.pick(&["old", "new"])),
        22 => match random.below(3) {
            0 => Step::ListPartitions,
            1 => Step::Index,
            _ => Step::Has(random.pick(&["books", "missing"])),
        },
        _ => Step::Describe(random.pick(&["books", "missing"])),
    }
}
