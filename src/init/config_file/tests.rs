mod refused;

use std::collections::BTreeMap;

use super::*;

fn environment(name: &str) -> Option<String> {
    (name == "TOKEN").then(|| "secret, with=signs".to_owned())
}

/// The variables that a file sets, or the error.
fn variables_of(text: &str) -> Result<BTreeMap<String, String>, String> {
    let settings = translate(text, &environment).map_err(|refused| refused.to_string())?;
    Ok(settings.variables.into_iter().collect())
}

const NOTHING: [(&str, &str); 4] = [
    ("OTEL_PROPAGATORS", "none"),
    ("OTEL_TRACES_EXPORTER", "none"),
    ("OTEL_METRICS_EXPORTER", "none"),
    ("OTEL_LOGS_EXPORTER", "none"),
];

/// The file and the variables beside those of a file that exports nothing.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let mut all: BTreeMap<_, _> = NOTHING.into();
    all.extend(expected.iter().copied());
    let all = all.into_iter();
    let all: BTreeMap<_, _> = all.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    assert_eq!(variables_of(text), Ok(all), "{text}");
}

#[test]
fn what_a_file_does_not_mention_is_off() {
    check("file_format: '1.0'", &[]);
    // Other minor versions, and YAML's number.
    check(
        "file_format: 1.2\nresource:\npropagator:\nattribute_limits:",
        &[],
    );
}

#[test]
fn general_keys_become_variables() {
    check(
        "
file_format: '1.1'
stability: development
disabled: true
log_level: warn2
attribute_limits:
  attribute_count_limit: 7
  attribute_value_length_limit: 0x10
propagator:
  composite:
    - tracecontext:
  composite_list: baggage
resource:
  attributes_list: a=1,b=2
",
        &[
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_LOG_LEVEL", "warn"),
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "7"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "16"),
            ("OTEL_PROPAGATORS", "tracecontext,baggage"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=2"),
        ],
    );
}

#[test]
fn the_keys_of_traces_become_variables() {
    check(
        "
file_format: '1.0'
tracer_provider:
  processors:
    - batch:
        schedule_delay: 1
        export_timeout: 2
        max_queue_size: 4
        max_export_batch_size: 3
        exporter:
          otlp_grpc:
            endpoint: collector:4317
            compression: gzip
            timeout: 5
            headers_list: x-team=search
            headers:
              - name: authorization
                value: Bearer ${TOKEN}
            tls: {ca_file: /ca.pem, cert_file: /cert.pem, key_file: /key.pem, insecure: true}
  limits:
    attribute_count_limit: 1
    attribute_value_length_limit: 2
    event_count_limit: 3
    link_count_limit: 4
    event_attribute_count_limit: 5
    link_attribute_count_limit: 6
  sampler:
    parent_based:
      root:
        trace_id_ratio_based: {ratio: 0.25}
      local_parent_not_sampled:
        always_off:
",
        &[
            ("OTEL_TRACES_EXPORTER", "otlp"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317"),
            ("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "true"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "5"),
            ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/ca.pem"),
            ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "/cert.pem"),
            ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/key.pem"),
            (
                "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                "x-team=search,authorization=Bearer%20secret%2C%20with%3Dsigns",
            ),
            ("OTEL_BSP_SCHEDULE_DELAY", "1"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "2"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "3"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "4"),
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"),
            ("OTEL_SPAN_EVENT_COUNT_LIMIT", "3"),
            ("OTEL_SPAN_LINK_COUNT_LIMIT", "4"),
            ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "5"),
            ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "6"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ],
    );
}

