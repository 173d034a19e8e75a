//! The time series that calls are measured in, kept from one call to the next.

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

/// Sets of places in the table of series. A power of two.
const SETS: usize = 64;
/// Places in a set: so many series with the same place stay side by side.
const PLACES: usize = 4;

/// What tells series of one layer apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity<'a> {
    pub(super) rpc: Option<&'static Rpc>,
    /// Where it is the request that names the server.
    pub(super) authority: Option<&'a Server>,
    pub(super) namespace: Option<&'a str>,
    /// As metrics name it.
    pub(super) collection: Option<&'a str>,
    /// `error.type`: the name of Milvus' code or of that of gRPC.
    pub(super) error: Option<&'a str>,
    /// Milvus' code, as servers have several by one name.
    pub(super) milvus_code: Option<i32>,
}

/// What calls with the same labels are measured in.
pub(super) struct Series {
    of: OwnedIdentity,
    pub(super) labels: MetricLabels,
    pub(super) db_duration: BoundInstrument<f64>,
    pub(super) rpc_duration: BoundInstrument<f64>,
    pub(super) returned_rows: BoundInstrument<u64>,
    pub(super) request_size: BoundInstrument<u64>,
    pub(super) response_size: BoundInstrument<u64>,
}

/// The series of late. There is room for a fixed number of them, whatever collections there are.
pub(super) struct KnownSeries {
    table: RwLock<Vec<[Option<Arc<Series>>; PLACES]>>,
}

/// What a histogram recorded for one set of attributes.
///
/// With the feature `bound-metrics` it is found once; without, the SDK looks for it with each value, by a hash of all
/// the attributes.
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
    /// The series of these calls, if it is known.
    pub(super) fn find(&self, of: &Identity<'_>) -> Option<Arc<Series>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let places = table.get(of.set())?;
        let mut known = places.iter().flatten();
        known.find(|known| known.of.is(of)).map(Arc::clone)
    }

    /// The series of these calls, with labels that are only made when it is not known.
    pub(super) fn get(
        &self,
        of: &Identity<'_>,
        labels: impl FnOnce() -> MetricLabels,
    ) -> Arc<Series> {
        if let Some(known) = self.find(of) {
            return known;
        }
        let new = Arc::new(Series::new(of, labels()));
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.resize_with(SETS, Default::default);
        if let Some(places) = table.get_mut(of.set()) {
            // The one that is known for longest makes room.
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
    /// Knows none yet: they are those of one layer.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Identity<'_> {
    /// Where its series lies: FNV-1a, as a better hash would cost more than it spares.
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

    fn is(&self, other: &Identity<'_>) -> bool {
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
    fn new(of: &Identity<'_>, labels: MetricLabels) -> Self {
        Self {
            of: OwnedIdentity::of(of),
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

    fn known(series: &KnownSeries, of: &Identity<'_>) -> bool {
        let mut made = false;
        series.get(of, || {
            made = true;
            MetricLabels::default()
        });
        !made
    }

    #[test]
    fn whatever_differs_tells_them_apart() {
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
        for of in &all {
            assert!(!known(&series, of), "{of:?} was not there before");
        }
        for of in &all {
            assert!(known(&series, of), "{of:?} is there now");
        }
    }

    #[test]
    fn names_without_end_take_no_more_room() {
        let series = KnownSeries::default();
        for number in 0..10_000 {
            let name = format!("tenant_{number}");
            assert!(!known(&series, &search(&name)));
            assert!(known(&series, &search(&name)), "{name} is one of the last");
        }
        let table = series.table.read().unwrap();
        assert_eq!(table.len(), SETS);
        assert!(table.iter().flatten().flatten().count() > SETS * PLACES / 2);
        drop(table);
        assert!(!known(&series, &search("tenant_0")));
    }
}
