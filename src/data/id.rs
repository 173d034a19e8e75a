use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, PartialWrite};
use crate::proto::schema::{IDs, LongArray, StringArray, i_ds::IdField};

/// The primary key of one row.
#[doc(alias = "PointId")]
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

impl From<&&str> for Id {
    fn from(id: &&str) -> Self {
        (*id).into()
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

macro_rules! try_into_integer {
    ($($number:ty),*) => {
        $(impl TryFrom<Id> for $number {
            type Error = Error;

            /// # Errors
            ///
            /// The key is a string, or does not fit.
            fn try_from(id: Id) -> Result<Self, Error> {
                let wanted = stringify!($number);
                match id {
                    Id::Int(id) => Self::try_from(id)
                        .map_err(|_| unfit(&format!("an integer that does not fit into {wanted}"))),
                    Id::Text(_) => Err(unfit(&format!("a string: expected {wanted}"))),
                }
            }
        })*
    };
}
try_into_integer!(i64, u64, i32, u32);

impl TryFrom<Id> for String {
    type Error = Error;

    /// # Errors
    ///
    /// The key is an integer. `to_string()` writes keys of both kinds.
    fn try_from(id: Id) -> Result<Self, Error> {
        match id {
            Id::Text(id) => Ok(id),
            Id::Int(_) => Err(unfit("an integer: expected a string")),
        }
    }
}

/// The error for a key of the other kind, without the key, which is user data.
fn unfit(found: &str) -> Error {
    Error::invalid_argument("read_id", format!("the primary key is {found}"))
}

impl TryFrom<u64> for Id {
    type Error = Error;

    /// # Errors
    ///
    /// The number is larger than `i64::MAX`, the largest primary key.
    fn try_from(id: u64) -> Result<Self, Error> {
        let id = i64::try_from(id).map(Self::Int);
        id.map_err(|_| unfit("an integer that does not fit into i64"))
    }
}

impl PartialEq<String> for Id {
    fn eq(&self, other: &String) -> bool {
        self.as_text() == Some(other)
    }
}

impl PartialEq<Id> for i64 {
    fn eq(&self, other: &Id) -> bool {
        other == self
    }
}

impl PartialEq<Id> for &str {
    fn eq(&self, other: &Id) -> bool {
        other == self
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

/// The message with these keys; `None` if there are both integers and strings.
pub(crate) fn to_proto(ids: Vec<Id>) -> Option<IDs> {
    let id_field = match ids.first() {
        None => None,
        Some(Id::Int(_)) => {
            let numbers = ids.into_iter().map(|id| id.as_int());
            Some(IdField::IntId(LongArray {
                data: numbers.collect::<Option<_>>()?,
            }))
        }
        Some(Id::Text(_)) => {
            let texts = ids.into_iter().map(|id| match id {
                Id::Text(text) => Some(text),
                Id::Int(_) => None,
            });
            Some(IdField::StrId(StringArray {
                data: texts.collect::<Option<_>>()?,
            }))
        }
    };
    Some(IDs { id_field })
}
