//! The operation that prepares a collection for searches.

use std::time::Duration;

use super::compaction::{poll_compaction, start, target_size};
use super::create_index::poll_of;
use super::features::{self, TARGET_SIZE};
use super::indexes::infos;
use super::load::poll_loading;
use super::operation::{Lazy, Run, operation};
use super::wait::{Polled, Progress, Report, Wait};
use crate::client::{Call, Client};
use crate::error::{Code, Error, Result};
use crate::proto::Request;
use crate::proto::common::LoadState;
use crate::proto::milvus::{
    DescribeIndexRequest, GetLoadStateRequest, LoadCollectionRequest, ManualCompactionRequest,
};

/// Optimizes a collection for searches. Returned by [`Client::optimize`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Optimize(Lazy<'static, Builder, i64>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    target_size: Option<u32>,
    report: Option<Report>,
    timeout: Option<Duration>,
}

impl Client {
    /// Optimizes a collection for searches: waits for its indexes, merges its segments, waits until the merged segments
    /// are indexed, and, if the collection is loaded, loads them. Returns the ID of the compaction.
    ///
    /// It makes the same calls as pymilvus' `optimize`. To run it in the background, pass it to `tokio::spawn`.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let report = |step: milvus_otel::ops::Progress| println!("{}: {} %", step.stage, step.percent());
    /// client.optimize("books").progress(report).await?;
    /// # Ok(()) }
    /// ```
    pub fn optimize(&self, collection: impl Into<String>) -> Optimize {
        Optimize(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            target_size: None,
            report: None,
            timeout: None,
        }))
    }
}

operation!([] Optimize => i64, timeout);

impl Optimize {
    /// The size that merged segments should have, in megabytes. Default: the server's setting. Since Milvus 2.6.10.
    pub fn target_size_mb(mut self, megabytes: u32) -> Self {
        self.0.builder_mut().target_size = Some(megabytes);
        self
    }

    /// Calls `report` after each poll of the server, for each stage: `index`, `compaction`, `index`, `load`.
    pub fn progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.0.builder_mut().report = Some(Report::new(report));
        self
    }
}

impl Run<i64> for Builder {
    async fn run(self) -> Result<i64> {
        let client = &self.client;
        let call = Call::new("optimize").on(&self.collection);
        let target_size = self.target_size.map(target_size).transpose();
        let target_size = target_size.map_err(|why| call.refuse(why))?;
        let wait = Wait::new(self.timeout).reporting(self.report);
        let steps = async {
            let is_used = target_size.is_some();
            features::check(client, wait.step(call), is_used.then_some(&TARGET_SIZE)).await?;
            wait.stage(call, "index", |call| poll_indexes(client, call))
                .await?;
            let mut request = ManualCompactionRequest::on(&self.collection);
            request.target_size = target_size.unwrap_or_default();
            let started = start(client, wait.step(call), &mut request).await?;
            let compaction = started.compaction_id;
            wait.stage(call, "compaction", |call| {
                poll_compaction(client, call, compaction)
            })
            .await?;
            wait.stage(call, "index", |call| poll_indexes(client, call))
                .await?;
            let request = GetLoadStateRequest::on(&self.collection);
            let state = client.call(wait.step(call), request).await?.state;
            if state == LoadState::Loaded as i32 {
                let mut request = LoadCollectionRequest::on(&self.collection);
                request.refresh = true;
                client.call(wait.step(call), request).await?;
                wait.stage(call, "load", |call| {
                    poll_loading(client, call, Vec::new(), true)
                })
                .await?;
            }
            Ok::<_, Error>(compaction)
        };
        let steps = async {
            let ended = steps.await;
            wait.record();
            ended
        };
        client.composite(call, Box::pin(steps))?.await
    }
}

/// How far the indexes of a collection are built, all together.
async fn poll_indexes(client: &Client, call: Call<'_>) -> Result<Polled> {
    let request = DescribeIndexRequest::on(call.collection.unwrap_or_default());
    let answer = match client.call(call, request).await {
        Err(error) if error.code() == Some(Code::INDEX_NOT_FOUND) => {
            return Ok(Polled::once(true, ""));
        }
        answer => answer?,
    };
    let (mut done, mut total) = (0, 0);
    for index in infos(answer) {
        let polled = poll_of(call, Some(&index))?;
        done += polled.done;
        total += polled.total;
    }
    let state = format!("indexed {done} of {total} rows");
    Ok(Polled { done, total, state })
}
