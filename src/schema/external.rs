//! Collections whose data is stored outside of Milvus, in files that it reads (since Milvus 3.0).

use super::{Field, Schema, SchemaBuilder};

impl SchemaBuilder {
    /// Sets the location of the data, such as `s3://bucket/books/`. The collection is then read-only, needs no primary
    /// key, and cannot have a generated one. Since Milvus 3.0.
    pub fn external_source(mut self, source: impl Into<String>) -> Self {
        self.schema.external.source = source.into();
        self
    }

    /// Sets how Milvus reads the data at the [source](Self::external_source), as JSON text such as
    /// `{"format": "parquet"}`. Since Milvus 3.0.
    pub fn external_spec(mut self, spec: impl Into<String>) -> Self {
        self.schema.external.spec = spec.into();
        self
    }
}

impl Schema {
    /// The location of the data, if it is stored outside of Milvus.
    pub fn external_source(&self) -> Option<&str> {
        Some(self.external.source.as_str()).filter(|source| !source.is_empty())
    }

    /// How Milvus reads data that is stored outside of it, as JSON text.
    pub fn external_spec(&self) -> Option<&str> {
        Some(self.external.spec.as_str()).filter(|spec| !spec.is_empty())
    }

    /// Checks the settings of an external source, and that a schema without one has none of them.
    pub(super) fn check_external(&self) -> Result<(), String> {
        if self.external_source().is_none() {
            let mut fields = self.fields.iter();
            let field = fields.find_map(|field| Some((field.name(), field.external_name()?)));
            return match (field, self.external_spec()) {
                (Some((field, name)), _) => Err(format!(
                    "field {field:?} is read from {name:?} of an external source, but the schema has no source: call .external_source(..)"
                )),
                (None, Some(_)) => Err(
                    "external_spec is set, but the schema has no external source: call .external_source(..)"
                        .to_owned(),
                ),
                (None, None) => Ok(()),
            };
        }
        match self.fields.iter().find(|field| field.is_auto_id()) {
            Some(field) => Err(format!(
                "field {:?} has auto-generated ids, which rows of an external source cannot have: remove .auto_id()",
                field.name()
            )),
            None => Ok(()),
        }
    }
}

impl Field {
    /// Sets the name of the field in the [external source](SchemaBuilder::external_source). Default: the name of the
    /// field. Since Milvus 3.0.
    #[must_use]
    pub fn external_field(mut self, name: impl Into<String>) -> Self {
        self.external_field = name.into();
        self
    }

    /// The name of the field in the external source, if it was set.
    pub fn external_name(&self) -> Option<&str> {
        Some(self.external_field.as_str()).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn books() -> SchemaBuilder {
        Schema::builder()
            .external_source("s3://bucket/books/")
            .external_spec(r#"{"format": "parquet"}"#)
            .field(Field::float_vector("embedding", 4).external_field("vector"))
    }

    #[test]
    fn an_external_schema_round_trips() {
        let schema = books().build().unwrap();
        let back = Schema::from_proto(&schema.to_proto("books"));
        assert_eq!(back, schema);
        assert_eq!(back.external_source(), Some("s3://bucket/books/"));
        assert_eq!(back.external_spec(), Some(r#"{"format": "parquet"}"#));
        let field = back.field("embedding").unwrap();
        assert_eq!(field.external_name(), Some("vector"));
    }

    #[test]
    fn debug_shows_no_credentials_of_the_storage() {
        let spec = r#"{"extfs": {"access_key_value": "secret"}}"#;
        let schema = books().external_spec(spec).build().unwrap();
        let shown = format!("{schema:?}");
        assert!(
            shown.contains("s3://") && !shown.contains("secret"),
            "{shown}"
        );
    }

    #[test]
    fn settings_of_an_external_source_without_a_source_are_refused() {
        let vector = Field::float_vector("v", 4);
        let books = |vector| {
            let builder = Schema::builder().field(Field::int64("id").primary_key());
            builder.field(vector)
        };
        for (builder, why) in [
            (
                books(vector.clone().external_field("w")),
                "field \"v\" is read from \"w\" of an external source, but the schema has no source",
            ),
            (
                books(vector).external_spec("{}"),
                "external_spec is set, but the schema has no external source",
            ),
        ] {
            let error = builder.build().unwrap_err();
            assert!(error.message().starts_with(why), "{error}");
        }
    }

    #[test]
    fn auto_generated_ids_of_an_external_source_are_refused() {
        let id = Field::int64("id").primary_key().auto_id();
        let error = books().field(id).build().unwrap_err();
        assert!(
            error
                .message()
                .starts_with("field \"id\" has auto-generated ids"),
            "{error}"
        );
    }
}
