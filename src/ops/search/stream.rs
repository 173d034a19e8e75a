use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde_json::Value;

use super::super::by_key::same_collection;
use super::super::stream::{Paged, Pages, check_batch};
use super::{One, Search};
use crate::client::{Call, Known};
use crate::data::{Id, Row};
use crate::error::{Error, Result};
use crate::otel::StreamSpan;
use crate::search::Hit;

const BATCH: u64 = 1000;
/// What has been found is kept out of the next page by primary key; more keys than this make a filter too long.
const EXCLUDED_LIMIT: usize = 100_000;

impl<T: Send + 'static> Search<T, One> {
    /// Finds any number of rows, the nearest first, page by page: the next page is on its way while this one is looked
    /// at.
    ///
    /// Servers that keep the state of a search (Milvus 2.5.2) go on where they were. Older ones and Milvus Lite search
    /// again for each page, without the rows found before; they end at 100 000 rows with an error. There a search that
    /// finds single structs is refused where one page does not hold them all, since a row has more of them than one.
    ///
    /// There is no going on later where it stopped, as [`QueryStream::resume_after`](crate::ops::QueryStream::resume_after)
    /// does: no server keeps a search for that long.
    ///
    /// What orders hits otherwise, or leaves some out, would do so page by page, and never for all of them. So an order
    /// of the search's own, a ranker, function chains, groups and an offset are refused.
    ///
    /// Must be polled within a tokio runtime. Dropping it gives up the page that is on its way.
    pub fn stream(self) -> SearchStream<T> {
        let left = self.find.limit;
        SearchStream(Paged::new(SearchPages {
            search: self,
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
    search: Search<T, One>,
    /// `None` unless it was said.
    batch: Option<u64>,
    left: Option<u64>,
    /// The collection that the pages are of.
    known: Option<Arc<Known>>,
    state: State,
    /// How many there were.
    pages: u64,
    /// The hits of the first, second, fourth, eighth .. page, whichever was last.
    seen: HashSet<Id>,
}

enum State {
    New,
    /// The server goes on with the search of this token, after what is this far away.
    Kept {
        token: String,
        last_bound: f32,
    },
    /// The server was told nothing; these were found.
    Excluding(Vec<Id>),
}

impl<T: Send + 'static> SearchStream<T> {
    /// How many hits are asked for at once, 1 to 16384. Default 1000, or [`ef`](Search::ef) where that is less: an
    /// index gives no more than it looks at. Only before the first hit.
    pub fn batch_size(mut self, hits: u64) -> Self {
        if let Some(pages) = self.0.idle() {
            pages.batch = Some(hits);
        }
        self
    }
}

impl<T> Search<T, One> {
    /// Pages follow each other by how near hits are. The error says what of the search is against that.
    fn goes_on(&self) -> Result<(), &'static str> {
        let says = |key: &str| self.find.parameters.says(key);
        if says("topk") {
            return Err("topk: a stream has pages: say limit and batch_size");
        }
        if says("offset") {
            return Err("offset: a stream has none: skip the first hits of it");
        }
        if says("order_by_fields") {
            return Err(
                "order_by: a stream gives the nearest hits first: for another order search without a stream",
            );
        }
        if self.score.is_some() {
            return Err(
                "ranker: it would order each page by itself: search without a stream, with a limit",
            );
        }
        if !self.chains.is_empty() {
            return Err(
                "function_chains: they would order each page by itself: search without a stream, with a limit",
            );
        }
        if says("group_by_field") || says("group_by_fields") {
            return Err("group_by: a stream gives hits, not groups");
        }
        Ok(())
    }
}

impl<T> SearchPages<T> {
    /// An index gives no more hits than it looks at candidates.
    fn batch(&self) -> u64 {
        let ef = self.search.find.index_parameters.get("ef");
        let candidates = ef
            .and_then(Value::as_u64)
            .filter(|candidates| *candidates > 0);
        self.batch
            .unwrap_or_else(|| candidates.map_or(BATCH, |candidates| candidates.min(BATCH)))
    }

    /// Whether a server goes in a circle: the hits of a page were all on the one that is remembered. Of a growing
    /// distance apart, one of its pages is remembered while it goes around, however long it is (Brent's algorithm).
    /// Where hits are left out by their keys, none may come again.
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

    fn span(&self, made_in: &opentelemetry::Context) -> StreamSpan {
        let call = Call::new("search_stream").on(&self.search.collection);
        self.search.client.stream_span(call, made_in)
    }

    async fn page(&mut self) -> Result<(Vec<Hit<T>>, bool)> {
        let batch = self.batch();
        let limit = self.left.map_or(batch, |left| left.min(batch));
        let mut page = self.search.clone();
        let collection = page.collection.clone();
        let call = Call::new("search").on(&collection).timeout(page.timeout);
        let refuse = |why: String| Error::invalid_argument(call.operation, why).on(call.collection);
        check_batch(batch).map_err(refuse)?;
        page.goes_on().map_err(|why| refuse(why.to_owned()))?;
        let known = match &self.known {
            Some(known) => Arc::clone(known),
            None => page.client.look_up(call).await?,
        };
        page.find.limit = Some(limit);
        page.seen.paged = true;
        let parameters = &mut page.find.parameters;
        parameters.set("iterator", "True");
        parameters.set("collection_id", known.id);
        match &self.state {
            State::New => {}
            State::Kept { token, last_bound } => {
                parameters.set("search_iter_id", token);
                parameters.set("search_iter_last_bound", f64::from(*last_bound));
            }
            State::Excluding(ids) if ids.len() > EXCLUDED_LIMIT => {
                let why = "this server keeps no state of searches, and what was found is too much to search without";
                return Err(Error::invalid_argument(call.operation, why).on(call.collection));
            }
            State::Excluding(ids) => {
                page.find.filter = page.find.filter.without_ids(known.key(), ids);
            }
        }
        if !matches!(self.state, State::Excluding(_)) {
            parameters.set("search_iter_v2", "True");
            parameters.set("search_iter_batch_size", limit);
        }
        let client = page.client.clone();
        let (hits, read, _) = page.hits().await?;
        if matches!(self.state, State::Excluding(_)) {
            // Its filter names the key that the collection had at the first page.
            same_collection(&client, call, &known, "").await?;
        }
        self.known = Some(known);
        if self.search.seen.timestamp.is_none() && hits.session_timestamp > 0 {
            self.search.seen.timestamp = Some(hits.session_timestamp);
        }
        let found = hits.ids().iter().cloned();
        let are_structs = (0..found.len()).any(|hit| hits.element(hit).is_some());
        let more = found.len() > 0 && self.left != Some(found.len() as u64);
        let kept = hits.iterator.as_ref().filter(|kept| !kept.token.is_empty());
        let is_lost = matches!(self.state, State::Kept { .. }) && kept.is_none();
        if !are_structs && !is_lost && self.repeats(hits.ids()) {
            let why = "a page has the hits of one before it: the server repeats itself";
            return Err(Error::answer(call.operation, why).on(call.collection));
        }
        match (&mut self.state, kept) {
            (State::New, None) if are_structs => {
                if more && found.len() as u64 >= limit {
                    let why = "this server keeps no state of searches, and cannot be told to leave out single structs \
                               that were found: set a limit, and a batch_size that is no smaller";
                    return Err(Error::invalid_argument(call.operation, why).on(call.collection));
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
                let why = "the server no longer knows the search: a page has no token";
                return Err(Error::answer(call.operation, why).on(call.collection));
            }
        }
        let hits = hits
            .hits_of_one(read)
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
