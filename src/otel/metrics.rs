//! The metric instruments, which follow the global meter provider.

use std::fmt;
use std::sync::{Arc, RwLock};

use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider, UpDownCounter};
use opentelemetry::{KeyValue, global};

use super::series::KnownSeries;
use crate::scope::scope;

type Provider = Arc<dyn MeterProvider + Send + Sync>;

/// Boundaries that the semantic conventions recommend for database calls, in seconds.
const DB_SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];
/// Boundaries that the semantic conventions recommend for RPCs, in seconds.
const RPC_SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
/// Boundaries that the semantic conventions recommend for returned rows.
const ROWS: [f64; 13] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0,
];
/// Fine-grained in the range of cosine similarities, coarse in that of inner products and squared distances.
const SCORES: [f64; 22] = [
    -1.0, -0.5, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0, 2.0, 5.0,
    10.0, 20.0, 50.0, 100.0,
];
/// From almost empty requests to the 64 MiB that a server accepts, mostly in steps of a factor of 4.
const BYTES: [f64; 12] = [
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    33_554_432.0,
    67_108_864.0,
];

/// All instruments.
#[derive(Clone)]
pub(crate) struct Instruments {
    pub(super) db_duration: Histogram<f64>,
    pub(super) rpc_duration: Histogram<f64>,
    pub(super) returned_rows: Histogram<u64>,
    pub(super) request_size: Histogram<u64>,
    pub(super) response_size: Histogram<u64>,
    pub(super) active: UpDownCounter<i64>,
    pub(super) retries: Counter<u64>,
    pub(super) rate_limited: Counter<u64>,
    pub(super) suppressed_retries: Counter<u64>,
    pub(super) refused: Counter<u64>,
    pub(super) queued: UpDownCounter<i64>,
    pub(super) rows_inserted: Counter<u64>,
    pub(super) rows_upserted: Counter<u64>,
    pub(super) rows_deleted: Counter<u64>,
    pub(super) top_score: Histogram<f64>,
    pub(super) score_spread: Histogram<f64>,
    pub(super) searched_vectors: Counter<u64>,
    pub(super) empty_searches: Counter<u64>,
    pub(super) weak_hits: Counter<u64>,
    pub(super) connections: UpDownCounter<i64>,
    pub(super) pending: UpDownCounter<i64>,
    pub(super) connect_time: Histogram<f64>,
    pub(super) series: KnownSeries,
}

