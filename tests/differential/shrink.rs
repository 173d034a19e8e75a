//! Makes a failing scenario small: with fewer steps, rows, fields and conditions it must still fail in the same way.

use std::time::{Duration, Instant};

use crate::bench::{Bench, Difference, ENDED};
use crate::changes::Changes;
use crate::filters::Condition;
use crate::scenario::{Find, Read, Scenario, Sides, Step};
use crate::schema::Table;
use crate::values::Row;

/// The smallest scenario found in this time, how it fails, and a server for what comes after it.
pub(crate) async fn shrink(
    mut bench: Bench,
    mut scenario: Scenario,
    mut failure: Difference,
    time: Duration,
) -> (Scenario, Difference, Bench) {
    let until = Instant::now() + time;
    scenario.truncate(failure.step + 1);
    loop {
        let mut smaller = None;
        for candidate in candidates(&scenario) {
            if Instant::now() > until {
                return (scenario, failure, bench);
            }
            let outcome = bench.run(&candidate).await;
            let Err(again) = outcome else {
                continue;
            };
            if again.kind == ENDED {
                let (server, progress) = (bench.server, bench.progress());
                bench.stop().await;
                bench = Bench::start(server, &progress).await.unwrap();
            }
            if again.kind == failure.kind {
                smaller = Some((candidate, again));
                break;
            }
        }
        let Some((candidate, again)) = smaller else {
            return (scenario, failure, bench);
        };
        scenario = candidate;
        scenario.truncate(again.step + 1);
        failure = again;
    }
}

/// Scenarios that are a little smaller, those first that are smallest.
fn candidates(scenario: &Scenario) -> Vec<Scenario> {
    match scenario {
        Scenario::Sides(sides) => {
            let smaller = smaller_sides(sides).into_iter();
            smaller.map(Scenario::Sides).collect()
        }
        Scenario::Changes(changes) => {
            let steps = fewer(&changes.steps).into_iter();
            steps
                .map(|steps| Scenario::Changes(Changes { steps }))
                .collect()
        }
    }
}

fn smaller_sides(scenario: &Sides) -> Vec<Sides> {
    let with_steps = |steps: Vec<Step>| Sides {
        steps,
        ..scenario.clone()
    };
    let mut all: Vec<Sides> = fewer(&scenario.steps).into_iter().map(with_steps).collect();
    for (at, step) in scenario.steps.iter().enumerate() {
        for smaller in smaller_steps(step, &scenario.table) {
            let mut changed = scenario.steps.clone();
            changed[at] = smaller;
            all.push(with_steps(changed));
        }
    }
    for column in &scenario.table.columns {
        if column.index.is_some() && scenario.table.vectors().len() == 1 {
            continue;
        }
        all.extend(without(scenario, &column.name));
    }
    all
}

/// The scenario without a field, unless a step is about it.
fn without(scenario: &Sides, name: &str) -> Option<Sides> {
    let mut smaller = scenario.clone();
    smaller.table.columns.retain(|column| column.name != name);
    for step in &mut smaller.steps {
        match step {
            Step::Insert(rows, _) | Step::Upsert(rows, _) | Step::Partial(rows, _) => {
                for row in rows {
                    row.remove(name);
                }
            }
            Step::Read(_, read, _) => {
                if let Some(output) = output(read) {
                    output.retain(|field| field != name);
                }
            }
            Step::DeleteKeys(_) | Step::DeleteMatching(..) => {}
        }
    }
    // Names of fields are in nothing else that is printed.
    let steps: Vec<_> = smaller
        .steps
        .iter()
        .filter(|step| matches!(step, Step::Read(..) | Step::DeleteMatching(..)))
        .collect();
    (!format!("{steps:?}").contains(name)).then_some(smaller)
}

fn output(read: &mut Read) -> Option<&mut Vec<String>> {
    match read {
        Read::Query { output, .. }
        | Read::Get { output, .. }
        | Read::Stream { output, .. }
        | Read::Search { output, .. }
        | Read::Hybrid { output, .. } => output.as_mut(),
        Read::Describe | Read::Count { .. } | Read::SearchStream { .. } => None,
    }
}

