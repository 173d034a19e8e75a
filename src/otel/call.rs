//! The state of one call: its span starts here and ends here, exactly once, whatever happens in between.

use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{SpanBuilder, SpanKind, Status as SpanStatus, TraceContextExt};
use opentelemetry::{Context, ContextGuard, KeyValue, StringValue, Value};

use super::attributes as key;
use super::facts::{Facts, Target};
use super::layer::{Server, Settings};
use super::outcome::Outcome;
use super::peer::PeerSource;
use crate::wire::{Outgoing, Rpc};

/// A call on its way.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) rpc: Option<&'static Rpc>,
    /// The caller's context with the call's span in it.
    context: Context,
    started: Instant,
    started_at: SystemTime,
    filters: Vec<String>,
    peer: Option<PeerSource>,
    ended: bool,
}

impl Call {
    /// Starts the span of a call, unless nobody takes it.
    pub(super) fn start(
        settings: &Settings,
        parent: &Context,
        uri: &http::Uri,
        rpc: Option<&'static Rpc>,
        body: &Outgoing,
    ) -> Option<Self> {
        let (started, started_at) = (Instant::now(), SystemTime::now());
        let facts = std::cell::OnceCell::new();
        let read = || rpc.map_or_else(Facts::default, |rpc| Facts::read(rpc, body));
        let context = settings.tracers.start(parent, || {
            let facts = facts.get_or_init(read);
            span(settings, uri, rpc, facts).with_start_time(started_at)
        })?;
        let filters = facts
            .into_inner()
            .map_or_else(Vec::new, |facts| facts.filters);
        Some(Self {
            rpc,
            context,
            started,
            started_at,
            filters,
            peer: settings.peer.clone(),
            ended: false,
        })
    }

    /// The context to send with the request.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Makes the call's span the current one, for what the services below start.
    pub(super) fn enter(&self) -> ContextGuard {
        self.context.clone().attach()
    }

    /// Ends the span.
    pub(super) fn end(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let duration: Duration = self.started.elapsed();
        let span = self.context.span();
        if span.is_recording() {
            if let Some((address, port)) = self.peer.as_ref().and_then(PeerSource::peer) {
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_ADDRESS, address));
                span.set_attribute(KeyValue::new(key::NETWORK_PEER_PORT, i64::from(port)));
            }
            span.set_attribute(KeyValue::new(key::RPC_STATUS_CODE, outcome.grpc_code()));
            if let Some(error) = outcome.error_type() {
                let error = Value::String(error.into_owned().into());
                span.set_attribute(KeyValue::new(key::DB_RESPONSE_STATUS_CODE, error.clone()));
                span.set_attribute(KeyValue::new(key::ERROR_TYPE, error));
                let message = without_filters(outcome.message(), &self.filters);
                span.set_status(SpanStatus::error(message));
            }
        }
        // Not the system's time of now: that may jump, and would differ from the metric.
        span.end_with_timestamp(self.started_at + duration);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish(Outcome::Dropped);
    }
}

/// Servers quote the filter they could not parse, or the part of it where they stopped, and filters hold what users
/// look for.
fn without_filters(mut message: String, filters: &[String]) -> String {
    let mut hide = |text: &str| {
        if message.contains(text) {
            message = message.replace(text, "?");
        }
    };
    for filter in filters {
        hide(filter);
    }
    for filter in filters {
        for literal in literals(filter) {
            hide(literal);
        }
    }
    message
}

/// What stands between quotes. Escapes do not matter: a quote in a text only makes two of it.
fn literals(filter: &str) -> impl Iterator<Item = &str> {
    // Shorter ones are in every message by chance.
    const SHORTEST: usize = 3;
    let mut rest = filter;
    std::iter::from_fn(move || {
        let open = rest.find(['"', '\''])?;
        let (quote, after) = rest.get(open..)?.split_at_checked(1)?;
        let (literal, next) = after.split_once(quote).unwrap_or((after, ""));
        rest = next;
        Some(literal)
    })
    .filter(|literal| literal.len() >= SHORTEST)
}

/// The span as it starts: what a sampler may decide by.
fn span(
    settings: &Settings,
    uri: &http::Uri,
    rpc: Option<&'static Rpc>,
    facts: &Facts,
) -> SpanBuilder {
    let mut attributes = Vec::with_capacity(12);
    let mut set = |key: &'static str, value: Value| attributes.push(KeyValue::new(key, value));
    set(key::DB_SYSTEM_NAME, "milvus".into());
    set(key::RPC_SYSTEM_NAME, "grpc".into());
    let server = server(settings, uri);
    if let Some(server) = &server {
        set(key::SERVER_ADDRESS, server.address.clone().into());
        if let Some(port) = server.port {
            set(key::SERVER_PORT, i64::from(port).into());
        }
    }
    let Some(rpc) = rpc else {
        set(key::RPC_METHOD, "_OTHER".into());
        set(
            key::RPC_METHOD_ORIGINAL,
            uri.path().trim_start_matches('/').to_owned().into(),
        );
        return SpanBuilder::from_name("grpc")
            .with_kind(SpanKind::Client)
            .with_attributes(attributes);
    };
    set(key::RPC_METHOD, rpc.method.into());
    set(key::DB_OPERATION_NAME, rpc.operation.into());
    let namespace = rpc
        .has_database()
        .then(|| facts.database.as_ref().unwrap_or(&settings.database));
    if let Some(namespace) = namespace {
        set(key::DB_NAMESPACE, namespace.clone().into());
    }
    let name = match (&facts.collection, namespace, &server) {
        (Target::One(collection), ..) => {
            set(
                key::DB_COLLECTION_NAME,
                StringValue::from(collection.clone()).into(),
            );
            format!("{} {collection}", rpc.operation).into()
        }
        (_, Some(namespace), _) => format!("{} {namespace}", rpc.operation).into(),
        (
            _,
            None,
            Some(Server {
                address,
                port: Some(port),
            }),
        ) => format!("{} {address}:{port}", rpc.operation).into(),
        (
            _,
            None,
            Some(Server {
                address,
                port: None,
            }),
        ) => format!("{} {address}", rpc.operation).into(),
        (_, None, None) => std::borrow::Cow::Borrowed(rpc.operation),
    };
    SpanBuilder::from_name(name)
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
}

/// The configured endpoint, or the authority of the request where it has one.
fn server(settings: &Settings, uri: &http::Uri) -> Option<Server> {
    settings.server.clone().or_else(|| {
        let authority = uri.authority()?;
        Some(Server {
            address: authority.host().to_owned().into(),
            port: authority.port_u16(),
        })
    })
}
