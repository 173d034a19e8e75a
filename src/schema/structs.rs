//! Arrays of structs: fields whose values are lists of structs with the same fields.

mod wire;

pub(crate) use wire::{inner_name, split_path};

use super::{DataType, Field, Schema};

impl Schema {
    /// Whether `path` is the name of a field, or the path `array[name]` of a field of structs.
    pub(crate) fn has_path(&self, path: &str) -> bool {
        let inner = || {
            let (array, name) = split_path(path)?;
            match self.field(array)?.data_type() {
                DataType::StructArray { fields, .. } => {
                    fields.iter().find(|field| field.name == name)
                }
                _ => None,
            }
        };
        self.field(path).is_some() || inner().is_some()
    }

    pub(crate) fn struct_arrays(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_struct_array())
    }
}

impl Field {
    /// An [array of structs](https://milvus.io/docs/array-of-structs.md) with these fields, and at most `max_capacity`
    /// structs per row (1 to 4096). Since Milvus 2.6.4.
    ///
    /// The fields can be bools, integers, floats, doubles, varchars, and dense vectors of any kind. They cannot be
    /// keys, nullable, or have default values. The whole array can be [`nullable`](Self::nullable) (since Milvus 3.0).
    ///
    /// In typed rows, the field is a `Vec` of a struct. For columns, there is
    /// [`Columns::struct_array`](crate::data::Columns::struct_array). Indexes, searches and output fields use paths
    /// such as `chunks[embedding]`.
    ///
    /// ```
    /// use milvus_otel::{Field, Index, Metric, QueryVector, Schema};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Article {
    ///     id: i64,
    ///     chunks: Vec<Chunk>,
    /// }
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Chunk {
    ///     text: String,
    ///     embedding: Vec<f32>,
    /// }
    ///
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// let chunk = [Field::varchar("text", 1024), Field::float_vector("embedding", 2)];
    /// let schema = Schema::builder()
    ///     .field(Field::int64("id").primary_key())
    ///     .field(Field::struct_array("chunks", chunk, 100))
    ///     .build()?;
    /// let index = Index::hnsw(Metric::MaxSimCosine, 16, 200);
    /// client.create_collection("articles", schema).index("chunks[embedding]", index).await?;
    ///
    /// let chunk = |text: &str, embedding| Chunk { text: text.into(), embedding };
    /// let chunks = vec![chunk("Call me", vec![0.1, 0.9]), chunk("Ishmael.", vec![0.8, 0.2])];
    /// client.insert("articles", [Article { id: 1, chunks }]).await?;
    ///
    /// let query = QueryVector::embedding_list([[0.1, 0.8], [0.7, 0.3]]);
    /// let hits = client.search("articles", query).field("chunks[embedding]").rows::<Article>().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn struct_array(
        name: impl Into<String>,
        fields: impl IntoIterator<Item = Self>,
        max_capacity: u32,
    ) -> Self {
        let fields = fields.into_iter().collect();
        Self::new(
            name,
            DataType::StructArray {
                fields,
                max_capacity,
            },
        )
    }

    pub(super) fn is_struct_array(&self) -> bool {
        matches!(self.data_type, DataType::StructArray { .. })
    }

    /// Whether the field, or a field of its structs, has vectors.
    pub(super) fn holds_vectors(&self) -> bool {
        match &self.data_type {
            DataType::StructArray { fields, .. } => {
                fields.iter().any(|field| field.data_type.is_vector())
            }
            data_type => data_type.is_vector(),
        }
    }

