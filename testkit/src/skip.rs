//! Skips or fails a test whose real server cannot be started.

use std::fmt::Display;
use std::io::{self, Write};

/// Returns the server, or `None` after printing why the test is skipped.
///
/// ```no_run
/// # async fn test() {
/// let Some(milvus) = testkit::require(testkit::Milvus::lite().start().await) else {
///     return;
/// };
/// # }
/// ```
///
/// # Panics
///
/// Panics in CI, if the environment variable `CI` is set, because a skipped test would go unnoticed there.
#[track_caller]
pub fn require<T, E: Display>(server: Result<T, E>) -> Option<T> {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    require_in(server, ci)
}

#[track_caller]
fn require_in<T, E: Display>(server: Result<T, E>, ci: bool) -> Option<T> {
    match server {
        Ok(server) => Some(server),
        Err(why) if ci => panic!("a test may not be skipped in CI: {why}"),
        Err(why) => {
            // Not `eprintln!`, which the test harness captures.
            let _ = writeln!(io::stderr(), "skipped: {why}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_handed_on() {
        assert_eq!(require_in::<_, String>(Ok(1), true), Some(1));
    }

    #[test]
    fn no_server_skips() {
        assert_eq!(require_in::<(), _>(Err("no python3"), false), None);
    }

    #[test]
    #[should_panic(expected = "may not be skipped in CI: no python3")]
    fn no_server_fails_in_ci() {
        require_in::<(), _>(Err("no python3"), true);
    }
}