impl Instruments {
    fn new(meter: &Meter) -> Self {
        let seconds = |name: &'static str, about: &'static str, boundaries: &[f64]| {
            meter
                .f64_histogram(name)
                .with_unit("s")
                .with_description(about)
                .with_boundaries(boundaries.to_vec())
                .build()
        };
        let scores = |name: &'static str, about: &'static str| {
            meter
                .f64_histogram(name)
                .with_unit("{score}")
                .with_description(about)
                .with_boundaries(SCORES.to_vec())
                .build()
        };
        let amounts =
            |name: &'static str, unit: &'static str, about: &'static str, boundaries: &[f64]| {
                meter
                    .u64_histogram(name)
                    .with_unit(unit)
                    .with_description(about)
                    .with_boundaries(boundaries.to_vec())
                    .build()
            };
        let count = |name: &'static str, unit: &'static str, about: &'static str| {
            meter
                .u64_counter(name)
                .with_unit(unit)
                .with_description(about)
                .build()
        };
        let level = |name: &'static str, unit: &'static str, about: &'static str| {
            meter
                .i64_up_down_counter(name)
                .with_unit(unit)
                .with_description(about)
                .build()
        };
        Self {
            db_duration: seconds(
                "db.client.operation.duration",
                "Duration of database client operations.",
                &DB_SECONDS,
            ),
            rpc_duration: seconds(
                "rpc.client.call.duration",
                "Measures the duration of an outgoing Remote Procedure Call (RPC).",
                &RPC_SECONDS,
            ),
            returned_rows: amounts(
                "db.client.response.returned_rows",
                "{row}",
                "The actual number of records returned by the database operation.",
                &ROWS,
            ),
            request_size: amounts(
                "milvus.client.request.size",
                "By",
                "Size of encoded requests.",
                &BYTES,
            ),
            response_size: amounts(
                "milvus.client.response.size",
                "By",
                "Size of encoded responses.",
                &BYTES,
            ),
            active: level(
                "milvus.client.active_requests",
                "{request}",
                "Calls in flight.",
            ),
            retries: count(
                "milvus.client.retries",
                "{attempt}",
                "Attempts after the first of a call.",
            ),
            rate_limited: count(
                "milvus.client.rate_limited",
                "{attempt}",
                "Attempts rejected by a rate limit.",
            ),
            suppressed_retries: count(
                "milvus.client.suppressed_retries",
                "{attempt}",
                "Retries that the retry budget did not permit.",
            ),
            refused: count(
                "milvus.client.refused_requests",
                "{request}",
                "Calls that the client's concurrency limit refused.",
            ),
            queued: level(
                "milvus.client.queued_requests",
                "{request}",
                "Calls that wait because of the client's concurrency limit.",
            ),
            rows_inserted: count(
                "milvus.client.rows.inserted",
                "{row}",
                "Rows inserted, as reported by the server.",
            ),
            rows_upserted: count(
                "milvus.client.rows.upserted",
                "{row}",
                "Rows upserted, as reported by the server.",
            ),
            rows_deleted: count(
                "milvus.client.rows.deleted",
                "{row}",
                "Rows deleted, as reported by the server.",
            ),
            top_score: scores(
                "milvus.client.search.top_score",
                "Score of the best hit of each query vector.",
            ),
            score_spread: scores(
                "milvus.client.search.score_spread",
                "Difference between the scores of the best and the last hit of each query vector.",
            ),
            searched_vectors: count(
                "milvus.client.search.queries",
                "{query}",
                "Query vectors answered.",
            ),
            empty_searches: count(
                "milvus.client.search.empty_queries",
                "{query}",
                "Query vectors answered without a hit.",
            ),
            weak_hits: count(
                "milvus.client.search.weak_hits",
                "{hit}",
                "Hits whose score is worse than the collection's threshold.",
            ),
            connections: level(
                "db.client.connection.count",
                "{connection}",
                "The number of connections that are currently in state described by the state attribute.",
            ),
            pending: level(
                "db.client.connection.pending_requests",
                "{request}",
                "The number of current pending requests for an open connection.",
            ),
            connect_time: seconds(
                "db.client.connection.create_time",
                "The time it took to create a new connection.",
                &DB_SECONDS,
            ),
            series: KnownSeries::default(),
        }
    }
}

/// The source of instruments: the provider given to the layer, or the global one at the time of each call.
#[derive(Clone, Default)]
pub(crate) struct Meters {
    fixed: Option<Arc<Instruments>>,
    global: Arc<RwLock<Option<GlobalInstruments>>>,
}

/// The latest global provider.
struct GlobalInstruments {
    provider: Provider,
    /// `None` if the provider records nothing.
    instruments: Option<Arc<Instruments>>,
}

impl Meters {
    pub(super) fn fixed(provider: &dyn MeterProvider) -> Self {
        Self {
            fixed: Some(Arc::new(Instruments::new(
                &provider.meter_with_scope(scope()),
            ))),
            ..Self::default()
        }
    }

    /// A copy for one layer. Each layer has its own table of series, because layers differ in server and database.
    pub(super) fn for_layer(&self) -> Self {
        let copy = |instruments: &Arc<Instruments>| Arc::new(Instruments::clone(instruments));
        Self {
            fixed: self.fixed.as_ref().map(copy),
            global: Arc::default(),
        }
    }

    /// The instruments; `None` if no meter provider is installed.
    pub(crate) fn instruments(&self) -> Option<Arc<Instruments>> {
        match &self.fixed {
            Some(fixed) => Some(Arc::clone(fixed)),
            None => self.of_provider(global::meter_provider()),
        }
    }

    fn of_provider(&self, provider: Provider) -> Option<Arc<Instruments>> {
        if let Ok(known) = self.global.read()
            && let Some(known) = &*known
            && Arc::ptr_eq(&known.provider, &provider)
        {
            return known.instruments.clone();
        }
        let meter = || provider.meter_with_scope(scope());
        let instruments = records(&*provider).then(|| Arc::new(Instruments::new(&meter())));
        if let Ok(mut known) = self.global.write() {
            *known = Some(GlobalInstruments {
                provider,
                instruments: instruments.clone(),
            });
        }
        instruments
    }
}

