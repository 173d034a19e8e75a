//! Resource detectors of the crates that exist, and what takes precedence over them.

use super::child::{is_child, succeeds};
use super::collector::{collector, resource};
use milvus_otel::init;
use opentelemetry::KeyValue;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use opentelemetry_aws::detector::LambdaResourceDetector;
use opentelemetry_resource_detectors::{ContainerResourceDetector, K8sResourceDetector};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::ResourceDetector;

struct Fixed(&'static str, &'static str);

impl ResourceDetector for Fixed {
    fn detect(&self) -> Resource {
        let attribute = KeyValue::new(self.0, self.1);
        Resource::builder_empty().with_attribute(attribute).build()
    }
}

#[test]
fn detected_attributes_are_in_the_resource() {
    const NAME: &str = concat!(module_path!(), "::detected_attributes_are_in_the_resource");
    if is_child(NAME) {
        let telemetry = init::otlp("coded")
            .attribute("in.code", "code")
            .resource_detector(ContainerResourceDetector)
            .resource_detector(K8sResourceDetector)
            .resource_detector(LambdaResourceDetector)
            .resource_detector(Fixed("service.name", "detected"))
            .resource_detector(Fixed("in.code", "detected"))
            .resource_detector(Fixed("in.environment", "detected"))
            .resource_detector(Fixed("host.name", "detected"))
            .resource_detector(Fixed("twice", "first"))
            .resource_detector(Fixed("twice", "second"))
            .build()
            .unwrap();
        assert_eq!(telemetry.warnings(), []);
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        drop(tracer.start("span"));
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    succeeds(
        NAME,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.grpc_endpoint()),
            ("OTEL_RESOURCE_ATTRIBUTES", "in.environment=environment"),
            ("HOSTNAME", "books-7d9c-x2x5"),
            ("AWS_LAMBDA_FUNCTION_NAME", "import-books"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/29/[$LATEST]abc"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/import-books"),
        ],
    );
    for (key, value) in [
        ("k8s.pod.name", "books-7d9c-x2x5"),
        ("faas.name", "import-books"),
        ("cloud.region", "eu-central-1"),
        ("service.name", "coded"),
        ("in.code", "code"),
        ("in.environment", "environment"),
        ("host.name", "detected"),
        ("twice", "second"),
    ] {
        assert_eq!(resource(&receiver, key), value, "{key}");
    }
    // As the detector finds it here, in a container or not.
    let container = ContainerResourceDetector.detect();
    let id = container.get(&"container.id".into());
    let expected = id.map(|id| id.to_string()).unwrap_or_default();
    let received = receiver.spans()[0].resource.get("container.id").cloned();
    assert_eq!(
        received.map(|id| id.to_string()).unwrap_or_default(),
        expected
    );
}

/// The default service name is the only one with a lower precedence.
#[test]
fn a_detector_names_a_service_that_nobody_else_names() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_detector_names_a_service_that_nobody_else_names"
    );
    if is_child(NAME) {
        let telemetry = init::from_env()
            .resource_detector(Fixed("service.name", "detected"))
            .build()
            .unwrap();
        let tracer = telemetry.tracer_provider().unwrap().tracer("test");
        drop(tracer.start("span"));
        telemetry.shutdown().unwrap();
        return;
    }
    for (variable, expected) in [("", "detected"), ("named", "named")] {
        let receiver = collector();
        let endpoint = receiver.grpc_endpoint();
        succeeds(
            NAME,
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
                ("OTEL_SERVICE_NAME", variable),
            ],
        );
        assert_eq!(resource(&receiver, "service.name"), expected);
    }
}
