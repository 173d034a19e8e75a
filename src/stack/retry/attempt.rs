//! One attempt of a call: sends the request, and reads the answer.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tonic::Status;
use tonic::body::Body;

use super::super::concurrency::Permits;
use super::super::connect::interrupted;
use super::super::connections::Sender;
use crate::error::{CallRecord, MilvusStatus, grpc_status, status_of_http, with_head};
use crate::wire::{Deadline, Fact, Limited, Reader, Replay, Rpc, Sink};

/// The part of an answer that the retries need.
#[derive(Debug, Default)]
pub(super) struct Reported {
    pub(super) status: MilvusStatus,
    /// The server's time of a write; 0 if unknown.
    pub(super) timestamp: u64,
}

impl Sink for Reported {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        self.status.text(fact, text);
    }

    fn number(&mut self, fact: Fact, number: u64) {
        match fact {
            Fact::Timestamp => self.timestamp = number,
            _ => Sink::number(&mut self.status, fact, number),
        }
    }
}

/// A failed attempt.
pub(super) struct Failed {
    pub(super) status: Status,
    /// Whether the status is from the server, whose message may quote the request.
    pub(super) by_server: bool,
    /// Whether the server, or a proxy in front of it, may have failed because of load: it answered, or took too long.
    pub(super) loads_server: bool,
}

impl Failed {
    fn by_server(status: Status) -> Self {
        Self {
            status,
            by_server: true,
            loads_server: true,
        }
    }

    /// The connection failed, or there is none.
    pub(super) fn here(status: Status) -> Self {
        Self {
            status,
            by_server: false,
            loads_server: false,
        }
    }

    /// The server took too long, or a proxy answered with a page without a gRPC status.
    pub(super) fn under_load(status: Status) -> Self {
        Self {
            loads_server: true,
            ..Self::here(status)
        }
    }

    /// An error of the service below. The statuses that it creates have a source; the server's do not.
    fn below(status: Status) -> Self {
        match std::error::Error::source(&status) {
            None => Self::by_server(status),
            Some(_) => Self::here(status),
        }
    }
}

/// Makes one attempt. The answer of a unary call is read to its end: nothing has been handed out until then, so the
/// call can be retried if the connection breaks.
pub(super) async fn attempt<S: Sender>(
    inner: &S,
    permits: &Permits,
    mut request: http::Request<Body>,
    record: &Arc<CallRecord>,
    rpc: Option<&'static Rpc>,
    (deadline, limit): (Option<Deadline>, Option<Duration>),
) -> Result<(http::Response<Replay<Limited<Body>>>, Reported), Failed> {
    // Held until the answer has arrived.
    let _permit = permits.enter(record).await.map_err(Failed::here)?;
    // After the wait for a permit, which must not count against the server's time.
    if let Some(deadline) = limit.and_then(Deadline::after).or(deadline) {
        deadline.write(request.headers_mut());
    }
    let sent = inner.send(request, record).await;
    let response = sent.map_err(Failed::below)?;
    match grpc_status(response.headers()) {
        Some(ended) => ended.map_err(Failed::by_server)?,
        // Perhaps a proxy's page, which must not be parsed as a message.
        None if response.status() != http::StatusCode::OK => {
            let status = status_of_http(response.status());
            return Err(Failed::under_load(with_head(status, response.headers())));
        }
        None => {}
    }
    let mut response = response.map(Replay::new);
    let mut reported = Reported::default();
    let Some(rpc) = rpc else {
        return Ok((response, reported));
    };
    let mut message = Reader::new(rpc.response);
    loop {
        let ahead = poll_fn(|context| {
            let body = Pin::new(response.body_mut());
            body.poll_ahead(context)
                .map(|bytes| bytes.map(|bytes| message.feed(bytes, &mut reported)))
        });
        if ahead.await.is_none() {
            break;
        }
    }
    let ended = response.body().trailers().and_then(grpc_status);
    if let Some(status) = ended.and_then(Result::err) {
        let status = with_head(status, response.headers());
        return Err(Failed::by_server(status));
    }
    // Without the head of the answer: if that says "rate limited", the call may have been executed nevertheless.
    match response.body_mut().take_error() {
        Some(error) => Err(Failed::here(interrupted(error))),
        None => Ok((response, reported)),
    }
}
