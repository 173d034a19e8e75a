//! What searches ask for and what they find.

mod consistency;
mod hit;
mod needle;
mod rerank;

pub use consistency::Consistency;
pub(crate) use hit::found;
pub use hit::{Hit, Hits};
pub use needle::Needle;
pub(crate) use needle::Needles;
pub use rerank::Rerank;
