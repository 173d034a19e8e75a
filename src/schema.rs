//! Schemas of collections: fields, their types and default values, and functions.

mod check;
mod default;
mod external;
mod field;
mod function;
mod named;
mod structs;
mod text;
mod type_text;
mod typed_default;
mod wire;

pub use default::DefaultValue;
pub use field::{DataType, Field};
pub use function::{DecayFunction, Function, FunctionKind};
pub(crate) use structs::{inner_name, split_path};

use std::fmt;

use crate::error::{Error, Result};

/// The [schema](https://milvus.io/docs/schema.md) of a collection: its fields, its functions, and properties of the
/// whole collection.
///
/// Exactly one field is the primary key, and at least one holds vectors.
///
/// ```
/// use milvus_otel::{Field, Schema};
///
/// # fn example() -> milvus_otel::Result<()> {
/// let schema = Schema::builder()
///     .field(Field::int64("id").primary_key())
///     .field(Field::varchar("title", 512).nullable())
///     .field(Field::float_vector("embedding", 768))
///     .dynamic_fields(true)
///     .build()?;
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
///
/// Schemas are compared by everything that they declare; only the order of the parameters of a field is ignored. The
/// schema that the server [describes](crate::Client::describe_collection) is equal to the one that the collection was
/// created with, except for what the server does not store: Milvus before 2.5 does not store default values; Milvus
/// Lite 3 does not store descriptions, the parameters of fields, and the maximum length of texts in an array.
#[doc(alias = "CollectionSchema")]
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    fields: Vec<Field>,
    functions: Vec<Function>,
    description: String,
    dynamic_fields: bool,
    namespaces: bool,
    external: External,
}

/// The source of the data, if it is stored outside of Milvus; otherwise empty.
#[derive(Clone, PartialEq, Eq, Default)]
struct External {
    source: String,
    spec: String,
}

impl fmt::Debug for External {
    /// Hides the specification, which may contain credentials for the storage.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External")
            .field("source", &self.source)
            .field("spec", &format_args!("{} bytes", self.spec.len()))
            .finish()
    }
}

impl Schema {
    /// Starts a schema without fields.
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder {
            schema: Self {
                fields: Vec::new(),
                functions: Vec::new(),
                description: String::new(),
                dynamic_fields: false,
                namespaces: false,
                external: External::default(),
            },
        }
    }

    /// The schema of `create_collection(name, dimension)` in pymilvus: an int64 primary key `id`, a float vector
    /// `vector`, and dynamic fields.
    pub(crate) fn quick(dimension: u32) -> Self {
        Self {
            fields: vec![
                Field::int64("id").primary_key(),
                Field::float_vector("vector", dimension),
            ],
            functions: Vec::new(),
            description: String::new(),
            dynamic_fields: true,
            namespaces: false,
            external: External::default(),
        }
    }

    /// The fields, in the order of their declaration, except that arrays of structs come last, as in Milvus.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }

    /// The field that is the primary key.
    pub fn primary_key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.is_primary_key())
    }

    /// The functions, which compute fields from other fields.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The description of the collection.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether rows can have dynamic fields, which are not in the schema. Milvus stores them as JSON in the field
    /// `$meta`.
    pub fn has_dynamic_fields(&self) -> bool {
        self.dynamic_fields
    }

    /// Whether rows are divided into namespaces (since Milvus 3.0).
    pub fn has_namespaces(&self) -> bool {
        self.namespaces
    }

    /// Marks the fields that functions compute. Milvus Lite 2.5 does not mark them in its descriptions.
    fn mark_outputs(&mut self) {
        for field in &mut self.fields {
            let computed = |function: &Function| function.outputs.contains(&field.name);
            field.function_output |= self.functions.iter().any(computed);
        }
    }
}

/// Builds a [`Schema`]. Returned by [`Schema::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct SchemaBuilder {
    schema: Schema,
}

impl SchemaBuilder {
    /// Adds a field. Results have the columns in the same order, except that arrays of structs come last.
    pub fn field(mut self, field: Field) -> Self {
        self.schema.fields.push(field);
        self
    }

    /// Adds a function, by which Milvus computes a field from other fields. Rows are inserted without the computed
    /// field.
    pub fn function(mut self, function: Function) -> Self {
        self.schema.functions.push(function);
        self
    }

    /// Allows [dynamic fields](https://milvus.io/docs/enable-dynamic-field.md): fields of a row that are not in the
    /// schema. Default: false.
    pub fn dynamic_fields(mut self, allowed: bool) -> Self {
        self.schema.dynamic_fields = allowed;
        self
    }

    /// Divides rows into namespaces, such as one per tenant. Each write and read then needs a namespace. Default:
    /// false. Since Milvus 3.0.
    pub fn namespaces(mut self, enabled: bool) -> Self {
        self.schema.namespaces = enabled;
        self
    }

    /// Sets the description of the collection. Default: empty.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.schema.description = text.into();
        self
    }

    /// Checks the schema and returns it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument) if Milvus would refuse the schema; the message names the
    /// field and the rule.
    pub fn build(mut self) -> Result<Schema> {
        self.schema.mark_outputs();
        // The sort is stable, so the order is that in which servers describe the fields.
        let is_struct_array =
            |field: &Field| matches!(field.data_type, DataType::StructArray { .. });
        self.schema.fields.sort_by_key(is_struct_array);
        match self.schema.check() {
            Ok(()) => Ok(self.schema),
            Err(why) => Err(Error::invalid_argument("schema", why)),
        }
    }
}
