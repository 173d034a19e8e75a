//! What goes with every call, and how the client introduces itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use milvus_otel::proto::milvus::{ConnectRequest, ConnectResponse, HasCollectionRequest};
use milvus_otel::{Client, client::RetryPolicy};
use prost::Message;
use testkit::fake::Received;
use testkit::{Fake, Reply};
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::spans::{Recorder, attributes, header};

fn named(identifier: i64) -> ConnectResponse {
    ConnectResponse {
        identifier,
        ..Default::default()
    }
}

fn keys(call: &Received) -> BTreeSet<&str> {
    call.metadata
        .keys()
        .map(|key| match key {
            tonic::metadata::KeyRef::Ascii(key) => key.as_str(),
            tonic::metadata::KeyRef::Binary(key) => key.as_str(),
        })
        .collect()
}

#[tokio::test]
async fn a_client_sends_its_name_and_version_only() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer("Connect", &named(42));
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let client = recorder
        .builder(&fake)
        .user("root", "Milvus")
        .database("library")
        .connect()
        .await
        .unwrap();
    client.has_collection("books").await.unwrap();
    let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert_eq!(
        recorder.tree(),
        "CLIENT connect milvus.test:19530\nCLIENT has_collection books\n"
    );

    let calls = fake.calls();
    let [connect, has] = calls.as_slice() else {
        panic!("{} calls", calls.len());
    };
    let introduced = ConnectRequest::decode(connect.message.as_slice()).unwrap();
    let info = introduced.client_info.unwrap();
    assert_eq!(info.sdk_type, "Rust");
    assert_eq!(info.sdk_version, env!("CARGO_PKG_VERSION"));
    assert_eq!((info.user.as_str(), info.host.as_str()), ("", ""));
    assert!(info.local_time.is_empty() && info.reserved.is_empty());

    // No client_request_id: on many servers it switches off the server's sampling.
    let mut wanted = BTreeSet::from([
        "authorization",
        "client-request-unixmsec",
        "content-type",
        "dbname",
        "grpc-timeout",
        "te",
        "traceparent",
    ]);
    assert_eq!(keys(connect), wanted);
    wanted.insert("identifier");
    assert_eq!(keys(has), wanted);
    assert_eq!(header(has, "authorization"), Some("cm9vdDpNaWx2dXM="));
    assert_eq!(header(has, "dbname"), Some("library"));
    assert_eq!(header(has, "identifier"), Some("42"));
    let sent: u128 = header(has, "client-request-unixmsec")
        .unwrap()
        .parse()
        .unwrap();
    assert!(before.as_millis() <= sent && sent <= after.as_millis());
}

#[tokio::test]
async fn credentials_and_database_come_from_the_uri_or_the_builder() {
    let token = |builder: milvus_otel::ClientBuilder| builder.token("key");
    let nothing = |builder: milvus_otel::ClientBuilder| builder;
    type Told = fn(milvus_otel::ClientBuilder) -> milvus_otel::ClientBuilder;
    for (uri, told, authorization, database) in [
        ("http://milvus.test", nothing as Told, None, None),
        ("http://milvus.test/library", nothing, None, Some("library")),
        ("http://ada:pw@milvus.test", nothing, Some("YWRhOnB3"), None),
        (
            "http://ada:pw@milvus.test/library",
            token,
            Some("a2V5"),
            Some("library"),
        ),
        (
            "milvus.test",
            |builder| builder.database("b"),
            None,
            Some("b"),
        ),
    ] {
        let (fake, recorder) = (Fake::scripted(), Recorder::new());
        let builder = Client::builder(uri)
            .service(fake.service())
            .otel(recorder.layer());
        let client = told(builder).connect_lazy().unwrap();
        assert_eq!(client.database(), database, "{uri}");
        client.has_collection("books").await.unwrap();
        let call = &fake.calls()[0];
        assert_eq!(header(call, "authorization"), authorization, "{uri}");
        assert_eq!(header(call, "dbname"), database, "{uri}");
        let sent = HasCollectionRequest::decode(call.message.as_slice()).unwrap();
        assert_eq!(sent.db_name, database.unwrap_or_default());
        let namespace = attributes(&recorder.span())["db.namespace"].clone();
        assert_eq!(namespace, database.unwrap_or("default"));
    }
}

#[tokio::test]
async fn another_database_is_another_view_of_the_same_client() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.answer("Connect", &named(42));
    let builder = recorder.builder(&fake).user("root", "Milvus");
    let client = builder.connect().await.unwrap();
    recorder.take();
    let archive = client.in_database("archive");
    assert_eq!(
        (client.database(), archive.database()),
        (None, Some("archive"))
    );
    archive.list_collections().await.unwrap();
    client.list_collections().await.unwrap();
    assert_eq!(
        recorder.tree(),
        "CLIENT show_collections archive\nCLIENT show_collections default\n"
    );
    let calls = fake.calls_of("ShowCollections");
    assert_eq!(header(&calls[0], "dbname"), Some("archive"));
    assert_eq!(header(&calls[1], "dbname"), None);
    for call in &calls {
        assert_eq!(header(call, "identifier"), Some("42"));
        assert_eq!(header(call, "authorization"), Some("cm9vdDpNaWx2dXM="));
    }
    assert_eq!(fake.calls_of("Connect").len(), 1);
}

