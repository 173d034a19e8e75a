//! `milvus-otel`: see its own help, or the README.

#[cfg(feature = "doctor")]
mod doctor;
mod servers;
mod trace;

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "\
usage: milvus-otel SUBCOMMAND ARGUMENT..

doctor OPTION..                     finds out why there is no trace (feature `doctor`)
servers COMMAND ARGUMENT..          runs a command beside a Milvus, a Milvus Lite and OTLP receivers of its own
trace FILE.otlp.jsonl [PAGE.html]   draws the traces of a file of OTLP JSON lines, and writes them as a web page
help                                shows this

Each subcommand shows more with --help.
";

type Outcome = Result<ExitCode, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let subcommand = arguments.next();
    let arguments: Vec<OsString> = arguments.collect();
    let outcome = match subcommand.as_deref().and_then(|name| name.to_str()) {
        #[cfg(feature = "doctor")]
        Some("doctor") => doctor::run(arguments).await,
        Some("servers") => servers::run(arguments).await,
        Some("trace") => trace::run(&arguments),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some("--version" | "-V") => {
            println!("milvus-otel {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        _ => Ok(usage(HELP)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Whether the user asks for help with a subcommand.
fn asks_for_help(arguments: &[OsString]) -> bool {
    matches!(arguments, [only] if only == "--help" || only == "-h")
}

/// What shells expect of a command that was called wrongly.
fn usage(help: &str) -> ExitCode {
    eprint!("{help}");
    ExitCode::from(2)
}
