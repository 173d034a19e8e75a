//! The builder of a check, and the order of its steps.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::trace::TraceContextExt as _;
use tokio::time::Instant;

use super::backend::Backend;
use super::collector::{self, Destination, Exported};
use super::process::Started;
use super::report::{Finding, Report, State, Subject};
use super::search::Search;
use super::settings::TraceSettings;
use super::{milvus, process, settings, versions};
use crate::client::Client;
use crate::init::{self, Delivery, Telemetry};
use crate::otel::{Provider, Status, status};

/// Checks of tracing, which `.await` runs. Returned by [`check`](super::check).
#[must_use = "nothing is checked unless awaited"]
pub struct Check<'a> {
    client: Client,
    status: Status,
    exporters: Exporters<'a>,
    backend: Option<Result<Backend, String>>,
    headers: Result<HeaderMap, String>,
    management: Option<String>,
    lockfile: Option<PathBuf>,
    limit: Duration,
}

/// The exporters that the collector is checked with.
enum Exporters<'a> {
    /// Those of the application, and what they had done before the check.
    Application(&'a Telemetry, Vec<Delivery>),
    /// None, because `init` failed with this error.
    Failed(String),
    /// New ones, with these settings.
    New(Box<init::Builder>),
    /// New ones, with the settings of the environment.
    Environment,
}

impl Check<'static> {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            status: status(),
            exporters: Exporters::Environment,
            backend: None,
            headers: Ok(HeaderMap::new()),
            management: None,
            lockfile: None,
            limit: Duration::from_secs(10),
        }
    }
}

