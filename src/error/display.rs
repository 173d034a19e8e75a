//! `Display` and `Debug` of errors.

use std::fmt;

use super::{Code, Error, ErrorKind, MilvusStatus, TooManyCalls, one_line, retry_after};

/// What to do about a proxy's rate limit.
const QUOTA: &str = "try later, or raise the quota of the server or its proxy";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.write_str(inner.operation)?;
        // `send` sends any RPC, so that is named too.
        if let Some(rpc) = inner.rpc.filter(|_| inner.operation == "send") {
            write!(f, " {rpc}")?;
        }
        match (&inner.subject, &inner.collection) {
            (Some(name), None) | (None, Some(name)) => write!(f, " {name:?}")?,
            (Some(name), Some(collection)) => write!(f, " {name:?} of {collection:?}")?,
            (None, None) => {}
        }
        f.write_str(":")?;
        if !inner.message.is_empty() {
            write!(f, " {}", one_line(&inner.message))?;
        }
        if let Some(status) = &inner.milvus {
            write!(f, " (milvus code {}", status.number())?;
            if let Some(name) = status.name() {
                write!(f, " {name}")?;
            }
            f.write_str(")")?;
        } else if let Some(grpc) = self.grpc_code().filter(|_| inner.kind == ErrorKind::Rpc) {
            write!(f, " (grpc {grpc:?})")?;
        }
        if let Some(hint) = inner.hint {
            write!(f, "; {hint}")?;
        }
        match inner.partial.as_ref().map_or(0, |partial| partial.written) {
            0 => {}
            1 => f.write_str("; the first row was written")?,
            rows => write!(f, "; the first {rows} rows were written")?,
        }
        if inner.attempts > 1 {
            write!(f, "; {} attempts in {:.1?}", inner.attempts, inner.elapsed)?;
        }
        if let Some((trace, span)) = inner.trace {
            write!(f, " [trace_id={trace} span_id={span}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind)
            .field("operation", &inner.operation);
        if let Some(rpc) = inner.rpc {
            out.field("rpc", &rpc);
        }
        if let Some(collection) = &inner.collection {
            out.field("collection", collection);
        }
        if let Some(subject) = &inner.subject {
            out.field("subject", subject);
        }
        out.field("message", &inner.message);
        if let Some(code) = self.code() {
            out.field("code", &code.0);
        }
        if let Some(grpc) = self.grpc_code() {
            out.field("grpc", &grpc);
        }
        if let Some(hint) = inner.hint {
            out.field("hint", &hint);
        }
        out.field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed);
        if let Some((trace, span)) = inner.trace {
            out.field("trace_id", &trace).field("span_id", &span);
        }
        out.finish_non_exhaustive()
    }
}

/// What to do about a gRPC error.
pub(super) fn hint_of_grpc(status: &tonic::Status) -> Option<&'static str> {
    let message = status.message();
    Some(match status.code() {
        _ if is_refused(status) => "try later, or raise the limit: see ClientBuilder::concurrency",
        _ if retry_after::is_rate_limit(status) => QUOTA,
        tonic::Code::Unavailable
            if ["Connection refused", "No such file"]
                .iter()
                .any(|sign| message.contains(sign)) =>
        {
            "is Milvus running there?"
        }
        tonic::Code::Unauthenticated => "check the token, or user and password",
        tonic::Code::PermissionDenied => "grant the user this privilege",
        tonic::Code::Unimplemented => {
            "this server does not support the operation: it may be Milvus Lite, an older Milvus, or not Milvus at all"
        }
        tonic::Code::ResourceExhausted => return hint_of_exhaustion(message),
        _ => return None,
    })
}

/// Whether the client's own concurrency limit refused the call.
fn is_refused(status: &tonic::Status) -> bool {
    let source = std::error::Error::source(status);
    source.is_some_and(|source| source.is::<TooManyCalls>())
}

/// gRPC has one code for messages or headers that are too large and for quotas of all kinds. The text tells them apart.
fn hint_of_exhaustion(message: &str) -> Option<&'static str> {
    let message = message.to_ascii_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
    if has(&["metadata", "header", "trailer"]) {
        Some("the headers are larger than the server accepts; send less baggage or a shorter token")
    } else if has(&["quota", "rate limit", "too many requests"]) {
        Some(QUOTA)
    } else if has(&["message", "larger than max", "too large"]) {
        Some("the message is larger than the server accepts; send smaller batches")
    } else {
        None
    }
}

