//! gRPC messages: the codec, packed arrays that stay bytes, bodies that can be sent again, and a reader of single fields.

mod body;
mod codec;
mod deadline;
mod limit;
mod message;
mod packed;
mod rpc;
mod scan;
pub(crate) mod sharing;
mod short;
mod zero_copy;

pub(crate) use body::{Outgoing, Replay};
pub(crate) use codec::Codec;
pub(crate) use deadline::{Deadline, timeout};
pub(crate) use limit::Limited;
pub(crate) use message::Gathered;
pub(crate) use packed::owned;
pub use packed::{DoubleArray, FloatArray};
pub(crate) use rpc::{Changes, Class, Fact, Field, Read, Rpc};
pub(crate) use scan::{Reader, Sink, TEXT_LIMIT, message_end};
pub(crate) use short::Short;

/// The length of gRPC's prefix of each message: a compression flag of one byte, and the message's length in four.
const PREFIX: usize = 5;
