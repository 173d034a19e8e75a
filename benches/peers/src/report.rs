//! The table.

use crate::PAYLOAD;
use crate::measure::{Cost, Figures};
use crate::works::{Target, Work};

/// The difference between the best rounds of the same work in different processes.
const NOISE: f64 = 1.05;

pub fn print(rows: &[(&Work, [Figures; 3])]) {
    println!(
        "\n1000 x 768 f32 ({} KiB). Each cell: milvus-otel / milvus-sdk-rust 3.0.3 / tonic with prost.\n",
        PAYLOAD / 1024
    );
    println!(
        "| work | client CPU, µs | CPU where memory is kept, µs | wall, µs | allocations | KiB allocated | against targets |"
    );
    println!("|---|--:|--:|--:|--:|--:|---|");
    let mut missed = 0;
    for (work, figures) in rows {
        let judged = judge(&work.target, &figures.map(|figures| figures.usual));
        missed += judged.iter().filter(|(_, reached)| !reached).count();
        let judged: Vec<String> = judged
            .into_iter()
            .map(|(text, reached)| format!("{text} {}", if reached { "✓" } else { "✗ MISSED" }))
            .collect();
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            work.name,
            cells(figures, |figures| figures.usual.cpu),
            cells(figures, |figures| figures.kept.cpu),
            cells(figures, |figures| figures.usual.wall),
            cells(figures, |figures| figures.usual.allocations),
            cells(figures, |figures| figures.usual.bytes / 1024.0),
            judged.join("; ")
        );
    }
    println!(
        "\nCosts are those of one call, also where several are made at once. CPU is judged against milvus-sdk-rust unless said, wall time against the faster peer. Targets missed: {missed}."
    );
}

fn judge(target: &Target, [ours, sdk, raw]: &[Cost; 3]) -> Vec<(String, bool)> {
    let mut judged = Vec::new();
    let mut at_most = |what: &str, figure: f64, limit: f64| {
        judged.push((format!("{what} {figure:.2} <= {limit:.2}"), figure <= limit));
    };
    if let Some(limit) = target.cpu {
        at_most("CPU", ours.cpu / sdk.cpu, limit);
    }
    if let Some(limit) = target.cpu_of_raw {
        at_most("CPU / tonic's", ours.cpu / raw.cpu, limit);
    }
    if let Some(limit) = target.payloads {
        at_most("allocated / payload", ours.bytes / PAYLOAD as f64, limit);
    }
    if let Some(limit) = target.allocations {
        at_most("allocations", ours.allocations, limit);
    }
    if target.wall {
        at_most("wall", ours.wall / sdk.wall.min(raw.wall), NOISE);
    }
    judged
}

fn cells(figures: &[Figures; 3], figure: impl Fn(&Figures) -> f64) -> String {
    figures
        .iter()
        .map(|figures| format!("{:.0}", figure(figures)))
        .collect::<Vec<_>>()
        .join(" / ")
}
