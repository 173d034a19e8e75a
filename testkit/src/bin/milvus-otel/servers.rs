//! Runs a command with real servers on loopback, and stops them afterwards.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use milvus_otel_testkit::{Milvus, Receiver};

use crate::{Outcome, asks_for_help, usage};

const HELP: &str = "\
usage: milvus-otel servers COMMAND ARGUMENT..

Starts servers on loopback, runs the command, stops the servers, and ends with the status of the command.
Variables of the command:

MILVUS_URI        Milvus 2.3.5, which sends its spans to OTLP_ALL
MILVUS_LITE_URI   Milvus Lite 2.5.1
OTLP_ALL          an OTLP/gRPC receiver of traces, metrics and logs
OTLP_TRACES       an OTLP/gRPC receiver of traces only, like Jaeger
OTLP_NONE         nothing
";

pub(crate) async fn run(arguments: Vec<OsString>) -> Outcome {
    if asks_for_help(&arguments) {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut arguments = arguments.into_iter();
    let Some(program) = arguments.next() else {
        return Ok(usage(HELP));
    };
    let all = Receiver::start()?;
    let traces = Receiver::traces_only()?;
    let milvus = Milvus::standalone().otlp(all.grpc_address()).start();
    let lite = Milvus::lite().start();
    let (milvus, lite) = tokio::try_join!(milvus, lite)?;
    let mut command = Command::new(&program);
    command
        .args(arguments)
        .env("MILVUS_URI", milvus.uri())
        .env("MILVUS_LITE_URI", lite.uri())
        .env("OTLP_ALL", all.grpc_endpoint())
        .env("OTLP_TRACES", traces.grpc_endpoint())
        .env("OTLP_NONE", "http://127.0.0.1:1");
    let ended = tokio::task::spawn_blocking(move || command.status()).await?;
    milvus.stop().await;
    lite.stop().await;
    let status = ended.map_err(|error| format!("running {} failed: {error}", program.display()))?;
    Ok(ExitCode::from(status.code().map_or(1, |code| code as u8)))
}
