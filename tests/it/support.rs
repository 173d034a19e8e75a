//! What tests of several topics use.

pub(crate) mod allocated;
pub(crate) mod answers;
pub(crate) mod child;
#[cfg(feature = "otlp")]
pub(crate) mod collector;
pub(crate) mod contract;
mod counted;
pub(crate) mod events;
pub(crate) mod measured;
pub(crate) mod noting;
pub(crate) mod other;
pub(crate) mod raw;
#[cfg(feature = "otlp")]
pub(crate) mod received;
pub(crate) mod spans;
mod times;
