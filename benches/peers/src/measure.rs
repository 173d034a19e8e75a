//! CPU time, wall time and allocations of this thread.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tokio::runtime::Runtime;

/// Creates one operation. Preparing its inputs is not measured; awaiting it, and dropping its inputs, is.
pub type Prepare = Box<dyn FnMut() -> Operation>;
pub type Operation = Pin<Box<dyn Future<Output = ()>>>;

/// The cost of one operation in the best round; times in microseconds.
#[derive(Clone, Copy)]
pub struct Cost {
    pub cpu: f64,
    pub wall: f64,
    pub allocations: f64,
    pub bytes: f64,
}

/// The cost with the default allocator, and with one that keeps its memory.
#[derive(Clone, Copy, Default)]
pub struct Figures {
    pub usual: Cost,
    pub kept: Cost,
}

impl Default for Cost {
    /// Nothing was measured yet.
    fn default() -> Self {
        Self {
            cpu: f64::INFINITY,
            wall: f64::INFINITY,
            allocations: f64::INFINITY,
            bytes: f64::INFINITY,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.cpu, self.wall, self.allocations, self.bytes
        )
    }
}

impl Cost {
    /// Parses the output of `Display`.
    pub fn parse(text: &str) -> Self {
        let figures: Vec<f64> = text.split(' ').map(|word| word.parse().unwrap()).collect();
        let [cpu, wall, allocations, bytes] = figures[..] else {
            panic!("not four figures: {text}")
        };
        Self {
            cpu,
            wall,
            allocations,
            bytes,
        }
    }

    /// The cost per call, of `calls` calls that were measured together.
    pub fn per_call(self, calls: u32) -> Self {
        let calls = f64::from(calls);
        Self {
            cpu: self.cpu / calls,
            wall: self.wall / calls,
            allocations: self.allocations / calls,
            bytes: self.bytes / calls,
        }
    }

    pub fn keep_lower(&mut self, other: &Self) {
        self.cpu = self.cpu.min(other.cpu);
        self.wall = self.wall.min(other.wall);
        self.allocations = self.allocations.min(other.allocations);
        self.bytes = self.bytes.min(other.bytes);
    }
}

pub fn measure(runtime: &Runtime, prepare: &mut Prepare, calls: u32, rounds: u32) -> Cost {
    let _warm_up = one_round(runtime, prepare, calls);
    let mut best = Cost::default();
    for _ in 0..rounds {
        best.keep_lower(&one_round(runtime, prepare, calls));
    }
    best
}

fn one_round(runtime: &Runtime, prepare: &mut Prepare, calls: u32) -> Cost {
    let mut cpu = Duration::ZERO;
    let mut wall = Duration::MAX;
    let (mut allocations, mut bytes) = (0, 0);
    for _ in 0..calls {
        let operation = prepare();
        let counted = allocation_counter::measure(|| {
            let started = (ThreadTime::now(), Instant::now());
            runtime.block_on(operation);
            cpu += started.0.elapsed();
            wall = wall.min(started.1.elapsed());
        });
        allocations += counted.count_total;
        bytes += counted.bytes_total;
    }
    Cost {
        cpu: cpu.as_secs_f64() * 1e6 / f64::from(calls),
        wall: wall.as_secs_f64() * 1e6,
        allocations: allocations as f64 / f64::from(calls),
        bytes: bytes as f64 / f64::from(calls),
    }
}
