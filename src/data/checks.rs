//! The rules of one write.

use crate::schema::{DataType, Field};

/// What a write requires of its rows, apart from the schema.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Checks {
    /// The primary key must be given, even if Milvus generates it for inserts.
    pub(crate) upsert: bool,
    /// Fields may be left out, and keep their values.
    pub(crate) partial: bool,
    /// Float vectors must hold finite numbers.
    pub(crate) refuse_nan: bool,
    /// The collection takes primary keys although it generates them for rows without one.
    pub(crate) key_allowed: bool,
    /// The server would not find a row again whose primary key is the largest 64-bit integer.
    pub(crate) loses_largest_key: bool,
}

impl Checks {
    /// Whether rows without this field are refused.
    pub(super) fn needs(self, field: &Field) -> bool {
        if field.is_primary_key() {
            return self.upsert || !field.is_auto_id();
        }
        !(self.partial || field.is_function_output() || field.is_nullable() || field.has_default())
    }

    /// Whether generated primary keys may be given.
    pub(super) fn takes_keys(self) -> bool {
        self.upsert || self.key_allowed
    }

    /// Whether rows without this field are sent with a null: a nullable field, or one with a default value, when whole
    /// rows are written. Fields of a type that this version cannot write are left out, and Milvus fills them.
    pub(super) fn fills(self, field: &Field) -> bool {
        !self.partial
            && !matches!(field.data_type(), DataType::Unknown(_))
            && !field.is_primary_key()
            && !field.is_function_output()
            && (field.is_nullable() || field.has_default())
    }
}
