//! The options of servers take effect.

use std::net::Ipv4Addr;
use std::time::Duration;

use milvus_otel_testkit::{Certificates, Milvus, certificates, require};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::MetadataValue;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Server};
use tonic::{Code, Request, Response, Status};

use super::rpc;

#[tokio::test]
async fn authorization_rejects_wrong_credentials() {
    let standalone = Milvus::standalone().authorization(true);
    let Some(milvus) = require(standalone.start().await) else {
        return;
    };
    let channel = rpc::connect(&milvus).await;
    let refusal = rpc::has_collection(channel.clone(), "c").await.unwrap_err();
    assert_eq!(refusal.code(), Code::Unauthenticated);

    let mut request = Request::new(rpc::HasCollection::default());
    // "root:Milvus" in base64.
    let authorization = MetadataValue::from_static("cm9vdDpNaWx2dXM=");
    request
        .metadata_mut()
        .insert("authorization", authorization);
    let answer: rpc::Exists = rpc::call(channel, "HasCollection", request).await.unwrap();
    assert!(answer.status.is_some());
}

#[tokio::test]
async fn a_setting_takes_effect() {
    let standalone = Milvus::standalone().setting("proxy.maxNameLength", "5");
    let Some(milvus) = require(standalone.start().await) else {
        return;
    };
    let channel = rpc::connect(&milvus).await;
    for (name, refused) in [("five5", false), ("sixsix", true)] {
        let answer = rpc::has_collection(channel.clone(), name).await.unwrap();
        let status = answer.status.unwrap();
        assert_eq!(status.error_code != 0, refused, "{name}: {status:?}");
        assert_eq!(status.reason.contains("less than 5"), refused, "{status:?}");
    }
}

fn read(path: std::path::PathBuf) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn trusting(certificates: &Certificates) -> ClientTlsConfig {
    ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(certificates.ca_pem())))
}

async fn connect(milvus: &Milvus, tls: ClientTlsConfig) -> Result<Channel, String> {
    let endpoint = Endpoint::from_shared(milvus.uri().to_owned()).unwrap();
    let endpoint = endpoint.tls_config(tls).unwrap();
    endpoint
        .connect()
        .await
        .map_err(|error| format!("{error:?}"))
}

#[tokio::test]
async fn tls_works_if_the_authority_is_trusted() {
    let ours = certificates().unwrap();
    let Some(milvus) = require(Milvus::standalone().tls(&ours).start().await) else {
        return;
    };
    assert!(milvus.uri().starts_with("https://"), "{}", milvus.uri());
    let channel = connect(&milvus, trusting(&ours)).await.unwrap();
    assert!(!rpc::has_collection(channel, "c").await.unwrap().value);

    let others = certificates().unwrap();
    let refusal = connect(&milvus, trusting(&others)).await.unwrap_err();
    assert!(
        refusal.contains("UnknownIssuer") || refusal.contains("BadSignature"),
        "{refusal}"
    );
}

#[tokio::test]
async fn mutual_tls_requires_a_certificate() {
    let certificates = certificates().unwrap();
    let Some(milvus) = require(Milvus::standalone().mutual_tls(&certificates).start().await) else {
        return;
    };
    let (pem, key) = (certificates.client_pem(), certificates.client_key());
    let identity = Identity::from_pem(read(pem), read(key));
    let known = trusting(&certificates).identity(identity);
    let channel = connect(&milvus, known).await.unwrap();
    assert!(!rpc::has_collection(channel, "c").await.unwrap().value);

    // In TLS 1.3, a client is refused after the handshake: when it connects or with its first call.
    let refused = match connect(&milvus, trusting(&certificates)).await {
        Ok(channel) => rpc::has_collection(channel, "c").await.is_err(),
        Err(_) => true,
    };
    assert!(refused);
}

/// Forwards what it receives.
struct Receiver(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).ok();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

async fn receiver() -> (String, mpsc::UnboundedReceiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (send, receive) = mpsc::unbounded_channel();
    let service = TraceServiceServer::new(Receiver(send));
    let server = Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (address, receive)
}

/// Calls with a sampled trace context, and waits for a server span of that trace.
async fn check_spans(
    milvus: Milvus,
    mut received: mpsc::UnboundedReceiver<ExportTraceServiceRequest>,
) {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";
    let mut request = Request::new(rpc::HasCollection::default());
    let context = format!("00-{TRACE}-{PARENT}-01").parse().unwrap();
    request.metadata_mut().insert("traceparent", context);
    let channel = rpc::connect(&milvus).await;
    let _: rpc::Exists = rpc::call(channel, "HasCollection", request).await.unwrap();

    // A server that is stopped gracefully sends its spans.
    milvus.stop().await;
    let hex = |id: &[u8]| {
        id.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let find = async {
        while let Some(export) = received.recv().await {
            let scopes = export
                .resource_spans
                .into_iter()
                .flat_map(|spans| spans.scope_spans);
            for span in scopes.flat_map(|scope| scope.spans) {
                if hex(&span.parent_span_id) == PARENT {
                    return span;
                }
            }
        }
        panic!("the receiver ended");
    };
    let span = tokio::time::timeout(Duration::from_secs(5), find).await;
    let span = span.expect("no server span arrived");
    assert_eq!(hex(&span.trace_id), TRACE);
    assert!(span.name.ends_with("HasCollection"), "{}", span.name);
}

#[tokio::test]
async fn the_spans_of_standalone_continue_the_trace() {
    let (address, received) = receiver().await;
    let standalone = Milvus::standalone().otlp(address);
    if let Some(milvus) = require(standalone.start().await) {
        check_spans(milvus, received).await;
    }
}

#[tokio::test]
async fn the_spans_of_lite_in_python_continue_the_trace() {
    let (address, received) = receiver().await;
    let lite = Milvus::lite_python().otlp(format!("http://{address}"));
    if let Some(milvus) = require(lite.start().await) {
        check_spans(milvus, received).await;
    }
}

#[tokio::test]
async fn background_work_is_traced_on_request_only() {
    for (fraction, expected) in [(0.0, false), (1.0, true)] {
        let (address, mut received) = receiver().await;
        let standalone = Milvus::standalone().otlp(address).sample_fraction(fraction);
        let Some(_milvus) = require(standalone.start().await) else {
            return;
        };
        let some = tokio::time::timeout(Duration::from_secs(2), received.recv()).await;
        assert_eq!(some.is_ok(), expected, "at {fraction}");
    }
}
