use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::PartialWrite;
use crate::proto::schema::{IDs, LongArray, StringArray, i_ds::IdField};

/// The primary key of one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// The value of an int64 primary key.
    Int(i64),
    /// The value of a varchar primary key.
    Text(String),
}

impl Id {
    /// The key as an integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(id) => Some(*id),
            Self::Text(_) => None,
        }
    }

    /// The key as text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Int(_) => None,
            Self::Text(id) => Some(id),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(id) => id.fmt(f),
            Self::Text(id) => id.fmt(f),
        }
    }
}

macro_rules! from_integer {
    ($($number:ty),*) => {
        $(
            impl From<$number> for Id {
                fn from(id: $number) -> Self {
                    Self::Int(id.into())
                }
            }

            impl From<&$number> for Id {
                fn from(id: &$number) -> Self {
                    (*id).into()
                }
            }
        )*
    };
}
from_integer!(i8, i16, i32, i64, u8, u16, u32);

impl From<String> for Id {
    fn from(id: String) -> Self {
        Self::Text(id)
    }
}

impl From<&str> for Id {
    fn from(id: &str) -> Self {
        Self::Text(id.to_owned())
    }
}

impl From<&String> for Id {
    fn from(id: &String) -> Self {
        Self::Text(id.clone())
    }
}

impl From<Id> for serde_json::Value {
    fn from(id: Id) -> Self {
        match id {
            Id::Int(id) => id.into(),
            Id::Text(id) => id.into(),
        }
    }
}

impl From<&Self> for Id {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl PartialEq<i64> for Id {
    fn eq(&self, other: &i64) -> bool {
        self.as_int() == Some(*other)
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.as_text() == Some(other)
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.as_text() == Some(*other)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(id) => serializer.serialize_i64(*id),
            Self::Text(id) => serializer.serialize_str(id),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a primary key: an integer or a string")
            }

            fn visit_i64<E: de::Error>(self, id: i64) -> Result<Id, E> {
                Ok(Id::Int(id))
            }

            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Id, E> {
                i64::try_from(id).map(Id::Int).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Id, E> {
                Ok(id.into())
            }

            fn visit_string<E: de::Error>(self, id: String) -> Result<Id, E> {
                Ok(id.into())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl PartialWrite {
    /// The primary keys of the rows that were written, in the order of the rows.
    pub fn ids(&self) -> Vec<Id> {
        self.proto_ids().map(from_proto).unwrap_or_default()
    }
}

pub(crate) fn from_proto(ids: &IDs) -> Vec<Id> {
    match &ids.id_field {
        Some(IdField::IntId(ids)) => ids.data.iter().copied().map(Id::Int).collect(),
        Some(IdField::StrId(ids)) => ids.data.iter().cloned().map(Id::Text).collect(),
        None => Vec::new(),
    }
}

/// The message with these keys, or the first key that is not of the same kind as the keys before it.
pub(crate) fn to_proto(ids: Vec<Id>) -> Result<IDs, Id> {
    let id_field = match ids.first() {
        None => None,
        Some(Id::Int(_)) => {
            let numbers = ids.into_iter().map(|id| id.as_int().ok_or(id));
            Some(IdField::IntId(LongArray {
                data: numbers.collect::<Result<_, _>>()?,
            }))
        }
        Some(Id::Text(_)) => {
            let texts = ids.into_iter().map(|id| match id {
                Id::Text(text) => Ok(text),
                other @ Id::Int(_) => Err(other),
            });
            Some(IdField::StrId(StringArray {
                data: texts.collect::<Result<_, _>>()?,
            }))
        }
    };
    Ok(IDs { id_field })
}
