//! A web service on Milvus: insert, search and delete over HTTP, each request is one trace that continues inside Milvus.
//!
//! `cargo run --example axum_service` connects to the Milvus at `MILVUS_URI`, sends traces, metrics and logs to the
//! collector at `OTEL_EXPORTER_OTLP_ENDPOINT`, and listens on `HTTP_ADDRESS` or 127.0.0.1:3000:
//!
//! ```sh
//! curl localhost:3000/books --json '[{"id": 1, "title": "Dune", "embedding": [0.9, 0.1, 0.3, 0.2]}]'
//! curl localhost:3000/books/search --json '{"embedding": [0.8, 0.2, 0.3, 0.2], "limit": 3}'
//! curl -X DELETE localhost:3000/books/1
//! ```

use std::error::Error;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use axum::{Json, Router};
use axum_tracing_opentelemetry::middleware::OtelAxumLayer;
use milvus_otel::{Client, Consistency, Field, Index, Metric, Schema, init};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{EnvFilter, prelude::*};

const BOOKS: &str = "axum_service";

#[derive(Serialize, Deserialize)]
struct Book {
    id: i64,
    title: String,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Search {
    embedding: Vec<f32>,
    limit: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = init::otlp("book-service").logs(true).build()?;
    // The filter applies to the logs only. They take their trace ids from the span of the request, whose level is TRACE.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let logs = json_subscriber::layer()
        .with_current_span(false)
        .with_span_list(false)
        .with_opentelemetry_ids(true)
        .with_filter(filter.add_directive("otel::tracing=trace".parse()?));
    tracing_subscriber::registry()
        .with(telemetry.layer())
        .with(logs)
        .init();

    let outcome = serve().await;
    // Sends the remaining telemetry. A failure is logged and does not change the exit status.
    telemetry.shutdown_or_warn();
    outcome
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env().await?;
    create_collection(&client).await?;
    let app = Router::new()
        .route("/books", post(insert))
        .route("/books/search", post(search))
        .route("/books/{id}", delete(remove))
        .layer(OtelAxumLayer::default()) // a SERVER span for each request, in the caller's trace
        .with_state(client);

    // Kubernetes, Docker and systemd stop a service with SIGTERM. Open requests are answered before `serve` returns.
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    let address = std::env::var("HTTP_ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    tracing::info!("stopped");
    Ok(())
}

async fn create_collection(client: &Client) -> milvus_otel::Result<()> {
    if client.has_collection(BOOKS).await? {
        return client.load_collection(BOOKS).await;
    }
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::varchar("title", 512))
        .field(Field::float_vector("embedding", 4));
    let creation = client.create_collection(BOOKS, schema.build()?);
    creation
        .index("embedding", Index::flat(Metric::Cosine))
        .await
}

type Answer<T> = Result<T, Failure>;

async fn insert(State(client): State<Client>, Json(books): Json<Vec<Book>>) -> Answer<Json<Value>> {
    let inserted = client.insert(BOOKS, &books).await.map_err(Failure)?.count;
    tracing::info!(inserted, "books inserted");
    Ok(Json(json!({ "inserted": inserted })))
}

async fn search(State(client): State<Client>, Json(search): Json<Search>) -> Answer<Json<Value>> {
    // Session: the search sees what this service has inserted and deleted before.
    let books = client
        .search(BOOKS, search.embedding)
        .limit(search.limit)
        .output(["title"]);
    let hits = books.consistency(Consistency::Session).await;
    let hits = hits.map_err(Failure)?;
    tracing::info!(found = hits.len(), "books searched");
    let found = hits
        .iter()
        .map(|hit| json!({ "score": hit.score, "book": hit.entity }));
    Ok(Json(found.collect()))
}

async fn remove(State(client): State<Client>, Path(id): Path<i64>) -> Answer<StatusCode> {
    client.delete(BOOKS, [id]).await.map_err(Failure)?;
    tracing::info!(id, "book deleted");
    Ok(StatusCode::NO_CONTENT)
}

struct Failure(milvus_otel::Error);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = match error.is_invalid_argument() {
            true => StatusCode::BAD_REQUEST,
            false => StatusCode::BAD_GATEWAY,
        };
        tracing::warn!(%error, "request failed");
        (status, error.message().to_owned()).into_response()
    }
}