fn smaller_steps(step: &Step, table: &Table) -> Vec<Step> {
    match step {
        Step::Insert(rows, form) => {
            // Rows with generated keys are identified by their number.
            let some = if table.auto_id {
                vec![rows[..rows.len() / 2].to_vec()]
            } else {
                fewer(rows)
            };
            let all = some.into_iter().filter(|rows| !rows.is_empty());
            all.chain(less(rows, table))
                .map(|rows| Step::Insert(rows, *form))
                .collect()
        }
        Step::Upsert(rows, form) => {
            let all = fewer(rows).into_iter().chain(less(rows, table));
            all.map(|rows| Step::Upsert(rows, *form)).collect()
        }
        Step::Partial(rows, form) => fewer(rows)
            .into_iter()
            .map(|rows| Step::Partial(rows, *form))
            .collect(),
        Step::DeleteKeys(keys) => fewer(keys).into_iter().map(Step::DeleteKeys).collect(),
        Step::DeleteMatching(filter, how) => {
            let filters = filter.smaller().into_iter();
            let filters = filters.filter(|filter| *filter != Condition::All);
            filters
                .map(|filter| Step::DeleteMatching(filter, *how))
                .collect()
        }
        Step::Read(side, read, reading) => {
            let reads = smaller_reads(read).into_iter();
            reads
                .map(|read| Step::Read(*side, read, *reading))
                .collect()
        }
    }
}

/// Without halves, quarters and single ones, but never without all.
fn fewer<T: Clone>(values: &[T]) -> Vec<Vec<T>> {
    let mut all = Vec::new();
    let mut size = values.len() / 2;
    while size > 0 {
        for start in (0..values.len()).step_by(size) {
            let mut fewer = values.to_vec();
            fewer.drain(start..(start + size).min(values.len()));
            if !fewer.is_empty() {
                all.push(fewer);
            }
        }
        size /= 2;
    }
    all
}

/// Rows without one dynamic field.
fn less(rows: &[Row], table: &Table) -> Vec<Vec<Row>> {
    let names = crate::schema::DYNAMIC.iter();
    let names =
        names.filter(|name| table.dynamic && rows.iter().any(|row| row.contains_key(**name)));
    names
        .map(|name| {
            let mut rows = rows.to_vec();
            for row in &mut rows {
                row.remove(*name);
            }
            rows
        })
        .collect()
}

fn smaller_finds(find: &Find) -> Vec<Find> {
    let filters = find.filter.smaller().into_iter();
    let mut all: Vec<Find> = filters
        .map(|filter| Find {
            filter,
            ..find.clone()
        })
        .collect();
    if find.limit.is_some() {
        all.push(Find {
            limit: None,
            ..find.clone()
        });
    }
    all
}

fn smaller_reads(read: &Read) -> Vec<Read> {
    let mut all = Vec::new();
    let mut change = |changed: &dyn Fn(&mut Read) -> bool| {
        let mut smaller = read.clone();
        if changed(&mut smaller) {
            all.push(smaller);
        }
    };
    change(&|read| {
        let has = output(read).is_some();
        match read {
            Read::Query { output, .. }
            | Read::Get { output, .. }
            | Read::Stream { output, .. }
            | Read::Search { output, .. }
            | Read::Hybrid { output, .. } => *output = None,
            _ => {}
        }
        has
    });
    change(&|read| match read {
        Read::Query { offset, .. } | Read::Search { offset, .. } | Read::Hybrid { offset, .. } => {
            offset.take().is_some()
        }
        _ => false,
    });
    change(&|read| match read {
        Read::Search { round, .. } | Read::Hybrid { round, .. } => round.take().is_some(),
        _ => false,
    });
    change(&|read| match read {
        Read::Search { group, .. } => group.take().is_some(),
        _ => false,
    });
    change(&|read| match read {
        Read::Search { range, .. } => range.take().is_some(),
        _ => false,
    });
    change(&|read| match read {
        Read::Search { more, .. } => more.pop().is_some(),
        _ => false,
    });
    change(&|read| match read {
        Read::Query { limit, offset, .. } => offset.is_none() && limit.take().is_some(),
        Read::Stream { limit, .. } => limit.take().is_some(),
        _ => false,
    });
    let filters = match read {
        Read::Query { filter, .. } | Read::Count { filter, .. } | Read::Stream { filter, .. } => {
            filter.smaller()
        }
        _ => Vec::new(),
    };
    for new in filters {
        let mut smaller = read.clone();
        if let Read::Query { filter, .. }
        | Read::Count { filter, .. }
        | Read::Stream { filter, .. } = &mut smaller
        {
            *filter = new;
        }
        all.push(smaller);
    }
    match read {
        Read::Get { keys, output } => all.extend(fewer(keys).into_iter().map(|keys| Read::Get {
            keys,
            output: output.clone(),
        })),
        Read::Search { find, .. } | Read::SearchStream { find, .. } => {
            for new in smaller_finds(find) {
                let mut smaller = read.clone();
                if let Read::Search { find, .. } | Read::SearchStream { find, .. } = &mut smaller {
                    *find = new;
                }
                all.push(smaller);
            }
        }
        Read::Hybrid { searches, .. } => {
            for (at, find) in searches.iter().enumerate() {
                for new in smaller_finds(find) {
                    let mut smaller = read.clone();
                    if let Read::Hybrid { searches, .. } = &mut smaller {
                        searches[at] = new;
                    }
                    all.push(smaller);
                }
            }
        }
        _ => {}
    }
    all
}
