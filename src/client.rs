//! The connection to Milvus and its settings.

mod builder;
mod cache;
mod call;
mod collections;
mod credentials;
mod endpoints;
mod environment;
mod handle;
mod handshake;
mod known_server;
mod limits;
mod server;
mod settings;
mod start;
#[cfg(feature = "tls")]
mod tls;
mod unary;
mod version;

pub use builder::ClientBuilder;
pub(crate) use cache::Known;
pub(crate) use call::{Call, is_error};
pub(crate) use collections::Confirmed;
pub use handle::Client;
pub(crate) use handshake::client_info;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub(crate) use version::{Server, Version};

pub use crate::stack::KeepAlive;
pub use crate::stack::{ConcurrencyLimit, RetryBudget, RetryPolicy};
