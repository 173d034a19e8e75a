//! Answers "why is there no trace?" for an environment, without an application.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use milvus_otel::init::{self, Telemetry};
use milvus_otel::{ClientBuilder, doctor};
use tracing::subscriber::NoSubscriber;

use crate::{Outcome, usage};

const HELP: &str = "\
usage: milvus-otel doctor [OPTION..]

Checks every step of a trace: Milvus, the settings of this environment, the collector, and Jaeger or Tempo. Ends with
status 1 if it finds a problem. What depends on a program (its providers, its subscriber, the place of a call) is checked by
`milvus_otel::doctor::check` in that program.

--milvus URI         Milvus; otherwise MILVUS_URI, or http://localhost:19530. The other variables apply to both:
                     MILVUS_TOKEN, MILVUS_DATABASE and MILVUS_ALLOW_PLAINTEXT_CREDENTIALS
--collector URL      the collector; otherwise OTEL_EXPORTER_OTLP_ENDPOINT and the other variables of OpenTelemetry
--jaeger URL         the query API of Jaeger, usually http://localhost:16686
--tempo URL          the query API of Tempo, usually http://localhost:3200
--header NAME=VALUE  a header for Jaeger or Tempo, such as authorization=\"Bearer ..\"; several are possible
--management URL     Milvus' management port, usually http://localhost:9091, to read its settings (Milvus 2.5)
--lockfile PATH      the Cargo.lock of the program; otherwise the one in this directory, if there is one
--timeout SECONDS    the limit of each step, by default 10
--json               writes the report as JSON
--help               shows this
";

#[derive(Default)]
struct Options {
    milvus: Option<String>,
    collector: Option<String>,
    jaeger: Option<String>,
    tempo: Option<String>,
    headers: Vec<(String, String)>,
    management: Option<String>,
    lockfile: Option<String>,
    timeout: Option<Duration>,
    json: bool,
    help: bool,
}

impl Options {
    /// The error names the mistake, but not a value, which may be a secret.
    fn parse(arguments: Vec<OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = (1..).zip(arguments);
        while let Some((position, argument)) = arguments.next() {
            let argument = unicode(position, argument)?;
            let (name, given) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (&*argument, None),
            };
            if matches!(name, "--json" | "--help" | "-h") {
                if given.is_some() {
                    return Err(format!("{name} has no value"));
                }
                options.json |= name == "--json";
                options.help |= name != "--json";
                continue;
            }
            let mut value = || match given.clone() {
                Some(value) => Ok(value),
                None => match arguments.next() {
                    Some((position, value)) => unicode(position, value),
                    None => Err(format!("{name} needs a value")),
                },
            };
            match name {
                "--milvus" => options.milvus = Some(value()?),
                "--collector" => options.collector = Some(value()?),
                "--jaeger" => options.jaeger = Some(value()?),
                "--tempo" => options.tempo = Some(value()?),
                "--header" => options.headers.push(header(&value()?)?),
                "--management" => options.management = Some(value()?),
                "--lockfile" => options.lockfile = Some(value()?),
                "--timeout" => options.timeout = Some(seconds(&value()?)?),
                _ if name.starts_with('-') => return Err(format!("{name} is not an option")),
                _ => return Err(format!("argument {position} is not an option")),
            }
        }
        match (&options.jaeger, &options.tempo) {
            (Some(_), Some(_)) => Err("--jaeger and --tempo exclude each other".to_owned()),
            _ => Ok(options),
        }
    }

    /// The telemetry of the check: that of the environment, with logs unless it decides about them.
    fn telemetry(&self) -> Result<Telemetry, init::Error> {
        let mut settings = init::otlp("milvus-otel-doctor");
        if let Some(url) = &self.collector {
            settings = settings.endpoint(url);
        }
        let deciding = ["OTEL_LOGS_EXPORTER", "OTEL_CONFIG_FILE"];
        if !deciding.iter().any(|name| std::env::var_os(name).is_some()) {
            settings = settings.logs(true);
        }
        settings.build()
    }
}

fn unicode(position: usize, argument: OsString) -> Result<String, String> {
    let read = argument.into_string();
    read.map_err(|_| format!("argument {position} is not Unicode"))
}

fn header(argument: &str) -> Result<(String, String), String> {
    let (name, value) = argument
        .split_once('=')
        .ok_or("--header needs a name and a value: name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn seconds(argument: &str) -> Result<Duration, String> {
    let seconds = argument.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "--timeout needs a number of seconds".to_owned())
}

pub(crate) async fn run(arguments: Vec<OsString>) -> Outcome {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("error: {mistake}");
            return Ok(usage(HELP));
        }
    };
    if options.help {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    // With a subscriber, `init` reports to it instead of standard error. Everything that it reports is in the findings.
    let _ = tracing::subscriber::set_global_default(NoSubscriber::new());
    let telemetry = options.telemetry();
    let mut milvus = ClientBuilder::from_env()?;
    if let Some(uri) = &options.milvus {
        milvus = milvus.uri(uri);
    }
    let client = milvus.connect_lazy()?;
    let mut check = match &telemetry {
        Ok(telemetry) => doctor::check(&client).telemetry(telemetry),
        Err(error) => doctor::check(&client).telemetry_error(error),
    };
    if let Some(url) = &options.jaeger {
        check = check.jaeger(url);
    }
    if let Some(url) = &options.tempo {
        check = check.tempo(url);
    }
    for (name, value) in &options.headers {
        check = check.header(name, value);
    }
    if let Some(url) = &options.management {
        check = check.milvus_management(url);
    }
    let here = Path::new("Cargo.lock");
    if let Some(path) = options
        .lockfile
        .as_deref()
        .map(Path::new)
        .or_else(|| here.exists().then_some(here))
    {
        check = check.lockfile(path);
    }
    if let Some(timeout) = options.timeout {
        check = check.timeout(timeout);
    }
    let report = check.await;
    match options.json {
        true => serde_json::to_writer_pretty(io::stdout(), &report)?,
        false => print!("{report}"),
    }
    println!();
    // What was not delivered is in the report.
    let _ = telemetry.map(Telemetry::shutdown);
    Ok(match report.is_ok() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
