//! pymilvus in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value as Json;

/// pymilvus, connected to a server. It ends when this is dropped.
pub(crate) struct Other {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Other {
    /// Runs this program, which is told the server's URI.
    pub(crate) fn connect(program: &str, uri: &str) -> Option<Self> {
        let mut command = testkit::require(testkit::pymilvus(program))?;
        command
            .arg(uri)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        Some(Self {
            requests: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        })
    }

    /// Has it do something, and gives what it says.
    pub(crate) fn ask(&mut self, request: &Json) -> Json {
        writeln!(self.requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        let mut answer: Json = serde_json::from_str(&answer)
            .unwrap_or_else(|error| panic!("pymilvus ended: {error}, {answer:?} to {request}"));
        match answer.get_mut("ok") {
            Some(answer) => answer.take(),
            None => panic!("{answer} to {request}"),
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
