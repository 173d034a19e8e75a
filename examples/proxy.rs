//! A gRPC proxy that traces the calls of any Milvus client, in any language.
//!
//! ```sh
//! MILVUS_URI=http://localhost:19530 cargo run --example proxy -- 127.0.0.1:19531
//! ```
//!
//! Point pymilvus, milvus-sdk-rust or any other client at the second address. [`OtelLayer`] reads the bytes on the wire,
//! so each call becomes a span with the database attributes, a child of the caller's `traceparent` if there is one, and
//! Milvus' spans become its children.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::ListenerExt;
use http_body_util::{BodyExt, Full};
use milvus_otel::{OtelLayer, init};
use opentelemetry::global;
use opentelemetry_http::HeaderExtractor;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::{Layer, Service, ServiceExt};

type Milvus = <OtelLayer as Layer<Channel>>::Service;

/// The one RPC whose requests are a stream. All other requests are a single message.
const STREAMED: &str = "/milvus.proto.milvus.MilvusService/CreateReplicateStream";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let upstream = std::env::var("MILVUS_URI");
    let upstream = upstream.unwrap_or_else(|_| "http://localhost:19530".into());
    let listen: SocketAddr = match std::env::args().nth(1) {
        Some(address) => address.parse()?,
        None => ([127, 0, 0, 1], 19531).into(),
    };
    let telemetry = init::otlp("milvus-proxy").install()?;
    let served = serve(&upstream, listen).await;
    telemetry.shutdown_or_warn();
    served
}

async fn serve(upstream: &str, listen: SocketAddr) -> Result<(), Box<dyn Error>> {
    let endpoint = Endpoint::from_shared(upstream.to_owned())?
        .initial_stream_window_size(8 << 20)
        .initial_connection_window_size(16 << 20)
        .connect_timeout(Duration::from_secs(10));
    let uri = endpoint.uri();
    let layer = OtelLayer::new().server(uri.host().unwrap_or(upstream), uri.port_u16());
    let milvus = layer.layer(endpoint.connect_lazy());

    let listener = TcpListener::bind(listen).await?;
    println!("{} forwards to {upstream}", listener.local_addr()?);
    let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
    let proxy = Router::new().fallback(move |request| forward(milvus.clone(), request));
    axum::serve(listener, proxy)
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
}

/// Sends a request on, and returns the response unchanged: headers, messages and trailers.
///
/// If the client cancels, the server drops this future, which cancels the call to Milvus.
async fn forward(mut milvus: Milvus, request: Request) -> Response {
    let caller = global::get_text_map_propagator(|propagator| {
        propagator.extract(&HeaderExtractor(request.headers()))
    });
    let response = async {
        let request = whole(request.map(Body::new)).await?;
        milvus.ready().await?;
        let call = {
            let _parent = caller.attach();
            milvus.call(request)
        };
        call.await
    };
    match response.await {
        Ok(response) => response.map(axum::body::Body::new),
        // The channel also honors `grpc-timeout`, but reports an exceeded deadline as a cancellation.
        Err(status) if status.code() == Code::Cancelled => {
            Status::deadline_exceeded(status.message()).into_http()
        }
        Err(status) => status.into_http(),
    }
}

/// Waits for the whole message, because the layer reads what has arrived when the call starts.
async fn whole(request: http::Request<Body>) -> Result<http::Request<Body>, Status> {
    if request.uri().path() == STREAMED {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let message = body.collect().await?.to_bytes();
    Ok(http::Request::from_parts(
        head,
        Body::new(Full::new(message)),
    ))
}

/// Completes on Ctrl-C or SIGTERM.
async fn stopped() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => _ = tokio::signal::ctrl_c().await,
    }
}
