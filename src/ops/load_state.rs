//! Whether a collection is loaded.

use std::fmt;
use std::time::Duration;

use super::load::progress;
use super::operation::{Lazy, Run, operation};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::Request;
use crate::proto::common::LoadState as State;
use crate::proto::milvus::GetLoadStateRequest;

/// Whether a collection can be searched. Returned by [`Client::get_load_state`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum LoadState {
    /// There is no such collection.
    NotExist,
    /// It is not loaded: [load](Client::load_collection) it before searching it.
    NotLoaded,
    /// It is being loaded.
    Loading {
        /// The part that is loaded, in percent: 0 to 99.
        percent: u8,
    },
    /// It can be searched and queried.
    Loaded,
    /// A state that this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl fmt::Display for LoadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotExist => f.pad("not found"),
            Self::NotLoaded => f.pad("not loaded"),
            Self::Loading { percent } => write!(f, "loading, {percent} %"),
            Self::Loaded => f.pad("loaded"),
            Self::Unknown(number) => write!(f, "state {number}"),
        }
    }
}

impl Client {
    /// Returns whether a collection is [loaded](https://milvus.io/docs/load-and-release.md), and if it is being loaded,
    /// how far.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::ops::LoadState;
    ///
    /// if client.get_load_state("books").await? == LoadState::NotLoaded {
    ///     client.load_collection("books").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "get_loading_progress")]
    pub fn get_load_state(&self, collection: impl Into<String>) -> GetLoadState {
        GetLoadState(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            partitions: Vec::new(),
            timeout: None,
        }))
    }
}

/// Gets the load state. Returned by [`Client::get_load_state`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct GetLoadState(Lazy<'static, Builder, LoadState>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    partitions: Vec<String>,
    timeout: Option<Duration>,
}

operation!([] GetLoadState => LoadState, timeout);

impl GetLoadState {
    /// Returns the state of these partitions. Default: of the whole collection.
    pub fn partitions<P: Into<String>>(mut self, names: impl IntoIterator<Item = P>) -> Self {
        let partitions = names.into_iter().map(Into::into);
        self.0.builder_mut().partitions.extend(partitions);
        self
    }
}

impl Run<LoadState> for Builder {
    async fn run(self) -> Result<LoadState> {
        let wait = Wait::new(self.timeout);
        let call = Call::new("get_load_state").on(&self.collection);
        let mut request = GetLoadStateRequest::on(&self.collection);
        request.partition_names.clone_from(&self.partitions);
        let step = wait.step(call);
        let state = self.client.call(step, request).await?.state;
        Ok(match State::try_from(state) {
            Ok(State::NotExist) => LoadState::NotExist,
            Ok(State::NotLoad) => LoadState::NotLoaded,
            Ok(State::Loaded) => LoadState::Loaded,
            Ok(State::Loading) => {
                let step = wait.step(call);
                let percent = progress(&self.client, step, self.partitions)
                    .await?
                    .progress;
                let percent = u8::try_from(percent.clamp(0, 99)).unwrap_or_default();
                LoadState::Loading { percent }
            }
            Err(_) => LoadState::Unknown(state),
        })
    }
}
