//! The table.

use std::time::Duration;

use crate::PAYLOAD;
use crate::measure::{Cost, Target, Work};

/// Best rounds of the same work differ by so much.
const NOISE: f64 = 1.05;

pub fn print(works: &[Work], costs: &[[Cost; 3]]) {
    println!(
        "\n1000 x 768 f32 ({} KiB). Each cell: milvus-otel / milvus-sdk-rust 3.0.3 / tonic with prost.\n",
        PAYLOAD / 1024
    );
    println!(
        "| work | client CPU, µs | wall, µs | allocations | KiB allocated | against targets |"
    );
    println!("|---|--:|--:|--:|--:|---|");
    let mut missed = 0;
    for (work, costs) in works.iter().zip(costs) {
        let judged = judge(&work.target, costs);
        missed += judged.iter().filter(|(_, reached)| !reached).count();
        let judged: Vec<String> = judged
            .into_iter()
            .map(|(text, reached)| format!("{text} {}", if reached { "✓" } else { "✗ MISSED" }))
            .collect();
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            work.name,
            cells(costs, |cost| micros(cost.cpu)),
            cells(costs, |cost| micros(cost.wall)),
            cells(costs, |cost| cost.allocations),
            cells(costs, |cost| cost.bytes / 1024.0),
            judged.join("; ")
        );
    }
    println!(
        "\nCPU ratios are to milvus-sdk-rust; `wall` is to the faster peer. Targets missed: {missed}."
    );
}

fn judge(target: &Target, [ours, sdk, raw]: &[Cost; 3]) -> Vec<(String, bool)> {
    let mut judged = Vec::new();
    let mut at_most = |what: &str, figure: f64, limit: f64| {
        judged.push((format!("{what} {figure:.2} <= {limit:.2}"), figure <= limit));
    };
    if let Some(limit) = target.cpu {
        at_most("CPU", micros(ours.cpu) / micros(sdk.cpu), limit);
    }
    if let Some(limit) = target.payloads {
        at_most("allocated / payload", ours.bytes / PAYLOAD as f64, limit);
    }
    if let Some(limit) = target.allocations {
        at_most("allocations", ours.allocations, limit);
    }
    if target.wall {
        let peer = micros(sdk.wall.min(raw.wall));
        at_most("wall", micros(ours.wall) / peer, NOISE);
    }
    judged
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn cells(costs: &[Cost; 3], figure: impl Fn(&Cost) -> f64) -> String {
    costs
        .iter()
        .map(|cost| format!("{:.0}", figure(cost)))
        .collect::<Vec<_>>()
        .join(" / ")
}
