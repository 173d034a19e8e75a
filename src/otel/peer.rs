//! The other end of the connection, which only the connector knows.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use opentelemetry::StringValue;

/// Asks for the address last connected to.
#[derive(Clone)]
pub(super) struct PeerSource {
    ask: Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>,
    /// The address as text, which seldom changes.
    known: Arc<RwLock<Option<(SocketAddr, StringValue)>>>,
}

impl PeerSource {
    pub(super) fn new(ask: impl Fn() -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        Self {
            ask: Arc::new(ask),
            known: Arc::default(),
        }
    }

    pub(super) fn peer(&self) -> Option<(StringValue, u16)> {
        let address = (self.ask)()?;
        if let Ok(known) = self.known.read()
            && let Some((of, text)) = &*known
            && *of == address
        {
            return Some((text.clone(), address.port()));
        }
        let text = StringValue::from(Arc::<str>::from(address.ip().to_string()));
        if let Ok(mut known) = self.known.write() {
            *known = Some((address, text.clone()));
        }
        Some((text, address.port()))
    }
}

impl fmt::Debug for PeerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PeerSource").field(&(self.ask)()).finish()
    }
}
