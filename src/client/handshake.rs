//! `Connect`: the client says what it is, the server what it calls the client.

use tonic::Code;

use super::{Call, Client};
use crate::error::Result;
use crate::proto::common::ClientInfo;
use crate::proto::milvus::ConnectRequest;

impl Client {
    /// Introduces the client. Who does not know the RPC (Milvus before 2.2.9) does not miss it.
    ///
    /// Milvus shows name and version in its connection list. No user or host name is sent: Milvus knows the user from
    /// the credentials, and the host is nobody's business unless told.
    pub(super) async fn introduce(&self) -> Result<()> {
        let info = ClientInfo {
            sdk_type: "Rust".to_owned(),
            sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ClientInfo::default()
        };
        let request = ConnectRequest {
            client_info: Some(info),
            ..ConnectRequest::default()
        };
        let call = Call::new("connect").timeout(Some(self.inner.settings.connect_timeout));
        match self.call(call, request).await {
            Ok(answer) => {
                self.inner.settings.metadata.identified(answer.identifier);
                Ok(())
            }
            Err(error) if error.grpc_code() == Some(Code::Unimplemented) => Ok(()),
            Err(error) if error.is_timeout() => {
                let (heard, message) = self.inner.settings.connections.destination().silence();
                Err(error.unconnected(message, heard))
            }
            Err(error) => Err(error),
        }
    }
}
