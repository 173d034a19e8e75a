//! What a query asks for, and how it is sent.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use super::super::by_key::{Received, by_key};
use super::super::features;
use super::super::fields::{Fit, Output};
use super::super::operation::Run;
use super::super::read::{ReadOptions, pair};
use super::super::wait::Wait;
use super::page::Page;
use crate::client::{Call, Client, Known};
use crate::data::{Id, Table};
use crate::error::Result;
use crate::filter::Filter;
use crate::proto::Parameters;
use crate::proto::flag;
use crate::proto::milvus::{QueryRequest, QueryResults};

/// What a query asks for.
#[derive(Debug, Clone)]
pub(in crate::ops) struct QuerySpec {
    pub(in crate::ops) client: Client,
    pub(in crate::ops) collection: String,
    pub(in crate::ops) rows: Rows,
    pub(in crate::ops) limit: Option<u64>,
    pub(in crate::ops) offset: Option<u64>,
    pub(in crate::ops) parameters: Parameters,
    pub(in crate::ops) options: ReadOptions,
    pub(in crate::ops) operation: &'static str,
    /// The first argument that a setter refused, and why.
    pub(in crate::ops) refusal: Option<String>,
}

/// Which rows.
#[derive(Clone)]
pub(in crate::ops) enum Rows {
    Matching(Filter),
    Ids(Vec<Id>),
}

impl Rows {
    /// Whether it is known without the server that there are none.
    pub(in crate::ops) fn are_none(&self) -> bool {
        match self {
            Self::Matching(filter) => filter.matches_nothing(),
            Self::Ids(ids) => ids.is_empty(),
        }
    }
}

impl fmt::Debug for Rows {
    /// Omits the primary keys, which are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matching(filter) => filter.fmt(f),
            Self::Ids(ids) => write!(f, "Ids({} primary keys)", ids.len()),
        }
    }
}

impl Run<Table> for QuerySpec {
    async fn run(self) -> Result<Table> {
        Ok(self.table().await?.0)
    }
}

impl QuerySpec {
    pub(in crate::ops) fn new(
        client: &Client,
        operation: &'static str,
        collection: String,
        rows: Rows,
    ) -> Self {
        Self {
            client: client.clone(),
            collection,
            rows,
            limit: None,
            offset: None,
            parameters: Parameters::default(),
            options: ReadOptions {
                output: Output::All,
                ..ReadOptions::default()
            },
            operation,
            refusal: None,
        }
    }

    pub(in crate::ops) fn call(&self) -> Call<'_> {
        Call::new(self.operation).on(&self.collection)
    }

    /// Sends the query, and returns what was received with the server's timestamp.
    pub(in crate::ops) async fn table(&self) -> Result<(Table, u64)> {
        self.check()?;
        let several = matches!(&self.rows, Rows::Ids(ids) if !ids.is_empty())
            && self.client.cached_schema(&self.collection).is_none();
        let call = self.call();
        let client = &self.client;
        client
            .composite_if(several, call, pin!(self.fetch()))?
            .await
    }

    async fn fetch(&self) -> Result<(Table, u64)> {
        let wait = Wait::new(self.options.timeout);
        let answer = match &self.rows {
            rows if rows.are_none() => return Ok((Table::default(), 0)),
            Rows::Matching(filter) => self.send_filter(filter, &wait).await?,
            Rows::Ids(ids) => {
                let call = self.call();
                let wait = &wait;
                let fetch = |known: Arc<Known>| async move {
                    self.send_filter(&Filter::ids(known.key(), ids), wait).await
                };
                by_key(&self.client, call, wait, fetch).await?.1
            }
        };
        Ok((answer.table, answer.timestamp))
    }

    /// Refuses arguments that cannot work, before anything is sent.
    fn check(&self) -> Result<Page> {
        let check = || {
            self.refusal.clone().map_or(Ok(()), Err)?;
            self.parameters.check()?;
            self.options.consistency.check()?;
            Page::new(self.limit, self.offset, &self.parameters)
        };
        check().map_err(|why| self.call().refuse(why))
    }

    fn has_page(&self) -> bool {
        let has = |key: &str| self.parameters.contains(key);
        self.limit.is_some() || self.offset.is_some() || has("limit") || has("offset")
    }

    /// Requests the rows that match a filter.
    pub(in crate::ops) async fn send_filter(
        &self,
        filter: &Filter,
        wait: &Wait,
    ) -> Result<Received> {
        let call = self.call();
        let client = &self.client;
        let ReadOptions {
            partitions,
            output,
            consistency,
            namespace,
            ..
        } = &self.options;
        let page = self.check()?;
        let used = features::of_query(&self.parameters)
            .chain(features::of_rows(partitions, namespace.as_ref()));
        let filter = filter.clone().for_server(client.template_support());
        let mut filter = filter.map_err(|why| call.refuse(why))?;
        features::check(client, wait.step(call), used).await?;
        if self.has_page() && filter.is_list() && client.server(wait.step(call)).await.is_lite_3() {
            filter = filter.repeated();
        }
        let mut fit = Fit::new(client, wait.step(call), output).await?;
        let fields = fit.fields(output, |_| Ok(())).await?;
        let (output_fields, mut shown) = match fields {
            Some(fields) => (fields.requested, fields.shown),
            None => (output.names(), None),
        };
        let guarantee = consistency.guarantee(client);
        let mut query_params = Vec::with_capacity(3);
        query_params.extend(page.limit().map(|limit| pair("limit", limit)));
        query_params.extend(self.offset.map(|offset| pair("offset", offset)));
        query_params.push(pair("ignore_growing", flag(self.options.ignore_growing)));
        let mut request = QueryRequest {
            collection_name: self.collection.clone(),
            expr: filter.text().to_owned(),
            expr_template_values: filter.values(),
            output_fields,
            partition_names: partitions.clone(),
            guarantee_timestamp: guarantee.timestamp,
            consistency_level: guarantee.level,
            use_default_consistency: guarantee.use_default,
            query_params: self.parameters.clone().over(query_params),
            namespace: namespace.clone(),
            ..QueryRequest::default()
        };
        let answer = client.call_kept(wait.step(call), &mut request, QueryResults::default());
        let answer = match answer.await {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &request.output_fields;
                let fields = fit.otherwise(error, sent, output, |_| Ok(())).await?;
                request.output_fields = fields.requested;
                shown = fields.shown;
                client.call(wait.step(call), request).await?
            }
        };
        let invalid = |why: String| call.invalid_response(why);
        let rows = rows_in(&answer.fields_data).map_err(invalid)?;
        let fields = if rows == 0 {
            Vec::new()
        } else {
            answer.fields_data
        };
        let table = Table::new(fields, rows)
            .and_then(|table| table.with_matched_elements(answer.element_indices))
            .map_err(invalid)?;
        page.check(rows).map_err(|why| call.refuse(why))?;
        let shown = shown.as_ref().unwrap_or(&answer.output_fields);
        Ok(Received {
            table: table.with_output_fields(shown),
            timestamp: answer.session_ts,
            key: answer.primary_field_name,
        })
    }
}

/// The number of rows in an answer, including nulls.
fn rows_in(fields: &[crate::proto::schema::FieldData]) -> Result<usize, String> {
    let counts = fields.iter().map(crate::data::rows_of);
    counts.reduce(|a, b| Ok(a?.max(b?))).unwrap_or(Ok(0))
}
