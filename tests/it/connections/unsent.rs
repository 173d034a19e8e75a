//! What was not sent, or not processed, is sent again, and never in doubt.

use std::time::Duration;

use h2::Reason;
use http::header::TE;
use milvus_otel::client::RetryPolicy;
use milvus_otel::error::Stage;
use milvus_otel::proto::milvus::HasCollectionRequest;
use milvus_otel::{Client, ErrorKind};
use tokio::time::sleep;
use tower::buffer::BufferLayer;
use tower::util::MapRequestLayer;

use super::frames_server::{Frame, FramesServer};
use super::http2_server::Http2Server;

fn client(server: &Http2Server) -> Client {
    Client::builder(server.uri()).connect_lazy().unwrap()
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_whatever_the_call_does() {
    let server = Http2Server::start(100, |request| async move {
        if request.number % 2 == 0 {
            request.reset(Reason::REFUSED_STREAM);
        } else {
            request.succeed();
        }
    });
    let server = server.await;
    let client = client(&server);
    for calls in 1..=10 {
        client.rename_collection("a", "b").await.unwrap();
        assert_eq!(server.requests(), calls * 2);
    }
    assert_eq!(server.connections(), 1, "the connection works");
}

#[tokio::test]
async fn a_stream_that_the_server_ends_has_the_code_that_grpc_gives_it() {
    for (reason, code) in [
        (Reason::CANCEL, tonic::Code::Cancelled),
        (Reason::INTERNAL_ERROR, tonic::Code::Internal),
        (Reason::ENHANCE_YOUR_CALM, tonic::Code::ResourceExhausted),
        (Reason::INADEQUATE_SECURITY, tonic::Code::PermissionDenied),
    ] {
        let server = Http2Server::start(100, move |request| async move {
            if request.number == 0 {
                request.reset(reason);
            } else {
                request.succeed();
            }
        });
        let server = server.await;
        let client = client(&server);
        let error = client.drop_collection("a").await.unwrap_err();
        assert_eq!(error.grpc_code(), Some(code), "{error}");
        assert_eq!(error.kind(), ErrorKind::Rpc);
        assert_eq!(error.stage(), Some(Stage::Sent));
        assert!(error.may_have_happened(), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("ended the call") && !text.contains("lost the connection"),
            "{text}"
        );
        client.drop_collection("a").await.unwrap();
        assert_eq!(server.connections(), 1, "the connection works");
    }
}

#[tokio::test]
async fn a_read_whose_stream_the_server_ends_is_sent_again() {
    for reason in [
        Reason::CANCEL,
        Reason::INTERNAL_ERROR,
        Reason::ENHANCE_YOUR_CALM,
    ] {
        let server = Http2Server::start(100, move |request| async move {
            if request.number == 0 {
                request.reset(reason);
            } else {
                request.succeed();
            }
        });
        let server = server.await;
        client(&server).has_collection("a").await.unwrap();
        assert_eq!(server.requests(), 2, "{reason:?}");
    }
}

#[tokio::test]
async fn a_call_whose_time_is_up_is_not_sent() {
    let server = Http2Server::start(100, |request| async move { request.succeed() });
    let server = server.await;
    let client = client(&server);
    client.drop_collection("a").await.unwrap();
    for _ in 0..10 {
        let call = client.drop_collection("a").timeout(Duration::ZERO);
        let error = call.await.unwrap_err();
        assert!(error.is_timeout() && !error.may_have_happened(), "{error}");
        assert_eq!(error.message(), "timed out after 0ns, before it was sent");
    }
    client.drop_collection("a").await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_change_that_the_server_has_begun_to_answer_is_not_sent_again() {
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    let change = tokio::spawn(client.drop_collection("a").into_future());
    let mut connection = server.next_connection().await;
    connection
        .until(|frame| matches!(frame, Frame::Headers(3)))
        .await;
    connection.begin(3).await;
    // A contradiction: this says that call 3 was not processed.
    connection.go_away(1, 0, "").await;
    let error = change.await.unwrap().unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_change_whose_answer_is_cut_off_is_in_doubt_whatever_the_answer_said_before() {
    for connects in [true, false] {
        let server = FramesServer::start().await;
        let mut builder = Client::builder(server.uri());
        if !connects {
            let channel = tonic::transport::Endpoint::new(server.uri()).unwrap();
            builder = builder.service(channel.connect_lazy());
        }
        let client = builder.connect_lazy().unwrap();
        let change = tokio::spawn(client.drop_collection("a").into_future());
        // With a service of the user's, the first call is the change.
        let mut connection = if connects {
            server.next_connection().await
        } else {
            server.next_ungreeted().await
        };
        let stream = if connects { 3 } else { 1 };
        let is_change = |frame: &Frame| matches!(frame, Frame::Headers(of) if *of == stream);
        connection.until(is_change).await;
        connection.begin_limited(stream).await;
        connection.reset(stream, h2::Reason::CANCEL).await;
        let error = change.await.unwrap().unwrap_err();
        assert!(error.may_have_happened(), "{error}");
        assert_eq!(error.attempts(), 1, "{error}");
    }
}

#[tokio::test]
async fn a_burst_of_late_answers_does_not_end_the_connection() {
    // More than `h2` remembers.
    const CALLS: usize = 5000;
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    let change = tokio::spawn(client.drop_collection("a").into_future());
    let mut connection = server.next_connection().await;
    connection
        .until(|frame| matches!(frame, Frame::Headers(3)))
        .await;
    let calls = (0..CALLS).map(|_| {
        let call = client.has_collection("a").timeout(Duration::from_secs(2));
        tokio::spawn(call.into_future())
    });
    let calls: Vec<_> = calls.collect();
    let mut given_up = Vec::new();
    connection
        .until(|frame| {
            if let Frame::Reset(stream) = frame {
                given_up.push(*stream);
            }
            given_up.len() == CALLS
        })
        .await;
    for stream in given_up {
        connection.answer(stream).await;
    }
    for call in calls {
        assert!(call.await.unwrap().unwrap_err().is_timeout());
    }
    connection.answer(3).await;
    change.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_number_of_streams_follows_what_the_server_allows() {
    let server = FramesServer::start().await;
    let client = Client::builder(server.uri()).connect_lazy().unwrap();
    let call = |seconds| {
        let call = client.drop_collection("a");
        tokio::spawn(call.timeout(Duration::from_secs(seconds)).into_future())
    };
    let first = call(60);
    let mut connection = server.next_connection().await;
    connection
        .until(|frame| matches!(frame, Frame::Headers(3)))
        .await;
    connection.limit_streams(1).await;
    connection.answer(3).await;
    first.await.unwrap().unwrap();
    let second = call(60);
    connection
        .until(|frame| matches!(frame, Frame::Headers(5)))
        .await;
    let waiting = call(1).await.unwrap().unwrap_err();
    assert_eq!(waiting.stage(), Some(Stage::Queued), "{waiting}");
    assert!(!waiting.may_have_happened(), "{waiting}");
    let third = call(60);
    connection.limit_streams(2).await;
    connection
        .until(|frame| matches!(frame, Frame::Headers(7)))
        .await;
    connection.answer(7).await;
    connection.answer(5).await;
    second.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    // None at all, and one again.
    connection.limit_streams(0).await;
    let fourth = call(1).await.unwrap().unwrap_err();
    assert_eq!(fourth.stage(), Some(Stage::Queued), "{fourth}");
    let fifth = call(60);
    connection.limit_streams(1).await;
    connection
        .until(|frame| matches!(frame, Frame::Headers(9)))
        .await;
    connection.answer(9).await;
    fifth.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_header_that_http2_does_not_have_fails_its_call_only() {
    let server = Http2Server::start(100, |request| async move { request.succeed() });
    let server = server.await;
    let client = client(&server);
    for name in ["connection", "keep-alive", "upgrade", "transfer-encoding"] {
        let mut request = tonic::Request::new(HasCollectionRequest::default());
        request.metadata_mut().insert(name, "x".parse().unwrap());
        let status = client.raw().has_collection(request).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::InvalidArgument, "{status}");
        assert_eq!(
            status.message(),
            format!("the header {name:?} cannot be sent over HTTP/2")
        );
        client.has_collection("a").await.unwrap();
    }
    // Of the values of this header, HTTP/2 has one.
    let te = MapRequestLayer::new(|mut request: http::Request<_>| {
        request.headers_mut().insert(TE, "gzip".parse().unwrap());
        request
    });
    let spoiled = Client::builder(server.uri()).layer(te);
    let error = spoiled.connect_lazy().unwrap().has_collection("a").await;
    let error = error.unwrap_err();
    assert!(error.is_invalid_argument(), "{error}");
    assert!(error.message().contains("\"te\""), "{error}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn layers_do_not_change_what_an_error_says() {
    let server = Http2Server::start(100, |request| async move { request.reset(Reason::CANCEL) });
    let server = server.await;
    let builder = || Client::builder(server.uri());
    let same = |request: http::Request<_>| request;
    let direct = client(&server).drop_collection("a").await.unwrap_err();
    for layered in [
        builder().layer(MapRequestLayer::new(same)),
        builder()
            .layer(MapRequestLayer::new(same))
            .layer(MapRequestLayer::new(same)),
        builder().layer(BufferLayer::new(8)),
    ] {
        let client = layered.connect_lazy().unwrap();
        let error = client.drop_collection("a").await.unwrap_err();
        assert_eq!(error.to_string(), direct.to_string());
        assert_eq!(error.grpc_code(), direct.grpc_code());
        assert_eq!(error.may_have_happened(), direct.may_have_happened());
        assert_eq!(error.is_retryable(), direct.is_retryable());
    }
}

#[tokio::test]
async fn calls_that_waited_for_a_stream_were_not_sent() {
    const STREAMS: usize = 10;
    let server = Http2Server::start(10, |request| async move {
        sleep(Duration::from_secs(60)).await;
        request.succeed();
    });
    let server = server.await;
    let client = client(&server);
    let first = client.has_collection("a").timeout(Duration::from_secs(30));
    let mut first = Box::pin(first.into_future());
    tokio::select! {
        _ = &mut first => panic!("answered"),
        () = sleep(Duration::from_millis(200)) => {}
    }
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let client = client.clone();
        calls.spawn(async move {
            let dropped = client
                .drop_collection("a")
                .timeout(Duration::from_millis(800));
            dropped.await.unwrap_err()
        });
    }
    let (mut sent, mut waited) = (0, 0);
    while let Some(error) = calls.join_next().await {
        let error = error.unwrap();
        assert!(error.is_timeout(), "{error}");
        match error.stage() {
            Some(Stage::Queued) => {
                waited += 1;
                assert!(!error.may_have_happened(), "{error}");
                assert_eq!(
                    error.message(),
                    "the server accepted no more concurrent calls within 800ms"
                );
            }
            stage => {
                sent += 1;
                assert_eq!(stage, Some(Stage::Sent));
                assert!(error.may_have_happened(), "{error}");
            }
        }
    }
    // The first to time out make room for some whose own time is not yet up.
    assert!(
        sent >= STREAMS - 1 && waited >= 100,
        "{sent} sent, {waited} waited"
    );
    assert_eq!(sent + waited, 200);
    assert!(server.requests() <= sent + 1, "no other arrived");
}

#[tokio::test]
async fn a_call_that_found_no_connection_is_not_in_doubt_and_says_why() {
    // A listener whose queue is full accepts no connection.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let listener = socket.listen(0).unwrap();
    let _queued = tokio::net::TcpStream::connect(address).await.unwrap();
    let builder = Client::builder(format!("http://{address}")).retry(RetryPolicy::never());
    let client = builder.connect_lazy().unwrap();
    let call = client
        .drop_collection("a")
        .timeout(Duration::from_millis(400));
    let error = call.await.unwrap_err();
    assert!(error.is_timeout() && !error.may_have_happened(), "{error}");
    assert_eq!(error.stage(), Some(Stage::Connecting));
    assert!(error.is_connect(), "{error}");
    assert_eq!(error.message(), "no connection was accepted within 400ms");

    // All callers share one attempt, and learn its cause together.
    let builder = Client::builder(format!("http://{address}"))
        .connect_timeout(Duration::from_secs(1))
        .retry(RetryPolicy::never());
    let client = builder.connect_lazy().unwrap();
    let began = std::time::Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let client = client.clone();
        calls.spawn(async move { client.drop_collection("a").await.unwrap_err() });
    }
    while let Some(error) = calls.join_next().await {
        let error = error.unwrap();
        assert!(error.is_connect() && !error.may_have_happened(), "{error}");
        let cause =
            format!("cannot connect to http://{address}: no connection was accepted within 1s");
        assert_eq!(error.message(), cause);
    }
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "one after the other: {:?}",
        began.elapsed()
    );
    drop(listener);
}
