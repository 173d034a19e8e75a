//! Facts from the schema of a new collection.

use crate::proto::schema::DataType;

/// The primary key and the first vector field of a schema, read field by field.
#[derive(Debug, Default)]
pub(in crate::otel) struct SchemaFacts {
    pub(in crate::otel) key_type: Option<&'static str>,
    pub(in crate::otel) dimension: Option<i64>,
    field: Field,
}

/// The field being read.
#[derive(Debug, Default)]
struct Field {
    is_key: bool,
    data_type: u64,
    /// Whether the next parameter value is the dimension.
    next_is_dimension: bool,
}

impl SchemaFacts {
    pub(super) fn field(&mut self) {
        self.field = Field::default();
    }

    pub(super) fn is_key(&mut self, is_key: bool) {
        self.field.is_key = is_key;
    }

    pub(super) fn data_type(&mut self, number: u64) {
        self.field.data_type = number;
        if self.field.is_key {
            let known = i32::try_from(number)
                .ok()
                .and_then(|number| DataType::try_from(number).ok());
            self.key_type = known.map(|known| known.as_str_name());
        }
    }

    pub(super) fn parameter_key(&mut self, name: &str) {
        self.field.next_is_dimension = name == "dim";
    }

    pub(super) fn parameter_value(&mut self, value: &str) {
        const VECTORS: std::ops::RangeInclusive<u64> =
            DataType::BinaryVector as u64..=DataType::Int8Vector as u64;
        if std::mem::take(&mut self.field.next_is_dimension)
            && VECTORS.contains(&self.field.data_type)
        {
            self.dimension = self.dimension.or_else(|| value.parse().ok());
        }
    }
}
