use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::get_load_state::progress;
use super::operation;
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::LoadCollectionRequest;

/// A collection to be loaded; `.await` sends it and waits until it is.
#[derive(Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct LoadCollection {
    client: Client,
    request: LoadCollectionRequest,
    replicas: u32,
    wait: bool,
    progress: Option<Arc<dyn Fn(u8) + Send + Sync>>,
    timeout: Option<Duration>,
}

impl Client {
    /// Loads a collection into the memory of the query nodes, so that it can be searched, and waits until it is.
    ///
    /// One `LoadCollection` call, then `GetLoadingProgress` until it says 100 %. Loading one that is loaded succeeds.
    /// Without a [`timeout`](LoadCollection::timeout) it waits for as long as it takes.
    ///
    /// # Errors
    ///
    /// Milvus loads only what has an index (code 700).
    pub fn load_collection(&self, collection: impl Into<String>) -> LoadCollection {
        let request = LoadCollectionRequest {
            db_name: self.database().unwrap_or_default().to_owned(),
            collection_name: collection.into(),
            ..LoadCollectionRequest::default()
        };
        LoadCollection {
            client: self.clone(),
            request,
            replicas: 1,
            wait: true,
            progress: None,
            timeout: None,
        }
    }
}

operation!(LoadCollection => ());

impl LoadCollection {
    /// Returns as soon as the server has begun, when `false`. Default true.
    pub fn wait(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    /// Calls this with the percentage loaded, each time it is asked for.
    pub fn progress(mut self, report: impl Fn(u8) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(report));
        self
    }

    /// In how many copies, each on query nodes of its own. Default 1.
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = replicas;
        self
    }

    async fn send(mut self) -> Result<()> {
        let collection = self.request.collection_name.clone();
        let call = Call::new("load_collection").on(&collection);
        let mut wait = Wait::new(self.timeout);
        self.request.replica_number = i32::try_from(self.replicas).map_err(|_| {
            let why = format!(
                "replicas is {}: it must be at most {}",
                self.replicas,
                i32::MAX
            );
            Error::invalid_argument(call.operation, why).on(call.collection)
        })?;
        if !self.wait {
            self.client
                .call(call.timeout(wait.remaining()), self.request)
                .await?;
            return Ok(());
        }
        let (client, report) = (self.client.clone(), self.progress);
        let steps = async {
            client
                .call(call.timeout(wait.remaining()), self.request)
                .await?;
            let ask = |remaining| progress(&client, call.timeout(remaining), Vec::new());
            let finished = AtomicBool::new(false);
            let done = |percent: &u8| {
                let is_done = *percent >= 100;
                // The last question may be asked twice, for the trace.
                if !finished.fetch_or(is_done, Ordering::Relaxed)
                    && let Some(report) = &report
                {
                    report(*percent);
                }
                Ok(is_done)
            };
            wait.until(call, ask, done, |percent| format!("loaded {percent} %"))
                .await
        };
        client.composite(call, steps)?.await
    }
}

impl fmt::Debug for LoadCollection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadCollection")
            .field("collection", &self.request.collection_name)
            .field("wait", &self.wait)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
