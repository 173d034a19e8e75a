use std::future::Future;
use std::pin::pin;

use super::operation::{Lazy, Run, operation};
use super::write::{Batch, Options, Written, asks_first, write, writing};
use crate::client::{Call, Client};
use crate::data::{InputRows, IntoRows};
use crate::error::Result;
use crate::proto::milvus::UpsertRequest;
use crate::proto::schema::FieldPartialUpdateOp;
use crate::proto::schema::field_partial_update_op::OpType;

/// Inserts rows or replaces them. Returned by [`Client::upsert`].
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct Upsert<'a>(Lazy<'a, Builder<'a>, Written>);

#[derive(Debug)]
struct Builder<'a> {
    client: Client,
    collection: String,
    input: InputRows<'a>,
    options: Options,
    array_ops: Vec<FieldPartialUpdateOp>,
}

impl Client {
    /// [Inserts](https://milvus.io/docs/upsert-entities.md) rows, replacing existing rows with the same primary keys.
    /// Takes the same rows as [`insert`](Self::insert).
    ///
    /// Every row needs its primary key, even if Milvus generates the keys of inserted rows. With
    /// [`partial`](Upsert::partial), other fields may be missing.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let row = serde_json::json!({ "id": 1, "title": "Dune Messiah" });
    /// client.upsert("books", row).partial(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`insert`](Self::insert).
    #[doc(alias = "upsert_points")]
    #[doc(alias = "replace_one")]
    #[doc(alias = "update_one")]
    pub fn upsert<'a, K>(
        &self,
        collection: impl Into<String>,
        rows: impl IntoRows<'a, K>,
    ) -> Upsert<'a> {
        Upsert(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            input: rows.into_rows(),
            options: Options::upsert(),
            array_ops: Vec::new(),
        }))
    }
}

impl Upsert<'_> {
    fn options(&mut self) -> &mut Options {
        &mut self.0.builder_mut().options
    }

    fn array_ops(&mut self) -> &mut Vec<FieldPartialUpdateOp> {
        &mut self.0.builder_mut().array_ops
    }
}

/// The setters that only upserts have. The type has private methods `options` and `array_ops`.
macro_rules! upserting {
    ($name:ident) => {
        impl $name<'_> {
            /// Whether fields that the rows do not have keep their values. All rows of a request must have the same
            /// fields. Default false: a field without a value becomes null; Milvus Lite 3 keeps its value nevertheless.
            /// Since Milvus 2.6.2.
            pub fn partial(mut self, partial: bool) -> Self {
                self.options().rules.partial = partial;
                self
            }

            /// Appends the rows' values to this array field, instead of replacing it. Implies
            /// [`partial`](Self::partial). Since Milvus 2.6.17.
            pub fn append_to(self, field: impl Into<String>) -> Self {
                self.array_op(field.into(), OpType::ArrayAppend)
            }

            /// Removes the rows' values from this array field, instead of replacing it. Implies
            /// [`partial`](Self::partial). Since Milvus 2.6.17.
            pub fn remove_from(self, field: impl Into<String>) -> Self {
                self.array_op(field.into(), OpType::ArrayRemove)
            }

            fn array_op(mut self, field_name: String, op: OpType) -> Self {
                self.array_ops().push(FieldPartialUpdateOp {
                    field_name,
                    op: op as i32,
                });
                self.options().changes_arrays = true;
                self.partial(true)
            }
        }
    };
}
pub(super) use upserting;

upserting!(Upsert);
operation!(['a] Upsert<'a> => Written, options.timeout);
writing!(Upsert);

/// The request with these rows.
pub(super) fn request(
    collection: &str,
    options: &Options,
    array_ops: &[FieldPartialUpdateOp],
    batch: Batch,
) -> UpsertRequest {
    UpsertRequest {
        collection_name: collection.to_owned(),
        partition_name: options.partition.clone().unwrap_or_default(),
        fields_data: batch.fields,
        num_rows: batch.rows,
        schema_timestamp: batch.schema_timestamp,
        namespace: options.namespace.clone(),
        partial_update: options.rules.partial,
        field_ops: array_ops.to_vec(),
        ..UpsertRequest::default()
    }
}

impl Run<Written> for Builder<'_> {
    async fn run(self) -> Result<Written> {
        let Self {
            client,
            collection,
            input,
            options,
            array_ops,
        } = self;
        let call = Call::new("upsert").on(&collection);
        let request = |batch| request(&collection, &options, &array_ops, batch);
        let several = asks_first(&client, &collection, &input);
        // Pinned, so that the future holds it only once.
        let writing = pin!(write(&client, call, input, &options, request));
        client.composite_if(several, call, writing)?.await
    }
}
