//! The other end of the connection, which only the connector knows.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use opentelemetry::StringValue;

/// Knows which connections are made and closed.
pub(crate) trait TrackedPeer: fmt::Debug + Send + Sync {
    /// The connections at this moment.
    fn mark(&self) -> u64;

    /// Where the connection leads that was used since; `None` when there was none, or it may have been another.
    fn since(&self, mark: u64) -> Option<SocketAddr>;
}

/// Tells by which connection a call went.
#[derive(Debug, Clone)]
pub(super) struct PeerSource {
    ask: Ask,
    /// The address as text, which seldom changes.
    known: Arc<RwLock<Option<(SocketAddr, StringValue)>>>,
}

#[derive(Clone)]
enum Ask {
    Address(Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>),
    Connections(Arc<dyn TrackedPeer>),
}

/// What was known of connections when a call or an attempt began.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    Address(Option<SocketAddr>),
    Connections(u64),
}

impl PeerSource {
    pub(super) fn new(ask: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        Self::of(Ask::Address(Arc::new(ask)))
    }

    pub(super) fn tracked(connections: Arc<dyn TrackedPeer>) -> Self {
        Self::of(Ask::Connections(connections))
    }

    fn of(ask: Ask) -> Self {
        Self {
            ask,
            known: Arc::default(),
        }
    }

    pub(super) fn mark(&self) -> Mark {
        match &self.ask {
            Ask::Address(ask) => Mark::Address(ask()),
            Ask::Connections(connections) => Mark::Connections(connections.mark()),
        }
    }

    /// The address of the connection that was used since; `None` where that is not certain.
    pub(super) fn since(&self, mark: Mark) -> Option<(StringValue, u16)> {
        let address = match (&self.ask, mark) {
            (Ask::Address(ask), Mark::Address(before)) => {
                ask().filter(|now| before.is_none_or(|before| before == *now))
            }
            (Ask::Connections(connections), Mark::Connections(mark)) => connections.since(mark),
            _ => None,
        }?;
        Some((self.text(address), address.port()))
    }

    fn text(&self, address: SocketAddr) -> StringValue {
        if let Ok(known) = self.known.read()
            && let Some((of, text)) = &*known
            && *of == address
        {
            return text.clone();
        }
        let text = StringValue::from(Arc::<str>::from(address.ip().to_string()));
        if let Ok(mut known) = self.known.write() {
            *known = Some((address, text.clone()));
        }
        text
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(ask) => f.debug_tuple("Address").field(&ask()).finish(),
            Self::Connections(connections) => connections.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn an_address_that_changed_meanwhile_is_not_told() {
        let (one, other) = (
            SocketAddr::from(([10, 0, 0, 1], 1)),
            SocketAddr::from(([10, 0, 0, 2], 2)),
        );
        for (before, after, told) in [
            (None, None, None),
            (None, Some(one), Some("10.0.0.1")),
            (Some(one), Some(one), Some("10.0.0.1")),
            (Some(one), Some(other), None),
            (Some(one), None, None),
        ] {
            let address = Arc::new(Mutex::new(before));
            let asked = Arc::clone(&address);
            let source = PeerSource::new(move || *asked.lock().unwrap());
            let mark = source.mark();
            *address.lock().unwrap() = after;
            let since = source.since(mark).map(|(text, _)| text.to_string());
            assert_eq!(since.as_deref(), told, "{before:?}, then {after:?}");
        }
    }
}