impl<'a> Check<'a> {
    /// Checks the exporters of the application, and what is in their queues.
    ///
    /// By default, and with [`collector`](Self::collector), the doctor has exporters of its own for the check.
    pub fn telemetry<'t>(self, telemetry: &'t Telemetry) -> Check<'t>
    where
        'a: 't,
    {
        let before = telemetry.deliveries();
        self.exporters(Exporters::Application(telemetry, before))
    }

    /// Reports that [`init`] failed with this error, and makes the checks that need no telemetry: Milvus, its settings and the
    /// place of the call.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) {
    /// use milvus_otel::{doctor, init};
    ///
    /// match init::otlp("book-search").install() {
    ///     Ok(telemetry) => println!("{}", doctor::check(&client).telemetry(&telemetry).await),
    ///     Err(error) => println!("{}", doctor::check(&client).telemetry_error(&error).await),
    /// }
    /// # }
    /// ```
    pub fn telemetry_error(self, error: &init::Error) -> Self {
        self.exporters(Exporters::Failed(error.to_string()))
    }

    /// Checks the collector with exporters that have these settings, for an application that does not set telemetry up with
    /// [`init`]. Default: [`init::from_env`].
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) {
    /// use milvus_otel::{doctor, init};
    ///
    /// let collector = init::from_env().endpoint("http://otel:4317");
    /// println!("{}", doctor::check(&client).collector(collector).await);
    /// # }
    /// ```
    pub fn collector(self, settings: init::Builder) -> Self {
        self.exporters(Exporters::New(Box::new(settings)))
    }

    fn exporters<'t>(self, exporters: Exporters<'t>) -> Check<'t> {
        Check {
            client: self.client,
            status: self.status,
            exporters,
            backend: self.backend,
            headers: self.headers,
            management: self.management,
            lockfile: self.lockfile,
            limit: self.limit,
        }
    }

    /// Looks for the trace in the Jaeger with this query API, such as `http://localhost:16686`. The URL may contain user and
    /// password, and the base path of Jaeger.
    pub fn jaeger(mut self, url: impl AsRef<str>) -> Self {
        self.backend = Some(Backend::jaeger(url.as_ref()));
        self
    }

    /// Looks for the trace in the Tempo with this query API, such as `http://localhost:3200`. The URL may contain user and
    /// password.
    pub fn tempo(mut self, url: impl AsRef<str>) -> Self {
        self.backend = Some(Backend::tempo(url.as_ref()));
        self
    }

    /// Adds a header to the requests to Jaeger or Tempo, such as an API key or the tenant (`X-Scope-OrgID`). It replaces the user
    /// and password of the URL if it is `authorization`, and an earlier header of the same name. Its value is never shown.
    ///
    /// A header that HTTP does not permit is reported as a problem.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client, key: String) {
    /// let check = milvus_otel::doctor::check(&client)
    ///     .tempo("https://tempo.example.com")
    ///     .header("authorization", format!("Bearer {key}"));
    /// println!("{}", check.await);
    /// # }
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let added = header(name.as_ref(), value.as_ref());
        self.headers = self.headers.and_then(|mut headers| {
            let (name, value) = added?;
            headers.insert(name, value);
            Ok(headers)
        });
        self
    }

    /// Reads Milvus' settings `trace.*` from its management port, such as `http://localhost:9091`, since Milvus 2.5. If it
    /// requires authorization, the URL must contain user and password.
    ///
    /// Otherwise, the doctor infers from the trace which settings may be wrong.
    pub fn milvus_management(mut self, url: impl Into<String>) -> Self {
        self.management = Some(url.into());
        self
    }

    /// Looks for other versions of OpenTelemetry in this `Cargo.lock`, the application's.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) {
    /// let lockfile = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
    /// println!("{}", milvus_otel::doctor::check(&client).lockfile(lockfile).await);
    /// # }
    /// ```
    pub fn lockfile(mut self, path: impl Into<PathBuf>) -> Self {
        self.lockfile = Some(path.into());
        self
    }

    /// Limits each step that waits for others: the call to Milvus, the export to the collector, and the search for the trace.
    /// Default: 10 s. Milvus sends its spans every 5 s, so a shorter time may miss them.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        // A later deadline could overflow `Instant`.
        self.limit = timeout.min(Duration::from_secs(60 * 60));
        self
    }

    async fn run(mut self) -> Report {
        let started = Started::new(self.client.otel());
        let mut report = Report {
            trace_id: started.trace_id(),
            ..Report::default()
        };
        let settings = self.read_settings();
        let context = started.context.clone().unwrap_or_default();
        let (finding, server) = milvus::call(&self.client, context, self.limit).await;
        report.findings.push(finding);
        report
            .findings
            .extend(self.lockfile.as_deref().map(versions::check));
        report.findings.extend(self.of_process(&started));
        if let Some(context) = &started.context {
            context.span().end();
        }
        drop(started);
        let destination = self.export(&mut report).await;
        let settings = match settings {
            Some(reading) => reading.await.ok(),
            None => None,
        };
        let sent = report
            .problems()
            .all(|problem| !prevents_context(problem.subject));
        let backend = self.backend.map(|backend| {
            let (backend, headers) = (backend?, self.headers?);
            Ok(backend.with_headers(headers))
        });
        let search = Search {
            backend,
            trace: report.trace_id.filter(|_| sent),
            server,
            destination,
            settings,
            limit: self.limit,
        };
        search.run(&mut report).await;
        report
    }

    /// What belongs to the process and to the place of the call.
    fn of_process(&self, started: &Started) -> Vec<Finding> {
        let otel = self.client.otel();
        let status = &self.status;
        let (telemetry, failed) = match &self.exporters {
            Exporters::Application(telemetry, _) => (Some(*telemetry), false),
            Exporters::Failed(_) => (None, true),
            Exporters::New(_) | Exporters::Environment => (None, false),
        };
        // What `init` would have set is not missing for another reason.
        let because = |subject| {
            let why = "`init` failed: see the settings";
            (failed && status.provider == Provider::Missing).then(|| Finding::skipped(subject, why))
        };
        let disabled = telemetry.is_some_and(|telemetry| telemetry.tracer_provider().is_none());
        let is_off = !otel.has_tracer_provider()
            && match telemetry {
                Some(telemetry) => telemetry.never_samples(),
                None => init::is_off_by_environment(),
            };
        vec![
            because(Subject::Provider)
                .unwrap_or_else(|| process::provider(otel, status, started, disabled)),
            because(Subject::Propagator).unwrap_or_else(|| process::propagator(status, telemetry)),
            started.sampling(is_off),
            process::parent(status),
            process::subscriber(status),
        ]
    }

    /// Reads Milvus' settings while other steps run.
    fn read_settings(&mut self) -> Option<tokio::task::JoinHandle<Result<TraceSettings, Finding>>> {
        let url = self.management.take()?;
        let deadline = Instant::now() + self.limit;
        Some(tokio::spawn(
            async move { settings::read(&url, deadline).await },
        ))
    }

    /// Returns what accepted a span.
    async fn export(&mut self, report: &mut Report) -> Option<Destination> {
        let exporters = std::mem::replace(&mut self.exporters, Exporters::Environment);
        let (settings, is_guess) = match exporters {
            Exporters::Application(telemetry, before) => {
                report.findings.extend(variables(telemetry));
                report.findings.push(collector::queue(&before));
                return exported(report, collector::export(telemetry, self.limit).await);
            }
            Exporters::Failed(error) => {
                let finding = Finding::problem(Subject::Variables, error);
                report.findings.push(finding);
                return None;
            }
            Exporters::New(settings) => (*settings, false),
            Exporters::Environment => {
                let is_guess = self.status.provider == Provider::Running
                    || self.client.otel().has_tracer_provider();
                (from_env(), is_guess)
            }
        };
        let telemetry = match settings.global(false).build() {
            Ok(telemetry) => telemetry,
            Err(error) => {
                let finding = Finding::problem(Subject::Variables, error.to_string());
                report.findings.push(finding);
                return None;
            }
        };
        report.findings.extend(variables(&telemetry));
        let mut found = collector::export(&telemetry, self.limit).await;
        if is_guess {
            found.findings.iter_mut().for_each(as_guess);
        }
        // Shutdown blocks, and what was not delivered is in the findings.
        let _ = std::thread::Builder::new().spawn(move || drop(telemetry.shutdown()));
        exported(report, found)
    }
}

