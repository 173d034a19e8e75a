//! The 32 points of a perfect client instrumentation: `cargo test --test bar` prints them as a table.
//!
//! Each is shown on our own client, and on a tonic-generated one that only adds `OtelLayer` where it applies to it.
//! What is expected stands as data beside each check. No global provider is installed here: without one, there is no
//! SDK.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/answers.rs"]
mod answers;
#[path = "bar/context.rs"]
mod context;
#[path = "bar/ends.rs"]
mod ends;
#[path = "support/events.rs"]
mod events;
#[path = "support/measured.rs"]
#[expect(dead_code, reason = "each binary of tests uses its part")]
mod measured;
#[path = "bar/metrics.rs"]
mod metrics;
#[path = "support/noting.rs"]
mod noting;
#[path = "bar/points.rs"]
mod points;
#[path = "support/raw.rs"]
mod raw;
#[path = "bar/safe.rs"]
mod safe;
#[path = "bar/sides.rs"]
mod sides;
#[path = "support/spans.rs"]
#[expect(dead_code, reason = "each binary of tests uses its part")]
mod spans;
#[path = "bar/starts.rs"]
mod starts;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use points::{POINTS, Point};
use sides::Side;

/// Where the last panic came from, and what it said.
static SAID: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        println!("bar: test");
        return ExitCode::SUCCESS;
    }
    std::panic::set_hook(Box::new(|panic| {
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    if let Some(side) = context::as_child() {
        let failed = fails(&|| Box::pin(context::log_filters_of_the_process(side)));
        println!("{}", failed.as_deref().unwrap_or(context::CHILD_IS_FINE));
        return ExitCode::SUCCESS;
    }
    println!("| # | point | shown by | client | layer |");
    println!("|--:|---|---|:-:|:-:|");
    let mut met = 0;
    for (number, point) in (1..).zip(POINTS) {
        met += usize::from(row(number, point));
    }
    let (all, failed) = (POINTS.len(), POINTS.len() - met);
    println!(
        "\nclient: milvus_otel::Client; layer: a tonic-generated client with OtelLayer alone; –: not its part\n"
    );
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {result}. {met} passed; {failed} failed; 0 ignored");
    println!("{met} of {all}");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints a row, and what went wrong below it.
fn row(number: u32, point: &Point) -> bool {
    let result = |side: Side| match (point.sides.contains(&side), side) {
        (false, _) => None,
        (true, side) => Some(fails(&|| (point.check)(side))),
    };
    let results = [result(Side::Ours), result(Side::Bare)];
    let mark = |result: &Option<Option<String>>| match result {
        None => "–",
        Some(None) => "✓",
        Some(Some(_)) => "✗",
    };
    let [client, layer] = results.each_ref().map(mark);
    println!(
        "| {number} | {} | {} | {client} | {layer} |",
        point.name, point.shown
    );
    let failures: Vec<String> = results.into_iter().flatten().flatten().collect();
    for failure in &failures {
        println!("    {}", failure.replace('\n', "\n    "));
    }
    failures.is_empty()
}

/// Runs a check to its end; what it failed with.
fn fails(check: &dyn Fn() -> points::Check) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let run = catch_unwind(AssertUnwindSafe(|| runtime.block_on(check())));
    run.err()
        .map(|_| SAID.lock().unwrap_or_else(PoisonError::into_inner).clone())
}
