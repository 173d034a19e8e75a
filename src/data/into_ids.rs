use super::id::Id;
use super::kind::{Converted, Listed};

/// What [`get`](crate::Client::get) and [`search_by_ids`](crate::Client::search_by_ids) take as primary keys: one key, or a
/// list or an iterator of keys. A key is an integer, a string or an [`Id`].
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// let one = client.get("books", 7).one().await?;
/// let several = client.get("books", [7, 8]).await?;
/// let by_name = client.get("authors", "herbert").one().await?;
/// # Ok(())
/// # }
/// ```
///
/// `K` is the [kind](super::kind) of the keys, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a primary key nor a list of primary keys",
    label = "not a primary key",
    note = "a primary key is a string or an integer that fits into an `i64`; convert `u64` and `usize` by `i64::try_from`",
    note = "pass one key, or a list or an iterator of keys"
)]
pub trait IntoIds<K> {
    /// Converts into primary keys.
    fn into_ids(self) -> Vec<Id>;
}

impl<T: Into<Id>> IntoIds<Converted> for T {
    fn into_ids(self) -> Vec<Id> {
        vec![self.into()]
    }
}

impl<I: IntoIterator<Item: Into<Id>>> IntoIds<Listed> for I {
    fn into_ids(self) -> Vec<Id> {
        self.into_iter().map(Into::into).collect()
    }
}
