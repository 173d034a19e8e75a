//! pymilvus in a process of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

/// What one of the clients answered, in the form of [`values`](crate::values).
pub(crate) type Answer = Result<Json, String>;

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>;

/// pymilvus, connected to a server. It ends when this is dropped.
pub(crate) struct Theirs {
    process: Child,
    requests: Mutex<ChildStdin>,
    waiting: Waiting,
    next: AtomicU64,
}

impl Theirs {
    pub(crate) fn connect(uri: &str) -> Option<Self> {
        let mut command = testkit::require(testkit::pymilvus(include_str!("client.py")))?;
        command
            .arg(uri)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let waiting = Waiting::default();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let pending = Arc::clone(&waiting);
        std::thread::spawn(move || {
            for line in answers.lines().map_while(Result::ok) {
                let mut answer: Json = serde_json::from_str(&line).unwrap();
                let id = answer["id"].as_u64().unwrap();
                let answer = match answer.get_mut("ok") {
                    Some(answer) => Ok(answer.take()),
                    None => Err(answer["error"].as_str().unwrap().to_owned()),
                };
                if let Some(waiting) = pending.lock().unwrap().remove(&id) {
                    let _ = waiting.send(answer);
                }
            }
            // Requests that still wait fail, since the process ended.
            pending.lock().unwrap().clear();
        });
        Some(Self {
            requests: Mutex::new(process.stdin.take().unwrap()),
            process,
            waiting,
            next: AtomicU64::new(0),
        })
    }

    /// Has it do what the function of this name in `client.py` does.
    pub(crate) async fn ask(&self, action: &str, mut request: Json) -> Answer {
        let id = self.next.fetch_add(1, Relaxed);
        request["id"] = json!(id);
        request["do"] = action.into();
        let (sender, answer) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, sender);
        writeln!(self.requests.lock().unwrap(), "{request}").unwrap();
        let answer = answer.await;
        answer.unwrap_or_else(|_| panic!("pymilvus ended during {request}"))
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
