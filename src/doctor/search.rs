//! Looks for the spans of client and Milvus where traces are looked at.

use std::time::Duration;

use opentelemetry::trace::TraceId;
use tokio::time::Instant;

use super::backend::Backend;
use super::collector::Destination;
use super::report::{Finding, Report, State, Subject};
use super::server_spans::Situation;
use super::settings::TraceSettings;
use crate::client::Server;

/// The search for the trace of the call.
pub(super) struct Search {
    pub(super) backend: Option<Result<Backend, String>>,
    /// The trace, if its context was sent to Milvus.
    pub(super) trace: Option<TraceId>,
    pub(super) server: Option<Server>,
    pub(super) destination: Option<Destination>,
    pub(super) settings: Option<Result<TraceSettings, Finding>>,
    pub(super) limit: Duration,
}

impl Search {
    pub(super) async fn run(self, report: &mut Report) {
        let deadline = Instant::now() + self.limit;
        let settings = self.settings.map(|settings| match settings {
            Ok(settings) => settings.judge(self.destination.as_ref().and_then(Destination::url)),
            Err(finding) => finding,
        });
        let explained = settings.as_ref().is_some_and(|s| s.state == State::Problem);
        report.findings.extend(settings);
        let both = [Subject::ClientSpans, Subject::MilvusSpans];
        let skip = |why: &str| both.map(|subject| Finding::skipped(subject, why));
        let backend = match self.backend {
            None => {
                let why = "not looked for: give the doctor the query API of Jaeger or Tempo";
                return report.findings.extend(skip(why));
            }
            Some(Err(why)) => {
                return report
                    .findings
                    .extend(both.map(|subject| Finding::problem(subject, why.clone())));
            }
            Some(Ok(backend)) => backend,
        };
        let (Some(trace), Some(server)) = (self.trace, self.server) else {
            let why = "not looked for, because of the problems above";
            return report.findings.extend(skip(why));
        };
        let shown = backend.to_string();
        let expects_milvus = !matches!(server, Server::Lite(_));
        let found = backend.wait_for(trace, deadline, |trace| {
            trace.has_own() && (!expects_milvus || trace.of_milvus().is_some())
        });
        let found = match found.await {
            Ok(found) => found,
            Err(why) => {
                let detail = format!("cannot ask {shown}: {why}");
                return report
                    .findings
                    .extend(both.map(|s| Finding::warning(s, detail.clone())));
            }
        };
        // A little more time for a question that follows the last one at the deadline.
        let services = backend.services(deadline.max(Instant::now() + Duration::from_secs(1)));
        let services = services.await;
        let situation = Situation {
            backend: &shown,
            trace: &found,
            services: &services,
            server,
            destination: self.destination.as_ref(),
        };
        report.findings.push(situation.client_spans());
        let mut of_milvus = situation.milvus_spans();
        if explained && of_milvus.state == State::Problem {
            of_milvus.fixes = vec!["see milvus' settings above".to_owned()];
        }
        report.findings.push(of_milvus);
    }
}
