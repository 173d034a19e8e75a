//! What must not show, and what must not cost.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use bytes::Bytes;
use milvus_otel::OtelLayer;
use milvus_otel::proto::milvus::{
    CreateCredentialRequest, InsertRequest, QueryRequest, SearchRequest,
};
use milvus_otel::proto::schema::{FieldData, TemplateValue, VectorField, field_data, vector_field};
use opentelemetry::Context;
use opentelemetry::trace::{Status, TraceContextExt};
use testkit::{Fake, Reply};
use tonic::body::Body;
use tower::{Layer, Service};

use super::answers::{answered, response};
use super::clients::Side;
use super::measured::Meters;
use super::spans::{Recorder, attributes, incoming};

/// A password and a token, as they are and as they are sent; a vector; an entity.
const SECRETS: [&str; 5] = [
    "swordfish",
    "cm9vdDpodW50ZXIy",
    "hunter2",
    "4237.125",
    "deep thought",
];

pub(super) async fn secrets(side: Side) {
    let (fake, recorder, meters) = (Fake::scripted(), Recorder::new(), Meters::new());
    let layer = meters.on(recorder.layer()).detailed_metrics(true);
    let mut api = side.api(layer, fake.service());
    let authorized = |mut request: tonic::Request<CreateCredentialRequest>| {
        let token = "cm9vdDpodW50ZXIy".parse().unwrap();
        request.metadata_mut().insert("authorization", token);
        request
    };
    let credential = CreateCredentialRequest {
        username: "root".into(),
        password: "swordfish".into(),
        ..Default::default()
    };
    let request = authorized(tonic::Request::new(credential));
    api.create_credential(request).await.unwrap();
    let vector = VectorField {
        dim: 1,
        data: Some(vector_field::Data::FloatVector(vec![4237.125].into())),
    };
    let insert = InsertRequest {
        collection_name: "books".into(),
        fields_data: vec![FieldData {
            field_name: "deep thought".into(),
            field: Some(field_data::Field::Vectors(vector)),
            ..Default::default()
        }],
        num_rows: 1,
        ..Default::default()
    };
    api.insert(insert).await.unwrap();
    let shown = format!("{:?} {:?}", recorder.spans(), meters.read());
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
    // They were there to be shown.
    let sent = fake.calls();
    assert_eq!(sent[0].metadata.get("authorization").unwrap(), SECRETS[1]);
    let received = |at: usize, bytes: &[u8]| {
        let message: &[u8] = &sent[at].message;
        message.windows(bytes.len()).any(|part| part == bytes)
    };
    assert!(received(0, b"swordfish") && received(1, b"deep thought"));
    assert!(received(1, &4237.125_f32.to_le_bytes()));
}

pub(super) async fn filters(side: Side) {
    let long = "year > 1 and ".repeat(200);
    let shown = format!("{}…", &"year > ? and ".repeat(200)[..1024]);
    // The filter, whether its values come apart, the limit, and what shows.
    let rows: [(&str, bool, Option<usize>, Option<&str>); 7] = [
        (
            "title == 'dune' and year in [1965, 1984]",
            false,
            None,
            Some("title == ? and year in [?]"),
        ),
        (
            "title == {title} and year > 1965",
            true,
            None,
            Some("title == {title} and year > 1965"),
        ),
        (long.as_str(), false, None, Some(shown.as_str())),
        ("year > 1965", false, Some(4), Some("year…")),
        ("year > {year}", true, Some(6), Some("year >…")),
        ("year > 1965", false, Some(0), None),
        ("", false, None, None),
    ];
    for (filter, templated, limit, wanted) in rows {
        for search in [true, false] {
            let (fake, recorder) = (Fake::scripted(), Recorder::new());
            let quoted = Reply::failure(1100, 5, &format!("cannot parse: {filter}"));
            fake.script("Search", [quoted.clone()]);
            fake.script("Query", [quoted]);
            let layer = match limit {
                None => recorder.layer(),
                Some(limit) => recorder.layer().query_text_limit(limit),
            };
            let mut api = side.api(layer, fake.service());
            let values = [("title".to_owned(), TemplateValue::default())];
            let values = values.into_iter().filter(|_| templated).collect();
            if search {
                let request = SearchRequest {
                    dsl: filter.into(),
                    expr_template_values: values,
                    ..Default::default()
                };
                api.search(request).await.unwrap();
            } else {
                let request = QueryRequest {
                    expr: filter.into(),
                    expr_template_values: values,
                    ..Default::default()
                };
                api.query(request).await.unwrap();
            }
            let span = recorder.span();
            let seen = attributes(&span).remove("db.query.text");
            assert_eq!(seen.as_deref(), wanted, "{filter}");
            let Status::Error { description } = &span.status else {
                panic!("{:?}", span.status);
            };
            // Literals that the server quotes are left out too.
            if !templated {
                for literal in ["dune", "1965"] {
                    assert!(!description.contains(literal), "{description}");
                }
            }
        }
    }
}

/// Answers at once.
#[derive(Clone)]
struct Immediate;

impl Service<http::Request<Body>> for Immediate {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        ready(Ok(response(200, answered(&[]))))
    }
}

/// One call and its answer; nothing here ever waits.
fn call<S, B>(service: &mut S, request: http::Request<Body>) -> usize
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error: std::fmt::Debug>,
    B: http_body::Body<Data = Bytes>,
{
    let mut context = Task::from_waker(Waker::noop());
    let mut future = pin!(service.call(request));
    let Poll::Ready(answer) = future.as_mut().poll(&mut context) else {
        panic!("it waits");
    };
    let mut body = pin!(answer.unwrap().into_body());
    let mut frames = 0;
    while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut context) {
        frames += usize::from(frame.is_ok());
    }
    frames
}

fn request() -> http::Request<Body> {
    http::Request::post("/milvus.proto.milvus.MilvusService/Search")
        // As tonic's client makes it.
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .body(Body::empty())
        .unwrap()
}

pub(super) async fn cost(_: Side) {
    // Within a trace, which has to be passed on.
    let caller = incoming(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "",
    );
    let caller = Context::new().with_remote_span_context(caller.span().span_context().clone());
    let _entered = caller.attach();
    let mut layered = OtelLayer::new()
        .server("milvus.test", 19530)
        .layer(Immediate);
    let (mut with, mut without) = (0, 0);
    // The first calls of a process set things up.
    for _ in 0..3 {
        let (first, second) = (request(), request());
        without =
            allocation_counter::measure(|| assert_eq!(call(&mut Immediate, first), 2)).count_total;
        with =
            allocation_counter::measure(|| assert_eq!(call(&mut layered, second), 2)).count_total;
    }
    let ours = with - without;
    assert!(ours <= 2, "{ours} allocations without an SDK");

    let read = |path: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(
        read("Cargo.toml").contains("name = \"overhead\""),
        "no bench"
    );
    assert!(read("benches/overhead.rs").contains("OtelLayer"));
    let published = read("docs/performance.md");
    for variant in ["no SDK", "unsampled", "batch"] {
        let row = |line: &&str| {
            line.starts_with('|') && line.contains("OtelLayer") && line.contains(variant)
        };
        let row = published.lines().find(row);
        let row =
            row.unwrap_or_else(|| panic!("docs/performance.md has no row of OtelLayer, {variant}"));
        assert!(row.chars().any(|each| each.is_ascii_digit()), "{row}");
    }
}
