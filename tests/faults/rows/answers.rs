//! Answers that are malformed, too large, or no answers of gRPC.

use std::io::Write as _;
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use milvus_otel::error::Stage;

use crate::frames;
use crate::row::{Row, Want, row};
use crate::scripted::{Scripted, Step};

/// A server that answers each request like this.
fn always(
    want: Want,
    reads: bool,
    answer: impl Fn(u32) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> Row {
    want.run(move |case| {
        let answer = answer.clone();
        async move {
            let answer = move |stream| vec![Step::Send(answer(stream))];
            let server = Scripted::start(move |asked| answer(asked.stream)).await;
            let client = case.trying(server.uri(), 3);
            if reads {
                case.read(&client).await;
            } else {
                case.change(&client).await;
            }
            case.requests(server.requests());
            case.connections(server.connections());
        }
    })
}

/// A server that breaks the first connection like this, and answers on others.
fn once(want: Want, answer: impl Fn(u32) -> Vec<u8> + Clone + Send + Sync + 'static) -> Row {
    want.run(move |case| {
        let answer = answer.clone();
        async move {
            let failing = move |stream| {
                let wait = Step::Wait(Duration::from_millis(200));
                vec![Step::Send(answer(stream)), wait, Step::Close]
            };
            let server = Scripted::failing_once(failing).await;
            case.read(&case.client(server.uri())).await;
            case.requests(server.requests());
            case.connections(server.connections());
        }
    })
}

/// The head of an answer, and this body, with success at its end.
fn body(stream: u32, encoding: Option<&str>, pieces: &[&[u8]]) -> Vec<u8> {
    let pairs: Vec<_> = encoding
        .map(|encoding| ("grpc-encoding", encoding))
        .into_iter()
        .collect();
    let mut out = frames::head(stream, &pairs);
    for piece in pieces.iter().flat_map(|piece| piece.chunks(16 * 1024)) {
        out.extend(frames::data(stream, false, piece));
    }
    out.extend(frames::trailers(stream, &[("grpc-status", "0")]));
    out
}

fn unavailable() -> Vec<Row> {
    let grpc = |stream| frames::failure(stream, "14", "overloaded", &[]);
    let http = |stream| frames::http(stream, "503", &[]);
    vec![
        always(
            row("UNAVAILABLE, a read of 3 attempts")
                .result("has_collection \"a\": overloaded (grpc Unavailable)")
                .is("retryable")
                .in_doubt(1)
                .attempts(3)
                .requests(3)
                .connections(1),
            true,
            grpc,
        ),
        always(
            row("UNAVAILABLE, a change")
                .result("rename_collection \"a\": overloaded (grpc Unavailable)")
                .is("retryable")
                .stage(Stage::Answered)
                .in_doubt(1)
                .requests(1),
            false,
            grpc,
        ),
        always(
            row("HTTP 503, a read of 3 attempts")
                .result("has_collection \"a\": the server answered HTTP 503*")
                .is("retryable")
                .in_doubt(1)
                .attempts(3)
                .requests(3),
            true,
            http,
        ),
        always(
            row("HTTP 503, a change")
                .result("rename_collection \"a\": the server answered HTTP 503*")
                .is("retryable")
                .in_doubt(1)
                .requests(1),
            false,
            http,
        ),
        always(
            row("HTTP 404, a read")
                .result("has_collection \"a\": the server answered HTTP 404*")
                .is("unsupported")
                .requests(1),
            true,
            |stream| frames::http(stream, "404", &[]),
        ),
    ]
}

fn malformed() -> Vec<Row> {
    let again = |name| row(name).attempts(2).requests(2).connections(2);
    vec![
        once(again("an answer ends within a message, a read"), |stream| {
            let mut out = frames::head(stream, &[]);
            out.extend(frames::data(stream, false, &frames::prefix(0, 100)));
            out
        }),
        once(again("garbage instead of frames, a read"), |_| vec![0xff; 4096]),
        once(
            again("headers that are not valid HPACK, a read"),
            frames::broken_head,
        ),
        once(again("SETTINGS with an impossible window, a read"), |_| {
            frames::settings(&[(4, u32::MAX)])
        }),
        once(
            again("WINDOW_UPDATE beyond the largest window, a read"),
            |_| frames::window_update(0, (1 << 31) - 1),
        ),
        once(again("PUSH_PROMISE, a read"), frames::push_promise),
        always(
            row("an answer that announces 200 bytes and ends after 5, a read")
                .result("has_collection \"a\": the answer ended before its message was complete*")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| body(stream, None, &[&frames::prefix(0, 200)]),
        ),
        always(
            row("an answer that announces 2 GiB, a read")
                .result("has_collection \"a\": the answer is larger than 256 MiB: it has 2147483648 bytes; ask for less at once, or raise ClientBuilder::max_response_bytes (grpc OutOfRange)")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| body(stream, None, &[&frames::prefix(0, 1 << 31)]),
        ),
        always(
            row("an answer whose message is garbage, a read")
                .result("has_collection \"a\": the answer could not be decoded: *")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| body(stream, None, &[&frames::prefix(0, 6), &[0xff; 6]]),
        ),
        always(
            row("an answer without a status, a read")
                .result("has_collection \"a\": the server answered HTTP 200 OK without*")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| {
                let mut out = frames::head(stream, &[]);
                out.extend(frames::data(stream, true, &frames::prefix(0, 0)));
                out
            },
        ),
        always(
            row("a message with the unknown flag 7, a read")
                .result("has_collection \"a\": not a gRPC response; is this a Milvus endpoint?*")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| body(stream, None, &[&frames::prefix(7, 0)]),
        ),
        always(
            row("8 MiB of zeros in 8 KB of gzip, a read")
                .result("has_collection \"a\": the answer is compressed, but the client*")
                .in_doubt(1)
                .requests(1),
            true,
            |stream| {
                let mut packed = GzEncoder::new(Vec::new(), Compression::best());
                packed.write_all(&vec![0; 8 << 20]).unwrap();
                let packed = packed.finish().unwrap();
                let length = u32::try_from(packed.len()).unwrap();
                body(stream, Some("gzip"), &[&frames::prefix(1, length), &packed])
            },
        ),
    ]
}

fn headers() -> Vec<Row> {
    let message = |length: usize| -> String { "x".repeat(length) };
    let with = move |length| move |stream| frames::failure(stream, "13", &message(length), &[]);
    let named = "rename_collection \"a\": xxxxx*";
    let want = |name| {
        row(name)
            .result(named)
            .in_doubt(1)
            .requests(1)
            .connections(1)
    };
    vec![
        always(
            want("a 15 KB status message in the headers, a change"),
            false,
            with(15_000),
        ),
        always(
            want("a 60 KB status message in the headers, a change"),
            false,
            with(60_000),
        ),
        always(
            row("a 2 MB status message in the headers, a change")
                .result("rename_collection \"a\": lost the connection to http://SERVER: *")
                .is("retryable")
                .in_doubt(1)
                .requests(1),
            false,
            with(2_000_000),
        ),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = unavailable();
    rows.extend(malformed());
    rows.extend(headers());
    rows
}
