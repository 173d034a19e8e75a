//! What a failed call means: may it be retried, and may the server have executed it?
//!
//! This is decided once for each attempt, here. The retries, the record of what the connection has changed, and
//! [`Error`](super::Error) all use the result.

use std::fmt;

use tonic::{Code, Status};

use super::reason::Reason;
use super::{MilvusStatus, retry_after};
use crate::wire::Class;

/// How one attempt of a call, or an operation that sent nothing, failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) progress: Progress,
    /// Whether the server may have executed the call, completely or in part.
    pub(crate) may_have_happened: bool,
}

/// Whether a cause may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It may pass: the server is starting, or the connection was lost.
    Transient,
    /// A rate limit of Milvus or of a proxy rejected the call.
    RateLimited,
    /// It timed out. A later call may succeed, but this one is not retried.
    TimedOut,
    /// The client has too many calls in flight. A later call may succeed, but this one is not retried.
    Overloaded,
    /// The same call would fail in the same way.
    Permanent,
}

/// The source of the status of a call that the client's concurrency limit rejected.
#[derive(Debug)]
pub(crate) struct TooManyCalls;

impl fmt::Display for TooManyCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many calls")
    }
}

impl std::error::Error for TooManyCalls {}

/// How far a failed call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It was not sent, or the server has stated that it did not process it.
    NotSent,
    /// The server may have received it.
    Sent,
}

impl Failure {
    /// The client refused the arguments, or could not encode them.
    pub(crate) const REFUSED: Self = Self {
        cause: Cause::Permanent,
        progress: Progress::NotSent,
        may_have_happened: false,
    };
    /// The server did something, but its answer makes no sense.
    pub(crate) const INVALID_RESPONSE: Self = Self {
        cause: Cause::Permanent,
        progress: Progress::Sent,
        may_have_happened: true,
    };
    /// Work that the server had started failed later, in the background.
    pub(crate) const BACKGROUND: Self = Self {
        cause: Cause::Permanent,
        progress: Progress::Sent,
        may_have_happened: false,
    };
    /// An operation of several calls timed out.
    pub(crate) const TIMED_OUT: Self = Self {
        cause: Cause::TimedOut,
        progress: Progress::Sent,
        may_have_happened: true,
    };

    /// A call without an answer. `permanent` means that no connection can be made until something is fixed, such as the
    /// host name.
    pub(crate) fn of_grpc(code: Code, progress: Progress, permanent: bool) -> Self {
        let cause = match code {
            Code::DeadlineExceeded => Cause::TimedOut,
            Code::Unavailable if !permanent => Cause::Transient,
            _ => Cause::Permanent,
        };
        // With the other codes, a server rejects a call before it does anything.
        let in_doubt = matches!(
            code,
            Code::Unavailable
                | Code::DeadlineExceeded
                | Code::Unknown
                | Code::Internal
                | Code::Cancelled
                | Code::Aborted
                | Code::DataLoss
                | Code::OutOfRange
        );
        Self {
            cause,
            progress,
            may_have_happened: in_doubt && progress != Progress::NotSent,
        }
    }

    /// A call that Milvus did not answer, with this status.
    pub(crate) fn of_status(status: &Status, progress: Progress, permanent: bool) -> Self {
        let source = std::error::Error::source(status);
        if source.is_some_and(|source| source.is::<TooManyCalls>()) {
            return Self {
                cause: Cause::Overloaded,
                progress: Progress::NotSent,
                may_have_happened: false,
            };
        }
        if progress == Progress::Sent && retry_after::is_rate_limit(status) {
            return Self {
                cause: Cause::RateLimited,
                progress,
                may_have_happened: false,
            };
        }
        let failure = Self::of_grpc(status.code(), progress, permanent);
        // The server executed the call, but could not send the answer. The texts are grpc-go's and C-core's.
        let is_answer_too_large = status.code() == Code::ResourceExhausted
            && ["trying to send message larger", "Sent message larger"]
                .iter()
                .any(|text| status.message().contains(text));
        Self {
            may_have_happened: failure.may_have_happened
                || (is_answer_too_large && progress == Progress::Sent),
            ..failure
        }
    }

    /// The failure of an attempt that one of the user's layers has sent before: whatever happened the last time, an
    /// earlier request may have been executed.
    pub(crate) fn after_sending(self) -> Self {
        match self.progress {
            Progress::Sent => self,
            Progress::NotSent => Self {
                progress: Progress::Sent,
                may_have_happened: true,
                ..self
            },
        }
    }

    /// A call with status `code` that was never sent.
    pub(crate) fn not_sent(status: &Status) -> Self {
        Self::of_grpc(status.code(), Progress::NotSent, false)
    }

    /// A call that Milvus answered with an error.
    pub(crate) fn of_milvus(status: &MilvusStatus, class: Option<Class>) -> Self {
        let reason = status.reason();
        let rate_limited = status.is_rate_limit();
        let cause = if rate_limited {
            Cause::RateLimited
        } else if reason == Some(Reason::Time) {
            Cause::TimedOut
        } else if status.is_retriable() {
            Cause::Transient
        } else {
            Cause::Permanent
        };
        // Mistakes in the arguments are found before anything is done.
        let is_mistake = reason.is_some_and(|reason| reason != Reason::Time);
        let in_part = rate_limited && class == Some(Class::Piecewise);
        Self {
            cause,
            progress: Progress::Sent,
            may_have_happened: !is_mistake && (in_part || status.may_have_happened()),
        }
    }

