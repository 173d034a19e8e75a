//! A scripted Milvus in this process, for faults and for answers that no available server sends.
//!
//! ```
//! use testkit::Fake;
//! use milvus_otel::proto::milvus::BoolResponse;
//!
//! let fake = Fake::new();
//! fake.answer("HasCollection", &BoolResponse { value: true, ..Default::default() });
//! // Client::builder("http://fake:19530").service(fake.service()).connect().await
//! ```

use std::any::TypeId;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use milvus_otel::proto::common;
use prost::Message;
use tokio_stream::{Stream, StreamExt};
use tonic::metadata::MetadataMap;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::server::client_telemetry_service_server::ClientTelemetryServiceServer;
use crate::proto::server::milvus_service_server::MilvusServiceServer;
use crate::proto::server::proxy_service_server::ProxyServiceServer;

/// The stream of answers of the fake.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A scripted Milvus. Clones share the script and the received calls.
///
/// RPCs without a script are answered with an empty message, which means success.
#[derive(Clone, Default)]
pub struct Fake {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// By RPC name. The last reply of a script stays.
    scripts: HashMap<String, VecDeque<Reply>>,
    calls: Vec<Received>,
}

/// The answer to one call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reply {
    /// Answers with this encoded message.
    Message(Vec<u8>),
    /// Answers with a failure of Milvus: this status is the answer, or its first field.
    Failure(common::Status),
    /// Fails at gRPC's level.
    Status(tonic::Code, String),
    /// Waits, then does this.
    After(Duration, Box<Self>),
    /// Never answers.
    Never,
}

impl Reply {
    /// Answers with this message.
    pub fn message(message: &impl Message) -> Self {
        Self::Message(message.encode_to_vec())
    }

    /// Answers like Milvus on failure: gRPC OK, with this code and reason in the answer's status.
    pub fn failure(code: i32, legacy_code: i32, reason: &str) -> Self {
        #[expect(deprecated, reason = "servers still send both")]
        let status = common::Status {
            code,
            error_code: legacy_code,
            reason: reason.to_owned(),
            ..Default::default()
        };
        Self::Failure(status)
    }
}

/// A call that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The RPC's name, `HasCollection`.
    pub rpc: String,
    /// Its metadata, including the trace context.
    pub metadata: MetadataMap,
    /// The encoded request; of a stream, the first message.
    pub message: Vec<u8>,
}

impl Fake {
    /// A fake that answers everything with success.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the RPC with this message from now on.
    pub fn answer(&self, rpc: &str, message: &impl Message) {
        self.script(rpc, [Reply::message(message)]);
    }

    /// The RPC's next replies, in order; the last one stays.
    pub fn script(&self, rpc: &str, replies: impl IntoIterator<Item = Reply>) {
        self.state()
            .scripts
            .insert(rpc.to_owned(), replies.into_iter().collect());
    }

    /// The calls that arrived so far.
    pub fn calls(&self) -> Vec<Received> {
        self.state().calls.clone()
    }

    /// The calls of one RPC.
    pub fn calls_of(&self, rpc: &str) -> Vec<Received> {
        self.state()
            .calls
            .iter()
            .filter(|call| call.rpc == rpc)
            .cloned()
            .collect()
    }

    /// All services of the contract, to be called in this process.
    pub fn service(&self) -> Routes {
        Routes::new(MilvusServiceServer::new(self.clone()).max_decoding_message_size(usize::MAX))
            .add_service(ClientTelemetryServiceServer::new(self.clone()))
            .add_service(ProxyServiceServer::new(self.clone()))
            .prepare()
    }

    /// The same behind a loopback port; the server ends with the runtime.
    ///
    /// # Errors
    ///
    /// No port is available.
    pub async fn serve(&self) -> std::io::Result<std::net::SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let server = tonic::transport::Server::builder()
            .add_routes(self.service())
            .serve_with_incoming(incoming);
        tokio::spawn(server);
        Ok(address)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, path: &str, metadata: MetadataMap, message: Vec<u8>) -> Reply {
        let rpc = path.rsplit('/').next().unwrap_or(path);
        let mut state = self.state();
        state.calls.push(Received {
            rpc: rpc.to_owned(),
            metadata,
            message,
        });
        match state.scripts.get_mut(rpc) {
            Some(script) if script.len() > 1 => script.pop_front().unwrap_or(Reply::Never),
            Some(script) => script
                .front()
                .cloned()
                .unwrap_or(Reply::Message(Vec::new())),
            None => Reply::Message(Vec::new()),
        }
    }

    pub(crate) async fn unary<Q: Message, R: Message + Default + 'static>(
        &self,
        path: &str,
        request: Request<Q>,
    ) -> Result<Response<R>, Status> {
        let (metadata, _, message) = request.into_parts();
        let reply = self.receive(path, metadata, message.encode_to_vec());
        Ok(Response::new(carry_out(reply).await?))
    }

    pub(crate) async fn server_stream<Q: Message, R: Message + Default + 'static>(
        &self,
        path: &str,
        request: Request<Q>,
    ) -> Result<Response<Answers<R>>, Status> {
        let (metadata, _, message) = request.into_parts();
        let reply = self.receive(path, metadata, message.encode_to_vec());
        // One message, then the next item: an error there is sent in the trailers.
        let first = carry_out(reply).await?;
        let fake = self.clone();
        let path = path.to_owned();
        let end = tokio_stream::once(()).then(move |()| {
            let next = fake.next(&path);
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
        let reply = self.receive(path, metadata, first);
        let answer = carry_out(reply).await;
        Ok(Response::new(Box::pin(tokio_stream::once(answer))))
    }

    /// The next reply of the script, if there is one.
    fn next(&self, path: &str) -> Option<Reply> {
        let rpc = path.rsplit('/').next().unwrap_or(path);
        let mut state = self.state();
        let script = state.scripts.get_mut(rpc)?;
        if script.len() > 1 {
            script.pop_front()
        } else {
            None
        }
    }
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

/// Any answer of the contract that has more than a status.
#[derive(Clone, PartialEq, Message)]
struct StatusFirst {
    #[prost(message, optional, tag = "1")]
    status: Option<common::Status>,
}

fn decode<R: Message + Default>(encoded: &[u8]) -> Result<R, Status> {
    R::decode(encoded).map_err(|error| Status::internal(format!("the fake's script: {error}")))
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake")
            .field("calls", &self.state().calls.len())
            .finish()
    }
}
