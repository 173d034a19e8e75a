//! No output shows the credentials of a URI, however it is written.

use std::error::Error as _;

use milvus_otel::{Client, ClientBuilder};
use proptest::prelude::*;
use testkit::Fake;

use crate::support::spans::Recorder;

const SECRET: &str = "hunter2";

/// Builds a client and calls it, and returns all that can be seen of it.
fn seen(builder: ClientBuilder) -> String {
    let (fake, recorder) = (Fake::scripted(), Recorder::new());
    let builder = builder.otel(recorder.layer()).service(fake.service());
    let mut seen = format!("{builder:?}");
    let client = match builder.connect_lazy() {
        Ok(client) => client,
        Err(error) => {
            return seen + &format!("{error} {error:?} {:?} {error:#?}", error.source());
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let refused = tonic::Code::Unauthenticated;
    fake.script(
        "HasCollection",
        [testkit::Reply::Status(refused, "no".into())],
    );
    let error = runtime.block_on(async { client.has_collection("a").await.unwrap_err() });
    seen += &format!("{client:?} {} {:?}", client.endpoint(), client.database());
    seen += &format!("{error} {error:?} {:?}", error.source());
    seen += &format!("{:?}", recorder.spans());
    seen
}

/// What users put before and after a password, and what breaks parsers.
fn odd_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just(":"),
        Just("@"),
        Just("/"),
        Just("//"),
        Just("://"),
        Just("?"),
        Just("#"),
        Just("%40"),
        Just("%3A"),
        Just("%"),
        Just("\\"),
        Just("["),
        Just("]"),
        Just(" "),
        Just("\n"),
        Just("."),
        Just("root"),
        Just("ü"),
        Just("unix:"),
        Just("https"),
        Just("19530"),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_uri_shows_its_userinfo(
        scheme in prop::sample::select(vec![
            "", "http://", "https://", "tcp://", "HTTP://", "unix:", "unix://", "ftp://", "a+b-c.d://", "://", "http:", "http:/",
        ]),
        before in odd_text(),
        after in odd_text(),
        at in prop::sample::select(vec!["@", "%40"]),
        host in prop::sample::select(vec!["milvus", "milvus.test:19530", "127.0.0.1/library", "[::1]:1", "/run/milvus.sock", "", "a b"]),
    ) {
        // What begins like a path is one, and may contain an @.
        let uri = format!("{scheme}{before}{SECRET}{after}{at}{host}");
        let path = uri.strip_prefix("unix://").or_else(|| uri.strip_prefix("unix:"));
        prop_assume!(!path.is_some_and(|path| ["/", "./", "../"].iter().any(|start| path.starts_with(start))));
        for builder in [
            Client::builder(uri.as_str()),
            Client::builder("http://localhost").endpoint(uri.as_str()),
        ] {
            let seen = seen(builder);
            prop_assert!(!seen.contains(SECRET), "{uri:?} is shown: {seen}");
        }
    }
}

#[test]
fn the_host_of_a_uri_is_shown() {
    for uri in [
        "http://root:hunter2@milvus.test",
        "root:hun@ter2@milvus.test",
    ] {
        let seen = seen(Client::builder(uri));
        assert!(seen.contains("milvus.test:19530"), "{seen}");
        assert!(seen.contains("<redacted>@milvus.test"), "{seen}");
    }
}
