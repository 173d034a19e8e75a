//! Which rows are deleted.

use std::fmt;

use crate::data::Id;
use crate::data::kind::{Converted, Listed};
use crate::filter::Filter;

/// The rows to [delete](crate::Client::delete), made by [`IntoDeleteRows`].
#[derive(Clone)]
#[non_exhaustive]
pub enum DeleteRows {
    /// The rows that match a filter.
    Matching(Filter),
    /// The rows with these primary keys.
    Ids(Vec<Id>),
}

/// What [`delete`](crate::Client::delete) takes:
///
/// - a [`Filter`], or an expression as text,
/// - a list or an iterator of primary keys, which are integers, strings or [`Id`]s,
/// - one primary key that is an integer or an [`Id`].
///
/// A string alone is an expression; `["a"]` is a primary key.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::Filter;
///
/// client.delete("books", "year < 1900").await?;
/// client.delete("books", Filter::eq("language", "la")).await?;
/// client.delete("books", 7).await?;
/// client.delete("authors", ["herbert"]).await?;
///
/// let hits = client.search("books", [0.1, 0.2]).await?;
/// client.delete("books", hits.iter().map(|hit| &hit.id)).await?;
/// # Ok(())
/// # }
/// ```
///
/// `K` is the [kind](crate::data::kind) of the value, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which rows to delete",
    label = "neither a filter nor primary keys",
    note = "pass a `Filter`, an expression as text, a primary key, or a list or an iterator of primary keys",
    note = "a primary key is a string or an integer that fits into an `i64`; convert `u64` and `usize` by `i64::try_from`"
)]
pub trait IntoDeleteRows<K> {
    /// Converts into a filter or primary keys.
    fn into_delete_rows(self) -> DeleteRows;
}

impl<T: Into<DeleteRows>> IntoDeleteRows<Converted> for T {
    fn into_delete_rows(self) -> DeleteRows {
        self.into()
    }
}

impl<I: IntoIterator<Item: Into<Id>>> IntoDeleteRows<Listed> for I {
    fn into_delete_rows(self) -> DeleteRows {
        DeleteRows::Ids(self.into_iter().map(Into::into).collect())
    }
}

impl<F: Into<Filter>> From<F> for DeleteRows {
    fn from(filter: F) -> Self {
        Self::Matching(filter.into())
    }
}

macro_rules! from_id {
    ($($id:ty),*) => {
        $(
            impl From<$id> for DeleteRows {
                fn from(id: $id) -> Self {
                    Self::Ids(vec![id.into()])
                }
            }

            impl From<&$id> for DeleteRows {
                fn from(id: &$id) -> Self {
                    Self::Ids(vec![id.into()])
                }
            }
        )*
    };
}
from_id!(i8, i16, i32, i64, u8, u16, u32, Id);

impl DeleteRows {
    /// Whether this is a text that compares nothing, such as `herbert`. It was probably meant as a primary key.
    pub(super) fn looks_like_a_key(&self) -> bool {
        let Self::Matching(filter) = self else {
            return false;
        };
        let text = filter.text();
        !text.is_empty() && !text.contains(['=', '<', '>', '(', '[', ' ', '{'])
    }
}

impl fmt::Debug for DeleteRows {
    /// Omits the primary keys, which are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matching(filter) => f.debug_tuple("Matching").field(filter).finish(),
            Self::Ids(ids) => write!(f, "Ids({} primary keys)", ids.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_compare_nothing_look_like_keys() {
        let looks = |rows: DeleteRows| rows.looks_like_a_key();
        for key in ["herbert", "7", "550e8400-e29b", "\"a\""] {
            assert!(looks(key.into_delete_rows()), "{key}");
        }
        for filter in ["year<1900", "id in [1]", "exists(a)", "not flag", "{a}"] {
            assert!(!looks(filter.into_delete_rows()), "{filter}");
        }
        assert!(!looks(["herbert"].into_delete_rows()));
        assert!(!looks(Filter::eq("id", 7).into_delete_rows()));
    }
}
