//! The fields of a struct, without a value of it.

use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::read_error::{ReadError, ReadResult};

/// The names of the fields of a struct, as serde sees them; `None` if `T` is not a struct.
pub(crate) fn field_names<T: de::DeserializeOwned>() -> Option<&'static [&'static str]> {
    struct Probe<'a>(&'a mut Option<&'static [&'static str]>);

    impl<'de> Deserializer<'de> for Probe<'_> {
        type Error = ReadError;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> ReadResult<V::Value> {
            Err(ReadError(String::new()))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            names: &'static [&'static str],
            _: V,
        ) -> ReadResult<V::Value> {
            *self.0 = Some(names);
            Err(ReadError(String::new()))
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> ReadResult<V::Value> {
            visitor.visit_newtype_struct(self)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names = None;
    // Always fails; `Probe` records the names before.
    let _ = T::deserialize(Probe(&mut names));
    names
}
