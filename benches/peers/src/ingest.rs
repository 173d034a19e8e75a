//! 100 000 rows in batches of 1000, compared with tonic sending the same bytes, encoded in advance.

use std::process::Command;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use cpu_time::ThreadTime;

use crate::clients::Clients;
use crate::measure::Prepare;
use crate::{PAYLOAD, PROCESSES, telemetry};

pub const NAME: &str = "ingest";
/// The variable with the way that a process measures.
pub const WAY: &str = "PEERS_WAY";
const BATCHES: usize = 100;
/// In each process.
const ROUNDS: u32 = 16;
/// Wall time over that of tonic with encoded bytes.
const WALL: f64 = 1.05;
/// The limit for the growth of the live bytes, in batches. The exporter frees spans on its own thread, where they are not
/// counted.
const GROWTH: f64 = 0.1;

struct Way {
    name: &'static str,
    prepare: fn(&Clients) -> Prepare,
    judged: bool,
}

const WAYS: [Way; 4] = [
    Way {
        name: "tonic, bytes encoded beforehand",
        prepare: |clients| clients.raw().insert_encoded(),
        judged: false,
    },
    Way {
        name: "tonic's channel alone, the same bytes without a copy",
        prepare: |clients| clients.raw().insert_uncopied(),
        judged: false,
    },
    Way {
        name: "milvus-otel, columns",
        prepare: |clients| clients.ours().insert_columns(),
        judged: true,
    },
    Way {
        name: "milvus-otel, typed rows",
        prepare: |clients| clients.ours().insert_rows(),
        judged: true,
    },
];

/// The best cost of an ingest. Other load of the machine affects nearly every round, so the time of each batch is taken from
/// the round in which it was fastest.
#[derive(Clone)]
struct Ingest {
    /// Milliseconds.
    cpu: f64,
    /// The maximum of live bytes, including the batch, in batches.
    peak: f64,
    /// Live bytes after the last batch over those after the first, in batches.
    growth: f64,
    /// Milliseconds of each batch.
    walls: Vec<f64>,
}

impl Ingest {
    fn worst() -> Self {
        Self {
            cpu: f64::INFINITY,
            peak: f64::INFINITY,
            growth: f64::INFINITY,
            walls: vec![f64::INFINITY; BATCHES],
        }
    }

    fn keep_lower(&mut self, other: &Self) {
        self.cpu = self.cpu.min(other.cpu);
        self.peak = self.peak.min(other.peak);
        self.growth = self.growth.min(other.growth);
        for (best, wall) in self.walls.iter_mut().zip(&other.walls) {
            *best = best.min(*wall);
        }
    }

    fn wall(&self) -> f64 {
        self.walls.iter().sum()
    }
}

/// Runs in the process of one way, and prints the cost.
pub fn measure_one(way: usize) {
    let telemetry = telemetry::install();
    let caller = telemetry::caller();
    let clients = Clients::new();
    let mut prepare = (WAYS[way].prepare)(&clients);
    clients.runtime.block_on(prepare());
    let mut best = Ingest::worst();
    for _ in 0..ROUNDS {
        best.keep_lower(&ingest(&clients, &mut prepare));
    }
    drop((prepare, clients, caller));
    telemetry.end();
    let walls: Vec<String> = best.walls.iter().map(f64::to_string).collect();
    println!(
        "{} {} {} {}",
        best.cpu,
        best.peak,
        best.growth,
        walls.join(" ")
    );
}

/// Sends all batches. The inputs are created in between: their memory is measured, but not their time.
fn ingest(clients: &Clients, prepare: &mut Prepare) -> Ingest {
    let (mut cpu, mut walls) = (Duration::ZERO, Vec::new());
    let (mut live, mut after_first, mut peak) = (0, None, 0);
    for _ in 0..BATCHES {
        let mut operation = None;
        live += measure(|| operation = Some(prepare())).bytes_current;
        let counted = measure(|| {
            let started = (ThreadTime::now(), Instant::now());
            clients.runtime.block_on(operation.take().unwrap());
            cpu += started.0.elapsed();
            walls.push(started.1.elapsed().as_secs_f64() * 1e3);
        });
        peak = peak.max(live + counted.bytes_max as i64);
        live += counted.bytes_current;
        after_first.get_or_insert(live);
    }
    Ingest {
        cpu: cpu.as_secs_f64() * 1e3,
        peak: peak as f64 / PAYLOAD as f64,
        growth: (live - after_first.unwrap()) as f64 / PAYLOAD as f64,
        walls,
    }
}

/// Measures all ways in turn, and prints the table.
pub fn print() {
    eprintln!("{NAME}");
    let mut best = WAYS.map(|_| Ingest::worst());
    for _ in 0..PROCESSES {
        for (way, best) in best.iter_mut().enumerate() {
            best.keep_lower(&in_process(way));
        }
    }
    println!("\n{NAME} of 100000 x 768 f32, 1000 rows at a time\n");
    println!(
        "| way | wall, ms | over tonic | client CPU, ms | peak of live bytes, batches | growth, batches | against targets |"
    );
    println!("|---|--:|--:|--:|--:|--:|---|");
    let mut missed = 0;
    for (way, figures) in WAYS.iter().zip(&best) {
        let ratio = figures.wall() / best[0].wall();
        let mut judged = Vec::new();
        for (what, figure, limit) in [("wall", ratio, WALL), ("growth", figures.growth, GROWTH)] {
            if way.judged {
                let reached = figure <= limit;
                missed += usize::from(!reached);
                let mark = if reached { "✓" } else { "✗ MISSED" };
                judged.push(format!("{what} {figure:.2} <= {limit:.2} {mark}"));
            }
        }
        println!(
            "| {} | {:.0} | {ratio:.2} | {:.0} | {:.2} | {:.3} | {} |",
            way.name,
            figures.wall(),
            figures.cpu,
            figures.peak,
            figures.growth,
            judged.join("; ")
        );
    }
    println!("\nTargets missed: {missed}.");
}

fn in_process(way: usize) -> Ingest {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.env(WAY, way.to_string()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text
        .trim()
        .split(' ')
        .map(|word| word.parse().unwrap())
        .collect();
    let [cpu, peak, growth, ref walls @ ..] = figures[..] else {
        panic!("too few figures: {text}")
    };
    Ingest {
        cpu,
        peak,
        growth,
        walls: walls.to_vec(),
    }
}
