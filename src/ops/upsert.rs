use std::pin::pin;

use super::write::{Batch, Options, Written, asks_first, write, writing};
use crate::client::{Call, Client};
use crate::data::{Checks, Input};
use crate::error::Result;
use crate::proto::milvus::UpsertRequest;
use crate::proto::schema::FieldPartialUpdateOp;
use crate::proto::schema::field_partial_update_op::OpType;

/// Rows to be inserted or replaced; `.await` sends them.
#[derive(Debug)]
#[must_use = "operations do nothing unless awaited"]
pub struct Upsert<'a> {
    client: Client,
    collection: String,
    input: Input<'a>,
    options: Options,
    array_ops: Vec<FieldPartialUpdateOp>,
}

impl Client {
    /// Inserts rows, replacing those of the same primary keys: typed rows, [`Columns`](crate::Columns), or JSON.
    ///
    /// As [`insert`](Self::insert), but each row has its primary key, even where Milvus makes keys up; and with
    /// [`partial`](Upsert::partial) fields may be left out.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn upsert<'a>(
        &self,
        collection: impl Into<String>,
        rows: impl Into<Input<'a>>,
    ) -> Upsert<'a> {
        Upsert {
            client: self.clone(),
            collection: collection.into(),
            input: rows.into(),
            options: Options {
                checks: Checks {
                    upsert: true,
                    ..Checks::default()
                },
                ..Options::default()
            },
            array_ops: Vec::new(),
        }
    }
}

impl Upsert<'_> {
    /// Keeps the values of fields that the rows do not have (Milvus 2.6). All rows must have the same fields.
    /// Default off: a field without a value becomes null.
    pub fn partial(mut self, partial: bool) -> Self {
        self.options.checks.partial = partial;
        self
    }

    /// Appends the rows' values to this array field, instead of replacing it. Implies [`partial`](Self::partial).
    pub fn append_to(self, field: impl Into<String>) -> Self {
        self.array_op(field.into(), OpType::ArrayAppend)
    }

    /// Removes the rows' values from this array field, instead of replacing it. Implies [`partial`](Self::partial).
    pub fn remove_from(self, field: impl Into<String>) -> Self {
        self.array_op(field.into(), OpType::ArrayRemove)
    }

    fn array_op(mut self, field_name: String, op: OpType) -> Self {
        self.array_ops.push(FieldPartialUpdateOp {
            field_name,
            op: op as i32,
        });
        self.partial(true)
    }

    async fn send(self) -> Result<Written> {
        let Self {
            client,
            collection,
            input,
            options,
            array_ops,
        } = self;
        let call = Call::new("upsert").on(&collection);
        let request = |batch: Batch| UpsertRequest {
            db_name: client.database().unwrap_or_default().to_owned(),
            collection_name: collection.clone(),
            partition_name: options.partition.clone().unwrap_or_default(),
            fields_data: batch.fields,
            num_rows: batch.rows,
            schema_timestamp: batch.schema_timestamp,
            namespace: options.namespace.clone(),
            partial_update: options.checks.partial,
            field_ops: array_ops.clone(),
            ..UpsertRequest::default()
        };
        let several = asks_first(&client, &collection, &input);
        // Pinned, so that this future holds it once.
        let writing = pin!(write(&client, call, input, &options, request));
        client.composite_if(several, call, writing)?.await
    }
}

writing!(Upsert);
