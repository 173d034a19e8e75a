//! Which Milvus answers.

use std::time::Duration;

use milvus_otel::Client;

use crate::milvus::{Milvus, Unavailable};

const DEFAULT: &str = "http://localhost:19530";

/// What is started where no Milvus answers.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// The whole of Milvus 2.3.5; its spans go to this receiver, if there is one for them.
    Whole { receiver: Option<String> },
    /// Milvus Lite 2.5.1, which makes none.
    Lite,
}

/// The URI of the Milvus to use, and the server if it had to be started.
pub(super) async fn find_or_start(
    uri: Option<String>,
    start: Start,
) -> Result<(String, Option<Milvus>), Unavailable> {
    // Not the URI itself, which may hold a password.
    let shown = if uri.is_some() { "MILVUS_URI" } else { DEFAULT };
    let uri = uri.unwrap_or_else(|| DEFAULT.to_owned());
    match find(&uri).await {
        Ok(()) => {
            eprintln!("using the Milvus at {shown}; its own spans go where it sends them");
            return Ok((uri, None));
        }
        Err(why) => {
            let what = match start {
                Start::Whole { .. } => "Milvus 2.3.5",
                Start::Lite => "Milvus Lite 2.5.1, which makes no spans of its own",
            };
            eprintln!("no Milvus answers at {shown} ({why}): starting {what}");
        }
    }
    let milvus = match start {
        Start::Whole { receiver } => whole(receiver).await?,
        Start::Lite => Milvus::lite().start().await?,
    };
    eprintln!("started {} at {}", milvus.description(), milvus.uri());
    Ok((milvus.uri().to_owned(), Some(milvus)))
}

/// Whether Milvus answers there, if only to refuse; else why it does not, without the password.
async fn find(uri: &str) -> Result<(), String> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let client = Client::builder(uri)
        .connect_timeout(PATIENCE)
        .timeout(PATIENCE);
    match client.connect().await {
        Err(error) if error.is_connect() || error.is_timeout() => Err(error.message().to_owned()),
        // Whoever connects gets any other error too, and it says more than a server that stands in.
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn whole(receiver: Option<String>) -> Result<Milvus, Unavailable> {
    let mut standalone = Milvus::standalone();
    if let Some(receiver) = receiver {
        standalone = standalone.otlp(receiver);
    } else {
        eprintln!(
            "Milvus 2.3.5 sends spans over plaintext gRPC only: the trace will have none of its own"
        );
    }
    or_lite(standalone.start().await).await
}

/// Milvus Lite, where the whole of Milvus cannot be had.
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
        Unavailable::new(format!("neither Milvus nor Milvus Lite can be had: {too}"))
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::transport::Server;

    use super::*;
    use crate::{Fake, require};

    #[tokio::test]
    async fn a_milvus_that_answers_is_used() {
        let fake = Fake::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder().add_routes(fake.service());
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let (uri, started) = find_or_start(Some(address.clone()), Start::Lite)
            .await
            .unwrap();
        assert_eq!(uri, address);
        assert!(started.is_none());
        assert_eq!(fake.calls_of("Connect").len(), 1);
    }

    #[tokio::test]
    async fn nobody_there_is_said_without_the_password() {
        let why = find("http://root:hunter2@127.0.0.1:1").await.unwrap_err();
        assert!(
            why.contains("127.0.0.1:1") && !why.contains("hunter2"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn lite_stands_in_for_a_milvus_that_cannot_be_had() {
        let missing = Err(Unavailable::new("there is no build for this machine"));
        let Some(milvus) = require(or_lite(missing).await) else {
            return;
        };
        assert!(milvus.description().contains("Lite"), "{milvus:?}");
        assert!(find(milvus.uri()).await.is_ok());
    }
}
