//! Operations that change the schema of an existing collection.

use std::time::Duration;

use prost::Message as _;

use super::features;
use super::operation::{Lazy, Operation, Refusal, Run, named, operation};
use super::wait::Wait;
use crate::client::{Call, Client};
use crate::error::Result;
use crate::index::Index;
use crate::proto::Request;
use crate::proto::milvus::alter_collection_schema_request::drop_request::Identifier;
use crate::proto::milvus::alter_collection_schema_request::{
    Action, AddRequest, DropRequest, FieldInfo, action::Op,
};
use crate::proto::milvus::{
    AddCollectionFieldRequest, AddCollectionFunctionRequest, AddCollectionStructFieldRequest,
    AlterCollectionFunctionRequest, AlterCollectionSchemaRequest, DropCollectionFunctionRequest,
    TruncateCollectionRequest,
};
use crate::schema::{Field, Function};

/// Changes the schema of a collection.
pub type AlterSchema = Operation<AlterCollectionSchemaRequest>;

/// # Changing schemas
impl Client {
    /// Adds a [field](https://milvus.io/docs/add-fields-to-an-existing-collection.md) to a collection. It must be
    /// nullable, or have a default value, because existing rows have no value for it. Since Milvus 2.6; for vector
    /// fields, since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::Field;
    ///
    /// client.add_collection_field("books", Field::varchar("isbn", 13).nullable()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unsupported`](crate::Error::is_unsupported) by older servers.
    #[doc(alias = "create_field")]
    #[doc(alias = "add_field")]
    pub fn add_collection_field(
        &self,
        collection: impl Into<String>,
        field: Field,
    ) -> AddCollectionField {
        AddCollectionField(Lazy::Builder(Builder {
            client: self.clone(),
            collection: collection.into(),
            field,
            timeout: None,
        }))
    }

    /// Adds an [array of structs](Field::struct_array) to a collection. Since Milvus 3.0.
    ///
    /// The new field is nullable, even if `field` is not, because existing rows have no value for it.
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
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if `field` is not an array of structs, or is declared
    /// in a way that Milvus does not allow; [`is_unsupported`](crate::Error::is_unsupported) by older servers.
    pub fn add_collection_struct_field(
        &self,
        collection: impl Into<String>,
        field: Field,
    ) -> Operation<AddCollectionStructFieldRequest> {
        let request = AddCollectionStructFieldRequest::on(collection);
        Operation::new(self, "add_collection_struct_field", request, drop).try_set(|request| {
            request.struct_array_field_schema = Some(field.nullable().struct_array_to_add()?);
            Ok(())
        })
    }

    /// Drops a field from a collection, by its name or ID. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_collection_field("books", "isbn").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_collection_field(
        &self,
        collection: impl Into<String>,
        field: impl Into<FieldSelector>,
    ) -> AlterSchema {
        let identifier = match field.into() {
            FieldSelector::Name(name) => Identifier::FieldName(name),
            FieldSelector::Id(id) => Identifier::FieldId(id),
        };
        let request = dropping(collection, identifier, false);
        Operation::new(self, "drop_collection_field", request, drop).check(check_drop)
    }

    /// Adds a [function](crate::schema::Function) with the field that it fills, and an index on this field, to a collection.
    /// The server fills the field for existing rows. Milvus 3.0 allows BM25 with a sparse vector, and `MinHash` with a
    /// binary vector.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::schema::Function;
    /// use milvus_otel::{Field, Index, Metric};
    ///
    /// let words = Field::sparse_vector("words");
    /// let bm25 = Function::bm25("bm25", "text", "words");
    /// client.add_function_field("articles", words, bm25, Index::sparse_inverted(Metric::Bm25)).await?;
    /// # Ok(()) }
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "owned, as in all other operations"
    )]
    pub fn add_function_field(
        &self,
        collection: impl Into<String>,
        field: Field,
        function: Function,
        index: Index,
    ) -> AlterSchema {
        let add = field.to_add().and_then(|field_schema| {
            index.check()?;
            Ok(AddRequest {
                field_infos: vec![FieldInfo {
                    index_name: String::new(),
                    field_schema: Some(field_schema),
                    extra_params: index.to_proto(),
                }],
                func_schema: vec![function.to_proto()],
                ..Default::default()
            })
        });
        let request = AlterCollectionSchemaRequest::on(collection);
        Operation::new(self, "add_function_field", request, drop).try_set(|request| {
            let op = Some(Op::AddRequest(add?));
            request.action = Some(Action { op });
            Ok(())
        })
    }

    /// Drops a [function](crate::schema::Function) with the fields that it fills. Since Milvus 3.0.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_function_field("articles", "bm25").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_function_field(
        &self,
        collection: impl Into<String>,
        function: impl Into<String>,
    ) -> AlterSchema {
        let request = dropping(collection, Identifier::FunctionName(function.into()), true);
        Operation::new(self, "drop_function_field", request, drop).check(check_drop)
    }

    /// Adds a [function](crate::schema::Function) that fills existing fields. Milvus 2.6 only: Milvus 3.0 has
    /// [`add_function_field`](Self::add_function_field).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::schema::Function;
    ///
    /// let function = Function::bm25("bm25", "text", "words");
    /// client.add_collection_function("articles", function).await?;
    /// # Ok(()) }
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "owned, as in all other operations"
    )]
    pub fn add_collection_function(
        &self,
        collection: impl Into<String>,
        function: Function,
    ) -> Operation<AddCollectionFunctionRequest> {
        let mut request = AddCollectionFunctionRequest::on(collection);
        request.function_schema = Some(function.to_proto());
        Operation::new(self, "add_collection_function", request, drop)
    }

    /// Replaces the parameters of a [function](crate::schema::Function), such as the model and credentials of an embedding
    /// service. Since Milvus 2.6.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use milvus_otel::schema::Function;
    ///
    /// let function = Function::text_embedding("embed", "text", "vector", "openai")
    ///     .parameter("model_name", "text-embedding-3-large");
    /// client.alter_collection_function("articles", "embed", function).await?;
    /// # Ok(()) }
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "owned, as in all other operations"
    )]
    pub fn alter_collection_function(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
        function: Function,
    ) -> Operation<AlterCollectionFunctionRequest> {
        let mut request = AlterCollectionFunctionRequest::on(collection);
        request.function_name = name.into();
        request.function_schema = Some(function.to_proto());
        Operation::new(self, "alter_collection_function", request, drop)
            .about("function", |request| &request.function_name)
    }

    /// Drops a [function](crate::schema::Function); the fields that it fills stay. Milvus 2.6 only: Milvus 3.0 has
    /// [`drop_function_field`](Self::drop_function_field).
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_collection_function("articles", "bm25").await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_collection_function(
        &self,
        collection: impl Into<String>,
        name: impl Into<String>,
    ) -> Operation<DropCollectionFunctionRequest> {
        let mut request = DropCollectionFunctionRequest::on(collection);
        request.function_name = name.into();
        Operation::new(self, "drop_collection_function", request, drop)
            .about("function", |request| &request.function_name)
    }

    /// Removes all rows of a collection. Schema, indexes, partitions and aliases stay. This cannot be undone. Since
    /// Milvus 2.6.11 and Milvus Lite 3.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.truncate_collection("books").await?;
    /// # Ok(()) }
    /// ```
    pub fn truncate_collection(
        &self,
        collection: impl Into<String>,
    ) -> Operation<TruncateCollectionRequest> {
        let request = TruncateCollectionRequest::on(collection);
        Operation::new(self, "truncate_collection", request, drop)
    }
}

