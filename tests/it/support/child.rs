//! Runs a test again in a process of its own, for what a process has only one of: global providers, a propagator, a
//! subscriber, variables, signals.
//!
//! Names are those of tests with their modules: `concat!(module_path!(), "::name")`.

use std::process::{Command, Output};

const CHILD: &str = "MILVUS_OTEL_TEST_CHILD";

/// Whether this process is the child of the test called `name`.
pub(crate) fn is_child(name: &str) -> bool {
    std::env::var(CHILD).is_ok_and(|child| child == name)
}

/// Runs the test called `name` as a child with these variables and no other of OpenTelemetry's.
pub(crate) fn child(name: &str, variables: &[(&str, &str)]) -> Output {
    command(name, variables).output().unwrap()
}

/// The same, to be run.
pub(crate) fn command(name: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (inherited, _) in std::env::vars_os() {
        if inherited.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(inherited);
        }
    }
    let (_crate, test) = name.split_once("::").unwrap();
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, name)
        .env("RUST_BACKTRACE", "0")
        .envs(variables.iter().copied());
    command
}

/// As [`child`], for one that must end well; returns its standard error.
pub(crate) fn succeeds(name: &str, variables: &[(&str, &str)]) -> String {
    let output = child(name, variables);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name}: {stdout}\n{stderr}");
    assert!(stdout.contains("1 passed"), "{name} ran nothing: {stdout}");
    stderr
}

/// Ends the test here and runs the rest of it in a process of its own, with these variables.
macro_rules! in_own_process {
    ($name:literal $(, $variable:literal = $value:literal)*) => {
        const NAME: &str = concat!(module_path!(), "::", $name);
        if !$crate::support::child::is_child(NAME) {
            $crate::support::child::succeeds(NAME, &[$(($variable, $value)),*]);
            return;
        }
    };
}
pub(crate) use in_own_process;
