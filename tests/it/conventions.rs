//! What a perfect instrumentation of a client does, point by point.
//!
//! Each point is shown on our own client, and on a tonic-generated one that only adds `OtelLayer` where it applies to it.
//! What is expected stands as data beside each check.

mod clients;
mod ends;
mod metrics;
mod privacy;
mod propagation;
mod starts;

use crate::support::child::in_own_process;
use crate::support::{answers, events, measured, noting, raw, spans};
use clients::Side::{Bare, Ours};

macro_rules! points {
    ($($name:ident: $sides:expr, $check:path;)*) => {$(
        #[tokio::test]
        async fn $name() {
            for side in $sides {
                // Shown if the check fails.
                println!("client: {side:?}");
                $check(side).await;
            }
        }
    )*};
}

points! {
    spans_are_of_kind_client: [Ours, Bare], starts::kind;
    rpc_server_and_network_attributes_are_those_of_1_45: [Ours, Bare], starts::rpc_names;
    db_attributes_are_those_of_1_45: [Ours, Bare], starts::db_names;
    one_span_has_both_db_and_rpc_attributes: [Ours, Bare], starts::one_span;
    a_span_is_named_by_operation_and_collection_or_database_or_server: [Ours, Bare], starts::names;
    server_address_is_the_configured_one: [Ours, Bare], starts::server;
    network_peer_is_that_of_the_connection_used: [Ours, Bare], starts::peer;
    samplers_see_the_attributes: [Ours, Bare], starts::sampling;
    every_grpc_code_but_ok_is_an_error: [Ours, Bare], ends::codes;
    success_leaves_the_status_unset: [Ours, Bare], ends::success;
    spans_and_metrics_have_the_same_error_type: [Ours, Bare], ends::error_type;
    a_status_in_trailers_counts: [Ours, Bare], ends::trailers;
    a_stream_has_one_span_until_its_end: [Ours, Bare], ends::stream;
    a_dropped_stream_is_cancelled: [Ours, Bare], ends::dropped_stream;
    dropped_and_timed_out_calls_say_so: [Ours, Bare], ends::dropped_call;
    durations_have_stable_names: [Ours, Bare], metrics::names;
    histograms_have_the_advised_boundaries: [Ours, Bare], metrics::boundaries;
    every_ending_is_measured_sampled_or_not: [Ours, Bare], metrics::always;
    span_and_metric_have_one_duration: [Ours, Bare], metrics::one_clock;
    the_new_span_is_injected: [Ours, Bare], propagation::injects;
    baggage_arrives: [Ours, Bare], propagation::baggage;
    context_arrives_without_a_recorded_span: [Ours, Bare], propagation::without_recording;
    parents_are_of_opentelemetry_or_of_tracing: [Ours, Bare], propagation::parents;
    the_span_is_current_in_inner_calls: [Ours, Bare], propagation::current;
    attempts_are_visible: [Ours], ends::attempts;
    a_failure_in_the_answer_fails_the_span: [Ours, Bare], ends::in_body;
    the_scope_has_name_version_and_schema_url: [Ours, Bare], starts::scope;
    no_secret_leaves: [Ours, Bare], privacy::secrets;
    queries_are_sanitized: [Ours, Bare], privacy::filters;
    a_call_without_an_sdk_allocates_twice_at_most: [Bare], privacy::cost;
    exceptions_are_logs_not_span_events: [Ours, Bare], ends::no_events;
}

#[tokio::test]
async fn the_global_propagator_is_used() {
    in_own_process!("the_global_propagator_is_used");
    for side in [Ours, Bare] {
        propagation::injects_as_the_global_propagator_does(side).await;
    }
}

#[tokio::test]
async fn log_filters_do_not_matter_to_our_client() {
    in_own_process!(
        "log_filters_do_not_matter_to_our_client",
        "RUST_LOG" = "off"
    );
    propagation::log_filters(Ours).await;
}

#[tokio::test]
async fn log_filters_do_not_matter_to_the_layer() {
    in_own_process!("log_filters_do_not_matter_to_the_layer", "RUST_LOG" = "off");
    propagation::log_filters(Bare).await;
}
