//! What a collection is made of.

mod default;
mod field;
mod function;
mod wire;

pub use default::DefaultValue;
pub use field::{DataType, Field};
pub use function::{Function, FunctionKind};

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
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    fields: Vec<Field>,
    functions: Vec<Function>,
    description: String,
    dynamic_fields: bool,
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
        }
    }

    /// The fields, in the order they were declared.
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

    /// Fields that functions compute are known by the functions. Milvus Lite 2.5 does not mark them either.
    fn mark_outputs(&mut self) {
        for field in &mut self.fields {
            let computed = |function: &Function| function.outputs.contains(&field.name);
            field.function_output |= self.functions.iter().any(computed);
        }
    }

    /// The rules Milvus would refuse the schema by, checked before anything is sent.
    fn check(&self) -> Result<(), String> {
        for (index, field) in self.fields.iter().enumerate() {
            field.check()?;
            if self
                .fields
                .iter()
                .take(index)
                .any(|before| before.name() == field.name())
            {
                return Err(format!("two fields are named {:?}", field.name()));
            }
        }
        let count =
            |what: fn(&Field) -> bool| self.fields.iter().filter(|field| what(field)).count();
        match count(Field::is_primary_key) {
            1 => {}
            0 => {
                return Err(
                    "no field is the primary key: call .primary_key() on an int64 or varchar field"
                        .into(),
                );
            }
            _ => return Err("more than one field is the primary key".into()),
        }
        if count(Field::is_partition_key) > 1 {
            return Err("more than one field is the partition key".into());
        }
        if count(Field::is_clustering_key) > 1 {
            return Err("more than one field is the clustering key".into());
        }
        if count(|field| field.data_type().is_vector()) == 0 {
            return Err("no field holds vectors".into());
        }
        self.functions
            .iter()
            .try_for_each(|function| function.check(self))
    }
}

/// A schema being put together; made by [`Schema::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct SchemaBuilder {
    schema: Schema,
}

impl SchemaBuilder {
    /// Adds a field. Columns come back in the order of the fields.
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
        match self.schema.check() {
            Ok(()) => Ok(self.schema),
            Err(why) => Err(Error::invalid_argument("schema", why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(fields: impl IntoIterator<Item = Field>) -> String {
        let builder = fields
            .into_iter()
            .fold(Schema::builder(), SchemaBuilder::field);
        let error = builder.build().unwrap_err();
        assert!(error.is_invalid_argument());
        error.message().to_owned()
    }

    #[test]
    fn functions_name_fields_that_fit() {
        let text = || Field::varchar("text", 99).analyzer(serde_json::json!({ "type": "english" }));
        let with = |field: Field, function| {
            let builder = Schema::builder().field(Field::int64("id").primary_key());
            let builder = builder.field(field).field(Field::sparse_vector("sparse"));
            builder.function(function).build()
        };
        let bm25 = || Function::bm25("bm25", "text", "sparse");
        let schema = with(text(), bm25()).unwrap();
        assert!(schema.field("sparse").unwrap().is_function_output());
        for (field, function, why) in [
            (
                text(),
                Function::bm25("f", "nothing", "sparse"),
                "reads \"nothing\", which is no field",
            ),
            (
                text(),
                Function::bm25("f", "text", "nothing"),
                "fills \"nothing\", which is no field",
            ),
            (
                text(),
                Function::bm25("f", "text", "id"),
                "fills \"id\", which is no sparse float vector",
            ),
            (
                Field::varchar("text", 99),
                bm25(),
                "\"text\", which has no analyzer",
            ),
            (
                Field::int64("text"),
                bm25(),
                "reads \"text\", which is no varchar",
            ),
        ] {
            let error = with(field, function).unwrap_err();
            assert!(error.message().contains(why), "{error} does not say {why}");
        }
    }

    #[test]
    fn rules_that_span_fields_are_named() {
        let (id, vector) = (
            || Field::int64("id").primary_key(),
            || Field::float_vector("v", 4),
        );
        for (fields, why) in [
            (vec![vector()], "no field is the primary key"),
            (
                vec![id(), Field::varchar("k", 9).primary_key(), vector()],
                "more than one field is the primary key",
            ),
            (vec![id()], "no field holds vectors"),
            (vec![id(), vector(), vector()], "two fields are named \"v\""),
            (
                vec![Field::float("id").primary_key(), vector()],
                "\"id\" is the primary key",
            ),
            (
                vec![id(), Field::float_vector("v", 0)],
                "\"v\" has dimension 0",
            ),
            (vec![id(), Field::binary_vector("v", 12)], "multiple of 8"),
            (
                vec![id(), vector(), Field::varchar("t", 0)],
                "\"t\" has max_length 0",
            ),
            (
                vec![Field::int64("id").primary_key().nullable(), vector()],
                "\"id\" is the primary key and nullable",
            ),
            (
                vec![id(), vector(), Field::int64("a b")],
                "\"a b\" is no name",
            ),
            (
                vec![id(), vector(), Field::int64("n").auto_id()],
                "\"n\" is auto_id but not the primary key",
            ),
            (
                vec![id(), vector(), Field::int32("n").default_value("many")],
                "\"n\" is of type int32: its default value cannot be \"many\"",
            ),
            (
                vec![Field::int64("id").primary_key().default_value(3), vector()],
                "\"id\" is the primary key and has a default value",
            ),
        ] {
            let message = refused(fields);
            assert!(message.contains(why), "{message:?} does not say {why:?}");
        }
    }
}
