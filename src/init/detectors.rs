//! Runs the resource detectors that an application adds.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;

use super::env::Env;
use super::extensions::Detector;

/// How long the start of telemetry waits for all detectors together.
const LIMIT: Duration = Duration::from_secs(5);

/// The attributes that the detectors find, those of later detectors last.
pub(super) fn detect(env: &mut Env, detectors: Vec<Detector>) -> Vec<KeyValue> {
    detect_within(LIMIT, env, detectors)
}

fn detect_within(limit: Duration, env: &mut Env, detectors: Vec<Detector>) -> Vec<KeyValue> {
    // All are started before the first is waited for.
    let started: Vec<_> = detectors.into_iter().map(start).collect();
    let deadline = Instant::now() + limit;
    let mut attributes = Vec::new();
    for (name, detected) in started {
        let detected = detected.and_then(|detected| {
            let left = deadline.saturating_duration_since(Instant::now());
            detected.recv_timeout(left).map_err(|error| match error {
                RecvTimeoutError::Timeout => format!("no answer within {limit:?}"),
                RecvTimeoutError::Disconnected => "it panicked".to_owned(),
            })
        });
        match detected {
            Ok(resource) => attributes.extend(
                resource
                    .iter()
                    .map(|(key, value)| KeyValue::new(key.clone(), value.clone())),
            ),
            Err(reason) => env.warn(
                "resource_detector",
                format!("the attributes of {name} are missing: {reason}"),
            ),
        }
    }
    attributes
}

/// Runs a detector on a thread of its own. A detector that never returns keeps its thread.
fn start(detector: Detector) -> (&'static str, Result<Receiver<Resource>, String>) {
    let Detector { name, detector } = detector;
    let (send, detected) = channel();
    let thread = std::thread::Builder::new()
        .name("milvus-otel-detect".to_owned())
        .spawn(move || {
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            // Nobody waits for an answer that comes too late.
            let _ = send.send(detector.detect());
        });
    let detected = thread
        .map(|_| detected)
        .map_err(|error| format!("its thread cannot be started: {error}"));
    (name, detected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_sdk::resource::ResourceDetector;

    struct Slow(Duration);

    impl ResourceDetector for Slow {
        fn detect(&self) -> Resource {
            std::thread::sleep(self.0);
            assert!(Context::is_current_telemetry_suppressed());
            Resource::builder_empty()
                .with_attribute(KeyValue::new("slow", true))
                .build()
        }
    }

    struct Panics;

    impl ResourceDetector for Panics {
        fn detect(&self) -> Resource {
            std::panic::resume_unwind(Box::new(()))
        }
    }

    fn run(limit: Duration, detectors: Vec<Detector>) -> (Vec<KeyValue>, Vec<String>) {
        let mut env = Env::fixed([]);
        let attributes = detect_within(limit, &mut env, detectors);
        let warnings = env.into_warnings();
        (
            attributes,
            warnings.iter().map(ToString::to_string).collect(),
        )
    }

    fn detector(detector: impl ResourceDetector + Send + Sync + 'static) -> Detector {
        Detector {
            name: "Test",
            detector: Box::new(detector),
        }
    }

    #[test]
    fn detectors_share_one_time_limit() {
        let day = Duration::from_secs(24 * 60 * 60);
        let limit = Duration::from_millis(50);
        let start = Instant::now();
        let detectors = vec![detector(Slow(day)), detector(Slow(day))];
        let (attributes, warnings) = run(limit, detectors);
        assert!(start.elapsed() < Duration::from_secs(20));
        assert_eq!(attributes, []);
        // One warning: they have the same name.
        let missing =
            "resource_detector: the attributes of Test are missing: no answer within 50ms";
        assert_eq!(warnings, [missing]);
    }

    #[test]
    fn a_panic_costs_only_the_attributes_of_its_detector() {
        let detectors = vec![detector(Panics), detector(Slow(Duration::ZERO))];
        let (attributes, warnings) = run(LIMIT, detectors);
        assert_eq!(attributes, [KeyValue::new("slow", true)]);
        let missing = "resource_detector: the attributes of Test are missing: it panicked";
        assert_eq!(warnings, [missing]);
    }
}
