use std::time::Duration;

use crate::client::{Call, Client, Pending};
use crate::error::Result;
use crate::proto::{self, Request};

/// A request in Milvus' own terms; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct SendRequest<Q> {
    client: Client,
    request: Q,
    timeout: Option<Duration>,
}

impl Client {
    /// Sends a request of the contract, for RPCs that have no method here.
    ///
    /// It is traced, authorized, retried and held to a deadline like all others, and what failed in Milvus is an error,
    /// which it is not by [`raw`](Self::raw). It goes to the client's database, unless the request names another.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::proto::milvus::{CreatePartitionRequest, ShowPartitionsRequest};
    ///
    /// client
    ///     .send(CreatePartitionRequest {
    ///         collection_name: "books".into(),
    ///         partition_name: "classics".into(),
    ///         ..Default::default()
    ///     })
    ///     .await?;
    /// let list = ShowPartitionsRequest {
    ///     collection_name: "books".into(),
    ///     ..Default::default()
    /// };
    /// let partitions = client.send(list).await?.partition_names;
    /// assert!(partitions.contains(&"classics".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<Q: Request>(&self, request: Q) -> SendRequest<Q> {
        SendRequest {
            client: self.clone(),
            request,
            timeout: None,
        }
    }
}

impl<Q> SendRequest<Q> {
    /// How long the call may take, its retries included. Default: the
    /// [client's timeout](crate::ClientBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl<Q: Request + 'static> IntoFuture for SendRequest<Q> {
    type Output = Result<Q::Answer>;
    type IntoFuture = Pending<Q::Answer>;

    fn into_future(self) -> Self::IntoFuture {
        let operation = proto::rpc(Q::PATH).map_or("send", |rpc| rpc.operation);
        Box::pin(async move {
            let call = Call::new(operation).timeout(self.timeout);
            self.client.call(call, self.request).await
        })
    }
}
