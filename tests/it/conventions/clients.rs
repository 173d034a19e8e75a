//! The two clients that every point is shown on: ours, and a tonic-generated one that only adds `OtelLayer`.

use std::net::SocketAddr;

use milvus_otel::otel::Otel;
use milvus_otel::proto::common;
use milvus_otel::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_otel::proto::milvus::{
    BoolResponse, CreateCredentialRequest, DumpMessagesRequest, DumpMessagesResponse,
    GetVersionRequest, GetVersionResponse, HasCollectionRequest, InsertRequest, MutationResult,
    QueryRequest, QueryResults, SearchRequest, SearchResults, ShowCollectionsRequest,
    ShowCollectionsResponse,
};
use milvus_otel::stack::Stack;
use milvus_otel::{Client, OtelLayer, client::RetryPolicy};
use tonic::body::Body;
use tonic::{IntoRequest, Response, Status, Streaming};
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Layer, Service, ServiceExt};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// `milvus_otel::Client`.
    Ours,
    /// `MilvusServiceClient::new(OtelLayer::new().layer(service))`.
    Bare,
}

type Erased = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, BoxError>;

pub(crate) enum Api {
    Ours(MilvusServiceClient<Stack>),
    Bare(MilvusServiceClient<Otel<Erased>>),
}

impl Side {
    /// A client of this service, at milvus.test:19530.
    pub(crate) fn api<S>(self, layer: OtelLayer, service: S) -> Api
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        match self {
            Self::Ours => {
                let builder = Client::builder("http://milvus.test:19530").service(service);
                // What fails is to be seen as it is.
                let builder = builder.otel(layer).retry(RetryPolicy::never());
                Api::Ours(builder.connect_lazy().unwrap().raw())
            }
            Self::Bare => Api::bare(&layer.server("milvus.test", 19530), service),
        }
    }

    /// A client over TCP of what listens there, which it calls localhost.
    pub(crate) fn over_tcp(self, layer: OtelLayer, address: SocketAddr) -> Api {
        let uri = format!("http://localhost:{}", address.port());
        match self {
            Self::Ours => {
                let client = Client::builder(uri).otel(layer).connect_lazy();
                Api::Ours(client.unwrap().raw())
            }
            Self::Bare => {
                let endpoint = tonic::transport::Endpoint::from_shared(uri).unwrap();
                let layer = layer
                    .server("localhost", address.port())
                    .peer(move || Some(address));
                Api::bare(&layer, endpoint.connect_lazy())
            }
        }
    }
}

macro_rules! rpcs {
    ($($name:ident($request:ty) -> $answer:ty;)*) => {
        impl Api {
            $(
                pub(crate) async fn $name(
                    &mut self,
                    request: impl IntoRequest<$request>,
                ) -> Result<Response<$answer>, Status> {
                    match self {
                        Self::Ours(client) => client.$name(request).await,
                        Self::Bare(client) => client.$name(request).await,
                    }
                }
            )*
        }
    };
}

rpcs! {
    has_collection(HasCollectionRequest) -> BoolResponse;
    search(SearchRequest) -> SearchResults;
    query(QueryRequest) -> QueryResults;
    insert(InsertRequest) -> MutationResult;
    show_collections(ShowCollectionsRequest) -> ShowCollectionsResponse;
    get_version(GetVersionRequest) -> GetVersionResponse;
    create_credential(CreateCredentialRequest) -> common::Status;
    dump_messages(DumpMessagesRequest) -> Streaming<DumpMessagesResponse>;
}

impl Api {
    fn bare<S>(layer: &OtelLayer, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        let erased = Erased::new(service.map_err(Into::into));
        Self::Bare(MilvusServiceClient::new(layer.layer(erased)))
    }

    /// `has_collection books`.
    pub(crate) async fn has_books(&mut self) -> Result<bool, Status> {
        let answer = self.has_collection(HasCollectionRequest {
            collection_name: "books".into(),
            ..Default::default()
        });
        Ok(answer.await?.into_inner().value)
    }
}
