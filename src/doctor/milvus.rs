//! The call to Milvus.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::FutureExt;
use tonic::Code;

use super::report::{Finding, Subject};
use crate::client::{Call, Client, Server};
use crate::error::Error;
use crate::proto::milvus::{GetVersionRequest, ShowCollectionsRequest};

/// Calls Milvus once, in `context`. Returns the server, if it answered.
pub(super) async fn call(
    client: &Client,
    context: Context,
    limit: Duration,
) -> (Finding, Option<Server>) {
    let subject = Subject::Milvus;
    let call = Call {
        retries: false,
        ..Call::new("doctor").timeout(Some(limit))
    };
    let version = client.call(call, GetVersionRequest {});
    let answer = match version.with_context(context.clone()).await {
        Ok(answer) => Ok(Server::of_tags(&answer.version)),
        // Milvus Lite 2.5 does not tell its version, but lists collections.
        Err(error) if error.grpc_code() == Some(Code::Unimplemented) => {
            let listed = client.call(call, ShowCollectionsRequest::default());
            let listed = listed.with_context(context).await;
            listed.map(|_| client.known_server().unwrap_or(Server::LITE_2_5))
        }
        Err(error) => Err(error),
    };
    let address = client.endpoint();
    match answer {
        Ok(server) => {
            let server = client.known_server().unwrap_or(server);
            let found = format!("{server} at {address} answers");
            (Finding::ok(subject, found), Some(server))
        }
        Err(error) => (unreachable(subject, &address, &error), None),
    }
}

fn unreachable(subject: Subject, address: &str, error: &Error) -> Finding {
    let code = error.grpc_code();
    if code == Some(Code::Unimplemented) {
        return Finding::problem(subject, format!("{address} answers, but is not Milvus"))
            .fix("see `MILVUS_URI`: Milvus usually has port 19530");
    }
    let message = error.message();
    let finding = match message.contains(address) {
        true => Finding::problem(subject, message),
        false => Finding::problem(subject, format!("the call to {address} failed: {message}")),
    };
    if error.is_unauthenticated() {
        finding.fix("give the client user and password or an API key: `MILVUS_TOKEN`, or `ClientBuilder::token`")
    } else if error.is_connect() || error.is_timeout() {
        finding.fix("see `MILVUS_URI`: Milvus usually has port 19530, and `https://` is for a Milvus with TLS")
    } else {
        finding
    }
}
