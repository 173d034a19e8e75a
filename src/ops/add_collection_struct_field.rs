use std::time::Duration;

use super::operation;
use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::proto::milvus::AddCollectionStructFieldRequest;
use crate::schema::Field;

/// An array of structs to be added to a collection; `.await` sends it.
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct AddCollectionStructField {
    client: Client,
    collection: String,
    field: Field,
    timeout: Option<Duration>,
}

impl Client {
    /// Adds an [array of structs](Field::struct_array) to a collection (Milvus 3.0). It is nullable, whatever the field
    /// says, since the rows that there are have none.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::Field;
    ///
    /// let chunk = [Field::varchar("text", 1024), Field::float_vector("embedding", 768)];
    /// client.add_collection_struct_field("articles", Field::struct_array("chunks", chunk, 100)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) where the field is none, or breaks a rule of its own;
    /// [`is_unsupported`](Error::is_unsupported) by older servers.
    pub fn add_collection_struct_field(
        &self,
        collection: impl Into<String>,
        field: Field,
    ) -> AddCollectionStructField {
        AddCollectionStructField {
            client: self.clone(),
            collection: collection.into(),
            field,
            timeout: None,
        }
    }
}

operation!(AddCollectionStructField => ());

impl AddCollectionStructField {
    async fn send(self) -> Result<()> {
        let call = Call::new("add_collection_struct_field")
            .on(&self.collection)
            .timeout(self.timeout);
        let array = (self.field.nullable().struct_array_to_add())
            .map_err(|why| Error::invalid_argument(call.operation, why).on(call.collection))?;
        let request = AddCollectionStructFieldRequest {
            db_name: self.client.database().unwrap_or_default().to_owned(),
            collection_name: self.collection.clone(),
            struct_array_field_schema: Some(array),
            ..AddCollectionStructFieldRequest::default()
        };
        self.client.call(call, request).await?;
        Ok(())
    }
}
