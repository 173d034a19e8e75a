//! Runs a command with real servers on loopback, and stops them afterwards.
//!
//! `cargo run -p milvus-otel-testkit --bin servers -- COMMAND ARGUMENT..`
//!
//! Environment variables of the command:
//!
//! | variable | server |
//! |---|---|
//! | `MILVUS_URI` | Milvus 2.3.5, which sends its spans to `OTLP_ALL` |
//! | `MILVUS_LITE_URI` | Milvus Lite 2.5.1 |
//! | `OTLP_ALL` | an OTLP/gRPC receiver of traces, metrics and logs |
//! | `OTLP_TRACES` | an OTLP/gRPC receiver of traces only, like Jaeger |
//! | `OTLP_NONE` | nothing |

use std::error::Error;
use std::process::{Command, ExitCode};

use testkit::{Milvus, Receiver};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments
        .next()
        .ok_or("usage: servers COMMAND ARGUMENT..")?;
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
