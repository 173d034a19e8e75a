//! Runs the rows, some at a time, and each in a runtime of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use crate::case::Case;
use crate::row::{Row, Want};
use crate::seen::{Difference, Seen};

/// Rows that run at the same time. Most of them wait.
const AT_ONCE: usize = 8;

/// A row that was run.
pub(crate) struct Finished {
    pub(crate) want: Want,
    /// `None` if it was not run.
    pub(crate) seen: Option<Seen>,
    pub(crate) differences: Vec<Difference>,
}

/// Runs the rows; those that take minutes only if `long`. Returns them in the same order.
pub(crate) fn run(rows: &[Row], long: bool) -> Vec<Finished> {
    let next = AtomicUsize::new(0);
    let finished: Mutex<Vec<Option<Finished>>> = Mutex::new(rows.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(rows.len()) {
            scope.spawn(|| {
                while let number = next.fetch_add(1, Ordering::SeqCst)
                    && let Some(row) = rows.get(number)
                {
                    let seen = (long || !row.is_long()).then(|| run_one(row));
                    let differences = seen
                        .as_ref()
                        .map_or_else(Vec::new, |seen| seen.differences(&row.want));
                    finished.lock().unwrap()[number] = Some(Finished {
                        want: row.want.clone(),
                        seen,
                        differences,
                    });
                }
            });
        }
    });
    let finished = finished.into_inner().unwrap();
    finished.into_iter().map(Option::unwrap).collect()
}

/// Runs a row. Its servers and connections end with its runtime.
fn run_one(row: &Row) -> Seen {
    let case = Arc::new(Case::new());
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let run = catch_unwind(AssertUnwindSafe(|| {
        let patience = row.want.patience();
        let run = row.start(Arc::clone(&case));
        runtime.block_on(async {
            let done = tokio::time::timeout(patience, run).await;
            case.settled().await;
            done
        })
    }));
    let mut seen = case.end(begun);
    runtime.shutdown_background();
    match run {
        Ok(Ok(())) => {}
        Ok(Err(_)) => seen
            .broken
            .push(format!("not over in {:?}", begun.elapsed())),
        Err(panic) => seen.broken.push(format!("panicked: {}", message(&*panic))),
    }
    // Checks that every span has ended once, and within its parent.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(case))) {
        seen.broken.push(message(&*panic));
    }
    seen
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
