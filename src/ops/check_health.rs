use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::milvus::{CheckHealthRequest, QuotaState};

/// A question whether the server is well; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct CheckHealth {
    client: Client,
    timeout: Option<Duration>,
}

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Whether all parts of the server work.
    pub is_healthy: bool,
    /// What is wrong with those that do not.
    pub reasons: Vec<String>,
    /// What the server's quotas deny at the moment, in Milvus' words: `DenyToWrite`.
    pub quota_states: Vec<String>,
}

impl Client {
    /// Asks the server whether its parts work, and what its quotas deny. A server that is ill answers `Ok` and says so.
    ///
    /// Milvus Lite 2.5 does not tell ([`is_unsupported`](crate::Error::is_unsupported)).
    pub fn check_health(&self) -> CheckHealth {
        CheckHealth {
            client: self.clone(),
            timeout: None,
        }
    }
}

operation!(CheckHealth => Health);

impl CheckHealth {
    async fn send(self) -> Result<Health> {
        let call = Call::new("check_health").timeout(self.timeout);
        let answer = self.client.call(call, CheckHealthRequest {}).await?;
        let name = |state: &i32| {
            QuotaState::try_from(*state).map_or_else(
                |_| state.to_string(),
                |state| state.as_str_name().to_owned(),
            )
        };
        Ok(Health {
            is_healthy: answer.is_healthy,
            quota_states: answer.quota_states.iter().map(name).collect(),
            reasons: answer.reasons,
        })
    }
}
