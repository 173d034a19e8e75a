//! Fails or skips a test whose real server cannot be started.

use std::fmt::Display;
use std::io::{self, Write};

/// The variable that allows tests to be skipped.
const SKIP: &str = "MILVUS_TESTKIT_SKIP";

/// Returns the server, or `None` if it is unavailable and the variable `MILVUS_TESTKIT_SKIP` is `1`, after printing why the
/// test is skipped.
///
/// ```no_run
/// # async fn test() {
/// use milvus_otel_testkit::{Milvus, require};
///
/// let Some(milvus) = require(Milvus::shared_lite().await) else {
///     return;
/// };
/// # }
/// ```
///
/// # Panics
///
/// If the server is unavailable and the variable is not set, because a skipped test would go unnoticed.
#[track_caller]
pub fn require<T, E: Display>(server: Result<T, E>) -> Option<T> {
    require_in(
        server,
        std::env::var_os(SKIP).is_some_and(|value| value == "1"),
    )
}

#[track_caller]
fn require_in<T, E: Display>(server: Result<T, E>, skip: bool) -> Option<T> {
    match server {
        Ok(server) => Some(server),
        Err(why) if skip => {
            // Not `eprintln!`, which the test harness captures.
            let _ = writeln!(io::stderr(), "skipped: {why}");
            None
        }
        Err(why) => panic!("{why}\nto skip the tests that need this server, set {SKIP}=1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_handed_on() {
        assert_eq!(require_in::<_, String>(Ok(1), false), Some(1));
    }

    #[test]
    fn no_server_skips() {
        assert_eq!(require_in::<(), _>(Err("no python3"), true), None);
    }

    #[test]
    #[should_panic(
        expected = "no python3\nto skip the tests that need this server, set MILVUS_TESTKIT_SKIP=1"
    )]
    fn no_server_fails_unless_skipping_is_allowed() {
        require_in::<(), _>(Err("no python3"), false);
    }
}