fn exported(report: &mut Report, exported: Exported) -> Option<Destination> {
    report.findings.extend(exported.findings);
    exported.destination
}

/// A header of a request. The error shows neither a value nor what may be one.
fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let name: HeaderName = name
        .parse()
        .map_err(|_| "a header has a name that HTTP does not permit")?;
    let mut value: HeaderValue = value
        .parse()
        .map_err(|_| format!("the header {name} has a value that HTTP does not permit"))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The environment's settings, with logs unless it decides about them: whether the collector accepts them is to be found.
fn from_env() -> init::Builder {
    let settings = init::from_env();
    let deciding = ["OTEL_LOGS_EXPORTER", "OTEL_CONFIG_FILE"];
    let is_decided = deciding.iter().any(|name| std::env::var_os(name).is_some());
    match is_decided {
        true => settings,
        false => settings.logs(true),
    }
}

/// The application has a provider, but its exporter is not known: it may be another than that of the environment.
fn as_guess(finding: &mut Finding) {
    if finding.state == State::Problem {
        finding.state = State::Warning;
        finding.fixes.push(
            "if the exporter was set up in code, give it to the doctor by `telemetry` or `collector`: this is what the \
             environment variables say"
                .to_owned(),
        );
    }
}

fn variables(telemetry: &Telemetry) -> impl Iterator<Item = Finding> + '_ {
    let warnings = telemetry.warnings().iter();
    warnings.map(|warning| Finding::warning(Subject::Variables, warning.to_string()))
}

/// Whether Milvus does not receive the context of a recorded trace because of this problem.
fn prevents_context(subject: Subject) -> bool {
    matches!(
        subject,
        Subject::Milvus | Subject::Provider | Subject::Propagator
    )
}

impl<'a> IntoFuture for Check<'a> {
    type Output = Report;
    type IntoFuture = Pin<Box<dyn Future<Output = Report> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("client", &self.client)
            .field("status", &self.status)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
