//! Schemas of collections: fields, their types and default values, and functions.

mod check;
mod default;
mod external;
mod field;
mod function;
mod structs;
mod typed_default;
mod wire;

pub use default::DefaultValue;
pub use field::{DataType, Field};
pub use function::{DecayFunction, Function, FunctionKind};
pub(crate) use structs::{inner_name, split_path};

use std::fmt;

use crate::error::{Error, Result};

/// The fields of a collection, and what holds for all of them.
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
/// Two schemas are equal if all that they declare is: fields in their order with types, keys, defaults, parameters (in any
/// order) and descriptions, functions, and what holds for the whole collection. A schema equals itself as the server
/// [describes](crate::Client::describe_collection) it, as far as the server keeps it: Milvus Lite 3 keeps no descriptions,
/// no parameters of fields, and not how long the texts in an array may be; Milvus before 2.5 keeps no default values.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    fields: Vec<Field>,
    functions: Vec<Function>,
    description: String,
    dynamic_fields: bool,
    namespaces: bool,
    external: External,
}

/// The source of a collection whose data is stored outside Milvus; empty for other collections.
#[derive(Clone, PartialEq, Eq, Default)]
struct External {
    source: String,
    spec: String,
}

impl fmt::Debug for External {
    /// Leaves out the specification, which may contain keys of the storage.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External")
            .field("source", &self.source)
            .field("spec", &format_args!("{} bytes", self.spec.len()))
            .finish()
    }
}

impl Schema {
    /// Starts an empty schema.
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

    /// What pymilvus' `create_collection(name, dimension)` makes: an int64 primary key `id`, a float vector `vector`,
    /// and dynamic fields.
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

    /// The fields, in the order they were declared; arrays of structs come after the others, as Milvus keeps them.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }

    /// The field whose values identify rows.
    pub fn primary_key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.is_primary_key())
    }

    /// What Milvus computes of rows.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// Free text about the collection.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether rows may have fields that the schema does not name; Milvus keeps them as JSON in `$meta`.
    pub fn has_dynamic_fields(&self) -> bool {
        self.dynamic_fields
    }

    /// Whether rows belong to namespaces, which writes and reads then name (Milvus 3.0).
    pub fn has_namespaces(&self) -> bool {
        self.namespaces
    }

    /// Fields that functions compute are known by the functions. Milvus Lite 2.5 does not mark them either.
    fn mark_outputs(&mut self) {
        for field in &mut self.fields {
            let computed = |function: &Function| function.outputs.contains(&field.name);
            field.function_output |= self.functions.iter().any(computed);
        }
    }
}

/// A schema being put together; made by [`Schema::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct SchemaBuilder {
    schema: Schema,
}

impl SchemaBuilder {
    /// Adds a field. Columns come back in the order of the fields, arrays of structs after the others.
    pub fn field(mut self, field: Field) -> Self {
        self.schema.fields.push(field);
        self
    }

    /// Lets Milvus compute a field of others. Rows then come without it.
    pub fn function(mut self, function: Function) -> Self {
        self.schema.functions.push(function);
        self
    }

    /// Lets rows have fields that the schema does not name. Default off.
    pub fn dynamic_fields(mut self, allowed: bool) -> Self {
        self.schema.dynamic_fields = allowed;
        self
    }

    /// Lets rows belong to namespaces, which are kept apart: writes and reads then say in which (Milvus 3.0). Default
    /// off.
    pub fn namespaces(mut self, enabled: bool) -> Self {
        self.schema.namespaces = enabled;
        self
    }

    /// Free text about the collection, kept by the server.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.schema.description = text.into();
        self
    }

    /// The schema, if it obeys the rules that span fields.
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](Error::is_invalid_argument), naming the field and the rule.
    pub fn build(mut self) -> Result<Schema> {
        self.schema.mark_outputs();
        // Stable: what is declared is what a server describes.
        let is_struct_array =
            |field: &Field| matches!(field.data_type, DataType::StructArray { .. });
        self.schema.fields.sort_by_key(is_struct_array);
        match self.schema.check() {
            Ok(()) => Ok(self.schema),
            Err(why) => Err(Error::invalid_argument("schema", why)),
        }
    }
}
