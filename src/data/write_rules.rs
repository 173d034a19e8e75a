//! The rules of a write, in addition to the schema.

use crate::schema::{DataType, Field};

/// What a write requires of its rows, in addition to the schema.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WriteRules {
    /// The primary key is required, even if Milvus generates it for inserts.
    pub(crate) upsert: bool,
    /// Fields may be left out, and then keep their stored values.
    pub(crate) partial: bool,
    /// Float vectors must not contain NaN or infinity.
    pub(crate) refuse_nan: bool,
    /// The collection accepts given primary keys, although Milvus generates them for rows without one.
    pub(crate) key_allowed: bool,
    /// The server cannot find a row whose primary key is the largest 64-bit integer.
    pub(crate) loses_largest_key: bool,
}

impl WriteRules {
    /// Whether rows without this field are refused.
    pub(super) fn needs(self, field: &Field) -> bool {
        if field.is_primary_key() {
            return self.upsert || !field.is_auto_id();
        }
        !(self.partial || field.is_function_output() || field.is_nullable() || field.has_default())
    }

    /// Whether a primary key may be given if Milvus generates it.
    pub(super) fn takes_keys(self) -> bool {
        self.upsert || self.key_allowed
    }

    /// Whether rows without this field are sent with a null. That is so if whole rows are written, and the field is
    /// nullable or has a default value. Fields of a type that this version cannot write are left out, and Milvus fills
    /// them.
    pub(super) fn fills(self, field: &Field) -> bool {
        !self.partial
            && !matches!(field.data_type(), DataType::Unknown(_))
            && !field.is_primary_key()
            && !field.is_function_output()
            && (field.is_nullable() || field.has_default())
    }
}
