//! A cache of the time series of calls.

#[cfg(not(feature = "bound-metrics"))]
use std::marker::PhantomData;
#[cfg(feature = "bound-metrics")]
use std::sync::OnceLock;
use std::sync::{Arc, PoisonError, RwLock};

use opentelemetry::KeyValue;
#[cfg(feature = "bound-metrics")]
use opentelemetry::metrics::BoundHistogram;
use opentelemetry::metrics::Histogram;

use super::labels::MetricLabels;
use super::server::Server;
use crate::wire::Rpc;

/// The number of sets in the table of series. A power of two.
const SETS: usize = 64;
/// The number of series per set. A hash selects the set.
const PLACES: usize = 4;

/// Identifies a series of one layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity<'a> {
    pub(super) rpc: Option<&'static Rpc>,
    /// The server, if it is not configured but taken from the request URI.
    pub(super) authority: Option<&'a Server>,
    pub(super) namespace: Option<&'a str>,
    /// The name of the collection in metrics.
    pub(super) collection: Option<&'a str>,
    /// `error.type`: the name of the Milvus error code or of the gRPC code.
    pub(super) error: Option<&'a str>,
    /// The Milvus error code. Several codes may have the same name.
    pub(super) milvus_code: Option<i32>,
}

/// The time series of calls with the same labels, one per instrument.
pub(super) struct Series {
    identity: OwnedIdentity,
    pub(super) labels: MetricLabels,
    pub(super) db_duration: BoundInstrument<f64>,
    pub(super) rpc_duration: BoundInstrument<f64>,
    pub(super) returned_rows: BoundInstrument<u64>,
    pub(super) request_size: BoundInstrument<u64>,
    pub(super) response_size: BoundInstrument<u64>,
}

/// The series created most recently. The number is bounded, however many collections there are.
pub(super) struct KnownSeries {
    table: RwLock<Vec<[Option<Arc<Series>>; PLACES]>>,
}

/// The series of one histogram for one set of attributes.
///
/// With the feature `bound-metrics`, it is looked up once. Without the feature, the SDK looks it up for each value by a
/// hash of all attributes.
#[cfg(feature = "bound-metrics")]
#[derive(Default)]
pub(super) struct BoundInstrument<T>(OnceLock<BoundHistogram<T>>);

#[cfg(not(feature = "bound-metrics"))]
#[derive(Default)]
pub(super) struct BoundInstrument<T>(PhantomData<T>);

impl<T> BoundInstrument<T> {
    #[cfg(feature = "bound-metrics")]
    pub(super) fn record(&self, histogram: &Histogram<T>, value: T, attributes: &[KeyValue]) {
        self.0
            .get_or_init(|| histogram.bind(attributes))
            .record(value);
    }

    #[cfg(not(feature = "bound-metrics"))]
    pub(super) fn record(&self, histogram: &Histogram<T>, value: T, attributes: &[KeyValue]) {
        histogram.record(value, attributes);
    }
}

struct OwnedIdentity {
    rpc: Option<&'static Rpc>,
    authority: Option<Server>,
    namespace: Option<Box<str>>,
    collection: Option<Box<str>>,
    error: Option<Box<str>>,
    milvus_code: Option<i32>,
}

impl KnownSeries {
    /// The series with this identity, if it is cached.
    pub(super) fn find(&self, identity: &Identity<'_>) -> Option<Arc<Series>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let places = table.get(identity.set())?;
        let mut known = places.iter().flatten();
        known
            .find(|known| known.identity.matches(identity))
            .map(Arc::clone)
    }

    /// The series with this identity. `labels` is only called if it is not cached.
    pub(super) fn get(
        &self,
        identity: &Identity<'_>,
        labels: impl FnOnce() -> MetricLabels,
    ) -> Arc<Series> {
        if let Some(known) = self.find(identity) {
            return known;
        }
        let new = Arc::new(Series::new(identity, labels()));
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.resize_with(SETS, Default::default);
        if let Some(places) = table.get_mut(identity.set()) {
            // Replace the oldest.
            places.rotate_right(1);
            places[0] = Some(Arc::clone(&new));
        }
        new
    }
}

