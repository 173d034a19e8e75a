use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde_json::Value;

use super::super::by_key::same_collection;
use super::super::read::Read;
use super::super::stream::{Paged, Pages, check_batch};
use super::{One, Search, SearchSpec};
use crate::client::{Call, Known};
use crate::data::{Id, Row};
use crate::error::Result;
use crate::otel::StreamSpan;
use crate::search::Hit;

const BATCH: u64 = 1000;
/// What has been found is kept out of the next page by primary key; more keys than this make a filter too long.
const EXCLUDED_LIMIT: usize = 100_000;

impl<T: Send + 'static> Search<T, One> {
    /// Searches for any number of rows, the nearest first, [page by page](https://milvus.io/docs/with-iterators.md). The
    /// next page is requested while the current one is processed.
    ///
    /// Servers that keep the state of a search (since Milvus 2.5.2) continue where the last page ended. Older servers and Milvus
    /// Lite search again for each page, excluding the rows that were found before; there, the stream ends with an error
    /// after 100 000 rows. They cannot exclude single structs of a row: a stream that finds structs is refused if one page
    /// does not hold them all.
    ///
    /// A search stream cannot be resumed later like a
    /// [query stream](crate::ops::QueryStream::resume_after), because no server keeps its state for that long.
    ///
    /// Orders, rankers, function chains and groups would apply to each page, but not to the whole result. A search that
    /// has one of them, or an offset, is refused.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use tokio_stream::StreamExt;
    ///
    /// let mut nearest = client.search("books", [0.1; 768]).stream().batch_size(500);
    /// while let Some(hit) = nearest.next().await {
    ///     println!("{:?}", hit?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The stream must be polled within a tokio runtime. Dropping it cancels the request for the next page.
    #[doc(alias = "search_iterator")]
    pub fn stream(self) -> SearchStream<T> {
        let search = self.0.into_builder();
        let left = search.spec.ann.limit;
        SearchStream(Paged::new(SearchPages {
            search,
            batch: None,
            left,
            known: None,
            state: State::New,
            pages: 0,
            seen: HashSet::new(),
        }))
    }
}

/// The hits of a [`Search`], page by page.
#[must_use = "streams do nothing unless polled"]
pub struct SearchStream<T: Send + 'static = Row>(Paged<SearchPages<T>>);

struct SearchPages<T> {
    search: Read<SearchSpec, T>,
    /// `None` unless it was set.
    batch: Option<u64>,
    left: Option<u64>,
    /// The collection that the pages are of.
    known: Option<Arc<Known>>,
    state: State,
    /// The number of pages so far.
    pages: u64,
    /// The hits of the first, second, fourth, eighth .. page, whichever was last.
    seen: HashSet<Id>,
}

enum State {
    New,
    /// The server continues the search that has this token, after this distance.
    Kept {
        token: String,
        last_bound: f32,
    },
    /// The server keeps no state. These rows were found before.
    Excluding(Vec<Id>),
}

impl<T: Send + 'static> SearchStream<T> {
    /// The number of hits of a page, 1 to 16384. Default 1000, or [`ef`](Search::ef) if that is less, because an index
    /// returns no more hits than candidates. Has no effect after the first poll.
    pub fn batch_size(mut self, hits: usize) -> Self {
        if let Some(pages) = self.0.idle() {
            pages.batch = Some(hits as u64);
        }
        self
    }
}

impl SearchSpec {
    /// Pages follow each other by distance. The error names the argument that does not allow that.
    fn check_stream(&self) -> Result<(), &'static str> {
        let has = |key: &str| self.ann.parameters.contains(key);
        if has("topk") {
            return Err(
                "topk cannot be a parameter of a stream: use .limit(..) and .batch_size(..)",
            );
        }
        if has("offset") {
            return Err("offset is not available for a stream: skip its first hits instead");
        }
        if has("order_by_fields") {
            return Err(
                "order_by: a stream returns the nearest hits first: search without .stream()",
            );
        }
        if self.score.is_some() {
            return Err(
                "ranker: a stream cannot order hits across its pages: search without .stream(), with a limit",
            );
        }
        if !self.chains.is_empty() {
            return Err(
                "function_chains: a stream cannot order hits across its pages: search without .stream(), with a limit",
            );
        }
        if has("group_by_field") || has("group_by_fields") {
            return Err("group_by: a stream cannot return groups: search without .stream()");
        }
        Ok(())
    }
}

impl<T> SearchPages<T> {
    /// The number of hits to request. An index returns no more hits than candidates.
    fn batch(&self) -> u64 {
        let ef = self.search.spec.ann.index_parameters.get("ef");
        let candidates = ef
            .and_then(Value::as_u64)
            .filter(|candidates| *candidates > 0);
        self.batch
            .unwrap_or_else(|| candidates.map_or(BATCH, |candidates| candidates.min(BATCH)))
    }