    /// How an attempt with a shorter time limit than its call failed: if it timed out, another attempt may succeed.
    pub(crate) fn of_limited_attempt(self) -> Self {
        match self.cause {
            Cause::TimedOut => Self {
                cause: Cause::Transient,
                ..self
            },
            _ => self,
        }
    }

    /// Whether nothing was done, so that the call is worth retrying until its deadline.
    pub(crate) fn is_patient(self) -> bool {
        self.progress == Progress::NotSent || self.cause == Cause::RateLimited
    }

    /// Whether a call of this class may be retried. `replay` is the user's permission to repeat changes that may have
    /// happened, if a second one leaves the same state. An unknown RPC never counts as a read.
    pub(crate) fn is_resent(self, class: Option<Class>, replay: bool) -> bool {
        match (self.cause, class) {
            (Cause::Permanent | Cause::TimedOut | Cause::Overloaded, _) => false,
            _ if self.progress == Progress::NotSent => true,
            (Cause::RateLimited, Some(Class::Read | Class::Idempotent | Class::Once))
            | (Cause::Transient, Some(Class::Read)) => true,
            // A proxy's limit rejects a call as a whole.
            (Cause::RateLimited, Some(Class::Piecewise)) => replay || !self.may_have_happened,
            (Cause::Transient, Some(Class::Piecewise | Class::Idempotent)) => replay,
            (Cause::Transient, Some(Class::Once)) | (_, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milvus(code: i32, legacy_code: i32, retriable: bool) -> Failure {
        let status = MilvusStatus {
            code,
            legacy_code,
            retriable,
            ..Default::default()
        };
        Failure::of_milvus(&status, Some(Class::Once))
    }

    fn unavailable(progress: Progress) -> Failure {
        Failure::of_grpc(Code::Unavailable, progress, false)
    }

    #[test]
    fn changes_that_may_have_happened_are_repeated_only_with_permission() {
        let classes = [
            Some(Class::Read),
            Some(Class::Idempotent),
            Some(Class::Piecewise),
            Some(Class::Once),
            None,
        ];
        let proxy_limit = milvus(8, 49, false);
        let rate_limit = Failure {
            // Milvus may have done part of a delete before its limit rejected the rest.
            may_have_happened: true,
            ..proxy_limit
        };
        let lost = unavailable(Progress::Sent);
        for (failure, replay, expected) in [
            (unavailable(Progress::NotSent), false, [true; 5]),
            (proxy_limit, false, [true, true, true, true, false]),
            (rate_limit, false, [true, true, false, true, false]),
            (rate_limit, true, [true, true, true, true, false]),
            (lost, false, [true, false, false, false, false]),
            (lost, true, [true, true, true, false, false]),
            (milvus(100, 4, false), true, [false; 5]),
            (Failure::TIMED_OUT, true, [false; 5]),
        ] {
            assert_eq!(
                classes.map(|class| failure.is_resent(class, replay)),
                expected,
                "{failure:?} replay={replay}"
            );
        }
    }

    #[test]
    fn milvus_codes_have_a_cause() {
        for (code, legacy_code, retriable, cause, text) in [
            (8, 49, false, Cause::RateLimited, "rate limit"),
            (0, 49, false, Cause::RateLimited, "rate limit before 2.3"),
            (1, 56, false, Cause::Transient, "not ready yet"),
            (65535, 1, true, Cause::Transient, "marked by the server"),
            (9, 48, false, Cause::Permanent, "writing is denied"),
            (100, 4, false, Cause::Permanent, "no such collection"),
            (10001, 1, false, Cause::TimedOut, "deadline at the server"),
            (
                10001,
                1,
                true,
                Cause::TimedOut,
                "the same, marked as retriable",
            ),
        ] {
            assert_eq!(milvus(code, legacy_code, retriable).cause, cause, "{text}");
        }
    }

    #[test]
    fn grpc_codes_have_a_cause() {
        for code in (1..=16).map(Code::from) {
            let failure = Failure::of_grpc(code, Progress::Sent, false);
            let cause = match code {
                Code::Unavailable => Cause::Transient,
                Code::DeadlineExceeded => Cause::TimedOut,
                _ => Cause::Permanent,
            };
            assert_eq!(failure.cause, cause, "{code:?}");
            let not_sent = Failure::of_grpc(code, Progress::NotSent, false);
            assert!(!not_sent.may_have_happened, "{code:?}");
        }
        let unknown_host = Failure::of_grpc(Code::Unavailable, Progress::NotSent, true);
        assert_eq!(unknown_host.cause, Cause::Permanent);
    }

    #[test]
    fn only_a_rejected_call_certainly_did_not_happen() {
        for (code, happened) in [
            (Code::PermissionDenied, false),
            (Code::Unimplemented, false),
            (Code::Internal, true),
            (Code::Unavailable, true),
            (Code::DeadlineExceeded, true),
        ] {
            let failure = Failure::of_grpc(code, Progress::Sent, false);
            assert_eq!(failure.may_have_happened, happened, "{code:?}");
        }
        let rate_limit = MilvusStatus {
            code: 8,
            legacy_code: 49,
            ..Default::default()
        };
        for (class, happened) in [(Class::Once, false), (Class::Piecewise, true)] {
            let failure = Failure::of_milvus(&rate_limit, Some(class));
            assert_eq!(failure.may_have_happened, happened, "{class:?}");
        }
    }
}
