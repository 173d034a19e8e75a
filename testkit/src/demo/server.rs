//! Finds or starts a Milvus.

use std::time::Duration;

use milvus_otel::{ClientBuilder, client::RetryPolicy};

use crate::milvus::{Milvus, Standalone, Unavailable};

/// The server that is started if no Milvus answers.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// The complete Milvus 2.3.5, which sends its spans to this receiver, if any.
    Whole { receiver: Option<String> },
    /// The same with users: `root`, whose password is `Milvus`.
    WithUsers { receiver: Option<String> },
    /// Milvus Lite 2.5.1, which creates no spans.
    Lite,
}

/// The server that was started, if none answers at `configured`.
pub(super) async fn find_or_start(
    configured: ClientBuilder,
    start: Start,
) -> Result<Option<Milvus>, Unavailable> {
    let why = match find(configured).await {
        Ok(endpoint) => {
            eprintln!("using the Milvus at {endpoint}");
            return Ok(None);
        }
        Err(why) => why,
    };
    let what = match start {
        Start::Whole { .. } => "Milvus 2.3.5",
        Start::WithUsers { .. } => "Milvus 2.3.5 with users",
        Start::Lite => "Milvus Lite 2.5.1, which creates no spans",
    };
    eprintln!("{why}: starting {what}");
    let milvus = match start {
        Start::Whole { receiver } => or_lite(whole(receiver).start().await).await?,
        Start::WithUsers { receiver } => whole(receiver).authorization(true).start().await?,
        Start::Lite => Milvus::lite().start().await?,
    };
    eprintln!("started {} at {}", milvus.description(), milvus.uri());
    Ok(Some(milvus))
}

/// The address of a Milvus that answers, even with an error, or why there is none. Neither contains a password.
async fn find(configured: ClientBuilder) -> Result<String, String> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let client = configured
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE)
        .retry(RetryPolicy::never())
        .connect_lazy()
        .map_err(|error| error.message().to_owned())?;
    match client.get_server_version().await {
        Err(error) if error.is_connect() || error.is_timeout() => Err(error.message().to_owned()),
        // The example gets the same error when it connects, which is more helpful than another server.
        Ok(_) | Err(_) => Ok(client.endpoint()),
    }
}

fn whole(receiver: Option<String>) -> Standalone {
    let standalone = Milvus::standalone();
    if let Some(receiver) = receiver {
        return standalone.otlp(receiver);
    }
    eprintln!(
        "Milvus 2.3.5 sends its spans over plaintext gRPC only: the trace will not have them"
    );
    standalone
}

/// Milvus Lite, if the complete Milvus cannot be started.
async fn or_lite(standalone: Result<Milvus, Unavailable>) -> Result<Milvus, Unavailable> {
    let why = match standalone {
        Ok(milvus) => return Ok(milvus),
        Err(why) => why,
    };
    eprintln!(
        "{why}\nstarting Milvus Lite instead, which makes no spans: the trace ends at the client"
    );
    let lite = Milvus::lite().start().await;
    lite.map_err(|too| {
        Unavailable::new(format!(
            "neither Milvus nor Milvus Lite can be started: {too}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use milvus_otel::Client;
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::transport::Server;

    use super::*;
    use crate::{Fake, require};

    #[tokio::test]
    async fn a_milvus_that_answers_is_used() {
        let fake = Fake::scripted();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder().add_routes(fake.service());
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let started = find_or_start(Client::builder(address), Start::Lite)
            .await
            .unwrap();
        assert!(started.is_none());
        assert_eq!(fake.calls_of("GetVersion").len(), 1);
    }

    #[tokio::test]
    async fn the_reason_not_to_use_a_milvus_has_no_password() {
        let nobody = Client::builder("http://root:hunter2@127.0.0.1:1");
        let why = find(nobody).await.unwrap_err();
        assert!(
            why.contains("127.0.0.1:1") && !why.contains("hunter2"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn lite_replaces_a_milvus_that_cannot_be_started() {
        let missing = Err(Unavailable::new("there is no build for this machine"));
        let Some(milvus) = require(or_lite(missing).await) else {
            return;
        };
        assert!(milvus.description().contains("Lite"), "{milvus:?}");
        assert!(find(Client::builder(milvus.uri())).await.is_ok());
    }
}
