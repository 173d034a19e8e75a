//! A server process that ends with this one, and takes its state directory with it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Unavailable, tail};

const SUPERVISOR: &str = include_str!("supervisor.sh");

/// A directory for one server's configuration, data and log.
///
/// The name is short because a Unix socket's path has to fit 104 bytes.
pub(super) fn state_dir() -> Result<TempDir, Unavailable> {
    let state = tempfile::Builder::new().prefix("milvus-").tempdir();
    let state = state.map_err(|error| {
        Unavailable::new(format!(
            "cannot create a directory for Milvus' state: {error}"
        ))
    })?;
    fs::create_dir(state.path().join("tmp")).map_err(|error| {
        Unavailable::new(format!(
            "cannot create a directory for Milvus' state: {error}"
        ))
    })?;
    Ok(state)
}

/// What to run.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(String, OsString)>,
    /// How long an orderly end may take.
    pub(super) grace: Duration,
}

/// A shell that holds the server, and whose standard input only this process holds.
#[derive(Debug)]
pub(super) struct Supervised {
    shell: Child,
    state: PathBuf,
    log: PathBuf,
}

impl Supervised {
    /// Starts `server` with `state` as its working directory, and becomes the owner of `state`.
    pub(super) fn spawn(server: &Server, state: TempDir) -> Result<Self, Unavailable> {
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR, "supervisor"]);
        command.arg(state.path());
        command.arg((server.grace.as_millis() / 100).to_string());
        // Not the shell's own environment: the libraries of a server are not made for a shell.
        command.arg("env");
        for (name, value) in &server.environment {
            let mut assignment = OsString::from(name);
            assignment.push("=");
            assignment.push(value);
            command.arg(assignment);
        }
        command.arg(&server.program).args(&server.arguments);
        // Every variable is a setting to Milvus 2.3.5, and OTEL_* ones are to all of them.
        command.env_clear();
        for name in ["PATH", "HOME", "LANG"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("TMPDIR", state.path().join("tmp"));
        command.current_dir(state.path());
        // A group of its own, so that Ctrl-C reaches the owner only and cleaning up goes on.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let shell = command.spawn().map_err(|error| {
            Unavailable::new(format!("cannot run sh, which looks after Milvus: {error}"))
        })?;
        let state = state.keep();
        let log = state.join("server.log");
        Ok(Self { shell, state, log })
    }

    pub(super) fn state(&self) -> &Path {
        &self.state
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// The exit status of a server that has ended by itself.
    pub(super) fn exited(&self) -> Option<String> {
        let status = fs::read_to_string(self.state.join("exited")).ok()?;
        Some(status.trim().to_owned())
    }

    /// The lines of the log from which a person sees why the server does not run.
    pub(super) fn complaint(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        complaint(&String::from_utf8_lossy(&log))
    }

    /// Asks the server to end and waits until it has; blocks for the grace period at most.
    pub(super) fn stop(mut self) {
        if let Some(stdin) = &mut self.shell.stdin {
            // If the shell is gone there is nobody to ask: `drop` sees to the rest.
            let _ = stdin.write_all(b"stop\n");
        }
        // `Child::wait` closes standard input, but the line has been written before.
        drop(self);
    }

    /// Kills what is left of the process group, and removes the state: the shell could not.
    fn clean_up(&self) -> io::Result<()> {
        let kill = format!("kill -KILL -- -{}", self.shell.id());
        let arguments = [OsStr::new("-c"), kill.as_ref()];
        Command::new("sh")
            .args(arguments)
            .stderr(Stdio::null())
            .status()?;
        fs::remove_dir_all(&self.state)
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let waited = self.shell.wait();
        if waited.is_err() || self.state.exists() {
            // Nobody is there to hear of a failure, and the next server has its own directory.
            let _ = self.clean_up();
        }
    }
}

/// The last lines, but without the stacks of Go's threads below a panic.
fn complaint(log: &str) -> String {
    const LINES: usize = 6;
    let before_stacks = log
        .find("\ngoroutine ")
        .map_or(log, |stacks| &log[..stacks]);
    tail(before_stacks, LINES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_reported_without_its_stacks() {
        let log = "started\npanic: no such file\n\ngoroutine 1 [running]:\nmain.main()\n";
        assert_eq!(complaint(log), "started\npanic: no such file");
    }

    #[test]
    fn the_end_of_a_log_is_reported() {
        let log: String = (1..=9).map(|line| format!("line {line}\n")).collect();
        assert_eq!(complaint(&log).lines().next(), Some("line 4"));
    }
}
