//! Connects to a server, and explains why a call got no answer.
//!
//! The errors of HTTP/2 and TLS name a broken frame or an alert, and leave the reader to guess that the port is wrong.
//! The parts of this module collect what is known about a connection, so that an error can name the cause and what to do:
//!
//! | part | what it contributes |
//! |---|---|
//! | [`endpoint`] | the address, from the URI |
//! | [`resolver`] | whether the name of the host exists, or could only not be looked up now |
//! | [`connector`] | makes connections, trying all addresses of the host within the connect timeout |
//! | [`sniffed`] | what protocol the first bytes from the server belong to: no TLS, TLS, HTTP/1, something else |
//! | [`peer`] | how far the newest connection got: lookup, connect, accepted, first bytes received |
//! | [`channels`] | a channel for each runtime, since a connection ends with its runtime |
//! | [`diagnosis`] | from all these, the gRPC status of a call without an answer, and its [`Failure`](crate::error::Failure) |
//! | [`wordings`] | the texts of other libraries that `diagnosis` has to recognise, because they keep no error type |
//!
//! What is known about the newest connection explains a failure, and may show that another attempt is pointless. It never
//! allows one: the call may have been sent on an older connection.

mod channels;
mod connector;
mod diagnosis;
mod endpoint;
mod peer;
mod resolver;
mod sniffed;
mod wordings;

pub(crate) use channels::{Channels, Sent};
pub(crate) use connector::Connector;
pub(crate) use diagnosis::{Destination, failure_of};
pub(super) use diagnosis::{interrupted, is_expired, not_sent};
pub(crate) use endpoint::Endpoint;
pub(crate) use peer::{Peer, PendingRequest};
