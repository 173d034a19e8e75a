//! Passwords, tokens and specifications of external data: in no `Debug`, error, span or log.

use std::fmt::Debug;
use std::future::Future;
use std::io::Write;
use std::sync::{Arc, Mutex};

use milvus_otel::Result;
use milvus_otel::ops::{Cluster, ReplicationConfig};
use testkit::{Fake, Reply};
use tracing::instrument::WithSubscriber as _;

use super::spans::Recorder;

const SECRET: &str = "hunter2";
/// The same in base64, as it is sent.
const ENCODED: &str = "aHVudGVyMg==";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs an operation that the server refuses, and collects all that can be seen of it.
async fn seen<T: Debug + Send + Sync>(
    rpc: &str,
    operation: impl FnOnce(&milvus_otel::Client) -> Box<dyn Seen<T>> + Send,
) -> String {
    let (fake, recorder, log) = (Fake::scripted(), Recorder::new(), Log::default());
    fake.script(rpc, [Reply::failure(1100, 5, "not allowed")]);
    let operation = operation(&recorder.client(&fake));
    let mut seen = format!("{operation:?} {operation:#?}");
    let writer = log.clone();
    let logs = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let answer = operation.run().with_subscriber(logs).await;
    assert_eq!(
        fake.calls_of(rpc).len(),
        1,
        "{rpc} was not sent: {answer:?}"
    );
    let error = answer.as_ref().unwrap_err();
    seen += &format!("{error} {error:?} {:?}", recorder.spans());
    seen += &String::from_utf8_lossy(&log.0.lock().unwrap());
    seen
}

/// An operation that can be printed and run.
trait Seen<T>: Debug + Send {
    fn run(self: Box<Self>) -> std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send>>;
}

impl<T, O: Future<Output = Result<T>> + Debug + Send + Unpin + 'static> Seen<T> for O {
    fn run(self: Box<Self>) -> std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send>> {
        Box::pin(*self)
    }
}

#[tokio::test]
async fn secrets_of_operations_do_not_show() {
    let create = seen("CreateCredential", |client| {
        Box::new(client.create_user("ann", SECRET))
    });
    let update = seen("UpdateCredential", |client| {
        Box::new(client.update_password("ann", SECRET, SECRET))
    });
    let refresh = seen("RefreshExternalCollection", |client| {
        Box::new(client.refresh_external_collection("lake").spec(SECRET))
    });
    let replicate = seen("UpdateReplicateConfiguration", |client| {
        let mut config = ReplicationConfig::default();
        config
            .clusters
            .push(Cluster::new("a", "http://a:19530").token(SECRET));
        Box::new(client.update_replicate_configuration(config))
    });
    for (name, seen) in [
        ("create_user", create.await),
        ("update_password", update.await),
        ("refresh_external_collection", refresh.await),
        ("update_replicate_configuration", replicate.await),
    ] {
        assert!(
            !seen.contains(SECRET) && !seen.contains(ENCODED),
            "{name}: {seen}"
        );
        // What is not secret shows.
        assert!(seen.contains("not allowed"), "{name}: {seen}");
    }
}
