use super::QueryVector;
use crate::data::kind::{Converted, Listed};

/// What [`search`](crate::Client::search) and others take as the vector to search for: anything that converts into a
/// [`QueryVector`], or an iterator of its numbers.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client, floats: Vec<f32>, doubles: Vec<f64>) -> milvus_otel::Result<()> {
/// client.search("books", &floats).await?;
/// client.search("books", doubles.iter().map(|number| *number as f32)).await?;
/// # Ok(())
/// # }
/// ```
///
/// `K` is the [kind](crate::data::kind) of the vector, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query vector",
    label = "not a vector of `f32`, a `SparseVector`, a text or a `QueryVector`",
    note = "the numbers of query vectors are `f32`; convert doubles by `vector.iter().map(|number| *number as f32)`",
    note = "vectors of bytes have constructors, such as `QueryVector::binary` and `QueryVector::int8`",
    note = "`search_many` takes several vectors"
)]
pub trait IntoQueryVector<K> {
    /// Converts into a query vector.
    fn into_query_vector(self) -> QueryVector;
}

impl<T: Into<QueryVector>> IntoQueryVector<Converted> for T {
    fn into_query_vector(self) -> QueryVector {
        self.into()
    }
}

impl<I: Iterator<Item = f32>> IntoQueryVector<Listed> for I {
    fn into_query_vector(self) -> QueryVector {
        self.collect()
    }
}
