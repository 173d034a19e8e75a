//! A real server's process, which is stopped, killed, and started again on its old state.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use testkit::Milvus;

/// The process of a server.
pub(crate) struct Process {
    pid: u32,
    folder: PathBuf,
    again: Option<Child>,
}

impl Process {
    /// The process of a server of the testkit, whose folder has its number.
    pub(crate) fn of(milvus: &Milvus) -> Self {
        let folder = milvus.log().parent().unwrap().to_owned();
        let pid = fs::read_to_string(folder.join("pid")).unwrap();
        Self {
            pid: pid.trim().parse().unwrap(),
            folder,
            again: None,
        }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let arguments = [&format!("-{name}"), &self.pid.to_string()];
        let sent = Command::new("kill").args(arguments).status().unwrap();
        assert!(sent.success(), "{name} was not sent to {}", self.pid);
    }

    /// Kills it and starts the same command again, with the same variables in the same folder.
    pub(crate) fn restart(&mut self) {
        let parts = |file: &str| -> Vec<String> {
            let text = fs::read_to_string(format!("/proc/{}/{file}", self.pid)).unwrap();
            text.split_terminator('\0').map(str::to_owned).collect()
        };
        let (command, variables) = (parts("cmdline"), parts("environ"));
        self.signal("KILL");
        let mut again = Command::new(&command[0]);
        again
            .args(&command[1..])
            .env_clear()
            .current_dir(&self.folder);
        again.envs(
            variables
                .iter()
                .filter_map(|variable| variable.split_once('=')),
        );
        again.stdin(Stdio::null());
        again.stdout(Stdio::null()).stderr(Stdio::null());
        let again = again.spawn().unwrap();
        self.pid = again.id();
        self.again = Some(again);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut again) = self.again.take() {
            // An error means that it has ended.
            let _ = again.kill();
            let _ = again.wait();
        }
    }
}
