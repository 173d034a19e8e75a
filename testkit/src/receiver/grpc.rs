//! OTLP/gRPC.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status};

use super::MESSAGE_LIMIT;
use super::http::noted;
use super::store::{Partial, Payload, Store, Transport};

struct Service(Arc<Store>);

impl Service {
    async fn receive(
        &self,
        payload: Payload,
        metadata: &MetadataMap,
    ) -> Result<Option<Partial>, Status> {
        self.0
            .receive(payload, Transport::Grpc, readable(metadata))
            .await
            .map_err(refusal)
    }
}

fn readable(metadata: &MetadataMap) -> BTreeMap<String, String> {
    metadata
        .iter()
        .filter_map(|entry| match entry {
            KeyAndValueRef::Ascii(key, value) => {
                Some((key.to_string(), value.to_str().ok()?.to_owned()))
            }
            KeyAndValueRef::Binary(..) => None,
        })
        .collect()
}

fn refusal(code: Code) -> Status {
    Status::new(code, "refused by the test")
}

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let (metadata, _, export) = request.into_parts();
        let partial = self.receive(Payload::Traces(export), &metadata).await?;
        Ok(Response::new(ExportTraceServiceResponse {
            partial_success: partial.map(|partial| ExportTracePartialSuccess {
                rejected_spans: partial.rejected.into(),
                error_message: partial.reason,
            }),
        }))
    }
}

#[tonic::async_trait]
impl MetricsService for Service {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let (metadata, _, export) = request.into_parts();
        let partial = self.receive(Payload::Metrics(export), &metadata).await?;
        Ok(Response::new(ExportMetricsServiceResponse {
            partial_success: partial.map(|partial| ExportMetricsPartialSuccess {
                rejected_data_points: partial.rejected.into(),
                error_message: partial.reason,
            }),
        }))
    }
}

#[tonic::async_trait]
impl LogsService for Service {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let (metadata, _, export) = request.into_parts();
        let partial = self.receive(Payload::Logs(export), &metadata).await?;
        Ok(Response::new(ExportLogsServiceResponse {
            partial_success: partial.map(|partial| ExportLogsPartialSuccess {
                rejected_log_records: partial.rejected.into(),
                error_message: partial.reason,
            }),
        }))
    }
}

/// Serves until the future is dropped.
pub(crate) fn serve(
    listener: TcpListener,
    store: &Arc<Store>,
    traces_only: bool,
) -> impl Future<Output = Result<(), tonic::transport::Error>> + use<> {
    let service = || Service(Arc::clone(store));
    let mut routes = Routes::new(
        TraceServiceServer::new(service())
            .accept_compressed(Gzip)
            .max_decoding_message_size(MESSAGE_LIMIT),
    );
    if !traces_only {
        routes = routes
            .add_service(
                MetricsServiceServer::new(service())
                    .accept_compressed(Gzip)
                    .max_decoding_message_size(MESSAGE_LIMIT),
            )
            .add_service(
                LogsServiceServer::new(service())
                    .accept_compressed(Gzip)
                    .max_decoding_message_size(MESSAGE_LIMIT),
            );
    }
    let noted = noted(routes.into_axum_router(), store);
    Server::builder()
        .add_routes(Routes::from(noted))
        .serve_with_incoming(TcpListenerStream::new(listener))
}
