//! Two of Milvus' RPCs, written by hand, so that the servers are tested without the client.

use http::uri::PathAndQuery;
use milvus_otel_testkit::Milvus;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct HasCollection {
    #[prost(string, tag = "3")]
    pub(crate) collection_name: String,
}

/// Also the beginning of every other answer.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct MilvusStatus {
    #[prost(int32, tag = "1")]
    pub(crate) error_code: i32,
    #[prost(string, tag = "2")]
    pub(crate) reason: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Exists {
    #[prost(message, optional, tag = "1")]
    pub(crate) status: Option<MilvusStatus>,
    #[prost(bool, tag = "2")]
    pub(crate) value: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Version {
    #[prost(string, tag = "2")]
    pub(crate) version: String,
}

pub(crate) async fn connect(milvus: &Milvus) -> Channel {
    let endpoint = Endpoint::from_shared(milvus.uri().to_owned()).unwrap();
    endpoint.connect().await.unwrap()
}

pub(crate) async fn call<Q, A>(
    channel: Channel,
    method: &str,
    question: impl Into<Request<Q>>,
) -> Result<A, Status>
where
    Q: prost::Message + Send + Sync + 'static,
    A: prost::Message + Default + Send + Sync + 'static,
{
    let mut client = Grpc::new(channel);
    let ready = client.ready().await;
    ready.map_err(|error| Status::unavailable(format!("{error:?}")))?;
    let path = format!("/milvus.proto.milvus.MilvusService/{method}");
    let path = PathAndQuery::try_from(path).unwrap();
    let codec = ProstCodec::<Q, A>::default();
    Ok(client
        .unary(question.into(), path, codec)
        .await?
        .into_inner())
}

pub(crate) async fn has_collection(channel: Channel, name: &str) -> Result<Exists, Status> {
    let collection_name = name.to_owned();
    call(
        channel,
        "HasCollection",
        Request::new(HasCollection { collection_name }),
    )
    .await
}
