use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::GetVersionRequest;

/// A question for the server's version; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct GetServerVersion {
    client: Client,
    timeout: Option<Duration>,
}

impl Client {
    /// The server's version as it was built: `v2.5.26`, sometimes with a commit behind it.
    ///
    /// Milvus Lite 2.5 does not tell ([`is_unsupported`](crate::Error::is_unsupported)).
    pub fn get_server_version(&self) -> GetServerVersion {
        GetServerVersion {
            client: self.clone(),
            timeout: None,
        }
    }
}

operation!(GetServerVersion => String);

impl GetServerVersion {
    async fn send(self) -> Result<String> {
        let call = Call::new("get_server_version").timeout(self.timeout);
        Ok(self.client.call(call, GetVersionRequest {}).await?.version)
    }
}
