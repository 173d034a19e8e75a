//! The HTTP layers that services put above the client, with the defaults of `init`: one trace from the request on the
//! socket to the call to Milvus.
//!
//! Each test runs itself again as a child process, which plays the service.

use crate::support::child;
use crate::support::received;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use axum_tracing_opentelemetry::middleware::{OtelAxumLayer, OtelInResponseLayer};
use child::{command, is_child};
use milvus_otel::Client;
use milvus_otel::init::{self, Telemetry};
use received::tree;
use testkit::{Fake, Receiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower_http::trace::TraceLayer;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

#[tracing::instrument(skip_all)]
async fn look_up(State(client): State<Client>, Path(name): Path<String>) -> String {
    client.has_collection(&name).await.unwrap().to_string()
}

/// Plays the service as its authors should write it: answers one request on a socket and prints the response.
fn serve(layered: impl FnOnce(Router) -> Router) {
    let telemetry = init::from_env().metrics(false).logs(true).build().unwrap();
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(telemetry.layer())
        .with(log.with_filter(EnvFilter::from_default_env()))
        .init();
    answer(telemetry, layered);
}

fn answer(telemetry: Telemetry, layered: impl FnOnce(Router) -> Router) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let response = runtime.block_on(async {
        let milvus = Fake::scripted().serve().await.unwrap();
        let client = Client::builder(format!("http://{milvus}"))
            .connect_lazy()
            .unwrap();
        let routes = Router::new()
            .route("/books/{name}", get(look_up))
            .with_state(client);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = axum::serve(listener, layered(routes));
        tokio::spawn(service.into_future());
        request(address).await
    });
    drop(runtime);
    println!("{response}");
    telemetry.shutdown().unwrap();
}

async fn request(address: std::net::SocketAddr) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /books/rust HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ntraceparent: 00-{TRACE}-{CALLER}-01\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    response
}

/// The collector of a service, and the service's response.
fn run(name: &str) -> (Receiver, String) {
    let (receiver, stdout, stderr) = run_with(name, None);
    assert_eq!(stderr, "", "no warning, and nothing is logged");
    (receiver, stdout)
}

/// The same and the standard error, with this value of `RUST_LOG`.
fn run_with(name: &str, rust_log: Option<&str>) -> (Receiver, String, String) {
    let receiver = Receiver::start().unwrap();
    let endpoint = receiver.grpc_endpoint();
    let mut child = command(name, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    child
        .env_remove("RUST_LOG")
        .envs(rust_log.map(|value| ("RUST_LOG", value)));
    let output = child.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(stdout.contains("HTTP/1.1 200 OK"), "{stdout}");
    (receiver, stdout, stderr)
}

#[test]
fn spans_of_axum_tracing_opentelemetry_are_parents() {
    const NAME: &str = concat!(
        module_path!(),
        "::spans_of_axum_tracing_opentelemetry_are_parents"
    );
    if is_child(NAME) {
        // The layer that is added last is the outermost.
        return serve(|routes| {
            routes
                .layer(OtelInResponseLayer)
                .layer(OtelAxumLayer::default())
        });
    }
    let (receiver, response) = run(NAME);
    assert_eq!(
        tree(&receiver),
        format!(
            "remote {CALLER}\n  SERVER GET /books/{{name}}\n    INTERNAL look_up\n      CLIENT has_collection rust\n"
        )
    );
    let spans = receiver.spans();
    let server = spans
        .iter()
        .find(|span| span.name.starts_with("GET"))
        .unwrap();
    let traceparent = format!("traceparent: 00-{TRACE}-{}-01", server.span_id);
    assert!(response.contains(&traceparent), "{traceparent}\n{response}");
    assert!(spans.iter().all(|span| span.trace_id == TRACE));
    assert_eq!(receiver.logs(), [], "nothing is logged at INFO");
}

#[test]
fn spans_of_tower_http_are_parents() {
    const NAME: &str = concat!(module_path!(), "::spans_of_tower_http_are_parents");
    if is_child(NAME) {
        return serve(|routes| routes.layer(TraceLayer::new_for_http()));
    }
    let (receiver, _) = run(NAME);
    assert_eq!(
        tree(&receiver),
        "INTERNAL request\n  INTERNAL look_up\n    CLIENT has_collection rust\n",
        "it reads no traceparent"
    );
}

#[test]
fn both_http_layers_work_together() {
    const NAME: &str = concat!(module_path!(), "::both_http_layers_work_together");
    if is_child(NAME) {
        return serve(|routes| {
            routes
                .layer(TraceLayer::new_for_http())
                .layer(OtelAxumLayer::default())
        });
    }
    let (receiver, _) = run(NAME);
    assert_eq!(
        tree(&receiver),
        format!(
            "remote {CALLER}\n  SERVER GET /books/{{name}}\n    INTERNAL request\n      INTERNAL look_up\n        \
             CLIENT has_collection rust\n"
        )
    );
}

/// The filter that most services have. The request's span is TRACE, so `info` disables it.
#[test]
fn a_filter_over_the_whole_subscriber_is_reported() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_filter_over_the_whole_subscriber_is_reported"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().metrics(false).build().unwrap();
        tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink))
            .with(EnvFilter::from_default_env())
            .init();
        return answer(telemetry, |routes| routes.layer(OtelAxumLayer::default()));
    }
    let (receiver, _, stderr) = run_with(NAME, Some("info"));
    assert!(
        stderr.starts_with(
            "milvus-otel: the TRACE span \"HTTP request\" of otel::tracing is disabled"
        ),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert_eq!(
        tree(&receiver),
        format!("remote {CALLER}\n  INTERNAL look_up\n    CLIENT has_collection rust\n")
    );
    let (receiver, _, stderr) = run_with(NAME, Some("info,otel::tracing=trace"));
    assert_eq!(stderr, "");
    assert!(tree(&receiver).contains("  SERVER GET /books/{name}\n"));
}
