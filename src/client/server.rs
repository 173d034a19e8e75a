//! Which server the client is connected to.

use tonic::Code;

use super::{Call, Client, Server, Version};
use crate::proto::milvus::GetVersionRequest;

impl Client {
    /// The server, if it is known already.
    pub(crate) fn known_server(&self) -> Option<Server> {
        self.inner.settings.server.get().copied()
    }

    /// The server. Most report their version when the client connects. Others, and servers of a client that connects lazily,
    /// get one `GetVersion`.
    pub(crate) async fn server(&self, call: Call<'_>) -> Server {
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
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => {
                Server::Lite(Version(2, 5, u32::MAX))
            }
            Err(_) => return Server::Unknown,
        };
        *self.inner.settings.server.get_or_init(|| server)
    }
}
