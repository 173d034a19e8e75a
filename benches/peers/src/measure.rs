//! CPU time, wall time and allocations of this thread.

use std::pin::Pin;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tokio::runtime::Runtime;

/// Makes one operation. What it is made of is prepared here, uncounted; awaiting it is counted, and so is dropping all
/// that it was given.
pub type Prepare = Box<dyn FnMut() -> Operation>;
pub type Operation = Pin<Box<dyn Future<Output = ()>>>;

/// The same work through each client.
pub struct Work {
    pub name: &'static str,
    /// Operations in a round.
    pub calls: u32,
    pub clients: [Prepare; 3],
    pub target: Target,
}

/// What is to be reached, against milvus-sdk-rust and against the size of the vectors.
#[derive(Default)]
pub struct Target {
    pub cpu: Option<f64>,
    pub payloads: Option<f64>,
    pub allocations: Option<f64>,
    /// Not slower than either peer.
    pub wall: bool,
}

/// What one operation costs at best.
#[derive(Clone, Copy)]
pub struct Cost {
    pub cpu: Duration,
    pub wall: Duration,
    pub allocations: f64,
    pub bytes: f64,
}

impl Cost {
    fn none_yet() -> Self {
        Self {
            cpu: Duration::MAX,
            wall: Duration::MAX,
            allocations: f64::MAX,
            bytes: f64::MAX,
        }
    }
}

/// The clients take turns, so that whatever else the machine does disturbs all of them; the best round counts.
pub fn measure(runtime: &Runtime, work: &mut Work, rounds: u32) -> [Cost; 3] {
    let mut best = [Cost::none_yet(); 3];
    for round in 0..=rounds {
        for (prepare, best) in work.clients.iter_mut().zip(&mut best) {
            let cost = one_round(runtime, prepare, work.calls);
            // The first warms up.
            if round > 0 {
                best.cpu = best.cpu.min(cost.cpu);
                best.wall = best.wall.min(cost.wall);
                best.allocations = best.allocations.min(cost.allocations);
                best.bytes = best.bytes.min(cost.bytes);
            }
        }
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
        cpu: cpu / calls,
        wall,
        allocations: allocations as f64 / f64::from(calls),
        bytes: bytes as f64 / f64::from(calls),
    }
}
