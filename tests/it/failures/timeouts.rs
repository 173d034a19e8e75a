//! A server that gives up because the call's time is over has a code for it, or a text, or gRPC's code: all are timeouts.

use milvus_otel::client::RetryPolicy;
use testkit::{Fake, Reply};
use tonic::Code;

use super::attributes;
use super::spans::Recorder;

#[tokio::test]
async fn a_timeout_of_the_server_is_a_timeout_whatever_its_code() {
    let within = "fail to search on QueryNode 3: worker(3) query failed: context deadline exceeded";
    for (reply, code) in [
        // The proxy of Milvus 2.3, its query nodes, later versions, and gRPC.
        (
            Reply::failure(65535, 1, "proxy TaskCondition context Done"),
            "65535",
        ),
        (Reply::failure(65535, 1, within), "65535"),
        (Reply::failure(10001, 1, "timeout"), "10001"),
        (Reply::failure(10001, 0, ""), "10001"),
        (
            Reply::Status(Code::DeadlineExceeded, "context deadline exceeded".into()),
            "DEADLINE_EXCEEDED",
        ),
    ] {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        for rpc in ["HasCollection", "DropCollection"] {
            fake.script(rpc, [reply.clone()]);
        }
        // Nothing but the cause keeps them from being repeated.
        let retry = RetryPolicy::default().replay_idempotent(true);
        let client = recorder.builder(&fake).retry(retry).connect_lazy().unwrap();
        let read = client.has_collection("books").await.unwrap_err();
        let change = client.drop_collection("books").await.unwrap_err();
        for error in [&read, &change] {
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!(error.attempts(), 1, "{error:?}");
            // A later call has its own time.
            assert!(error.is_retryable(), "{error:?}");
        }
        assert!(change.may_have_happened(), "{change:?}");
        assert_eq!(fake.calls().len(), 2);
        let spans = recorder.spans();
        assert_eq!(spans.len(), 2);
        for span in &spans {
            let attributes = attributes(span);
            assert_eq!(attributes["error.type"], "DEADLINE_EXCEEDED", "{reply:?}");
            assert_eq!(attributes["db.response.status_code"], code, "{reply:?}");
        }
    }
}
