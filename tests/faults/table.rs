//! The table that the test prints.

use std::fmt::Write as _;

use crate::harness::Finished;
use crate::seen::Seen;

/// The table, a line per row.
pub(crate) fn of(finished: &[Finished]) -> String {
    let mut lines = vec![
        [
            "#",
            "fault",
            "result",
            "predicates",
            "stage",
            "in doubt",
            "attempts",
            "requests",
            "seconds",
            "rows",
            "spans",
            "",
        ]
        .map(str::to_owned),
    ];
    for (number, row) in finished.iter().enumerate() {
        let number = (number + 1).to_string();
        let name = row.want.name.to_owned();
        let mut line: [String; 12] = Default::default();
        [line[0], line[1]] = [number, name];
        match &row.seen {
            None => line[11] = "not run".to_owned(),
            Some(seen) => {
                cells(seen, &mut line);
                line[11] = if seen.skipped {
                    "skipped".to_owned()
                } else if row.differences.is_empty() {
                    "ok".to_owned()
                } else {
                    "FAILED".to_owned()
                };
            }
        }
        lines.push(line);
    }
    let widths: Vec<usize> = (0..12)
        .map(|column| {
            let widths = lines.iter().map(|line| line[column].chars().count());
            widths.max().unwrap_or_default()
        })
        .collect();
    let mut out = String::new();
    for line in lines {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(out, "| {cell:width$} ");
        }
        out.push_str("|\n");
    }
    let run = finished.iter().filter(|row| row.seen.is_some()).count();
    let failed = finished.iter().filter(|row| !row.differences.is_empty());
    let failed = failed.count();
    let _ = write!(
        out,
        "{run} rows run, {failed} failed, {} not run",
        finished.len() - run
    );
    out
}

fn cells(seen: &Seen, line: &mut [String; 12]) {
    let or_dash = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let rows = seen.written.map_or_else(
        || "-".to_owned(),
        |rows| format!("{} of {}", rows.there, rows.acknowledged),
    );
    line[2] = short(&seen.result());
    line[3] = seen.is();
    line[4] = seen.stage();
    line[5] = seen.in_doubt.to_string();
    line[6] = seen.attempts.to_string();
    line[7] = or_dash(seen.requests);
    line[8] = format!("{:.2}", seen.elapsed.as_secs_f64());
    line[9] = rows;
    line[10] = format!("{}+{}", seen.spans.calls, seen.spans.attempts);
}

fn short(text: &str) -> String {
    const LENGTH: usize = 70;
    if text.chars().count() <= LENGTH {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LENGTH - 2).collect();
    cut + ".."
}

/// The rows that failed, what was wanted beside what was seen.
pub(crate) fn failures(finished: &[Finished]) -> String {
    let mut out = String::new();
    for row in finished.iter().filter(|row| !row.differences.is_empty()) {
        let _ = writeln!(out, "FAILED: {}", row.want.name);
        for difference in &row.differences {
            let _ = writeln!(
                out,
                "    {:12} wanted {}\n    {:12} seen   {}",
                difference.about, difference.wanted, "", difference.seen
            );
        }
    }
    out
}
