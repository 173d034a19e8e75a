use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::common::LoadState as State;
use crate::proto::milvus::{GetLoadStateRequest, GetLoadingProgressRequest};

/// A question how far a collection is loaded; `.await` asks it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct GetLoadState {
    client: Client,
    collection: String,
    partitions: Vec<String>,
    timeout: Option<Duration>,
}

/// Whether a collection can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadState {
    /// There is no such collection.
    NotExist,
    /// It is there, but in nobody's memory: load it first.
    NotLoaded,
    /// It is being loaded.
    Loading {
        /// How much of it is, 0 to 99.
        percent: u8,
    },
    /// It can be searched and queried.
    Loaded,
    /// A state that this version of the crate does not know, by its number in the contract.
    Unknown(i32),
}

impl Client {
    /// Whether a collection can be searched, and if not yet, how far it is.
    ///
    /// One `GetLoadState` call, and a `GetLoadingProgress` call while it is loading.
    pub fn get_load_state(&self, collection: impl Into<String>) -> GetLoadState {
        GetLoadState {
            client: self.clone(),
            collection: collection.into(),
            partitions: Vec::new(),
            timeout: None,
        }
    }
}

operation!(GetLoadState => LoadState);

impl GetLoadState {
    /// Asks about these partitions only. Default: the whole collection.
    pub fn partitions<P: Into<String>>(mut self, names: impl IntoIterator<Item = P>) -> Self {
        self.partitions.extend(names.into_iter().map(Into::into));
        self
    }

    async fn send(self) -> Result<LoadState> {
        let call = Call::new("get_load_state")
            .on(&self.collection)
            .timeout(self.timeout);
        let request = GetLoadStateRequest {
            collection_name: self.collection.clone(),
            partition_names: self.partitions.clone(),
            db_name: self.client.database().unwrap_or_default().to_owned(),
            ..GetLoadStateRequest::default()
        };
        let state = self.client.call(call, request).await?.state;
        Ok(match State::try_from(state) {
            Ok(State::NotExist) => LoadState::NotExist,
            Ok(State::NotLoad) => LoadState::NotLoaded,
            Ok(State::Loaded) => LoadState::Loaded,
            Ok(State::Loading) => LoadState::Loading {
                percent: progress(&self.client, call, self.partitions).await?.min(99),
            },
            Err(_) => LoadState::Unknown(state),
        })
    }
}

/// How much of a collection is loaded, in percent.
pub(super) async fn progress(
    client: &Client,
    call: Call<'_>,
    partitions: Vec<String>,
) -> Result<u8> {
    let request = GetLoadingProgressRequest {
        collection_name: call.collection.unwrap_or_default().to_owned(),
        partition_names: partitions,
        db_name: client.database().unwrap_or_default().to_owned(),
        ..GetLoadingProgressRequest::default()
    };
    let percent = client.call(call, request).await?.progress;
    Ok(u8::try_from(percent.clamp(0, 100)).unwrap_or_default())
}
