//! The gRPC services of a fake, in this process or behind a port.

use std::any::TypeId;
use std::net::SocketAddr;
use std::pin::Pin;

use milvus_otel::proto::{Request as Named, common};
use prost::Message;
use tokio_stream::{Stream, StreamExt};
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use super::{Fake, Received, Reply};
use crate::proto::server::client_telemetry_service_server::ClientTelemetryServiceServer;
use crate::proto::server::milvus_service_server::MilvusServiceServer;
use crate::proto::server::proxy_service_server::ProxyServiceServer;

/// The stream of answers of the fake.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Fake {
    /// All of Milvus' services, to be called in this process. [`client`](Self::client) and [`builder`](Self::builder)
    /// use it; you need it for your own client.
    pub fn service(&self) -> Routes {
        Routes::new(MilvusServiceServer::new(self.clone()).max_decoding_message_size(usize::MAX))
            .add_service(ClientTelemetryServiceServer::new(self.clone()))
            .add_service(ProxyServiceServer::new(self.clone()))
            .prepare()
    }

    /// The same on a port of the loopback interface, for other processes and for clients in other languages. The server
    /// ends with the tokio runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use milvus_otel::Client;
    /// use milvus_otel_testkit::Fake;
    ///
    /// let address = Fake::new().serve().await?;
    /// let client = Client::connect(format!("http://{address}")).await?;
    /// assert!(client.list_collections().await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No port is available.
    pub async fn serve(&self) -> std::io::Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let server = tonic::transport::Server::builder()
            .add_routes(self.service())
            .serve_with_incoming(incoming);
        tokio::spawn(server);
        Ok(address)
    }

    pub(crate) async fn unary<Q: Named, R: Message + Default + 'static>(
        &self,
        path: &str,
        request: Request<Q>,
    ) -> Result<Response<R>, Status> {
        let (metadata, _, message) = request.into_parts();
        let received = Received::new(name(path), metadata, &message);
        let reply = self.state().receive(received);
        Ok(Response::new(carry_out(reply).await?))
    }

    pub(crate) async fn server_stream<Q: Message, R: Message + Default + 'static>(
        &self,
        path: &str,
        request: Request<Q>,
    ) -> Result<Response<Answers<R>>, Status> {
        let (metadata, _, message) = request.into_parts();
        let rpc = name(path).to_owned();
        let received = Received::unnamed(&rpc, metadata, message.encode_to_vec());
        let reply = self.state().receive(received);
        // One message, then the next item: an error there is sent in the trailers.
        let first = carry_out(reply).await?;
        let fake = self.clone();
        let end = tokio_stream::once(()).then(move |()| {
            let next = fake.next(&rpc);
            async move {
                match next {
                    Some(reply) => Some(carry_out(reply).await),
                    None => None,
                }
            }
        });
        Ok(Response::new(Box::pin(
            tokio_stream::once(Ok(first)).chain(end.filter_map(|end| end)),
        )))
    }

    pub(crate) async fn streams<Q: Message + 'static, R: Message + Default + 'static>(
        &self,
        path: &str,
        request: Request<Streaming<Q>>,
    ) -> Result<Response<Answers<R>>, Status> {
        let (metadata, _, mut messages) = request.into_parts();
        let first = messages
            .message()
            .await?
            .map_or_else(Vec::new, |message| message.encode_to_vec());
        let reply = self
            .state()
            .receive(Received::unnamed(name(path), metadata, first));
        let answer = carry_out(reply).await;
        Ok(Response::new(Box::pin(tokio_stream::once(answer))))
    }
}

/// The name of the RPC with this path.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

async fn carry_out<R: Message + Default + 'static>(mut reply: Reply) -> Result<R, Status> {
    loop {
        match reply {
            Reply::Message(encoded) => return decode(&encoded),
            Reply::Failure(status) if TypeId::of::<R>() == TypeId::of::<common::Status>() => {
                return decode(&status.encode_to_vec());
            }
            Reply::Failure(status) => {
                return decode(
                    &StatusFirst {
                        status: Some(status),
                    }
                    .encode_to_vec(),
                );
            }
            Reply::Status(code, message) => return Err(Status::new(code, message)),
            Reply::After(wait, then) => {
                tokio::time::sleep(wait).await;
                reply = *then;
            }
            Reply::Never => std::future::pending().await,
        }
    }
}

/// Any message of the contract that has more than a status.
#[derive(Clone, PartialEq, Message)]
struct StatusFirst {
    #[prost(message, optional, tag = "1")]
    status: Option<common::Status>,
}

fn decode<R: Message + Default>(encoded: &[u8]) -> Result<R, Status> {
    R::decode(encoded).map_err(|error| Status::internal(format!("the fake's script: {error}")))
}
