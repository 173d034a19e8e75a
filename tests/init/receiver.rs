//! An OTLP receiver over gRPC and HTTP on a thread of its own, so that no test's runtime carries it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// What arrived, from a receiver that listens until the test's process ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) grpc: String,
    pub(crate) http: String,
    received: Arc<Mutex<Received>>,
}

#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) spans: Vec<String>,
    pub(crate) metrics: Vec<String>,
    pub(crate) resource: Option<Resource>,
    /// Header names and values of the latest export.
    pub(crate) headers: Vec<(String, String)>,
    /// Exports that came by HTTP.
    pub(crate) by_http: usize,
}

impl Received {
    pub(crate) fn attribute(&self, key: &str) -> Option<String> {
        let resource = self.resource.as_ref()?;
        let attribute = resource.attributes.iter().find(|a| a.key == key)?;
        match attribute.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some(text.clone()),
            Value::IntValue(number) => Some(number.to_string()),
            other => Some(format!("{other:?}")),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    fn traces(&mut self, request: ExportTraceServiceRequest) {
        for resource in request.resource_spans {
            self.resource = resource.resource;
            let spans = resource.scope_spans.into_iter().flat_map(|s| s.spans);
            self.spans.extend(spans.map(|span| span.name));
        }
    }

    fn metrics(&mut self, request: ExportMetricsServiceRequest) {
        for resource in request.resource_metrics {
            let metrics = resource.scope_metrics.into_iter().flat_map(|s| s.metrics);
            self.metrics.extend(metrics.map(|metric| metric.name));
        }
    }
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let grpc = TcpListener::bind("127.0.0.1:0").unwrap();
        let http = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            grpc: url(grpc.local_addr().unwrap()),
            http: url(http.local_addr().unwrap()),
            received: Arc::default(),
        };
        let (over_grpc, over_http) = (receiver.clone(), receiver.clone());
        std::thread::spawn(move || over_grpc.serve_grpc(grpc, Server::builder()));
        std::thread::spawn(move || {
            for stream in http.incoming() {
                let over_http = over_http.clone();
                std::thread::spawn(move || over_http.serve_http(stream.unwrap()));
            }
        });
        receiver
    }

    pub(crate) fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap()
    }

    pub(crate) fn serve_grpc(self, listener: TcpListener, mut server: Server) {
        listener.set_nonblocking(true).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let gzip = CompressionEncoding::Gzip;
            server
                .add_service(TraceServiceServer::new(self.clone()).accept_compressed(gzip))
                .add_service(MetricsServiceServer::new(self).accept_compressed(gzip))
                .serve_with_incoming(tokio_stream::wrappers::TcpListenerStream::new(listener))
                .await
                .unwrap();
        });
    }

    /// Just enough HTTP/1.1 for one kind of client: several requests per connection, each with its length.
    pub(crate) fn serve_http(self, stream: impl Read + Write) {
        let mut reader = BufReader::new(stream);
        loop {
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_owned());
            }
            let headers: Vec<(String, String)> = lines[1..]
                .iter()
                .filter_map(|line| line.split_once(": "))
                .map(|(key, value)| (key.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers.iter().find(|(key, _)| key == "content-length");
            let mut body = vec![0; length.unwrap().1.parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            let mut received = self.received();
            received.by_http += 1;
            received.headers = headers;
            match lines[0].split(' ').nth(1).unwrap() {
                "/v1/traces" => received.traces(Message::decode(&body[..]).unwrap()),
                "/v1/metrics" => received.metrics(Message::decode(&body[..]).unwrap()),
                path => panic!("no such path: {path}"),
            }
            drop(received);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            reader.get_mut().write_all(answer).unwrap();
        }
    }

    fn keep_headers<T>(&self, request: &Request<T>) {
        let headers = request.metadata().clone().into_headers();
        self.received().headers = headers
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep_headers(&request);
        self.received().traces(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.received().metrics(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// An address where nothing listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    url(listener.local_addr().unwrap())
}

/// A bound on what takes milliseconds, with room for a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(2);