    /// Checks an array of structs and the fields of the structs.
    pub(super) fn check_structs(&self, fields: &[Self]) -> Result<(), String> {
        let array = &self.name;
        if fields.is_empty() {
            return Err(format!("the structs of field {array:?} have no fields"));
        }
        if self.clustering_key {
            return Err(format!(
                "field {array:?} is an array of structs, which cannot be the clustering key"
            ));
        }
        for (index, field) in fields.iter().enumerate() {
            field
                .check()
                .map_err(|why| format!("in the structs of field {array:?}: {why}"))?;
            let refuse = |why: &str| Err(format!("field \"{array}[{}]\" {why}", field.name));
            if fields
                .iter()
                .take(index)
                .any(|before| before.name == field.name)
            {
                return refuse("is defined twice");
            }
            if !field.data_type.fits_in_struct() {
                return refuse(&format!(
                    "is of type {}: structs can only have bools, integers, floats, doubles, varchars and dense vectors",
                    field.data_type
                ));
            }
            let never = [
                (field.primary_key, "the primary key"),
                (field.partition_key, "the partition key"),
                (field.clustering_key, "the clustering key"),
                (field.function_output, "the output of a function"),
            ];
            if let Some((_, what)) = never.iter().find(|(is, _)| *is) {
                return refuse(&format!("cannot be {what}: it is part of a struct"));
            }
            if field.nullable {
                return refuse(&format!(
                    "cannot be nullable: only {array:?} as a whole can be"
                ));
            }
            if field.default.is_some() {
                return refuse("cannot have a default value: it is part of a struct");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Field {
        Field::varchar("text", 99)
    }

    fn build(array: Field) -> Result<Schema, String> {
        let builder = Schema::builder().field(Field::int64("id").primary_key());
        let builder = builder.field(array).field(Field::float_vector("v", 4));
        builder.build().map_err(|error| {
            assert!(error.is_invalid_argument());
            error.message().to_owned()
        })
    }

    #[test]
    fn invalid_structs_are_refused() {
        let array = |field: Field| Field::struct_array("chunks", [text(), field], 8);
        let number = || Field::int64("number");
        for (array, why) in [
            (
                Field::struct_array("chunks", [], 8),
                "the structs of field \"chunks\" have no fields",
            ),
            (
                Field::struct_array("chunks", [text()], 0),
                "field \"chunks\" has max_capacity 0: it must be 1 to 4096",
            ),
            (
                Field::struct_array("chunks", [text()], 4097),
                "field \"chunks\" has max_capacity 4097: it must be 1 to 4096",
            ),
            (array(text()), "field \"chunks[text]\" is defined twice"),
            (
                array(Field::int64("a b")),
                "in the structs of field \"chunks\": \"a b\" is not a valid field name",
            ),
            (
                array(Field::binary_vector("bits", 12)),
                "in the structs of field \"chunks\": field \"bits\" has dimension 12",
            ),
            (
                array(Field::json("meta")),
                "\"chunks[meta]\" is of type json: structs can only have",
            ),
            (
                array(Field::sparse_vector("sparse")),
                "\"chunks[sparse]\" is of type sparse float vector",
            ),
            (
                array(Field::array("tags", DataType::Int8, 3)),
                "\"chunks[tags]\" is of type array of at most 3 int8",
            ),
            (
                array(Field::struct_array("inner", [text()], 3)),
                "\"chunks[inner]\" is of type array of at most 3 structs of text",
            ),
            (
                array(number().primary_key()),
                "field \"chunks[number]\" cannot be the primary key: it is part of a struct",
            ),
            (
                array(number().partition_key()),
                "field \"chunks[number]\" cannot be the partition key: it is part of a struct",
            ),
            (
                array(number().clustering_key()),
                "field \"chunks[number]\" cannot be the clustering key: it is part of a struct",
            ),
            (
                array(number().nullable()),
                "field \"chunks[number]\" cannot be nullable: only \"chunks\" as a whole can be",
            ),
            (
                array(number().default_value(3)),
                "field \"chunks[number]\" cannot have a default value",
            ),
            (
                array(number().auto_id()),
                "in the structs of field \"chunks\": field \"number\" has auto_id",
            ),
            (
                array(number()).clustering_key(),
                "field \"chunks\" is an array of structs, which cannot be the clustering key",
            ),
            (
                array(number()).primary_key(),
                "but a primary key must be int64 or varchar",
            ),
            (
                array(number()).default_value(3),
                "its default value cannot be 3",
            ),
            (
                Field::struct_array("v", [text()], 3),
                "two fields are named \"v\"",
            ),
            (
                Field::array("array", array(text()).data_type().clone(), 3),
                "elements must be of a scalar type",
            ),
        ] {
            let message = build(array).unwrap_err();
            assert!(message.contains(why), "{message:?} does not say {why:?}");
        }
    }

    #[test]
    fn paths_of_fields_of_structs_are_found() {
        let array = Field::struct_array("chunks", [text()], 8);
        let schema = build(array).unwrap();
        for path in ["id", "chunks", "chunks[text]"] {
            assert!(schema.has_path(path), "{path}");
        }
        for path in [
            "",
            "text",
            "chunks[v]",
            "v[text]",
            "chunks[text",
            "chunks[]",
        ] {
            assert!(!schema.has_path(path), "{path}");
        }
    }

    #[test]
    fn a_schema_with_vectors_only_in_structs_is_valid() {
        let builder = Schema::builder().field(Field::int64("id").primary_key());
        let with = |field| builder.clone().field(field).build();
        assert!(with(Field::struct_array("s", [Field::int8_vector("v", 3)], 4)).is_ok());
        assert!(with(Field::struct_array("s", [text()], 4)).is_err());
    }
}
