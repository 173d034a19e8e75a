//! What the tests of `tests/it` use too.

#[path = "../it/support/counted.rs"]
mod counted;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../it/support/measured.rs"]
pub(crate) mod measured;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../it/support/spans.rs"]
pub(crate) mod spans;
#[path = "../it/support/times.rs"]
mod times;
