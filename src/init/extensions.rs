//! What an application adds to the pipelines: readers, views, processors, detectors and others of the SDK's own types.

use std::sync::Arc;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_sdk::logs::LogProcessor;
use opentelemetry_sdk::metrics::{Instrument, MeterProviderBuilder, Stream};
use opentelemetry_sdk::resource::ResourceDetector;
use opentelemetry_sdk::trace::TracerProviderBuilder;

pub(super) type AddToTraces =
    Box<dyn FnOnce(TracerProviderBuilder) -> TracerProviderBuilder + Send + Sync>;
pub(super) type AddReader =
    Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send + Sync>;
pub(super) type Propagator = Box<dyn TextMapPropagator + Send + Sync>;
pub(super) type View = Arc<dyn Fn(&Instrument) -> Option<Stream> + Send + Sync>;

/// A detector and the name of its type, for warnings.
pub(super) struct Detector {
    pub(super) name: &'static str,
    pub(super) detector: Box<dyn ResourceDetector + Send + Sync>,
}

/// Everything that was added, each kind in the order in which it was added.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) id_generator: Option<AddToTraces>,
    pub(super) propagators: Vec<Propagator>,
    pub(super) span_processors: Vec<AddToTraces>,
    pub(super) log_processors: Vec<Box<dyn LogProcessor>>,
    pub(super) readers: Vec<AddReader>,
    pub(super) views: Vec<View>,
    pub(super) detectors: Vec<Detector>,
}
