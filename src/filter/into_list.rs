use serde_json::Value as Json;

use super::Bound;
use crate::data::kind::{Converted, Listed};

/// What [`is_in`](super::Filter::is_in) and others take as a list of values: a list, a set or an iterator of bools, numbers,
/// texts, primary keys or JSON values, or of references to these; or a JSON array.
///
/// ```
/// use std::collections::BTreeSet;
/// use milvus_otel::Filter;
///
/// let years = BTreeSet::from([1965, 1968]);
/// assert_eq!(Filter::is_in("year", &years), Filter::is_in("year", years.iter()));
/// assert_eq!(Filter::is_in("year", years).inlined().to_string(), "year in [1965, 1968]");
/// ```
///
/// `K` is the [kind](crate::data::kind) of the list, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values for a filter",
    label = "not a list of values",
    note = "pass a list, a set or an iterator of bools, numbers, texts, primary keys or JSON values"
)]
pub trait IntoList<K> {
    /// Converts into a list.
    fn into_list(self) -> Bound;
}

impl<I: IntoIterator<Item: Into<Bound>>> IntoList<Listed> for I {
    fn into_list(self) -> Bound {
        self.into_iter().collect()
    }
}

impl IntoList<Converted> for Bound {
    fn into_list(self) -> Bound {
        self
    }
}

impl IntoList<Converted> for Json {
    fn into_list(self) -> Bound {
        self.into()
    }
}

impl IntoList<Converted> for &Json {
    fn into_list(self) -> Bound {
        self.into()
    }
}
