//! Operations on the server itself.

use super::operation::Operation;
use crate::client::{Client, client_info};
use crate::proto::milvus::{
    CheckHealthRequest, CheckHealthResponse, ConnectRequest, GetVersionRequest, QuotaState,
};

/// The health of a server. Returned by [`Client::check_health`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether all components of the server work.
    pub is_healthy: bool,
    /// Why components do not work: one text for each fault.
    pub reasons: Vec<String>,
    /// What the server's quotas deny at the moment, by Milvus' names: `DenyToWrite`.
    pub quota_states: Vec<String>,
}

/// A server as it describes itself. Returned by [`Client::get_server_info`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ServerInfo {
    /// The version: `v2.5.26`.
    pub version: String,
    /// When the server was built, in its own format.
    pub build_time: String,
    /// The commit that it was built from.
    pub commit: String,
    /// The version of Go that it was built with.
    pub go_version: String,
    /// How it is deployed: `STANDALONE` or `DISTRIBUTED`.
    pub deploy_mode: String,
}

/// # The server
impl Client {
    /// Returns the version that the server was built as: `v2.5.26`, sometimes followed by a commit.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// println!("connected to Milvus {}", client.get_server_version().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](crate::Error::is_unsupported) by Milvus Lite 2.5, which does not report its version.
    #[doc(alias = "version")]
    pub fn get_server_version(&self) -> Operation<GetVersionRequest, String> {
        let request = GetVersionRequest {};
        Operation::new(self, "get_server_version", request, |answer| answer.version)
    }

    /// Returns the version of the server, when and from what it was built, and how it is deployed. Since Milvus 2.2.9.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let server = client.get_server_info().await?;
    /// println!("Milvus {} {}, commit {}", server.version, server.deploy_mode, server.commit);
    /// # Ok(()) }
    /// ```
    pub fn get_server_info(&self) -> Operation<ConnectRequest, ServerInfo> {
        let request = ConnectRequest {
            client_info: Some(client_info()),
            ..Default::default()
        };
        Operation::new(self, "get_server_info", request, |answer| {
            let info = answer.server_info.unwrap_or_default();
            ServerInfo {
                version: info.build_tags,
                build_time: info.build_time,
                commit: info.git_commit,
                go_version: info.go_version,
                deploy_mode: info.deploy_mode,
            }
        })
    }

    /// Checks whether the components of the server work, and what its quotas deny.
    ///
    /// An unhealthy server is not an error: the call succeeds, and [`is_healthy`](Health::is_healthy) is false.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let health = client.check_health().await?;
    /// if !health.is_healthy {
    ///     eprintln!("Milvus is not healthy: {}", health.reasons.join("; "));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](crate::Error::is_unsupported) by Milvus Lite 2.5.
    #[doc(alias = "health_check")]
    #[doc(alias = "ping")]
    pub fn check_health(&self) -> Operation<CheckHealthRequest, Health> {
        Operation::new(
            self,
            "check_health",
            CheckHealthRequest {},
            Health::from_proto,
        )
    }
}

impl Health {
    fn from_proto(answer: CheckHealthResponse) -> Self {
        let name = |state: &i32| match QuotaState::try_from(*state) {
            Ok(state) => state.as_str_name().to_owned(),
            Err(_) => state.to_string(),
        };
        Self {
            is_healthy: answer.is_healthy,
            quota_states: answer.quota_states.iter().map(name).collect(),
            reasons: answer.reasons,
        }
    }
}