/// What to do about a Milvus error.
pub(super) fn hint_of_milvus(status: &MilvusStatus) -> Option<&'static str> {
    if status.is_rate_limit() {
        return Some("send less, or raise the server's quota");
    }
    Some(match Code(status.code) {
        Code::COLLECTION_NOT_LOADED => "load the collection first",
        Code::PARTITION_NOT_LOADED => "load the partition first",
        Code::INDEX_NOT_FOUND => "create an index first",
        Code::QUOTA_EXCEEDED => {
            "free disk space or memory on the server, or lift its ban on reads or writes"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::error::CallRecord;
    use crate::error::{Failure, Progress};
    use crate::proto::common;

    /// The error of a call that the server may have received.
    fn grpc(operation: &'static str, status: tonic::Status) -> Error {
        let failure = Failure::of_grpc(status.code(), Progress::Sent, false);
        Error::grpc(operation, status, failure)
    }

    #[test]
    fn an_error_is_one_pointer() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn a_milvus_error_reads_as_one_line() {
        let status = common::Status {
            code: 101,
            reason: "collection not loaded".into(),
            ..Default::default()
        };
        let record = CallRecord::new(None, None);
        record.attempt();
        record.attempt();
        let error = Error::milvus("search", &status, None)
            .on(Some("books"))
            .with_record(&record, Duration::from_millis(1234));
        assert_eq!(
            error.to_string(),
            "search \"books\": collection not loaded (milvus code 101 CollectionNotLoaded); \
             load the collection first; 2 attempts in 1.2s"
        );
        assert!(error.source().is_none() && !error.is_retryable());
    }

    #[test]
    #[expect(deprecated, reason = "old servers send nothing else")]
    fn a_code_has_the_name_that_its_server_uses() {
        for (code, legacy_code, shown) in [
            (100, 4, "milvus code 100 CollectionNotFound"),
            (1, 56, "milvus code 1 ServiceNotReady"),
            (0, 4, "milvus code 4 CollectionNotExists"),
            (1, 1, "milvus code 1 UnexpectedError"),
            (1, 0, "milvus code 1"),
            (8, 0, "milvus code 8 ServiceRateLimit"),
            (6, 6, "milvus code 6"),
            (101, 101, "milvus code 101 CollectionNotLoaded"),
            (4711, 1, "milvus code 4711"),
        ] {
            let status = common::Status {
                code,
                error_code: legacy_code,
                reason: "no".into(),
                ..Default::default()
            };
            let error = Error::milvus("query", &status, None).to_string();
            assert!(
                error.starts_with(&format!("query: no ({shown})")),
                "{code}/{legacy_code}: {error}"
            );
        }
    }

    #[test]
    fn an_error_is_one_line_and_keeps_the_original_message() {
        let text = "unexpected token '>' at column 5\n  id >>> 3\n      ^\nexpected literal";
        let status = common::Status {
            code: 1100,
            reason: text.into(),
            ..Default::default()
        };
        let error = Error::milvus("query", &status, None).on(Some("a\nb"));
        assert_eq!(
            error.to_string(),
            "query \"a\\nb\": unexpected token '>' at column 5 id >>> 3 ^ expected literal \
             (milvus code 1100 ParameterInvalid)"
        );
        assert_eq!(error.message(), text);
        let status = tonic::Status::internal("a\r\nb\u{1b}");
        let error = grpc("query", status).to_string();
        assert_eq!(error, "query: a b\\u{1b} (grpc Internal)");
    }

    #[test]
    fn the_hint_fits_what_is_exhausted() {
        let hint = |text: &str| {
            let status = tonic::Status::resource_exhausted(text);
            grpc("query", status).0.hint.unwrap_or("")
        };
        for text in [
            "received initial metadata size exceeds limit",
            "received metadata size exceeds soft limit (14238 vs. 8192)",
            "header list size to send violates the maximum size",
        ] {
            assert!(hint(text).contains("baggage"), "{text}");
        }
        for text in [
            "grpc: received message larger than max (70000000 vs. 67108864)",
            "Received message larger than max (5000000 vs. 4194304)",
            "SERVER: Sent message larger than max (5000000 vs. 4194304)",
        ] {
            assert!(hint(text).contains("send smaller batches"), "{text}");
        }
        for text in ["quota exceeded", "Rate Limit reached"] {
            assert!(hint(text).contains("try later"), "{text}");
        }
        assert_eq!(hint(""), "");
    }

    #[test]
    fn an_empty_message_leaves_no_gap() {
        let status = tonic::Status::unimplemented("");
        assert_eq!(
            grpc("check_health", status).to_string(),
            "check_health: (grpc Unimplemented); this server does not support the operation: it may be Milvus Lite, an older Milvus, or not Milvus at all"
        );
    }

    #[test]
    fn a_connect_error_keeps_its_cause_and_shows_it_once() {
        let mut status =
            tonic::Status::unavailable("cannot connect to http://localhost:1: Connection refused");
        status.set_source(Arc::new(std::io::Error::other("the cause")));
        let error = Error::grpc("connect", status.clone(), Failure::not_sent(&status));
        assert!(error.is_connect() && error.is_retryable() && !error.may_have_happened());
        assert_eq!(
            error.to_string(),
            "connect: cannot connect to http://localhost:1: Connection refused; is Milvus running there?"
        );
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }

    #[test]
    #[expect(deprecated, reason = "old servers send nothing else")]
    fn not_found_is_recognised_for_servers_of_every_version() {
        for (code, legacy_code) in [(100, 4), (100, 1), (100, 0), (0, 4), (100, 100)] {
            let status = common::Status {
                code,
                error_code: legacy_code,
                ..Default::default()
            };
            assert!(
                Error::milvus("describe_collection", &status, None).is_not_found(),
                "{code}/{legacy_code}"
            );
        }
    }
}
