//! A server of Google's C library, which pymilvus brings along.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use testkit::{pymilvus, require};

/// A server of Google's C library, with these options, which counts the requests it handles.
pub(crate) struct Grpcio {
    child: Child,
    input: ChildStdin,
    output: BufReader<std::process::ChildStdout>,
    port: u16,
}

const SERVER: &str = r#"
import grpc, json, sys, threading, time
from concurrent import futures

counts, peers, lock = {}, set(), threading.Lock()
options, pause = json.loads(sys.argv[1]), float(sys.argv[2])

class Any(grpc.GenericRpcHandler):
    def service(self, details):
        name = details.method.rsplit("/", 1)[-1]
        def handle(request, context):
            with lock:
                counts[name] = counts.get(name, 0) + 1
                peers.add(context.peer())
            time.sleep(pause if name == "HasCollection" else 0.002)
            return b""
        return grpc.unary_unary_rpc_method_handler(handle)

server = grpc.server(futures.ThreadPoolExecutor(16), options=[tuple(option) for option in options])
server.add_generic_rpc_handlers((Any(),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
for line in sys.stdin:
    print(json.dumps({**counts, "connections": len(peers)}), flush=True)
"#;

impl Grpcio {
    /// `options` are pairs in JSON. `HasCollection` takes `pause` seconds.
    pub(crate) fn start(options: &str, pause: &str) -> Option<Self> {
        let mut command: Command = require(pymilvus(SERVER))?;
        command.args([options, pause]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        output.read_line(&mut port).unwrap();
        let port = port.trim().parse().unwrap();
        Some(Self {
            child,
            input,
            output,
            port,
        })
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often an RPC was handled.
    pub(crate) fn handled(&mut self, rpc: &str) -> u64 {
        self.told(rpc)
    }

    /// The number of connections on which calls came.
    pub(crate) fn connections(&mut self) -> u64 {
        self.told("connections")
    }

    fn told(&mut self, what: &str) -> u64 {
        self.input.write_all(b"\n").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let counts: serde_json::Value = serde_json::from_str(&line).unwrap();
        counts[what].as_u64().unwrap_or_default()
    }
}

impl Drop for Grpcio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
