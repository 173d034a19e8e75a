//! Collections whose data lies elsewhere, in files that Milvus reads (Milvus 3.0).

use super::{Field, Schema, SchemaBuilder};

impl SchemaBuilder {
    /// Where the data of the collection lies: `s3://bucket/books/` (Milvus 3.0). Milvus then only reads it. Such a
    /// schema needs no primary key; if it has one, Milvus must not generate it.
    pub fn external_source(mut self, source: impl Into<String>) -> Self {
        self.schema.external.source = source.into();
        self
    }

    /// How the data at the [source](Self::external_source) is read, in Milvus' own words: a JSON text such as
    /// `{"format": "parquet"}` (Milvus 3.0).
    pub fn external_spec(mut self, spec: impl Into<String>) -> Self {
        self.schema.external.spec = spec.into();
        self
    }
}

impl Schema {
    /// Where the data lies, where Milvus does not keep it itself.
    pub fn external_source(&self) -> Option<&str> {
        Some(self.external.source.as_str()).filter(|source| !source.is_empty())
    }

    /// How data that lies elsewhere is read.
    pub fn external_spec(&self) -> Option<&str> {
        Some(self.external.spec.as_str()).filter(|spec| !spec.is_empty())
    }

    /// The rules of a collection whose data lies elsewhere, and that nothing is said of data elsewhere where none lies.
    pub(super) fn check_external(&self) -> Result<(), String> {
        if self.external_source().is_none() {
            let mut fields = self.fields.iter();
            let field = fields.find_map(|field| Some((field.name(), field.external_name()?)));
            return match (field, self.external_spec()) {
                (Some((field, name)), _) => Err(format!(
                    "field {field:?} is {name:?} in an external source, and there is none: call .external_source(..)"
                )),
                (None, Some(_)) => Err(
                    "external_spec says how an external source is read, and there is none: call .external_source(..)"
                        .to_owned(),
                ),
                (None, None) => Ok(()),
            };
        }
        match self.fields.iter().find(|field| field.is_auto_id()) {
            Some(field) => Err(format!(
                "field {:?} has auto-generated ids, which an external source cannot have: leave out .auto_id()",
                field.name()
            )),
            None => Ok(()),
        }
    }
}

impl Field {
    /// What the field is called where the data of the collection lies, in an
    /// [external source](SchemaBuilder::external_source) (Milvus 3.0). Default: the same.
    #[must_use]
    pub fn external_field(mut self, name: impl Into<String>) -> Self {
        self.external_field = name.into();
        self
    }

    /// What the field is called in an external source, where that is said.
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
    fn an_external_schema_comes_back_as_it_went() {
        let schema = books().build().unwrap();
        let back = Schema::from_proto(&schema.to_proto("books"));
        assert_eq!(back, schema);
        assert_eq!(back.external_source(), Some("s3://bucket/books/"));
        assert_eq!(back.external_spec(), Some(r#"{"format": "parquet"}"#));
        let field = back.field("embedding").unwrap();
        assert_eq!(field.external_name(), Some("vector"));
    }

    #[test]
    fn what_opens_the_storage_is_not_shown() {
        let spec = r#"{"extfs": {"access_key_value": "secret"}}"#;
        let schema = books().external_spec(spec).build().unwrap();
        let shown = format!("{schema:?}");
        assert!(
            shown.contains("s3://") && !shown.contains("secret"),
            "{shown}"
        );
    }

    #[test]
    fn nothing_is_said_of_a_source_that_is_not_there() {
        let vector = Field::float_vector("v", 4);
        let books = |vector| {
            let builder = Schema::builder().field(Field::int64("id").primary_key());
            builder.field(vector)
        };
        for (builder, why) in [
            (
                books(vector.clone().external_field("w")),
                "field \"v\" is \"w\" in an external source, and there is none",
            ),
            (
                books(vector).external_spec("{}"),
                "external_spec says how an external source is read, and there is none",
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
