//! A server process that ends with this process, and whose state directory is removed then.

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
/// The name is short because a Unix socket's path has to fit into 104 bytes.
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

/// The variable with the folders of shared libraries. `env` sets it, not this process: macOS removes it from the environment
/// of its own programs.
pub(super) fn library_path() -> &'static str {
    match std::env::consts::OS {
        "macos" => "DYLD_LIBRARY_PATH",
        _ => "LD_LIBRARY_PATH",
    }
}

/// The program to run.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(String, OsString)>,
    /// The time limit of a graceful shutdown.
    pub(super) grace: Duration,
}

/// A shell that is the parent of the server. Only this process holds its standard input open.
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
        // Not in the environment of the shell, which could not load a server's libraries.
        command.arg("env");
        for (name, value) in &server.environment {
            let mut assignment = OsString::from(name);
            assignment.push("=");
            assignment.push(value);
            command.arg(assignment);
        }
        command.arg(&server.program).args(&server.arguments);
        // Milvus 2.3.5 reads every variable as a setting, and all servers read OTEL_* variables.
        command.env_clear();
        for name in ["PATH", "HOME", "LANG"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("TMPDIR", state.path().join("tmp"));
        command.current_dir(state.path());
        // A separate process group, so that Ctrl-C reaches only this process and the shell can clean up.
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

    /// The exit status, if the server has ended by itself.
    pub(super) fn exited(&self) -> Option<String> {
        let status = fs::read_to_string(self.state.join("exited")).ok()?;
        Some(status.trim().to_owned())
    }

    /// The lines of the log that explain why the server does not run.
    pub(super) fn complaint(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        complaint(&String::from_utf8_lossy(&log))
    }

    /// Stops the server and waits until it has ended; blocks for at most the grace period.
    pub(super) fn stop(mut self) {
        if let Some(stdin) = &mut self.shell.stdin {
            // If the shell has ended, `drop` does the rest.
            let _ = stdin.write_all(b"stop\n");
        }
        // `Child::wait` closes standard input after the line was written.
        drop(self);
    }

    /// Kills the rest of the process group and removes the state, in case the shell could not.
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
            // A failure does no harm, because the next server has its own directory.
            let _ = self.clean_up();
        }
    }
}

/// The last lines, without the goroutine stacks below a panic.
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
