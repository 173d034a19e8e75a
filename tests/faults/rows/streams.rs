//! HTTP/2: the server ends streams and connections.

use std::time::Duration;

use milvus_otel::error::Stage;

use crate::frames::{self, code};
use crate::row::{Row, Want, row};
use crate::scripted::{Scripted, Step};

/// A change, at a server that does this with the first request.
fn change(want: Want, answer: impl Fn(u32) -> Vec<Step> + Copy + Send + Sync + 'static) -> Row {
    want.run(move |case| async move {
        let server = Scripted::failing_once(answer).await;
        case.change(&case.client(server.uri())).await;
        case.requests(server.requests());
        case.connections(server.connections());
    })
}

/// A read, at such a server.
fn read(want: Want, answer: impl Fn(u32) -> Vec<Step> + Copy + Send + Sync + 'static) -> Row {
    want.run(move |case| async move {
        let server = Scripted::failing_once(answer).await;
        case.read(&case.client(server.uri())).await;
        case.requests(server.requests());
        case.connections(server.connections());
    })
}

fn reset(code: u32) -> impl Fn(u32) -> Vec<Step> + Copy + Send + Sync + 'static {
    move |stream| vec![Step::Send(frames::rst_stream(stream, code))]
}

fn goaways() -> Vec<Row> {
    let calm = |stream| {
        let goaway = frames::goaway(stream, code::ENHANCE_YOUR_CALM, "too_many_pings");
        vec![Step::Send(goaway), Step::Close]
    };
    vec![
        change(
            row("GOAWAY, and the call is answered after it, a change").requests(1),
            |stream| {
                vec![
                    Step::Send(frames::goaway(stream, code::NO_ERROR, "")),
                    Step::Wait(Duration::from_millis(100)),
                    Step::Send(frames::success(stream)),
                    Step::Close,
                ]
            },
        ),
        change(
            row("GOAWAY with a lower last stream, a change")
                .attempts(2)
                .requests(2)
                .connections(2),
            |_| {
                vec![
                    Step::Send(frames::goaway(0, code::NO_ERROR, "")),
                    Step::Close,
                ]
            },
        ),
        read(
            row("GOAWAY too_many_pings, and the call is not answered, a read")
                .attempts(2)
                .requests(2)
                .connections(2),
            calm,
        ),
        change(
            row("GOAWAY too_many_pings, and the call is not answered, a change")
                .result("rename_collection \"a\": lost the connection to http://SERVER: *")
                .is("retryable")
                .stage(Stage::Sent)
                .in_doubt(1)
                .requests(1),
            calm,
        ),
        row("GOAWAY after every 10th answer, 8 tasks with 250 changes each")
            .result("2000 ok")
            .attempts(1..)
            .connections(200..)
            .seconds(0.0..=180.0)
            .run(|case| async move {
                let server = Scripted::start(|asked| {
                    let mut steps = asked.succeed();
                    if asked.on_connection == 9 {
                        let goaway = frames::goaway(asked.stream, code::NO_ERROR, "max_age");
                        steps.extend([Step::Send(goaway), Step::Close]);
                    }
                    steps
                })
                .await;
                let client = case.client(server.uri());
                let task = async || {
                    for _ in 0..250 {
                        case.change(&client).await;
                    }
                };
                futures::future::join_all((0..8).map(|_| task())).await;
                case.requests(server.requests());
                case.connections(server.connections());
                if server.requests() != 2000 {
                    case.broken(format!("the server saw {} requests", server.requests()));
                }
            }),
    ]
}

fn resets() -> Vec<Row> {
    let ended = "rename_collection \"a\": http://SERVER ended the call: *";
    let mut rows = vec![
        change(
            row("RST_STREAM REFUSED_STREAM, a change")
                .attempts(2)
                .requests(2)
                .connections(1),
            reset(code::REFUSED_STREAM),
        ),
        row("RST_STREAM REFUSED_STREAM always, a change of 3 attempts")
            .result("rename_collection \"a\": http://SERVER did not accept the call: *")
            .is("retryable")
            .attempts(3)
            .requests(3)
            .connections(1)
            .run(|case| async move {
                let server = Scripted::start(|asked| {
                    vec![Step::Send(frames::rst_stream(
                        asked.stream,
                        code::REFUSED_STREAM,
                    ))]
                })
                .await;
                case.change(&case.trying(server.uri(), 3)).await;
                case.requests(server.requests());
                case.connections(server.connections());
            }),
    ];
    for (name, code) in [
        ("RST_STREAM INTERNAL_ERROR, a change", code::INTERNAL_ERROR),
        ("RST_STREAM CANCEL, a change", code::CANCEL),
        (
            "RST_STREAM ENHANCE_YOUR_CALM, a change",
            code::ENHANCE_YOUR_CALM,
        ),
    ] {
        let want = row(name).result(ended).is("retryable").in_doubt(1);
        let want = want.stage(Stage::Sent).requests(1).connections(1);
        rows.push(change(want, reset(code)));
    }
    rows.push(read(
        row("RST_STREAM CANCEL, a read").attempts(2).requests(2),
        reset(code::CANCEL),
    ));
    rows.push(read(
        row("RST_STREAM within an answer, a read")
            .attempts(2)
            .requests(2),
        |stream| {
            let mut bytes = frames::head(stream, &[]);
            bytes.extend(frames::rst_stream(stream, code::INTERNAL_ERROR));
            vec![Step::Send(bytes)]
        },
    ));
    rows
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = goaways();
    rows.extend(resets());
    rows
}