    /// Whether the server returns the same pages in a cycle: all hits of this page were on the remembered one. Pages are
    /// remembered at growing distances, which detects cycles of any length (Brent's algorithm). If hits are excluded by
    /// their keys, none may be returned again.
    fn repeats(&mut self, found: &[Id]) -> bool {
        if let State::Excluding(before) = &self.state {
            let before: HashSet<&Id> = before.iter().collect();
            return found.iter().any(|id| before.contains(id));
        }
        if !found.is_empty() && found.iter().all(|id| self.seen.contains(id)) {
            return true;
        }
        self.pages += 1;
        if self.pages.is_power_of_two() {
            self.seen = found.iter().cloned().collect();
        }
        false
    }
}

impl<T: Send + 'static> Pages for SearchPages<T> {
    type Item = Hit<T>;

    fn operation(&self) -> &'static str {
        "search"
    }

    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        let spec = &self.search.spec;
        spec.client
            .stream_span(Call::new("search_stream").on(&spec.collection), made_in)
    }

    async fn page(&mut self) -> Result<(Vec<Hit<T>>, bool)> {
        let batch = self.batch();
        let limit = self.left.map_or(batch, |left| left.min(batch));
        let mut page = self.search.spec.clone();
        let collection = page.collection.clone();
        let call = Call::new("search")
            .on(&collection)
            .timeout(page.options.timeout);
        check_batch(batch).map_err(|why| call.refuse(why))?;
        page.check_stream().map_err(|why| call.refuse(why))?;
        let known = match &self.known {
            Some(known) => Arc::clone(known),
            None => page.client.look_up(call).await?,
        };
        page.ann.limit = Some(limit);
        page.options.consistency.paged = true;
        let parameters = &mut page.ann.parameters;
        parameters.set("iterator", "True");
        parameters.set("collection_id", known.id);
        match &self.state {
            State::New => {}
            State::Kept { token, last_bound } => {
                parameters.set("search_iter_id", token);
                parameters.set("search_iter_last_bound", f64::from(*last_bound));
            }
            State::Excluding(ids) if ids.len() > EXCLUDED_LIMIT => {
                let why = "this server does not support search iterators, and there are too many hits to exclude from the next page: set a smaller limit";
                return Err(call.refuse(why));
            }
            State::Excluding(ids) => {
                page.ann.filter = page.ann.filter.without_ids(known.key(), ids);
            }
        }
        if !matches!(self.state, State::Excluding(_)) {
            parameters.set("search_iter_v2", "True");
            parameters.set("search_iter_batch_size", limit);
        }
        let client = page.client.clone();
        let (hits, _) = page.hits().await?;
        if matches!(self.state, State::Excluding(_)) {
            // Its filter names the key that the collection had at the first page.
            same_collection(&client, call, &known, "").await?;
        }
        self.known = Some(known);
        if hits.session_timestamp > 0 {
            let consistency = &mut self.search.spec.options.consistency;
            consistency.timestamp.get_or_insert(hits.session_timestamp);
        }
        let found = hits.ids().iter().cloned();
        let are_structs = (0..found.len()).any(|hit| hits.element(hit).is_some());
        let more = found.len() > 0 && self.left != Some(found.len() as u64);
        let kept = hits.iterator.as_ref().filter(|kept| !kept.token.is_empty());
        let is_lost = matches!(self.state, State::Kept { .. }) && kept.is_none();
        if !are_structs && !is_lost && self.repeats(hits.ids()) {
            let why = "the server repeated the hits of an earlier page";
            return Err(call.invalid_response(why));
        }
        match (&mut self.state, kept) {
            (State::New, None) if are_structs => {
                if more && found.len() as u64 >= limit {
                    let why = "this server does not support search iterators, and cannot exclude the structs of earlier pages: set a limit, and \
                               a batch_size of at least this limit";
                    return Err(call.refuse(why));
                }
                // No page comes after it.
                self.left = Some(found.len() as u64);
            }
            (State::Excluding(ids), _) => ids.extend(found),
            (state @ State::New, None) => *state = State::Excluding(found.collect()),
            (state @ State::New, Some(kept)) => {
                *state = State::Kept {
                    token: kept.token.clone(),
                    last_bound: kept.last_bound,
                }
            }
            // The token stays what it was at first.
            (State::Kept { last_bound, .. }, Some(kept)) => *last_bound = kept.last_bound,
            (State::Kept { .. }, None) if hits.ids().is_empty() => {}
            (State::Kept { .. }, None) => {
                let why = "the server lost the state of the search: a page has no token";
                return Err(call.invalid_response(why));
            }
        }
        let hits = hits
            .hits_of_one(self.search.row)
            .map_err(|error| error.during(call.operation, &collection))?;
        let count = hits.len() as u64;
        self.left = self.left.map(|left| left.saturating_sub(count));
        Ok((hits, count > 0 && self.left != Some(0)))
    }
}

impl<T: Send + 'static> Stream for SearchStream<T> {
    type Item = Result<Hit<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().0.poll(context)
    }
}

impl<T: Send + 'static> Unpin for SearchStream<T> {}

impl<T: Send + 'static> fmt::Debug for SearchStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchStream").finish_non_exhaustive()
    }
}
