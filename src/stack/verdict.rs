//! Whether a failed attempt is followed by another.

use tonic::{Code, Status};

use super::backoff::RetryPolicy;
use super::cause::{is_lasting, reach};
use crate::error::{MilvusStatus, Reach};
use crate::wire::Class;

/// Why an attempt failed, as far as sending it again goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing can have happened: it was not sent.
    NotSent,
    /// A rate limit turned it away, at the door unless it is done piece by piece.
    TurnedAway,
    /// It may pass, but the call may have happened.
    Passing,
    /// It will not pass.
    Lasting,
}

impl Failure {
    /// Of a call that got no answer.
    pub(super) fn of_status(status: &Status) -> Self {
        if status.code() != Code::Unavailable || is_lasting(status) {
            Self::Lasting
        } else if reach(status) == Reach::NotSent {
            Self::NotSent
        } else {
            Self::Passing
        }
    }

    /// Of a call that Milvus answered with an error.
    pub(super) fn of_milvus(status: &MilvusStatus) -> Self {
        if status.is_rate_limit() {
            Self::TurnedAway
        } else if status.is_retriable() {
            Self::Passing
        } else {
            Self::Lasting
        }
    }

    /// Whether a call of this class may have been done nevertheless, in part at least.
    pub(super) fn is_doubtful(self, class: Option<Class>) -> bool {
        match self {
            Self::Passing => true,
            Self::TurnedAway => class == Some(Class::Piecewise),
            Self::NotSent | Self::Lasting => false,
        }
    }

    /// Whether a call of this class may be sent again. A class that is not known is not a read.
    pub(super) fn is_retried(self, class: Option<Class>, policy: &RetryPolicy) -> bool {
        match (self, class) {
            (Self::NotSent, _)
            | (Self::TurnedAway, Some(Class::Read | Class::Idempotent | Class::Once))
            | (Self::Passing, Some(Class::Read)) => true,
            (Self::TurnedAway | Self::Passing, Some(Class::Piecewise))
            | (Self::Passing, Some(Class::Idempotent)) => policy.replay_idempotent,
            (Self::Passing, Some(Class::Once))
            | (Self::TurnedAway | Self::Passing, None)
            | (Self::Lasting, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_may_have_happened_is_sent_again_only_by_leave() {
        let strict = RetryPolicy::default();
        let lenient = RetryPolicy::default().replay_idempotent(true);
        let classes = [
            Some(Class::Read),
            Some(Class::Idempotent),
            Some(Class::Piecewise),
            Some(Class::Once),
            None,
        ];
        for (failure, policy, expected) in [
            (Failure::NotSent, &strict, [true; 5]),
            (
                Failure::TurnedAway,
                &strict,
                [true, true, false, true, false],
            ),
            (
                Failure::TurnedAway,
                &lenient,
                [true, true, true, true, false],
            ),
            (
                Failure::Passing,
                &strict,
                [true, false, false, false, false],
            ),
            (Failure::Passing, &lenient, [true, true, true, false, false]),
            (Failure::Lasting, &lenient, [false; 5]),
        ] {
            assert_eq!(
                classes.map(|class| failure.is_retried(class, policy)),
                expected,
                "{failure:?}"
            );
        }
    }

    #[test]
    fn milvus_codes_are_sorted() {
        let of = |code, legacy_code, retriable| {
            Failure::of_milvus(&MilvusStatus {
                code,
                legacy_code,
                retriable,
                ..Default::default()
            })
        };
        assert_eq!(of(8, 49, false), Failure::TurnedAway, "rate limit");
        assert_eq!(
            of(0, 49, false),
            Failure::TurnedAway,
            "rate limit of an old server"
        );
        assert_eq!(of(1, 56, false), Failure::Passing, "not ready yet");
        assert_eq!(of(65535, 1, true), Failure::Passing, "marked by the server");
        assert_eq!(of(9, 48, false), Failure::Lasting, "writing is denied");
        assert_eq!(of(100, 4, false), Failure::Lasting, "no such collection");
    }

    #[test]
    fn grpc_codes_are_sorted() {
        assert_eq!(
            Failure::of_status(&Status::unavailable("gone")),
            Failure::Passing
        );
        for code in 1..=16 {
            let status = Status::new(Code::from(code), "");
            if status.code() != Code::Unavailable {
                assert_eq!(
                    Failure::of_status(&status),
                    Failure::Lasting,
                    "{:?}",
                    status.code()
                );
            }
        }
    }
}
