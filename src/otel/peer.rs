//! The remote address of a connection, as reported by the connector.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use opentelemetry::StringValue;

/// Determines the remote address of the connection that a call used.
#[derive(Clone)]
pub(super) struct PeerSource {
    source: Source,
    /// The latest address and its text, which rarely changes.
    latest: Arc<RwLock<Option<(SocketAddr, StringValue)>>>,
}

/// Returns the current address.
type Source = Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>;

impl PeerSource {
    pub(super) fn new(address: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        Self {
            source: Arc::new(address),
            latest: Arc::default(),
        }
    }

    /// The address at the start of a call.
    pub(super) fn mark(&self) -> Option<SocketAddr> {
        (self.source)()
    }

    /// The remote address, unless it is another one than it was at the start of the call.
    pub(super) fn since(&self, mark: Option<SocketAddr>) -> Option<(StringValue, u16)> {
        let address = (self.source)().filter(|now| mark.is_none_or(|before| before == *now))?;
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

impl fmt::Debug for PeerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PeerSource").field(&self.mark()).finish()
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