#[tokio::test]
async fn connecting_works_without_the_handshake_and_fails_if_it_is_refused() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script(
        "Connect",
        [Reply::Status(tonic::Code::Unimplemented, String::new())],
    );
    let client = recorder.builder(&fake).connect().await.unwrap();
    client.has_collection("books").await.unwrap();
    assert_eq!(header(&fake.calls()[1], "identifier"), None);

    let refusal = || Reply::Status(tonic::Code::Unauthenticated, "auth check failure".into());
    for reply in [refusal(), Reply::failure(1400, 1, "auth check failure")] {
        fake.script("Connect", [reply]);
        let error = recorder.builder(&fake).connect().await.unwrap_err();
        assert!(error.is_unauthenticated(), "{error}");
    }
    // Whoever connects wants to know now.
    fake.script(
        "Connect",
        [Reply::Status(tonic::Code::Unavailable, "starting".into())],
    );
    let error = recorder.builder(&fake).connect().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn connecting_has_a_separate_timeout() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    fake.script("Connect", [Reply::Never]);
    let begun = tokio::time::Instant::now();
    let builder = recorder
        .builder(&fake)
        .connect_timeout(Duration::from_secs(3));
    let error = builder.connect().await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(error.message().ends_with("within 3s"), "{error}");
    assert_eq!(begun.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_layer_sees_every_attempt_as_it_is_sent() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let busy = || Reply::failure(8, 49, "rate limit exceeded");
    fake.script(
        "HasCollection",
        [busy(), busy(), Reply::Message(Vec::new())],
    );
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let client = recorder
        .builder(&fake)
        .user("root", "Milvus")
        .layer(layer_fn(move |inner: milvus_otel::stack::Transport| {
            let counted = Arc::clone(&counted);
            inner.map_request(move |request: http::Request<tonic::body::Body>| {
                assert!(request.headers().contains_key("authorization"));
                assert!(request.headers().contains_key("traceparent"));
                counted.fetch_add(1, Ordering::Relaxed);
                request
            })
        }))
        .retry(RetryPolicy::default())
        .connect_lazy()
        .unwrap();
    client.has_collection("books").await.unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 3);
    let (call, attempts) = recorder.root();
    assert_eq!(
        (call.name.as_ref(), attempts.len()),
        ("has_collection books", 3)
    );
}

#[tokio::test]
async fn the_layer_added_last_is_the_outermost() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let mark = |name: &'static str| {
        layer_fn(move |inner: milvus_otel::stack::Transport| {
            inner.map_request(move |mut request: http::Request<tonic::body::Body>| {
                request
                    .headers_mut()
                    .append("passed", name.parse().unwrap());
                request
            })
        })
    };
    let builder = recorder
        .builder(&fake)
        .layer(mark("first"))
        .layer(mark("last"));
    builder
        .connect_lazy()
        .unwrap()
        .has_collection("books")
        .await
        .unwrap();
    let call = &fake.calls()[0];
    let passed: Vec<_> = call.metadata.get_all("passed").iter().collect();
    assert_eq!(passed, ["last", "first"]);
}

#[tokio::test]
async fn metadata_of_a_raw_call_takes_precedence() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let builder = recorder
        .builder(&fake)
        .user("root", "Milvus")
        .database("library");
    let mut raw = builder.connect_lazy().unwrap().raw();
    let mut request = tonic::Request::new(HasCollectionRequest::default());
    request
        .metadata_mut()
        .insert("dbname", "mine".parse().unwrap());
    request
        .metadata_mut()
        .insert("authorization", "me".parse().unwrap());
    raw.has_collection(request).await.unwrap();
    let call = &fake.calls()[0];
    assert_eq!(header(call, "dbname"), Some("mine"));
    assert_eq!(header(call, "authorization"), Some("me"));
}

#[tokio::test]
async fn the_span_of_a_unix_socket_call_has_the_path() {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let address = fake.serve().await.unwrap();
    let client = Client::builder(format!("http://localhost:{}", address.port()))
        .otel(recorder.layer())
        .connect()
        .await
        .unwrap();
    fake.script("HasCollection", [Reply::failure(100, 4, "gone")]);
    recorder.take();
    let error = client.has_collection("books").await.unwrap_err();
    assert!(error.is_not_found() && error.elapsed() > Duration::ZERO);
    let seen = attributes(&recorder.span());
    let port = address.port().to_string();
    for (key, value) in [
        ("server.address", "localhost"),
        ("server.port", &port),
        ("network.peer.address", "127.0.0.1"),
        ("network.peer.port", &port),
    ] {
        assert_eq!(seen.get(key).map(String::as_str), Some(value), "{key}");
    }
    let call = &fake.calls()[1];
    let agent = header(call, "user-agent").unwrap();
    assert!(
        agent.starts_with(concat!("milvus-otel/", env!("CARGO_PKG_VERSION"))),
        "{agent}"
    );
}
