use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::loading::progress;
use super::operation::{Lazy, Run, operation};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::Request;
use crate::proto::milvus::LoadCollectionRequest;

/// Loads a collection. Returned by [`Client::load_collection`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct LoadCollection(Lazy<'static, Builder, ()>);

#[derive(Clone)]
struct Builder {
    client: Client,
    collection: String,
    replicas: u32,
    wait: bool,
    report: Option<Arc<dyn Fn(u8) + Send + Sync>>,
    timeout: Option<Duration>,
}

/// # Loading
impl Client {
    /// [Loads](https://milvus.io/docs/load-and-release.md) a collection into the memory of the query nodes, and waits
    /// until it can be searched.
    ///
    /// Loading a collection that is loaded succeeds. The wait has no limit but the operation's
    /// [`timeout`](LoadCollection::timeout); the server continues to load if it expires.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.load_collection("books").progress(|percent| println!("{percent} %")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus only loads a collection whose vector fields have an [index](Self::create_index)
    /// ([`Code::INDEX_NOT_FOUND`](crate::error::Code::INDEX_NOT_FOUND)).
    pub fn load_collection(&self, collection: impl Into<String>) -> LoadCollection {
        LoadCollection(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            replicas: 1,
            wait: true,
            report: None,
            timeout: None,
        }))
    }
}

operation!([] LoadCollection => (), timeout);

impl LoadCollection {
    /// Whether to wait until the collection is loaded. `false` returns as soon as the server has accepted the request.
    /// Default true.
    pub fn wait(mut self, wait: bool) -> Self {
        self.0.builder_mut().wait = wait;
        self
    }

    /// Calls `report` with the percentage that is loaded, 0 to 100, each time the server was asked for it.
    pub fn progress(mut self, report: impl Fn(u8) + Send + Sync + 'static) -> Self {
        self.0.builder_mut().report = Some(Arc::new(report));
        self
    }

    /// The number of copies in memory, each on query nodes of its own. Default 1.
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.0.builder_mut().replicas = replicas;
        self
    }
}

impl Run<()> for Builder {
    async fn run(self) -> Result<()> {
        let Self {
            client,
            collection,
            replicas,
            report,
            ..
        } = self;
        let call = Call::new("load_collection").on(&collection);
        let mut wait = Wait::new(self.timeout);
        let replica_number = i32::try_from(replicas).map_err(|_| {
            call.refuse(format!(
                "replicas is {replicas}: it must be at most {}",
                i32::MAX
            ))
        })?;
        let mut request = LoadCollectionRequest::on(&collection);
        request.replica_number = replica_number;
        if !self.wait {
            client.call(wait.step(call), request).await?;
            return Ok(());
        }
        let steps = async {
            client.call(wait.step(call), request).await?;
            let ask = |remaining| progress(&client, call.timeout(remaining), Vec::new());
            let finished = AtomicBool::new(false);
            let done = |percent: &u8| {
                let is_done = *percent >= 100;
                // The last poll may be repeated for the trace.
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

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadCollection")
            .field("collection", &self.collection)
            .field("replicas", &self.replicas)
            .field("wait", &self.wait)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