/// Whether a provider is not the API's default, which discards everything.
///
/// The API has no method for this. The default is a type without fields, so a provider with fields is a different one.
/// For a provider without fields, an observable counter is created: the default drops the callback at once, all others
/// keep it.
fn records(provider: &(dyn MeterProvider + Send + Sync)) -> bool {
    if size_of_val(provider) != 0 {
        return true;
    }
    let token = Arc::new(());
    let captured = Arc::clone(&token);
    // It never observes anything, so it is never exported.
    let _counter = provider
        .meter_with_scope(scope())
        .u64_observable_counter("probe")
        .with_callback(move |_| {
            let _ = &captured;
        })
        .build();
    Arc::strong_count(&token) > 1
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.fixed.is_some() {
            "Meters(of a provider)"
        } else {
            "Meters(global)"
        })
    }
}

impl fmt::Debug for Instruments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instruments")
    }
}

/// The metrics of a connector.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionMetrics {
    pub(super) meters: Meters,
    pub(super) pool: [KeyValue; 1],
    pub(super) used: [KeyValue; 2],
}

impl ConnectionMetrics {
    /// Records a new connection and the time it took to open it. Returns a guard that counts it as open.
    pub(crate) fn connected(&self, took: std::time::Duration) -> Option<CountGuard> {
        let instruments = self.meters.instruments()?;
        instruments
            .connect_time
            .record(took.as_secs_f64(), &self.pool);
        Some(CountGuard::new(&instruments.connections, &self.used))
    }

    /// Records that a request starts to wait for a connection. Returns a guard that counts it as waiting.
    pub(crate) fn pending(&self) -> Option<CountGuard> {
        let instruments = self.meters.instruments()?;
        Some(CountGuard::new(&instruments.pending, &self.pool))
    }
}

/// The metrics of a concurrency limit.
#[derive(Debug)]
pub(crate) struct LimitMetrics {
    pub(super) meters: Meters,
    pub(super) pool: [KeyValue; 1],
}

impl LimitMetrics {
    /// Records that a call starts to wait for its turn. Returns a guard that counts it as waiting.
    pub(crate) fn queued(&self) -> Option<CountGuard> {
        let instruments = self.meters.instruments()?;
        Some(CountGuard::new(&instruments.queued, &self.pool))
    }
}

/// Adds 1 to a counter and subtracts it from the same counter when dropped. A provider that is installed in between
/// therefore never receives a negative value.
#[derive(Debug)]
pub(crate) struct CountGuard {
    counter: UpDownCounter<i64>,
    attributes: Vec<KeyValue>,
}

impl CountGuard {
    fn new(counter: &UpDownCounter<i64>, attributes: &[KeyValue]) -> Self {
        counter.add(1, attributes);
        Self {
            counter: counter.clone(),
            attributes: attributes.to_vec(),
        }
    }
}

impl Drop for CountGuard {
    fn drop(&mut self) {
        self.counter.add(-1, &self.attributes);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::metrics::noop::NoopMeterProvider;
    use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};

    use super::*;

    static EXPORTER: LazyLock<InMemoryMetricExporter> = LazyLock::new(Default::default);
    static SDK: LazyLock<SdkMeterProvider> = LazyLock::new(|| {
        SdkMeterProvider::builder()
            .with_periodic_exporter(EXPORTER.clone())
            .build()
    });

    /// A custom provider that has no fields, like the API's default.
    struct UnitProvider;

    impl MeterProvider for UnitProvider {
        fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
            SDK.meter_with_scope(scope)
        }
    }

    #[test]
    fn a_provider_without_fields_records_unless_it_is_the_default() {
        assert!(!records(&NoopMeterProvider::new()));
        assert!(records(&SdkMeterProvider::default()));
        assert!(records(&UnitProvider));
    }

    #[test]
    fn meters_follow_the_provider() {
        let meters = Meters::default();
        let none: Provider = Arc::new(NoopMeterProvider::new());
        assert!(meters.of_provider(Arc::clone(&none)).is_none());
        assert!(meters.of_provider(Arc::clone(&none)).is_none());
        let unit: Provider = Arc::new(UnitProvider);
        let instruments = meters.of_provider(Arc::clone(&unit)).unwrap();
        assert!(Arc::ptr_eq(
            &instruments,
            &meters.of_provider(unit).unwrap()
        ));
        instruments.retries.add(3, &[]);
        SDK.force_flush().unwrap();
        let exported = EXPORTER.get_finished_metrics().unwrap();
        let metrics = exported.iter().flat_map(|all| all.scope_metrics());
        let names: Vec<_> = metrics
            .flat_map(|scope| scope.metrics().map(|metric| metric.name().to_owned()))
            .collect();
        assert_eq!(names, ["milvus.client.retries"], "and no probe");
        assert!(meters.of_provider(none).is_none());
    }
}
