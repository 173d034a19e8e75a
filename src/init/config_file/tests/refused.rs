//! Files that are refused, and why.

use super::*;

/// Every unsupported key is refused with an error that names its path.
#[test]
fn unsupported_keys_are_refused_by_name() {
    let exporter = "exporter: {console: }";
    for (text, expected) in [
        (
            "propagators: {}",
            "propagators: is not supported: expected file_format, ",
        ),
        ("distribution: {x: 1}", "distribution: is not supported"),
        (
            "disabled: maybe",
            "disabled: expected true or false, got \"maybe\"",
        ),
        ("log_level: loud", "log_level: expected none, error"),
        (
            "resource: {schema_url: x}",
            "resource.schema_url: is not supported",
        ),
        ("resource: []", "resource: expected a mapping"),
        (
            "resource: {attributes: [{name: x, value: y, type: int}]}",
            "resource.attributes[0].value: expected a value of the type int",
        ),
        (
            "resource: {attributes: [{name: x, value: y, type: date}]}",
            "resource.attributes[0].value: expected the type string, bool",
        ),
        (
            "resource: {attributes: [{value: y}]}",
            "resource.attributes[0]: expected a name",
        ),
        (
            "resource: {detection/development: {attributes: {included: [a]}}}",
            "resource.detection/development.attributes: is not supported",
        ),
        (
            "resource: {detection: {detectors: [{aws: }]}}",
            "resource.detection.detectors[0].aws: is not supported: expected service, host",
        ),
        (
            "propagator: {composite: [{b3: }]}",
            "propagator.composite[0].b3: is not supported: expected tracecontext, baggage",
        ),
        (
            "propagator: {composite_list: 'tracecontext,xray'}",
            "propagator.composite_list: expected tracecontext, baggage or none, got \"xray\"",
        ),
        (
            "tracer_provider:",
            "tracer_provider.processors: expected one entry",
        ),
        (
            "tracer_provider: {processors: [{simple: {exporter: {console: }}}]}",
            "tracer_provider.processors[0].simple: is not supported: expected batch",
        ),
        (
            "tracer_provider: {processors: [{batch: }]}",
            "tracer_provider.processors[0].batch: expected an exporter",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {zipkin: }}}]}",
            "tracer_provider.processors[0].batch.exporter.zipkin: is not supported: expected otlp_http, ",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {console: }}}, {batch: }]}",
            "tracer_provider.processors: only one entry is supported",
        ),
        (
            "tracer_provider: {processors: [{batch: {schedule_delay: 0, exporter: {console: }}}]}",
            "tracer_provider.processors[0].batch.schedule_delay: expected a whole number of milliseconds",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {compression: zstd}}}}]}",
            "tracer_provider.processors[0].batch.exporter.otlp_http.compression: expected gzip or none",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {encoding: cbor}}}}]}",
            "tracer_provider.processors[0].batch.exporter.otlp_http.encoding: expected protobuf or json",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {tls: {insecure: true}}}}}]}",
            "tracer_provider.processors[0].batch.exporter.otlp_http.tls.insecure: is not supported",
        ),
        (
            "tracer_provider: {processors: [{batch: {exporter: {otlp_file: }}}]}",
            "tracer_provider.processors[0].batch.exporter.otlp_file.output_stream: expected file://",
        ),
        (
            "logger_provider: {processors: [{batch: {exporter: {otlp_grpc: {headers: [{name: 'a b', value: x}]}}}}]}",
            "logger_provider.processors[0].batch.exporter.otlp_grpc.headers[0]: \"a b\" is not the name of a header",
        ),
        (
            "meter_provider: {readers: [{pull: {exporter: {prometheus/development: }}}]}",
            "meter_provider.readers[0].pull: is not supported: expected periodic",
        ),
        (
            "meter_provider: {readers: [{periodic: {exporter: {console: }, producers: [{opencensus: }]}}]}",
            "meter_provider.readers[0].periodic.producers: is not supported",
        ),
        (
            "meter_provider: {readers: [{periodic: {exporter: {console: }}}], views: [{selector: {}}]}",
            "meter_provider.views[0]: expected a selector and a stream",
        ),
    ] {
        let text = format!("file_format: '1.0'\n{text}\n");
        let error = variables_of(&text).unwrap_err();
        assert!(error.starts_with(expected), "{text}{error}");
        assert!(!error.contains('\n'), "{error}");
    }
    for (sampler, expected) in [
        (
            "{jaeger_remote/development: {endpoint: x}}",
            "jaeger_remote/development: is not supported",
        ),
        (
            "{parent_based: {root: {parent_based: }}}",
            "parent_based.root.parent_based: is not supported",
        ),
        (
            "{parent_based: {remote_parent_sampled: {always_off: }}}",
            "parent_based.remote_parent_sampled.always_off: is not supported: expected always_on",
        ),
        ("{always_on: {rate: 1}}", "always_on.rate: is not supported"),
        (
            "{trace_id_ratio_based: {ratio: 2}}",
            "trace_id_ratio_based.ratio: expected a number from 0 to 1",
        ),
    ] {
        let text = format!(
            "file_format: '1.0'\ntracer_provider: {{processors: [{{batch: {{{exporter}}}}}], sampler: {sampler}}}\n"
        );
        let error = variables_of(&text).unwrap_err();
        let expected = format!("tracer_provider.sampler.{expected}");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn views_that_cannot_be_made_are_refused() {
    for (selector, stream, expected) in [
        (
            "{instrument_type: timer}",
            "{}",
            ".selector.instrument_type: expected one of counter, ",
        ),
        ("{meter: x}", "{}", ".selector.meter: is not supported"),
        (
            "{}",
            "{attribute_keys: {excluded: [a]}}",
            ".stream.attribute_keys: is not supported: expected name, description",
        ),
        (
            "{}",
            "{aggregation: {median: }}",
            ".stream.aggregation.median: is not supported",
        ),
        (
            "{}",
            "{aggregation_cardinality_limit: 0}",
            ": cardinality limit must be greater than 0",
        ),
        (
            "{}",
            "{aggregation: {explicit_bucket_histogram: {boundaries: [1, x]}}}",
            ".stream.aggregation.explicit_bucket_histogram.boundaries[1]: expected a number",
        ),
        (
            "{}",
            "{aggregation: {explicit_bucket_histogram: {boundaries: [2, 1]}}}",
            ": bucket boundaries must be sorted",
        ),
        (
            "{}",
            "{aggregation: {base2_exponential_bucket_histogram: {max_scale: many}}}",
            ".stream.aggregation.base2_exponential_bucket_histogram.max_scale: expected a whole number, got \"many\"",
        ),
    ] {
        let text = format!(
            "file_format: '1.0'
meter_provider:
  readers: [{{periodic: {{exporter: {{console: }}}}}}]
  views: [{{selector: {selector}, stream: {stream}}}]
"
        );
        let error = variables_of(&text).unwrap_err();
        let expected = format!("meter_provider.views[0]{expected}");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn files_of_other_formats_are_refused() {
    for (text, expected) in [
        ("", "file_format: is missing"),
        (
            "file_format: '0.4'",
            "file_format: expected 1.0 or a newer 1.x, got \"0.4\"",
        ),
        (
            "file_format: 1.0-rc.2",
            "file_format: expected 1.0 or a newer 1.x",
        ),
        (
            "file_format: '2.0'",
            "file_format: expected 1.0 or a newer 1.x",
        ),
        ("- a", "expected a mapping"),
        ("file_format: 'secret\n", "is not valid YAML at line "),
        (
            "file_format: '1.0'\nfile_format: '1.0'",
            "is not valid YAML",
        ),
        ("file_format: !secret '1.0'", "file_format: has a YAML tag"),
        ("1: secret", "has a key that is not a string"),
        (
            "file_format: ${1X}",
            "file_format: ${1X} is not a reference",
        ),
    ] {
        let error = variables_of(text).unwrap_err();
        assert!(error.starts_with(expected), "{text}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}
