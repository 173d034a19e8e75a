use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, Router, routing::get};
use milvus_otel::{Client, Row};

async fn book(State(client): State<Client>, Path(id): Path<i64>) -> Result<Json<Row>, StatusCode> {
    let found = client.get("books", id).one().await;
    let found = found.map_err(|_| StatusCode::BAD_GATEWAY)?;
    found.map(Json).ok_or(StatusCode::NOT_FOUND)
}

pub fn router(client: Client) -> Router {
    Router::new()
        .route("/books/{id}", get(book))
        .with_state(client)
}

fn main() {}
