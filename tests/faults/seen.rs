//! What came of a fault, in a form that can be compared and printed.

use std::collections::BTreeMap;
use std::time::Duration;

use milvus_otel::Error;
use milvus_otel::error::Stage;

use crate::glob;
use crate::row::Want;

/// What came of a fault.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// What the calls returned, and how many of them returned it.
    results: BTreeMap<String, usize>,
    /// The predicates that hold for an error.
    is: BTreeMap<&'static str, usize>,
    stages: BTreeMap<String, usize>,
    pub(crate) in_doubt: usize,
    pub(crate) attempts: usize,
    pub(crate) requests: Option<usize>,
    pub(crate) connections: Option<usize>,
    pub(crate) rate_limited: usize,
    pub(crate) elapsed: Duration,
    pub(crate) written: Option<Written>,
    pub(crate) spans: Spans,
    /// Whether what the row needs is not there.
    pub(crate) skipped: bool,
    /// What no row may show: a panic, time that is up, spans that do not add up.
    pub(crate) broken: Vec<String>,
}

/// What became of the rows that were written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) acknowledged: usize,
    /// Rows of calls that failed in doubt.
    pub(crate) doubtful: usize,
    /// Rows that are there.
    pub(crate) there: usize,
    /// Acknowledged rows that are not there.
    pub(crate) lost: usize,
    /// Rows that are there more than once, or that no call claims.
    pub(crate) doubled: usize,
}

/// The spans that were recorded.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) calls: usize,
    pub(crate) attempts: usize,
    pub(crate) failed: usize,
}

/// An expectation that was not met: what it is about, and both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) about: &'static str,
    pub(crate) wanted: String,
    pub(crate) seen: String,
}

impl Seen {
    pub(crate) fn ok(&mut self) {
        *self.results.entry("ok".to_owned()).or_default() += 1;
    }

    pub(crate) fn failed(&mut self, error: &Error) {
        *self.results.entry(text_of(error)).or_default() += 1;
        for (name, holds) in [
            ("connect", error.is_connect()),
            ("invalid_argument", error.is_invalid_argument()),
            ("not_found", error.is_not_found()),
            ("overloaded", error.is_overloaded()),
            ("permission_denied", error.is_permission_denied()),
            ("rate_limited", error.is_rate_limited()),
            ("retryable", error.is_retryable()),
            ("timeout", error.is_timeout()),
            ("unauthenticated", error.is_unauthenticated()),
            ("unsupported", error.is_unsupported()),
        ] {
            if holds {
                *self.is.entry(name).or_default() += 1;
            }
        }
        let stage = error
            .stage()
            .map_or_else(String::new, |stage| stage.to_string());
        *self.stages.entry(stage).or_default() += 1;
        self.in_doubt += usize::from(error.may_have_happened());
        self.attempts = self.attempts.max(error.attempts() as usize);
    }

    /// What a row says in place of the results of its calls, where their numbers depend on chance.
    pub(crate) fn say(&mut self, result: String) {
        self.results = BTreeMap::from([(result, 1)]);
    }

    pub(crate) fn calls(&self) -> usize {
        self.results.values().sum()
    }

    /// The result of the only call, or each result and how often it was returned.
    pub(crate) fn result(&self) -> String {
        let mut texts = self.results.iter();
        match (texts.next(), texts.next()) {
            (None, _) => "nothing was called".to_owned(),
            (Some((text, 1)), None) => text.clone(),
            _ => {
                let counted = self.results.iter().rev();
                let counted = counted.map(|(text, count)| format!("{count} {text}"));
                counted.collect::<Vec<_>>().join(", ")
            }
        }
    }

    pub(crate) fn is(&self) -> String {
        let names: Vec<_> = self.is.keys().copied().collect();
        names.join(" ")
    }

    pub(crate) fn stage(&self) -> String {
        let names: Vec<_> = self.stages.keys().cloned().collect();
        names.join(" ")
    }

    /// The expectations that were not met.
    pub(crate) fn differences(&self, want: &Want) -> Vec<Difference> {
        let mut out = Vec::new();
        if self.skipped {
            return out;
        }
        let mut check = |about, met: bool, wanted: String, seen: String| {
            if !met {
                out.push(Difference {
                    about,
                    wanted,
                    seen,
                });
            }
        };
        for broken in &self.broken {
            check("the run", false, "none of this".to_owned(), broken.clone());
        }
        let (result, is, stage) = (self.result(), self.is(), self.stage());
        let met = glob::matches(want.result, &result);
        check("result", met, want.result.to_owned(), result);
        let met = glob::matches(want.is, &is);
        check("predicates", met, want.is.to_owned(), is);
        if let Some(wanted) = want.stage.as_ref().map(Stage::to_string) {
            check("stage", wanted == stage, wanted, stage);
        }
        let seconds = self.elapsed.as_secs_f64();
        let (first, last) = (want.seconds.start(), want.seconds.end());
        let met = want.seconds.contains(&seconds);
        let band = format!("{first} to {last} s");
        check("time", met, band, format!("{seconds:.2} s"));
        for (about, wanted, seen) in [
            ("in doubt", Some(&want.in_doubt), Some(self.in_doubt)),
            ("attempts", Some(&want.attempts), Some(self.attempts)),
            ("requests", want.requests.as_ref(), self.requests),
            ("connections", want.connections.as_ref(), self.connections),
            (
                "rate limited",
                Some(&want.rate_limited),
                Some(self.rate_limited),
            ),
        ] {
            let Some(wanted) = wanted else { continue };
            let met = seen.is_some_and(|seen| wanted.contains(seen));
            let seen = seen.map_or_else(|| "not counted".to_owned(), |seen| seen.to_string());
            check(about, met, wanted.to_string(), seen);
        }
        if want.writes {
            let seen = self.written.unwrap_or_default();
            let met = seen.acknowledged > 0 && (seen.lost, seen.doubled) == (0, 0);
            let wanted = "some acknowledged, 0 lost, 0 doubled".to_owned();
            check("rows", met, wanted, format!("{seen:?}"));
        }
        out
    }
}

/// The line that a log shows, without what differs from run to run: ids, times, ports.
fn text_of(error: &Error) -> String {
    let text = error.to_string();
    let text = text.split(" [trace_id=").next().unwrap_or_default();
    let text = match text.rsplit_once("; ") {
        Some((text, attempts)) if attempts.contains(" attempts in ") => text,
        _ => text,
    };
    let mut parts = text.split("127.0.0.1:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("SERVER");
        out.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    out
}