impl Default for KnownSeries {
    fn default() -> Self {
        Self {
            table: RwLock::new(Vec::new()),
        }
    }
}

impl Clone for KnownSeries {
    /// Returns an empty cache, because the series belong to one layer.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Identity<'_> {
    /// The set of this series in the table. The hash is FNV-1a: a better one would cost more than it saves.
    fn set(&self) -> usize {
        let texts = [self.namespace, self.collection, self.error];
        let mut hash = self
            .rpc
            .map_or(0, |rpc| std::ptr::from_ref(rpc) as usize as u64);
        for text in texts.into_iter().flatten() {
            for byte in text.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        (hash ^ hash >> 32) as usize & (SETS - 1)
    }
}

impl OwnedIdentity {
    fn of(identity: &Identity<'_>) -> Self {
        Self {
            rpc: identity.rpc,
            authority: identity.authority.cloned(),
            namespace: identity.namespace.map(Into::into),
            collection: identity.collection.map(Into::into),
            error: identity.error.map(Into::into),
            milvus_code: identity.milvus_code,
        }
    }

    fn matches(&self, other: &Identity<'_>) -> bool {
        let rpc = |rpc: Option<&'static Rpc>| rpc.map(std::ptr::from_ref);
        rpc(self.rpc) == rpc(other.rpc)
            && self.collection.as_deref() == other.collection
            && self.namespace.as_deref() == other.namespace
            && self.error.as_deref() == other.error
            && self.milvus_code == other.milvus_code
            && self.authority.as_ref() == other.authority
    }
}

impl Series {
    fn new(identity: &Identity<'_>, labels: MetricLabels) -> Self {
        Self {
            identity: OwnedIdentity::of(identity),
            labels,
            db_duration: BoundInstrument::default(),
            rpc_duration: BoundInstrument::default(),
            returned_rows: BoundInstrument::default(),
            request_size: BoundInstrument::default(),
            response_size: BoundInstrument::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;

    fn search(collection: &str) -> Identity<'_> {
        Identity {
            rpc: proto::rpc("/milvus.proto.milvus.MilvusService/Search"),
            authority: None,
            namespace: Some("default"),
            collection: Some(collection),
            error: None,
            milvus_code: None,
        }
    }

    fn known(series: &KnownSeries, identity: &Identity<'_>) -> bool {
        let mut created = false;
        series.get(identity, || {
            created = true;
            MetricLabels::default()
        });
        !created
    }

    #[test]
    fn series_differ_in_every_part_of_their_identity() {
        let (series, books) = (KnownSeries::default(), search("books"));
        let authority = Server {
            address: "here".into(),
            port: None,
        };
        let all = [
            books,
            search("boots"),
            Identity { rpc: None, ..books },
            Identity {
                namespace: None,
                ..books
            },
            Identity {
                collection: None,
                ..books
            },
            Identity {
                error: Some("100"),
                ..books
            },
            Identity {
                milvus_code: Some(100),
                ..books
            },
            Identity {
                authority: Some(&authority),
                ..books
            },
        ];
        for identity in &all {
            assert!(!known(&series, identity), "{identity:?} is new");
        }
        for identity in &all {
            assert!(known(&series, identity), "{identity:?} is cached");
        }
    }

    #[test]
    fn the_number_of_cached_series_is_bounded() {
        let series = KnownSeries::default();
        for number in 0..10_000 {
            let name = format!("tenant_{number}");
            assert!(!known(&series, &search(&name)));
            assert!(
                known(&series, &search(&name)),
                "{name} is one of the latest"
            );
        }
        let table = series.table.read().unwrap();
        assert_eq!(table.len(), SETS);
        assert!(table.iter().flatten().flatten().count() > SETS * PLACES / 2);
        drop(table);
        assert!(!known(&series, &search("tenant_0")));
    }
}
