//! Connects to the servers, and explains why a call got no answer.
//!
//! A call passes from top to bottom:
//!
//! | part | what it does |
//! |---|---|
//! | [`runtimes`] | a pool for each runtime, since connections end with their runtime |
//! | [`pool`] | chooses a connection, or waits for one; its manager makes and replaces them |
//! | [`greeting`] | the first call on each connection |
//! | [`http2`] | one connection: streams, and how far each call got |
//! | [`health`] | what is known about a connection: its calls, whether it answers |
//! | [`streams`] | how many calls the server accepts at once |
//! | [`driver`] | drives a connection until it ends |
//! | [`keepalive`] | pings a quiet connection, and finds out whether it is alive |
//! | [`activity`] | when a connection last received anything |
//! | [`received`] | the body of an answer, and of a streamed request |
//! | [`dial`] | TCP, Unix sockets, TLS, the user's connector |
//! | [`resolver`] | the addresses of a host |
//! | [`sniffed`] | recognises other protocols by the server's first bytes |
//! | [`progress`] | how far a connection attempt got |
//! | [`lost`], [`no_connection`] | why a call got no answer, and why there is no connection |
//! | [`diagnosis`], [`explain`], [`error_texts`] | from these, the gRPC status and [`Failure`](crate::error::Failure) of the call |

mod activity;
mod diagnosis;
mod dial;
mod driver;
mod endpoint;
mod error_texts;
mod explain;
mod greeting;
mod health;
mod http2;
mod keepalive;
mod lost;
mod no_connection;
mod pool;
mod progress;
mod received;
mod resolver;
mod runtimes;
mod sniffed;
mod streams;

pub(crate) use diagnosis::{Destination, failure_of};
pub(super) use diagnosis::{interrupted, is_expired, not_sent};
#[cfg(feature = "tls")]
pub(crate) use dial::{ALPN_HTTP2, TlsSettings};
pub(crate) use dial::{Connector, Dialer};
pub(crate) use endpoint::{Endpoint, without_password};
pub(crate) use greeting::{Greeting, Introduction};
pub use keepalive::KeepAlive;
pub(crate) use pool::PoolSettings;
pub(crate) use resolver::Resolver;
pub(crate) use runtimes::Pools;
