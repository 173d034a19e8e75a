use std::future::Future;

use super::features;
use super::fields::Output;
use super::operation::{Lazy, Run, operation};
use super::query::{QuerySpec, Rows};
use super::wait::Wait;
use crate::client::Client;
use crate::error::Result;
use crate::filter::Filter;
use crate::search::Consistency;

/// Counts rows. Returned by [`Client::count`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct Count(Lazy<'static, Builder, u64>);

#[derive(Debug, Clone)]
struct Builder(QuerySpec);

impl Client {
    /// Counts the rows of a loaded collection, or those that match a
    /// [filter](https://milvus.io/docs/get-and-scalar-query.md), by a query for `count(*)`.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let all: u64 = client.count("books").await?;
    /// let old: u64 = client.count("books").filter("year < 1950").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`query`](Self::query).
    #[doc(alias = "count_documents")]
    #[doc(alias = "num_entities")]
    pub fn count(&self, collection: impl Into<String>) -> Count {
        let rows = Rows::Matching(Filter::default());
        let mut query = QuerySpec::new(self, "count", collection.into(), rows);
        query.options.output = Output::named(vec!["count(*)".to_owned()]);
        Count(Lazy::Builder(Builder(query)))
    }
}

operation!([] Count => u64, 0.options.timeout, 0.client);

impl Count {
    /// Counts only rows that match: a [`Filter`], or an expression as text. Default: all rows.
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.query().rows = Rows::Matching(filter.into());
        self
    }

    /// Counts only in these partitions. Default: in all partitions.
    pub fn partitions<P: Into<String>>(mut self, partitions: impl IntoIterator<Item = P>) -> Self {
        self.query().options.partitions = partitions.into_iter().map(Into::into).collect();
        self
    }

    /// The namespace to count in, if the collection has [namespaces](crate::schema::SchemaBuilder::namespaces). Since
    /// Milvus 3.0.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.query().options.namespace = Some(namespace.into());
        self
    }

    /// Which writes are counted. Default: the consistency that the collection was created with, usually bounded, which
    /// may miss writes of the last seconds. [`Consistency::Session`] sees all writes of this client and its handles.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.query().options.consistency.level = Some(consistency);
        self
    }

    fn query(&mut self) -> &mut QuerySpec {
        &mut self.0.builder_mut().0
    }
}

impl Run<u64> for Builder {
    async fn run(self) -> Result<u64> {
        let (spec, wait) = (&self.0, Wait::new(self.0.options.timeout));
        let is_all = matches!(&spec.rows, Rows::Matching(filter) if filter.is_empty());
        let used = is_all && !spec.options.partitions.is_empty();
        let used = features::used_of([(used, &features::COUNT_PARTITIONS)]);
        features::check(&spec.client, wait.step(spec.call()), used).await?;
        let (table, _) = self.0.table().await?;
        if self.0.rows.are_none() {
            return Ok(0);
        }
        let count = table.columns().next().map(|column| column.value(0));
        let count = count.and_then(|value| value.as_int());
        let count = count.and_then(|count| u64::try_from(count).ok());
        count.ok_or_else(|| {
            let call = self.0.call();
            call.invalid_response("the server's answer has no count")
        })
    }
}
