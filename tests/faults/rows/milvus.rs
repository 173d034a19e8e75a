//! Milvus answers with an error.

use milvus_otel::client::RetryPolicy;
use milvus_otel::error::Stage;
use milvus_otel::proto::common;
use testkit::{Fake, Reply};
use tonic::Code;

use crate::row::{Row, Want, row};

/// A call at a server that answers this RPC with these replies.
fn scripted(
    want: Want,
    reads: bool,
    replies: impl Fn() -> Vec<Reply> + Copy + Send + Sync + 'static,
) -> Row {
    want.run(move |case| async move {
        let rpc = if reads {
            "HasCollection"
        } else {
            "RenameCollection"
        };
        let fake = Fake::scripted();
        fake.script(rpc, replies());
        let address = fake.serve().await.unwrap();
        let client = case.trying(format!("http://{address}"), 3);
        if reads {
            case.read(&client).await;
        } else {
            case.change(&client).await;
        }
        case.requests(fake.count_of(rpc));
    })
}

fn empty() -> Reply {
    Reply::Message(Vec::new())
}

#[expect(deprecated, reason = "servers still send both codes")]
fn retriable() -> Reply {
    Reply::Failure(common::Status {
        code: 65535,
        error_code: 1,
        reason: "channel not available".into(),
        retriable: true,
        ..common::Status::default()
    })
}

fn rate_limit() -> Reply {
    Reply::failure(8, 49, "request is rejected by grpc RateLimiter middleware")
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        scripted(
            row("a rate limit rejects a change twice")
                .attempts(3)
                .requests(3)
                .rate_limited(2),
            false,
            || vec![rate_limit(), rate_limit(), empty()],
        ),
        scripted(
            row("a rate limit rejects a change of 3 attempts always")
                .result("rename_collection \"a\": request is rejected by grpc RateLimiter middleware (milvus code 8 ServiceRateLimit); send less, or raise the server's quota")
                .is("rate_limited retryable")
                .stage(Stage::Answered)
                .attempts(3)
                .requests(3)
                .rate_limited(3),
            false,
            || vec![rate_limit()],
        ),
        row("a rate limit rejects a delete, a part of which may be done")
            .result("delete \"a\": request is rejected*")
            .is("rate_limited retryable")
            .in_doubt(1)
            .requests(1)
            .rate_limited(1)
            .run(|case| async move {
                let fake = Fake::scripted();
                fake.script("Delete", [rate_limit()]);
                let address = fake.serve().await.unwrap();
                let client = case.client(format!("http://{address}"));
                case.returned(client.delete("a", "id > 3").await);
                case.requests(fake.count_of("Delete"));
            }),
        scripted(
            row("writes are denied because the disk is full, a change")
                .result("rename_collection \"a\": quota exceeded* (milvus code 9 ServiceQuotaExceeded); free disk space or memory on the server, or lift its ban on reads or writes")
                .requests(1),
            false,
            || vec![Reply::failure(9, 48, "quota exceeded[reason=disk quota exceeded]")],
        ),
        scripted(
            row("Milvus marks the failure as retriable, a read")
                .attempts(2)
                .requests(2),
            true,
            || vec![retriable(), empty()],
        ),
        scripted(
            row("Milvus marks the failure as retriable, a change")
                .result("rename_collection \"a\": channel not available*")
                .is("retryable")
                .in_doubt(1)
                .requests(1),
            false,
            || vec![retriable()],
        ),
        row("Milvus marks the failure as retriable, a drop with replay_idempotent")
            .attempts(2)
            .requests(2)
            .run(|case| async move {
                let fake = Fake::scripted();
                fake.script("DropCollection", [retriable(), empty()]);
                let address = fake.serve().await.unwrap();
                let policy = RetryPolicy::default().replay_idempotent(true);
                let client = case.builder(format!("http://{address}")).retry(policy);
                let client = client.connect_lazy().unwrap();
                case.returned(client.drop_collection("a").await);
                case.requests(fake.count_of("DropCollection"));
            }),
        scripted(
            row("Milvus is starting (1/56), a read").attempts(3).requests(3),
            true,
            || {
                let starting = || Reply::failure(1, 56, "service not ready");
                vec![starting(), starting(), empty()]
            },
        ),
        scripted(
            row("the server's own deadline passes (10001), a change")
                .result("rename_collection \"a\": context deadline exceeded*")
                .is("retryable timeout")
                .in_doubt(1)
                .requests(1),
            false,
            || vec![Reply::failure(10001, 1, "context deadline exceeded")],
        ),
        scripted(
            row("the server's own deadline passes (65535), a read")
                .result("has_collection \"a\": proxy TaskCondition context Done*")
                .is("retryable timeout")
                .in_doubt(1)
                .requests(1),
            true,
            || vec![Reply::failure(65535, 1, "proxy TaskCondition context Done")],
        ),
        scripted(
            row("DEADLINE_EXCEEDED of the server, a change")
                .result("rename_collection \"a\": context deadline exceeded")
                .is("retryable timeout")
                .stage(Stage::Answered)
                .in_doubt(1)
                .requests(1),
            false,
            || {
                let why = "context deadline exceeded";
                vec![Reply::Status(Code::DeadlineExceeded, why.into())]
            },
        ),
        scripted(
            row("UNAUTHENTICATED, a change")
                .result("rename_collection \"a\": auth check failure* (grpc Unauthenticated); check the token, or user and password")
                .is("unauthenticated")
                .stage(Stage::Answered)
                .requests(1),
            false,
            || vec![Reply::Status(Code::Unauthenticated, "auth check failure".into())],
        ),
        scripted(
            row("PERMISSION_DENIED, a change")
                .result("rename_collection \"a\": PrivilegeRename* (grpc PermissionDenied); grant the user this privilege")
                .is("permission_denied")
                .requests(1),
            false,
            || vec![Reply::Status(Code::PermissionDenied, "PrivilegeRename".into())],
        ),
        scripted(
            row("RESOURCE_EXHAUSTED, the message is too large, a change")
                .result("rename_collection \"a\": grpc: received message larger than max (5 vs. 4) (grpc ResourceExhausted); the message is larger than the server accepts; send smaller batches")
                .requests(1),
            false,
            || {
                let why = "grpc: received message larger than max (5 vs. 4)";
                vec![Reply::Status(Code::ResourceExhausted, why.into())]
            },
        ),
    ]
}
