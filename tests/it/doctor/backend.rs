//! The query APIs of Jaeger and Tempo over what a receiver got, as their documentation and source describe them: neither
//! server can be started here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use testkit::Receiver;
use testkit::receiver::Span;

/// What the backends have, and what they ask for.
#[derive(Clone)]
struct Store {
    receiver: Receiver,
    /// The header `authorization` that requests must have.
    authorization: Option<Arc<str>>,
}

/// Serves both APIs until the test's runtime ends; returns the URLs of Jaeger and Tempo.
pub(super) async fn serve(receiver: &Receiver) -> (String, String) {
    serve_to(receiver, None).await
}

/// The same, for requests with this header `authorization` only.
pub(super) async fn serve_to(receiver: &Receiver, authorization: Option<&str>) -> (String, String) {
    let store = Store {
        receiver: receiver.clone(),
        authorization: authorization.map(Arc::from),
    };
    let jaeger = Router::new()
        .route("/api/traces/{trace}", get(jaeger_trace))
        .route("/api/services", get(jaeger_services))
        .with_state(store.clone());
    let tempo = Router::new()
        .route("/api/traces/{trace}", get(tempo_trace))
        .route("/api/search/tag/service.name/values", get(tempo_services))
        .with_state(store);
    (listen(jaeger).await, listen(tempo).await)
}

/// The management port of a Milvus 2.5 that sends its spans over TLS, as its source describes the answer.
pub(super) async fn management() -> String {
    let settings = json!({
        "trace.exporter": "otlp[FileSource]",
        "trace.samplefraction": "0[FileSource]",
        "trace.otlp.endpoint": "otel:4317[FileSource]",
        "trace.otlp.method": "grpc[FileSource]",
        "trace.otlp.secure": "true[FileSource]",
        "proxy.port": "19530[FileSource]",
    });
    let answer = move || async move { Json(settings) };
    listen(Router::new().route("/api/v1/_cluster/configs", get(answer))).await
}

/// Serves `router` until the test's runtime ends.
pub(super) async fn listen(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

impl Store {
    fn trace(&self, id: &str) -> Vec<Span> {
        self.receiver.trace(id).spans
    }

    fn services(&self) -> BTreeSet<String> {
        let spans = self.receiver.spans().into_iter();
        spans.map(|span| span.service).collect()
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization");
        let given = given.and_then(|value| value.to_str().ok());
        self.authorization.is_none() || given == self.authorization.as_deref()
    }
}

async fn jaeger_trace(
    State(store): State<Store>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !store.admits(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let spans = store.trace(&id);
    if spans.is_empty() {
        let error = json!([{ "code": 404, "msg": "trace not found" }]);
        return (StatusCode::NOT_FOUND, jaeger(&Value::Null, &error)).into_response();
    }
    let services: BTreeSet<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    let keys: BTreeMap<&str, String> = services
        .iter()
        .enumerate()
        .map(|(i, service)| (*service, format!("p{}", i + 1)))
        .collect();
    let processes: BTreeMap<&String, Value> = keys
        .iter()
        .map(|(service, key)| (key, json!({ "serviceName": service, "tags": [] })))
        .collect();
    let spans: Vec<Value> = spans
        .iter()
        .map(|span| jaeger_span(span, &keys[span.service.as_str()]))
        .collect();
    let trace = json!({ "traceID": id, "spans": spans, "processes": processes, "warnings": null });
    jaeger(&json!([trace]), &Value::Null).into_response()
}

fn jaeger_span(span: &Span, process: &str) -> Value {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap();
    let parent = span.parent_span_id.iter();
    let references: Vec<Value> = parent
        .map(|id| json!({ "refType": "CHILD_OF", "traceID": span.trace_id, "spanID": id }))
        .collect();
    json!({
        "traceID": span.trace_id, "spanID": span.span_id, "operationName": span.name, "references": references,
        "startTime": micros(span.start.duration_since(UNIX_EPOCH).unwrap()), "duration": micros(span.duration()),
        "tags": [], "logs": [], "processID": process, "warnings": null,
    })
}

async fn jaeger_services(State(store): State<Store>, headers: HeaderMap) -> Response {
    if !store.admits(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    jaeger(&json!(store.services()), &Value::Null).into_response()
}

fn jaeger(data: &Value, errors: &Value) -> Json<Value> {
    Json(json!({ "data": data, "total": 0, "limit": 0, "offset": 0, "errors": errors }))
}

async fn tempo_trace(State(store): State<Store>, Path(id): Path<String>) -> Response {
    let spans = store.trace(&id);
    if spans.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let batches: Vec<Value> = spans
        .iter()
        .map(|span| {
            let service = json!({ "key": "service.name", "value": { "stringValue": span.service } });
            json!({
                "resource": { "attributes": [service] },
                "scopeSpans": [{ "scope": { "name": span.scope_name }, "spans": [{ "name": span.name }] }],
            })
        })
        .collect();
    Json(json!({ "batches": batches })).into_response()
}

async fn tempo_services(State(store): State<Store>) -> Json<Value> {
    Json(json!({ "tagValues": store.services() }))
}
