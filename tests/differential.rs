//! Random scenarios with this client and pymilvus 3.0.2 side by side, on three servers.
//!
//! Each scenario has a random schema and two collections: what this client writes to one, pymilvus writes to the other.
//! After every write both clients read both collections, which must hold exactly what was written. Every read (query, get,
//! count, streams, searches, hybrid searches) must give both clients the same answer, bit for bit. In some scenarios a
//! second pymilvus process drops, recreates, renames and re-aliases collections while this client keeps using them. What
//! differs for reasons that lie with a server or with pymilvus is in one table, `differential/known.rs`, and is counted.
//!
//! Environment variables:
//! - `DIFF_CASES`: how many comparisons to make on each server. Default: a few hundred, but no longer than a minute.
//! - `DIFF_SEED`: the seed of the first scenario; the following ones have the following numbers. Default: always the same.
//! - `DIFF_SHRINK`: for how many seconds to look for a smaller scenario that fails in the same way. Default: 30.
//!
//! A failure prints the smallest scenario found that still fails in the same way, and the command that repeats it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "differential/bench.rs"]
mod bench;
#[path = "differential/changes.rs"]
mod changes;
#[path = "differential/columns.rs"]
mod columns;
#[path = "differential/compare.rs"]
mod compare;
#[path = "differential/filters.rs"]
mod filters;
#[path = "differential/known.rs"]
mod known;
#[path = "differential/ours.rs"]
mod ours;
#[path = "differential/reads.rs"]
mod reads;
#[path = "differential/requests.rs"]
mod requests;
#[path = "differential/run.rs"]
mod run;
#[path = "differential/scenario.rs"]
mod scenario;
#[path = "differential/schema.rs"]
mod schema;
#[path = "differential/server.rs"]
mod server;
#[path = "differential/shrink.rs"]
mod shrink;
#[path = "differential/theirs.rs"]
mod theirs;
#[path = "differential/values.rs"]
mod values;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bench::{Bench, Difference, Progress};
use scenario::Scenario;
use server::Kind;

/// Where a plain `cargo test` starts: always the same scenarios.
const SEED: u64 = 20_000;
/// After this time a plain `cargo test` starts no more scenarios.
const TIME: Duration = Duration::from_secs(45);
/// A run ends after this number of failures.
const FAILURES: usize = 8;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is {text:?}: it must be a number")))
}

async fn compare(server: Kind) {
    let asked = number("DIFF_CASES");
    let cases = asked.unwrap_or_else(|| server.default_cases());
    let seed = number("DIFF_SEED").unwrap_or(SEED);
    let started = Instant::now();
    let progress = Arc::new(Progress::default());
    let next = Arc::new(AtomicU64::new(seed));
    let mut failures = 0;
    let until = asked.is_none().then(|| started + TIME);
    while goes_on(&progress, cases, until) && failures < FAILURES {
        let Some(bench) = Bench::start(server, &progress).await else {
            return;
        };
        let (mut bench, failed) = run_all(bench, cases, until, &next).await;
        for (seed, failure) in failed {
            failures += 1;
            bench = report(bench, seed, failure).await;
        }
        bench.stop().await;
    }
    println!(
        "{}: {} cases in {} scenarios from DIFF_SEED={seed} in {:.0?}: {failures} differences. Both clients were \
         refused in {} cases. Known differences, and how often each was met:\n{}",
        server.test(),
        progress.cases.load(Relaxed),
        next.load(Relaxed) - seed,
        started.elapsed(),
        progress.refused.load(Relaxed),
        known::table(server),
    );
    println!("  operations: {:?}", progress.operations.lock().unwrap());
    assert_eq!(failures, 0, "the differences are printed above");
    let (cases, refused) = (progress.cases.load(Relaxed), progress.refused.load(Relaxed));
    assert!(
        cases < 100 || refused * 5 < cases,
        "{refused} of {cases} cases compare nothing but errors"
    );
}

fn goes_on(progress: &Progress, cases: u64, until: Option<Instant>) -> bool {
    let done = progress.cases.load(Relaxed);
    done < cases && (done == 0 || until.is_none_or(|until| Instant::now() < until))
}

/// Runs scenarios until there are enough cases, or differences, or the server ended.
async fn run_all(
    bench: Bench,
    cases: u64,
    until: Option<Instant>,
    next: &Arc<AtomicU64>,
) -> (Bench, Vec<(u64, Difference)>) {
    let server = bench.server;
    let bench = Arc::new(bench);
    let failed = Arc::new(Mutex::new(Vec::new()));
    let mut workers = tokio::task::JoinSet::new();
    // A single scenario is repeated by DIFF_CASES=1.
    for _ in 0..server.workers().min(usize::try_from(cases).unwrap()) {
        let (bench, next, failed) = (Arc::clone(&bench), Arc::clone(next), Arc::clone(&failed));
        workers.spawn(async move {
            let progress = bench.progress();
            while goes_on(&progress, cases, until) && failed.lock().unwrap().is_empty() {
                let seed = next.fetch_add(1, Relaxed);
                if let Err(failure) = bench.run(&Scenario::random(seed, server)).await {
                    println!("seed {seed} differs: {}: {}", failure.kind, failure.what);
                    failed.lock().unwrap().push((seed, failure));
                }
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done.unwrap();
    }
    let bench = Arc::into_inner(bench).expect("all workers are done");
    let failed = std::mem::take(&mut *failed.lock().unwrap());
    (bench, failed)
}

/// Prints the smallest scenario that differs so.
async fn report(mut bench: Bench, seed: u64, failure: Difference) -> Bench {
    let (server, progress) = (bench.server, bench.progress());
    if !bench.is_alive().await {
        bench.stop().await;
        bench = Bench::start(server, &progress).await.unwrap();
    }
    let time = Duration::from_secs(number("DIFF_SHRINK").unwrap_or(30));
    let scenario = Scenario::random(seed, server);
    // Alone this time.
    let failure = match bench.run(&scenario).await {
        Err(failure) => failure,
        Ok(()) => {
            println!("seed {seed} does not differ again");
            failure
        }
    };
    let mut bench = bench;
    if failure.kind == bench::ENDED {
        bench.stop().await;
        bench = Bench::start(server, &progress).await.unwrap();
    }
    let (scenario, failure, bench) = shrink::shrink(bench, scenario, failure, time).await;
    println!(
        "seed {seed}: {}: {}\nthe smallest scenario found that differs so: {scenario:#?}\nrepeat it: \
         DIFF_SEED={seed} DIFF_CASES=1 cargo test --test differential {}\n",
        failure.kind,
        failure.what,
        server.test(),
    );
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn agrees_with_pymilvus_on_milvus_2_3_5() {
    compare(Kind::Full).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agrees_with_pymilvus_on_milvus_lite_2_5_1() {
    compare(Kind::Lite25).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agrees_with_pymilvus_on_milvus_lite_3_2_2() {
    compare(Kind::Lite32).await;
}
