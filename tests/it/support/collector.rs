//! What the tests of `init` ask of a collector.

use std::net::TcpListener;
use std::time::Duration;

use testkit::Receiver;

pub(crate) fn collector() -> Receiver {
    Receiver::start().unwrap()
}

pub(crate) fn span_names(receiver: &Receiver) -> Vec<String> {
    receiver.spans().into_iter().map(|span| span.name).collect()
}

pub(crate) fn metric_names(receiver: &Receiver) -> Vec<String> {
    receiver.metrics().into_iter().map(|m| m.name).collect()
}

/// An attribute of the resource that the last span came from.
pub(crate) fn resource(receiver: &Receiver, key: &str) -> String {
    let spans = receiver.spans();
    let value = spans
        .last()
        .and_then(|span| span.resource.get(key).cloned());
    value.unwrap_or_default().to_string()
}

/// A header of the last export.
pub(crate) fn header(receiver: &Receiver, name: &str) -> Option<String> {
    receiver.requests().last()?.metadata.get(name).cloned()
}

/// An address where nothing listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A bound on what takes milliseconds, with room for a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(3);
