//! Serialization of values to JSON text. Values that JSON cannot represent are refused; `serde_json` alone would write
//! NaN and infinity as null.

use bytes::{BufMut, BytesMut};
use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::serialize::{Mismatch, SinkResult};

/// Appends the value to `out`.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, out: &mut BytesMut) -> SinkResult {
    let mut json = serde_json::Serializer::new(out.writer());
    value.serialize(Strict(&mut json)).map_err(|error| {
        Mismatch(format!(
            "expected JSON, found a value that JSON cannot represent: {error}"
        ))
    })
}

/// The number as a JSON value; NaN and infinity are refused.
pub(super) fn number(value: f64) -> Result<serde_json::Value, String> {
    match refusal(value) {
        None => Ok(value.into()),
        Some(name) => Err(format!(
            "expected JSON, found a value that JSON cannot represent: {name}"
        )),
    }
}

/// The name of a number that JSON cannot represent.
fn refusal(value: f64) -> Option<&'static str> {
    match value {
        f64::INFINITY => Some("infinity"),
        f64::NEG_INFINITY => Some("-infinity"),
        value if value.is_nan() => Some("NaN"),
        _ => None,
    }
}

fn check<E: ser::Error>(value: f64) -> Result<(), E> {
    refusal(value).map_or(Ok(()), |name| Err(E::custom(name)))
}

/// The error for integers outside of i64 and u64. Most JSON parsers, including that of Milvus, would read them as
/// floats, and round them.
fn too_large<E: ser::Error>(value: impl std::fmt::Display) -> E {
    E::custom(format_args!(
        "the integer {value}, which is not in the range {} to {}",
        i64::MIN,
        u64::MAX
    ))
}

/// A serializer that refuses values that JSON cannot represent, and passes all others on.
struct Strict<S>(S);

/// A nested value, which is serialized by [`Strict`] too.
struct Inner<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Inner<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Strict(serializer))
    }
}

macro_rules! pass {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method(self $(, $argument: $type)*) -> Result<S::Ok, S::Error> {
            self.0.$method($($argument),*)
        })*
    };
}

impl<S: Serializer> Serializer for Strict<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Strict<S::SerializeSeq>;
    type SerializeTuple = Strict<S::SerializeTuple>;
    type SerializeTupleStruct = Strict<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Strict<S::SerializeTupleVariant>;
    type SerializeMap = Strict<S::SerializeMap>;
    type SerializeStruct = Strict<S::SerializeStruct>;
    type SerializeStructVariant = Strict<S::SerializeStructVariant>;

    pass! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_char(value: char);
        serialize_str(value: &str);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    fn serialize_i128(self, value: i128) -> Result<S::Ok, S::Error> {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => self.0.serialize_i64(value),
            (_, Ok(value)) => self.0.serialize_u64(value),
            _ => Err(too_large(value)),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<S::Ok, S::Error> {
        match u64::try_from(value) {
            Ok(value) => self.0.serialize_u64(value),
            Err(_) => Err(too_large(value)),
        }
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        check::<S::Error>(value.into())?;
        self.0.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        check::<S::Error>(value)?;
        self.0.serialize_f64(value)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Inner(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Inner(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Inner(value);
        self.0
            .serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(length).map(Strict)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(length).map(Strict)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, length).map(Strict)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let inner = self.0.serialize_tuple_variant(name, index, variant, length);
        inner.map(Strict)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(length).map(Strict)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, length).map(Strict)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let inner = self
            .0
            .serialize_struct_variant(name, index, variant, length);
        inner.map(Strict)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! compound {
    ($($trait:ident: $method:ident($($key:ident: $key_type:ty)?);)*) => {
        $(impl<S: $trait> $trait for Strict<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $key_type,)? value: &T) -> Result<(), S::Error> {
                self.0.$method($($key,)? &Inner(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })*
    };
}
compound! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(key: &'static str);
    SerializeStructVariant: serialize_field(key: &'static str);
}

impl<S: SerializeMap> SerializeMap for Strict<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(&Inner(key))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Inner(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}
