//! What crosses the wire: the codec, packed arrays that stay bytes, and a reader of facts in encoded messages.

mod apart;
mod body;
mod codec;
mod message;
mod packed;
mod rpc;
mod scan;
pub(crate) mod sharing;
mod short;
mod timeout;

pub(crate) use body::{Outgoing, Replay};
pub(crate) use codec::Codec;
pub(crate) use message::Gathered;
pub(crate) use packed::owned;
pub use packed::{DoubleArray, FloatArray};
pub(crate) use rpc::{Changes, Class, Fact, Field, Read, Rpc};
pub(crate) use scan::{Reader, Sink, TEXT_LIMIT, message_end};
pub(crate) use short::Short;
pub(crate) use timeout::{GRPC_TIMEOUT, timeout};