/// A field, by its name or ID.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldSelector {
    /// By name.
    Name(String),
    /// By ID.
    Id(i64),
}

impl From<&str> for FieldSelector {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for FieldSelector {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<i64> for FieldSelector {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

/// Adds a field to a collection. Returned by [`Client::add_collection_field`].
#[derive(Debug, Clone)]
#[must_use = "operations do nothing unless awaited"]
pub struct AddCollectionField(Lazy<'static, Builder, ()>);

#[derive(Debug, Clone)]
struct Builder {
    client: Client,
    collection: String,
    field: Field,
    timeout: Option<Duration>,
}

operation!([] AddCollectionField => (), timeout);

impl Run<()> for Builder {
    async fn run(self) -> Result<()> {
        let (client, wait) = (&self.client, Wait::new(self.timeout));
        let call = Call::new("add_collection_field").on(&self.collection);
        let field = self.field.to_add().map_err(|why| call.refuse(why))?;
        // Milvus 2.6 accepts types that it cannot store, and crashes when it recovers.
        features::check(client, wait.step(call), features::of_added(&self.field)).await?;
        let steps = async {
            let mut request = AlterCollectionSchemaRequest::on(&self.collection);
            let op = Some(Op::AddRequest(AddRequest {
                field_infos: vec![FieldInfo {
                    field_schema: Some(field.clone()),
                    ..Default::default()
                }],
                ..Default::default()
            }));
            request.action = Some(Action { op });
            match client.call(wait.step(call), request).await {
                // Milvus 2.6.
                Err(error) if error.is_unsupported() => {
                    let mut request = AddCollectionFieldRequest::on(&self.collection);
                    request.schema = field.encode_to_vec().into();
                    client.call(wait.step(call), request).await.map(drop)
                }
                answer => answer.map(drop),
            }
        };
        client.composite(call, Box::pin(steps))?.await
    }
}

fn dropping(
    collection: impl Into<String>,
    identifier: Identifier,
    drop_function_output_fields: bool,
) -> AlterCollectionSchemaRequest {
    let mut request = AlterCollectionSchemaRequest::on(collection);
    let op = Some(Op::DropRequest(DropRequest {
        identifier: Some(identifier),
        drop_function_output_fields,
    }));
    request.action = Some(Action { op });
    request
}

fn check_drop(request: &AlterCollectionSchemaRequest) -> std::result::Result<(), Refusal> {
    let op = request
        .action
        .as_ref()
        .and_then(|action| action.op.as_ref());
    match op {
        Some(Op::DropRequest(drop)) => match &drop.identifier {
            Some(Identifier::FieldName(name)) => named("field", name),
            Some(Identifier::FunctionName(name)) => named("function", name),
            Some(Identifier::FieldId(id)) if *id <= 0 => {
                Err(format!("the field ID is {id}: it must be at least 1"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
