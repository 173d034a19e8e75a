//! Which server the client is connected to.

use tonic::Code;

use super::{Call, Client, Server};
use crate::proto::milvus::GetVersionRequest;

impl Client {
    /// The server, if it is known already.
    pub(crate) fn known_server(&self) -> Option<Server> {
        self.inner.settings.server.server()
    }

    /// The server. Most report their version when the client connects. Others get one `GetVersion`.
    pub(crate) async fn server(&self, call: Call<'_>) -> Server {
        if let Some(server) = self.known_server() {
            return server;
        }
        // A client that connects lazily may have no connection yet. If it cannot get one, the call below says why.
        let settings = &self.inner.settings;
        let limit = call.deadline.map(|deadline| deadline.remaining());
        let limit = limit.or(settings.rules.timeout);
        let limit = limit.unwrap_or(settings.connect_timeout);
        settings.connections.connected(limit).await;
        if let Some(server) = self.known_server() {
            return server;
        }
        let call = Call {
            collection: None,
            ..call
        };
        let server = match self.call(call, GetVersionRequest {}).await {
            Ok(answer) => Server::of_tags(&answer.version),
            // Every Milvus since 2.1 has this RPC, and Milvus Lite since 3.0.
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => Server::LITE_2_5,
            Err(_) => return Server::Unknown,
        };
        self.inner.settings.server.set_server(server);
        server
    }
}
