//! What a search asks for, and how it is sent.

use super::super::ann::{AnnSearch, LIMIT};
use super::super::features;
use super::super::fields::Fit;
use super::super::read::ReadOptions;
use super::super::wait::Wait;
use super::read_hits::{Reading, read_hits};
use crate::client::{Call, Client};
use crate::error::Result;
use crate::proto::common::SearchAggregationSpec;
use crate::proto::milvus::SearchResults;
use crate::search::{
    FunctionChain, FunctionScore, Highlighter, Hits, hits_from_response, presized_results,
};

/// What a search asks for.
#[derive(Debug, Clone)]
pub(in crate::ops) struct SearchSpec {
    pub(super) client: Client,
    pub(super) collection: String,
    pub(super) ann: AnnSearch,
    pub(super) options: ReadOptions,
    pub(super) score: Option<FunctionScore>,
    pub(super) chains: Vec<FunctionChain>,
    pub(super) highlighter: Option<Highlighter>,
    pub(super) aggregation: Option<SearchAggregationSpec>,
}

impl SearchSpec {
    /// Sends the search, and returns the hits with the name of the collection.
    pub(super) async fn hits(mut self) -> Result<(Hits, String)> {
        self.check();
        let ReadOptions {
            partitions,
            output,
            consistency,
            ignore_growing,
            namespace,
            timeout,
        } = std::mem::take(&mut self.options);
        let (client, wait) = (&self.client, Wait::new(timeout));
        let call = Call::new("search").on(&self.collection);
        let refuse = |why: String| call.refuse(why);
        if let Some(why) = &self.ann.refusal {
            return Err(call.refuse(why.as_str()));
        }
        consistency.check().map_err(refuse)?;
        let mut reading = Reading {
            queries: self.ann.target.len(),
            digits: self.ann.rounding().map_err(refuse)?,
            shown: None,
        };
        if self.ann.filter.matches_nothing() {
            let none = hits_from_response(SearchResults::default(), reading.queries, "");
            return Ok((none.map_err(refuse)?, self.collection));
        }
        let used = features::of_search(&self.ann.parameters)
            .chain(features::of_rows(&partitions, namespace.as_ref()))
            .chain(self.features());
        features::check(client, wait.step(call), used).await?;
        let guarantee = consistency.guarantee(client);
        let limit = self.ann.limit.unwrap_or(LIMIT);
        let ann = std::mem::take(&mut self.ann);
        let mut encoded = ann.request(client, call, limit, ignore_growing, &guarantee)?;
        let mut fit = Fit::new(client, wait.step(call), &output).await?;
        let fields = fit
            .fields(&output, |schema| encoded.check_schema(schema))
            .await?;
        // The names that the caller gave, if the request has others.
        let mut meant = None;
        let request = &mut encoded.request;
        request.partition_names = partitions;
        let (names, kind) = output.into_names();
        request.output_fields = match fields {
            Some(fields) => {
                reading.shown = fields.shown;
                meant = Some(names);
                fields.requested
            }
            None => names,
        };
        request.namespace = namespace;
        request.highlighter = self.highlighter.as_ref().map(Highlighter::to_proto);
        request.function_score = self.score.as_ref().map(FunctionScore::to_proto);
        request.function_chains = self.chains.iter().map(FunctionChain::to_proto).collect();
        request.search_aggregation = self.aggregation;
        let room = || presized_results(reading.queries, limit);
        let step = wait.step(call);
        let answer = match client.call_kept(step, &mut encoded, room()).await {
            Ok(answer) => answer,
            Err(error) => {
                let sent = &encoded.request.output_fields;
                let output = kind.with(meant.as_ref().unwrap_or(sent));
                // Boxed because it is rarely needed, and would make the future of every search larger.
                let otherwise =
                    fit.otherwise(error, sent, &output, |schema| encoded.check_schema(schema));
                let fields = Box::pin(otherwise).await?;
                encoded.request.output_fields = fields.requested;
                reading.shown = fields.shown;
                let step = wait.step(call);
                client.call_kept(step, &mut encoded, room()).await?
            }
        };
        drop(encoded);
        let hits = read_hits(client, call, &wait, answer, reading).await?;
        Ok((hits, self.collection))
    }
}
