//! The remote address of a connection, as reported by the connector.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use opentelemetry::StringValue;

/// Tracks when connections are opened and closed.
pub(crate) trait TrackedPeer: fmt::Debug + Send + Sync {
    /// The state of the connections at this moment.
    fn mark(&self) -> u64;

    /// The remote address of the connection used since `mark`; `None` if there was none or it is ambiguous.
    fn since(&self, mark: u64) -> Option<SocketAddr>;
}

/// Determines the remote address of the connection that a call used.
#[derive(Debug, Clone)]
pub(super) struct PeerSource {
    source: Source,
    /// The latest address and its text, which rarely changes.
    latest: Arc<RwLock<Option<(SocketAddr, StringValue)>>>,
}

/// The source of addresses.
#[derive(Clone)]
enum Source {
    Address(Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>),
    Connections(Arc<dyn TrackedPeer>),
}

/// The state of the connections at the start of a call or an attempt.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    Address(Option<SocketAddr>),
    Connections(u64),
}

impl PeerSource {
    pub(super) fn new(address: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        Self::of(Source::Address(Arc::new(address)))
    }

    pub(super) fn tracked(connections: Arc<dyn TrackedPeer>) -> Self {
        Self::of(Source::Connections(connections))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            latest: Arc::default(),
        }
    }

    pub(super) fn mark(&self) -> Mark {
        match &self.source {
            Source::Address(address) => Mark::Address(address()),
            Source::Connections(connections) => Mark::Connections(connections.mark()),
        }
    }

    /// The remote address of the connection used since `mark`; `None` if it is not certain.
    pub(super) fn since(&self, mark: Mark) -> Option<(StringValue, u16)> {
        let address = match (&self.source, mark) {
            (Source::Address(address), Mark::Address(before)) => {
                address().filter(|now| before.is_none_or(|before| before == *now))
            }
            (Source::Connections(connections), Mark::Connections(mark)) => connections.since(mark),
            _ => None,
        }?;
        Some((self.text(address), address.port()))
    }

    fn text(&self, address: SocketAddr) -> StringValue {
        if let Ok(latest) = self.latest.read()
            && let Some((known, text)) = &*latest
            && *known == address
        {
            return text.clone();
        }
        let text = StringValue::from(Arc::<str>::from(address.ip().to_string()));
        if let Ok(mut latest) = self.latest.write() {
            *latest = Some((address, text.clone()));
        }
        text
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => f.debug_tuple("Address").field(&address()).finish(),
            Self::Connections(connections) => connections.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn an_address_that_changed_during_the_call_is_omitted() {
        let (one, other) = (
            SocketAddr::from(([10, 0, 0, 1], 1)),
            SocketAddr::from(([10, 0, 0, 2], 2)),
        );
        for (before, after, reported) in [
            (None, None, None),
            (None, Some(one), Some("10.0.0.1")),
            (Some(one), Some(one), Some("10.0.0.1")),
            (Some(one), Some(other), None),
            (Some(one), None, None),
        ] {
            let address = Arc::new(Mutex::new(before));
            let current = Arc::clone(&address);
            let source = PeerSource::new(move || *current.lock().unwrap());
            let mark = source.mark();
            *address.lock().unwrap() = after;
            let since = source.since(mark).map(|(text, _)| text.to_string());
            assert_eq!(since.as_deref(), reported, "{before:?}, then {after:?}");
        }
    }
}
