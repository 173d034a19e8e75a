//! Checks a schema by the rules of Milvus, before anything is sent.

use super::{DataType, Field, Schema};

impl Schema {
    /// Checks each field, and the rules for several fields.
    pub(super) fn check(&self) -> Result<(), String> {
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
            0 if self.external_source().is_some() => {}
            0 => {
                return Err(
                    "the schema has no primary key: call .primary_key() on an int64 or varchar field"
                        .into(),
                );
            }
            _ => return Err("the schema has more than one primary key".into()),
        }
        if count(Field::is_partition_key) > 1 {
            return Err("the schema has more than one partition key".into());
        }
        if count(Field::is_clustering_key) > 1 {
            return Err("the schema has more than one clustering key".into());
        }
        if !self.fields.iter().any(Field::holds_vectors) {
            return Err("the schema has no vector field".into());
        }
        self.check_external()?;
        self.functions
            .iter()
            .try_for_each(|function| function.check(&self.fields))
    }
}

impl Field {
    /// Checks one field.
    pub(super) fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let starts_well =
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if !starts_well
            || name.len() > 255
            || !name
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || each == '_')
        {
            return Err(format!(
                "{name:?} is not a valid field name: use at most 255 letters, digits and underscores, and no digit at the beginning"
            ));
        }
        let is_key_type = matches!(self.data_type, DataType::Int64 | DataType::VarChar { .. });
        match &self.data_type {
            DataType::VarChar { max_length } if !(1..=65535).contains(max_length) => {
                return Err(format!(
                    "field {name:?} has max_length {max_length}: it must be 1 to 65535 bytes"
                ));
            }
            DataType::Array { max_capacity, .. } | DataType::StructArray { max_capacity, .. }
                if !(1..=4096).contains(max_capacity) =>
            {
                return Err(format!(
                    "field {name:?} has max_capacity {max_capacity}: it must be 1 to 4096"
                ));
            }
            DataType::Array { element, .. }
                if element.is_vector()
                    || matches!(
                        **element,
                        DataType::Array { .. } | DataType::StructArray { .. } | DataType::Json
                    ) =>
            {
                return Err(format!(
                    "field {name:?} is an array of {element:?}: elements must be of a scalar type"
                ));
            }
            DataType::BinaryVector { dimension } if dimension % 8 != 0 => {
                return Err(format!(
                    "field {name:?} has dimension {dimension}: for binary vectors, it must be a multiple of 8"
                ));
            }
            DataType::StructArray { fields, .. } => self.check_structs(fields)?,
            data_type if data_type.dimension() == Some(0) => {
                return Err(format!(
                    "field {name:?} has dimension 0: it must be at least 1"
                ));
            }
            _ => {}
        }
        if self.primary_key && !is_key_type {
            return Err(format!(
                "field {name:?} is of type {}, but a primary key must be int64 or varchar",
                self.data_type
            ));
        }
        if let Some(value) = &self.default {
            if self.primary_key {
                return Err(format!(
                    "field {name:?} is the primary key, which cannot have a default value"
                ));
            }
            if !value.fits(&self.data_type) {
                return Err(format!(
                    "field {name:?} is of type {}, so its default value cannot be {value}",
                    self.data_type
                ));
            }
        }
        if self.primary_key && self.nullable {
            return Err(format!(
                "field {name:?} is the primary key, which cannot be nullable"
            ));
        }
        if self.partition_key && (!is_key_type || self.primary_key) {
            return Err(format!(
                "field {name:?} cannot be the partition key: it must be int64 or varchar, and not the primary key"
            ));
        }
        if self.auto_id && !self.primary_key {
            return Err(format!(
                "field {name:?} has auto_id, but is not the primary key"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Function, SchemaBuilder};

    fn refused(fields: impl IntoIterator<Item = Field>) -> String {
        let builder = fields
            .into_iter()
            .fold(Schema::builder(), SchemaBuilder::field);
        let error = builder.build().unwrap_err();
        assert!(error.is_invalid_argument());
        error.message().to_owned()
    }

    #[test]
    fn fields_of_functions_are_checked() {
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
                "reads \"nothing\", which is not a field",
            ),
            (
                text(),
                Function::bm25("f", "text", "nothing"),
                "writes \"nothing\", which is not a field",
            ),
            (
                text(),
                Function::bm25("f", "text", "id"),
                "writes \"id\", which is not a sparse float vector field",
            ),
            (
                Field::varchar("text", 99),
                bm25(),
                "\"text\", which has no analyzer",
            ),
            (
                Field::int64("text"),
                bm25(),
                "reads \"text\", which is not a varchar field",
            ),
        ] {
            let error = with(field, function).unwrap_err();
            assert!(error.message().contains(why), "{error} does not say {why}");
        }
    }

    #[test]
    fn invalid_schemas_are_refused() {
        let (id, vector) = (
            || Field::int64("id").primary_key(),
            || Field::float_vector("v", 4),
        );
        for (fields, why) in [
            (vec![vector()], "the schema has no primary key"),
            (
                vec![id(), Field::varchar("k", 9).primary_key(), vector()],
                "the schema has more than one primary key",
            ),
            (vec![id()], "the schema has no vector field"),
            (vec![id(), vector(), vector()], "two fields are named \"v\""),
            (
                vec![Field::float("id").primary_key(), vector()],
                "field \"id\" is of type float, but a primary key must be",
            ),
            (
                vec![id(), Field::float_vector("v", 0)],
                "field \"v\" has dimension 0",
            ),
            (vec![id(), Field::binary_vector("v", 12)], "multiple of 8"),
            (
                vec![id(), vector(), Field::varchar("t", 0)],
                "field \"t\" has max_length 0",
            ),
            (
                vec![Field::int64("id").primary_key().nullable(), vector()],
                "field \"id\" is the primary key, which cannot be nullable",
            ),
            (
                vec![id(), vector(), Field::int64("a b")],
                "\"a b\" is not a valid field name",
            ),
            (
                vec![id(), vector(), Field::int64("n").auto_id()],
                "field \"n\" has auto_id, but is not the primary key",
            ),
            (
                vec![id(), vector(), Field::int32("n").default_value("many")],
                "field \"n\" is of type int32, so its default value cannot be \"many\"",
            ),
            (
                vec![Field::int64("id").primary_key().default_value(3), vector()],
                "field \"id\" is the primary key, which cannot have a default value",
            ),
        ] {
            let message = refused(fields);
            assert!(message.contains(why), "{message:?} does not say {why:?}");
        }
    }
}
