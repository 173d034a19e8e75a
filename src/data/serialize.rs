//! A serializer that passes values one by one to a [`ValueSink`].

use std::fmt::Display;

use serde::ser::{self, Impossible, Serialize};

/// Why a value was refused.
#[derive(Debug)]
pub(super) struct Mismatch(pub(super) String);

pub(super) type SinkResult<T = ()> = Result<T, Mismatch>;

impl Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl ser::Error for Mismatch {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Accepts values of some kinds, and refuses all others.
pub(super) trait ValueSink {
    /// What the sink accepts, for the error message.
    fn expected(&self) -> String;

    fn refuse<T>(&self, found: impl Display) -> SinkResult<T> {
        Err(Mismatch(format!(
            "expected {}, found {found}",
            self.expected()
        )))
    }

    fn bool(&mut self, value: bool) -> SinkResult {
        let _ = value;
        self.refuse("a bool")
    }
    fn int(&mut self, value: i64) -> SinkResult {
        let _ = value;
        self.refuse("an integer")
    }
    fn float(&mut self, value: f64) -> SinkResult {
        let _ = value;
        self.refuse("a float")
    }
    fn float32(&mut self, value: f32) -> SinkResult {
        self.float(value.into())
    }
    fn text(&mut self, value: &str) -> SinkResult {
        let _ = value;
        self.refuse("a string")
    }
    fn bytes(&mut self, value: &[u8]) -> SinkResult {
        let _ = value;
        self.refuse("bytes")
    }
    fn null(&mut self) -> SinkResult {
        self.refuse("nothing")
    }
    fn begin_seq(&mut self) -> SinkResult {
        self.refuse("a sequence")
    }
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let _ = value;
        self.refuse("an element")
    }
    fn end_seq(&mut self) -> SinkResult {
        Ok(())
    }
    /// A whole sequence, if the type passes it as one iterator, which slices and `Vec`s do.
    #[inline]
    fn sequence<I: IntoIterator<Item: Serialize>>(&mut self, elements: I) -> SinkResult {
        one_by_one(self, elements)
    }
    fn begin_map(&mut self) -> SinkResult {
        self.refuse("a map")
    }
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        let _ = key;
        self.refuse("a map")
    }
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let _ = value;
        self.refuse("a map")
    }
    fn end_map(&mut self) -> SinkResult {
        Ok(())
    }
    /// A field of a struct.
    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> SinkResult {
        self.key(key)?;
        self.value(value)
    }
}

/// Passes a sequence to the sink element by element.
pub(super) fn one_by_one<S: ValueSink + ?Sized>(
    sink: &mut S,
    elements: impl IntoIterator<Item: Serialize>,
) -> SinkResult {
    sink.begin_seq()?;
    elements
        .into_iter()
        .try_for_each(|element| sink.element(&element))?;
    sink.end_seq()
}

/// A serializer that passes all values to a [`ValueSink`].
#[derive(Debug)]
pub(super) struct SinkSerializer<'a, T>(pub(super) &'a mut T);

macro_rules! ints {
    ($($method:ident: $number:ty),*) => {
        $(#[inline]
        fn $method(self, value: $number) -> SinkResult {
            self.0.int(value.into())
        })*
    };
}

impl<'a, S: ValueSink> ser::Serializer for SinkSerializer<'a, S> {
    type Ok = ();
    type Error = Mismatch;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<(), Mismatch>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Mismatch>;

    ints!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
          serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    fn serialize_bool(self, value: bool) -> SinkResult {
        self.0.bool(value)
    }
    fn serialize_u64(self, value: u64) -> SinkResult {
        self.serialize_u128(value.into())
    }
    fn serialize_i128(self, value: i128) -> SinkResult {
        match i64::try_from(value) {
            Ok(value) => self.0.int(value),
            Err(_) => self.0.refuse(value),
        }
    }
    fn serialize_u128(self, value: u128) -> SinkResult {
        match i64::try_from(value) {
            Ok(value) => self.0.int(value),
            Err(_) => self.0.refuse(value),
        }
    }
    #[inline]
    fn serialize_f32(self, value: f32) -> SinkResult {
        self.0.float32(value)
    }
    #[inline]
    fn serialize_f64(self, value: f64) -> SinkResult {
        self.0.float(value)
    }
    fn serialize_char(self, value: char) -> SinkResult {
        self.0.text(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> SinkResult {
        self.0.text(value)
    }
    fn serialize_bytes(self, value: &[u8]) -> SinkResult {
        self.0.bytes(value)
    }
    fn serialize_none(self) -> SinkResult {
        self.0.null()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> SinkResult {
        value.serialize(self)
    }
    fn serialize_unit(self) -> SinkResult {
        self.0.null()
    }
    fn serialize_unit_struct(self, _: &'static str) -> SinkResult {
        self.0.null()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> SinkResult {
        self.0.text(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> SinkResult {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> SinkResult {
        self.0
            .refuse(format_args!("enum variant {variant} with a value"))
    }
    fn serialize_seq(self, _: Option<usize>) -> SinkResult<Self> {
        self.0.begin_seq()?;
        Ok(self)
    }
    #[inline]
    fn collect_seq<I: IntoIterator<Item: Serialize>>(self, elements: I) -> SinkResult {
        self.0.sequence(elements)
    }
    fn serialize_tuple(self, length: usize) -> SinkResult<Self> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> SinkResult<Self> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> SinkResult<Self::SerializeTupleVariant> {
        self.0
            .refuse(format_args!("enum variant {variant} with values"))
    }
    fn serialize_map(self, _: Option<usize>) -> SinkResult<Self> {
        self.0.begin_map()?;
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, length: usize) -> SinkResult<Self> {
        self.serialize_map(Some(length))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> SinkResult<Self::SerializeStructVariant> {
        self.0
            .refuse(format_args!("enum variant {variant} with fields"))
    }
}

macro_rules! sequences {
    ($($trait:ident: $method:ident),*) => {
        $(impl<S: ValueSink> ser::$trait for SinkSerializer<'_, S> {
            type Ok = ();
            type Error = Mismatch;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
                self.0.element(value)
            }

            fn end(self) -> SinkResult {
                self.0.end_seq()
            }
        })*
    };
}
sequences!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

impl<S: ValueSink> ser::SerializeMap for SinkSerializer<'_, S> {
    type Ok = ();
    type Error = Mismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        self.0.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        self.0.value(value)
    }

    fn end(self) -> SinkResult {
        self.0.end_map()
    }
}

impl<S: ValueSink> ser::SerializeStruct for SinkSerializer<'_, S> {
    type Ok = ();
    type Error = Mismatch;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> SinkResult {
        self.0.entry(key, value)
    }

    fn end(self) -> SinkResult {
        self.0.end_map()
    }
}

/// A sink for the key of a map, which is the name of a field.
#[derive(Debug)]
pub(super) struct FieldName(String);

impl FieldName {
    /// Reads the name from a key. `buffer` is a text whose allocation is reused.
    pub(super) fn read<T: Serialize + ?Sized>(
        key: &T,
        buffer: Option<String>,
    ) -> SinkResult<String> {
        let mut name = Self(buffer.unwrap_or_default());
        key.serialize(SinkSerializer(&mut name))?;
        Ok(name.0)
    }
}

impl ValueSink for FieldName {
    fn expected(&self) -> String {
        "a string as the field name".to_owned()
    }

    fn text(&mut self, value: &str) -> SinkResult {
        value.clone_into(&mut self.0);
        Ok(())
    }
}
