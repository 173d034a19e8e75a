//! Where telemetry is sent, and how it is batched on the way.

mod batch;
mod logs;
mod metrics;
mod traces;

use std::sync::Arc;

use super::delivery::{Counts, Signal};
use super::env::Env;
use super::file::Files;
use super::otlp::Coded;
use super::runtime::ExportRuntime;

pub(super) use metrics::MetricSettings;

/// Where code and `OTEL_{TRACES,METRICS,LOGS}_EXPORTER` can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Otlp,
    Console,
    File,
}

impl Destination {
    /// What the environment lists: nothing if it says `none`, and `None` if it names nothing that is known.
    fn listed(env: &mut Env, signal: Signal) -> Option<Vec<Self>> {
        let name = format!("OTEL_{}_EXPORTER", signal.variable());
        let listed = env.list(&name)?;
        if listed.iter().any(|exporter| exporter == "none") {
            return Some(Vec::new());
        }
        let mut destinations = Vec::new();
        for exporter in listed {
            let known = match exporter.as_str() {
                "otlp" => Self::Otlp,
                "console" => Self::Console,
                "otlp_file" => Self::File,
                _ => {
                    env.warn(
                        &name,
                        format!(
                            "no exporter {exporter:?} here (otlp, console, otlp_file and none are), ignored"
                        ),
                    );
                    continue;
                }
            };
            if !destinations.contains(&known) {
                destinations.push(known);
            }
        }
        Some(destinations).filter(|destinations| !destinations.is_empty())
    }
}

/// What every destination of every signal is built from, and the counters of those that were.
pub(super) struct Wiring<'w> {
    pub(super) env: &'w mut Env,
    pub(super) coded: &'w Coded,
    pub(super) runtime: &'w ExportRuntime,
    pub(super) counts: Vec<Arc<Counts>>,
    pub(super) files: Files,
}

impl<'w> Wiring<'w> {
    pub(super) fn new(env: &'w mut Env, coded: &'w Coded, runtime: &'w ExportRuntime) -> Self {
        Self {
            env,
            coded,
            runtime,
            counts: Vec::new(),
            files: Files::default(),
        }
    }

    /// Where a signal goes. `asked` is what the code says about having it at all, `usual` whether it is had when
    /// neither code nor environment say anything.
    pub(super) fn destinations(
        &mut self,
        signal: Signal,
        asked: Option<bool>,
        usual: bool,
    ) -> Vec<Destination> {
        if asked == Some(false) {
            return Vec::new();
        }
        let listed = Destination::listed(self.env, signal);
        let coded = &self.coded.destinations;
        let wanted = asked == Some(true)
            || (usual && !coded.is_empty())
            || listed.as_ref().map_or(usual, |listed| !listed.is_empty());
        if !wanted {
            return Vec::new();
        }
        if !coded.is_empty() {
            return coded.clone();
        }
        match listed {
            Some(listed) if !listed.is_empty() => listed,
            _ => vec![Destination::Otlp],
        }
    }

    fn count(&mut self, signal: Signal, destination: String, cumulative: bool) -> Arc<Counts> {
        let counts = Arc::new(Counts::new(signal, destination, cumulative));
        self.counts.push(Arc::clone(&counts));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::Destination::{Console, File, Otlp};
    use super::*;

    #[test]
    fn exporters_by_name() {
        let list = |value| {
            let mut env = Env::fixed([("OTEL_TRACES_EXPORTER", value)]);
            let destinations = Destination::listed(&mut env, Signal::Traces);
            (destinations, env.into_warnings().len())
        };
        assert_eq!(list(""), (None, 0));
        assert_eq!(list("none"), (Some(vec![]), 0));
        assert_eq!(list("console, OTLP"), (Some(vec![Console, Otlp]), 0));
        assert_eq!(list("otlp_file"), (Some(vec![File]), 0));
        assert_eq!(list("zipkin"), (None, 1));
    }

    #[test]
    fn code_beats_the_environment_beats_the_default() {
        let runtime = ExportRuntime::start().unwrap();
        let goes = |coded: &[Destination], value, asked, usual| {
            let coded = Coded {
                destinations: coded.to_vec(),
                ..Coded::default()
            };
            let mut env = Env::fixed([("OTEL_LOGS_EXPORTER", value)]);
            Wiring::new(&mut env, &coded, &runtime).destinations(Signal::Logs, asked, usual)
        };
        let (on, off) = (Some(true), Some(false));
        for (coded, value, asked, usual, expected) in [
            (&[][..], "", None, true, &[Otlp][..]),
            (&[], "", None, false, &[]),
            (&[], "console", None, false, &[Console]),
            (&[], "none", None, true, &[]),
            (&[], "zipkin", None, true, &[Otlp]),
            (&[], "zipkin", None, false, &[]),
            (&[], "", on, false, &[Otlp]),
            (&[], "none", on, false, &[Otlp]),
            (&[], "otlp_file", on, false, &[File]),
            (&[], "otlp", off, true, &[]),
            (&[File], "otlp", None, true, &[File]),
            (&[File], "none", None, true, &[File]),
            (&[File], "", None, false, &[]),
            (&[File], "otlp", None, false, &[File]),
            (&[File, Console], "", on, false, &[File, Console]),
        ] {
            let case = format!("{coded:?} {value:?} {asked:?} {usual}");
            assert_eq!(goes(coded, value, asked, usual), expected, "{case}");
        }
    }
}
