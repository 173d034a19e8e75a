//! What the doctor found.

use std::fmt;

use opentelemetry::trace::TraceId;
use serde::{Serialize, Serializer};

/// The findings of a [check](super::check), in the order in which a call passes what was checked.
///
/// [`Display`](fmt::Display) writes a line per finding, below it what to do, and at the end a summary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// One entry per check, several if a signal has several destinations or several variables were ignored.
    pub findings: Vec<Finding>,
    /// The trace of the call that the doctor made, to look for it; `None` if none was started.
    #[serde(serialize_with = "hexadecimal")]
    pub trace_id: Option<TraceId>,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What was checked.
    pub subject: Subject,
    /// Whether it is as it should be.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// What to do about it. If there are several entries, each is the remedy of a possible cause, the most common first.
    pub fixes: Vec<String>,
}

/// What a [`Finding`] is about. The [module](super) has a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// The server.
    Milvus,
    /// The versions of OpenTelemetry in the application.
    Versions,
    /// The tracer provider.
    Provider,
    /// The propagator.
    Propagator,
    /// The sampler.
    Sampling,
    /// The parent of a call.
    Parent,
    /// The `tracing` subscriber.
    Subscriber,
    /// Environment variables and other settings of `init`.
    Variables,
    /// The queues of the exporters.
    Queue,
    /// The collector, for spans.
    Traces,
    /// The collector, for metrics.
    Metrics,
    /// The collector, for log records.
    Logs,
    /// The client's spans in Jaeger or Tempo.
    ClientSpans,
    /// The settings of Milvus.
    MilvusSettings,
    /// Milvus' spans in Jaeger or Tempo.
    MilvusSpans,
}

/// The state of what was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// As it should be.
    Ok,
    /// As it should be, but it explains some missing traces.
    Note,
    /// Not checked; the detail tells why.
    Skipped,
    /// Part of the telemetry is missing: metrics, logs, or the connection between spans.
    Warning,
    /// A cause of missing spans.
    Problem,
}

impl Report {
    /// Whether there is no [problem](State::Problem).
    pub fn is_ok(&self) -> bool {
        self.problems().next().is_none()
    }

    /// The findings that explain why spans are missing.
    pub fn problems(&self) -> impl Iterator<Item = &Finding> {
        let is_problem = |finding: &&Finding| finding.state == State::Problem;
        self.findings.iter().filter(is_problem)
    }

    /// The findings about a subject; empty if it was not checked.
    pub fn about(&self, subject: Subject) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(move |finding| finding.subject == subject)
    }
}

impl Finding {
    pub(super) fn new(subject: Subject, state: State, detail: impl Into<String>) -> Self {
        Self {
            subject,
            state,
            detail: detail.into(),
            fixes: Vec::new(),
        }
    }

    pub(super) fn ok(subject: Subject, detail: impl Into<String>) -> Self {
        Self::new(subject, State::Ok, detail)
    }

    pub(super) fn note(subject: Subject, detail: impl Into<String>) -> Self {
        Self::new(subject, State::Note, detail)
    }

    pub(super) fn skipped(subject: Subject, detail: impl Into<String>) -> Self {
        Self::new(subject, State::Skipped, detail)
    }

    pub(super) fn warning(subject: Subject, detail: impl Into<String>) -> Self {
        Self::new(subject, State::Warning, detail)
    }

    pub(super) fn problem(subject: Subject, detail: impl Into<String>) -> Self {
        Self::new(subject, State::Problem, detail)
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fixes.push(fix.into());
        self
    }

    pub(super) fn fixes(mut self, fixes: impl IntoIterator<Item = String>) -> Self {
        self.fixes.extend(fixes);
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let count = |state| self.findings.iter().filter(|f| f.state == state).count();
        let (problems, warnings) = (count(State::Problem), count(State::Warning));
        match (problems, warnings) {
            (0, 0) => write!(f, "no problems found")?,
            _ => write!(
                f,
                "{}, {}",
                counted(problems, "problem"),
                counted(warnings, "warning")
            )?,
        }
        match self.trace_id {
            Some(trace) => write!(f, "; the trace of this check is {trace}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            state,
            detail,
            ..
        } = self;
        write!(f, "{state:8} {subject}: {detail}")?;
        for fix in &self.fixes {
            write!(f, "\n         - {fix}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Milvus => "milvus",
            Self::Versions => "opentelemetry versions",
            Self::Provider => "tracer provider",
            Self::Propagator => "propagator",
            Self::Sampling => "sampling",
            Self::Parent => "parent",
            Self::Subscriber => "tracing subscriber",
            Self::Variables => "settings",
            Self::Queue => "queue",
            Self::Traces => "collector, traces",
            Self::Metrics => "collector, metrics",
            Self::Logs => "collector, logs",
            Self::ClientSpans => "client's spans",
            Self::MilvusSettings => "milvus' settings",
            Self::MilvusSpans => "milvus' spans",
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

fn counted(number: usize, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {name}{plural}")
}

fn hexadecimal<S: Serializer>(trace: &Option<TraceId>, serializer: S) -> Result<S::Ok, S::Error> {
    trace.map(|trace| trace.to_string()).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_lines_with_what_to_do_below() {
        let mut report = Report {
            findings: vec![
                Finding::ok(Subject::Milvus, "Milvus 2.3.5"),
                Finding::problem(Subject::Provider, "none")
                    .fix("one")
                    .fix("two"),
            ],
            trace_id: Some(TraceId::from(1)),
        };
        assert_eq!(
            report.to_string(),
            "ok       milvus: Milvus 2.3.5\n\
             problem  tracer provider: none\n         - one\n         - two\n\
             1 problem, 0 warnings; the trace of this check is 00000000000000000000000000000001"
        );
        assert!(!report.is_ok());
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["trace_id"], "00000000000000000000000000000001");
        assert_eq!(json["findings"][1]["subject"], "provider");
        assert_eq!(json["findings"][1]["state"], "problem");
        report.findings.pop();
        assert!(report.is_ok());
        assert!(report.to_string().contains("no problems found"));
    }
}