#[test]
fn the_keys_of_metrics_and_logs_become_variables() {
    check(
        "
file_format: '1.0'
meter_provider:
  exemplar_filter: always_off
  readers:
    - periodic:
        interval: 10
        timeout: 20
        exporter:
          otlp_http:
            encoding: json
            endpoint: http://c:4318/v1/metrics
            temporality_preference: low_memory
            default_histogram_aggregation: base2_exponential_bucket_histogram
logger_provider:
  limits:
    attribute_count_limit: 1
    attribute_value_length_limit: 2
  processors:
    - batch:
        schedule_delay: 3
        export_timeout: 4
        max_queue_size: 6
        max_export_batch_size: 5
        exporter:
          otlp_file/development:
            output_stream: file:///var/log/otel.jsonl
",
        &[
            ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "10"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "20"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
            (
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                "http://c:4318/v1/metrics",
            ),
            (
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                "lowmemory",
            ),
            (
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                "base2_exponential_bucket_histogram",
            ),
            ("OTEL_LOGS_EXPORTER", "otlp_file"),
            ("OTEL_EXPORTER_OTLP_LOGS_FILE_PATH", "/var/log/otel.jsonl"),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "1"),
            ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "3"),
            ("OTEL_BLRP_EXPORT_TIMEOUT", "4"),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "5"),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "6"),
        ],
    );
}

#[test]
fn every_sampler_has_its_word() {
    for (sampler, word) in [
        ("always_on:", "always_on"),
        ("always_off: {}", "always_off"),
        ("trace_id_ratio_based:", "traceidratio"),
        ("parent_based:", "parentbased_always_on"),
        (
            "parent_based: {root: {always_off: }}",
            "parentbased_always_off",
        ),
    ] {
        let text = format!(
            "
file_format: '1.0'
tracer_provider:
  processors: [{{batch: {{exporter: {{console: }}}}}}]
  sampler:
    {sampler}
"
        );
        let variables = variables_of(&text).unwrap();
        assert_eq!(variables["OTEL_TRACES_SAMPLER"], word, "{sampler}");
        assert_eq!(variables["OTEL_TRACES_EXPORTER"], "console");
    }
}

#[test]
fn attributes_keep_their_types() {
    let text = "
file_format: '1.0'
resource:
  attributes:
    - {name: text, value: 1}
    - {name: flag, value: true, type: bool}
    - {name: whole, value: '7', type: int}
    - {name: real, value: 0.5, type: double}
    - {name: list, value: [1, 2], type: int_array}
    - {name: texts, value: [a, b], type: string_array}
    - {name: none, value: '${UNSET}'}
";
    let settings = translate(text, &environment).unwrap();
    let shown: Vec<_> = settings
        .attributes
        .iter()
        .map(|a| format!("{}={:?}", a.key, a.value))
        .collect();
    let expected = [
        "text=String(Owned(\"1\"))",
        "flag=Bool(true)",
        "whole=I64(7)",
        "real=F64(0.5)",
        "list=Array(I64([1, 2]))",
    ];
    assert_eq!(shown[..5], expected);
    assert_eq!(shown.len(), 6, "{shown:?}");
}

#[test]
fn keys_without_effect_are_reported() {
    let text = "
file_format: '1.1'
resource:
  detection:
    detectors: [{service: }, {host: }, {process: }, {container: }]
instrumentation/development:
  general: {http: {}}
instrumentation:
  general:
    stability_opt_in_list: http
meter_provider:
  exemplar_filter: trace_based
  readers: [{periodic: {exporter: {console: }}}]
";
    let warnings = translate(text, &environment).unwrap().warnings;
    let begins: Vec<_> = warnings
        .iter()
        .map(|w| w.split([':', ' ']).next().unwrap())
        .collect();
    let expected = [
        "resource.detection.detectors[3].container",
        "meter_provider.exemplar_filter",
        "instrumentation",
    ];
    assert_eq!(begins, expected, "{warnings:?}");
}

#[test]
fn a_missing_file_is_an_error() {
    let error = load("/nonexistent/otel.yaml", &environment).err().unwrap();
    assert!(
        error.starts_with("cannot read /nonexistent/otel.yaml: "),
        "{error}"
    );
}

/// The example of docs/config-file.md, with the variables that it refers to and without.
#[test]
fn the_documented_file_is_valid() {
    let page = include_str!("../../../docs/config-file.md");
    let (_, example) = page.split_once("```yaml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let variables = variables_of(example).unwrap();
    assert_eq!(
        variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
        "http://localhost:4317"
    );
    assert_eq!(variables["OTEL_TRACES_SAMPLER_ARG"], "0.1");
    let settings = translate(example, &|name| Some(format!("x={name}"))).ok();
    let name = settings.unwrap().attributes[0].value.to_string();
    assert_eq!(name, "x=OTEL_SERVICE_NAME");
}
