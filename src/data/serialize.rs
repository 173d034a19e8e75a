//! The way from `Serialize` to whatever takes values one by one.

use std::fmt::Display;

use serde::ser::{self, Impossible, Serialize};

/// Why a value was refused.
#[derive(Debug)]
pub(super) struct Refused(pub(super) String);

pub(super) type Taken<T = ()> = Result<T, Refused>;

impl Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Takes values of some shapes, and refuses the others.
pub(super) trait Take {
    /// What it takes, for the refusal.
    fn expected(&self) -> String;

    fn refuse<T>(&self, found: impl Display) -> Taken<T> {
        Err(Refused(format!(
            "expected {}, found {found}",
            self.expected()
        )))
    }

    fn bool(&mut self, value: bool) -> Taken {
        let _ = value;
        self.refuse("a bool")
    }
    fn int(&mut self, value: i64) -> Taken {
        let _ = value;
        self.refuse("an integer")
    }
    fn float(&mut self, value: f64) -> Taken {
        let _ = value;
        self.refuse("a float")
    }
    fn float32(&mut self, value: f32) -> Taken {
        self.float(value.into())
    }
    fn text(&mut self, value: &str) -> Taken {
        let _ = value;
        self.refuse("a text")
    }
    fn bytes(&mut self, value: &[u8]) -> Taken {
        let _ = value;
        self.refuse("bytes")
    }
    fn null(&mut self) -> Taken {
        self.refuse("nothing")
    }
    fn begin_seq(&mut self) -> Taken {
        self.refuse("a sequence")
    }
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        let _ = value;
        self.refuse("an element")
    }
    fn end_seq(&mut self) -> Taken {
        Ok(())
    }
    /// A whole sequence, where it is one of Rust's own.
    #[inline]
    fn sequence<I: IntoIterator<Item: Serialize>>(&mut self, elements: I) -> Taken {
        one_by_one(self, elements)
    }
    fn begin_map(&mut self) -> Taken {
        self.refuse("a map")
    }
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Taken {
        let _ = key;
        self.refuse("a map")
    }
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        let _ = value;
        self.refuse("a map")
    }
    fn end_map(&mut self) -> Taken {
        Ok(())
    }
    /// A struct's field.
    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Taken {
        self.key(key)?;
        self.value(value)
    }
}

/// Hands over a sequence element by element.
pub(super) fn one_by_one<S: Take + ?Sized>(
    taker: &mut S,
    elements: impl IntoIterator<Item: Serialize>,
) -> Taken {
    taker.begin_seq()?;
    elements
        .into_iter()
        .try_for_each(|element| taker.element(&element))?;
    taker.end_seq()
}

/// A serializer that hands everything to a [`Take`].
#[derive(Debug)]
pub(super) struct Giving<'a, T>(pub(super) &'a mut T);

macro_rules! ints {
    ($($method:ident: $number:ty),*) => {
        $(#[inline]
        fn $method(self, value: $number) -> Taken {
            self.0.int(value.into())
        })*
    };
}

impl<'a, S: Take> ser::Serializer for Giving<'a, S> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<(), Refused>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Refused>;

    ints!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
          serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    fn serialize_bool(self, value: bool) -> Taken {
        self.0.bool(value)
    }
    fn serialize_u64(self, value: u64) -> Taken {
        self.serialize_u128(value.into())
    }
    fn serialize_i128(self, value: i128) -> Taken {
        match i64::try_from(value) {
            Ok(value) => self.0.int(value),
            Err(_) => self.0.refuse(value),
        }
    }
    fn serialize_u128(self, value: u128) -> Taken {
        match i64::try_from(value) {
            Ok(value) => self.0.int(value),
            Err(_) => self.0.refuse(value),
        }
    }
    #[inline]
    fn serialize_f32(self, value: f32) -> Taken {
        self.0.float32(value)
    }
    #[inline]
    fn serialize_f64(self, value: f64) -> Taken {
        self.0.float(value)
    }
    fn serialize_char(self, value: char) -> Taken {
        self.0.text(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Taken {
        self.0.text(value)
    }
    fn serialize_bytes(self, value: &[u8]) -> Taken {
        self.0.bytes(value)
    }
    fn serialize_none(self) -> Taken {
        self.0.null()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Taken {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Taken {
        self.0.null()
    }
    fn serialize_unit_struct(self, _: &'static str) -> Taken {
        self.0.null()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Taken {
        self.0.text(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Taken {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Taken {
        self.0
            .refuse(format_args!("the enum variant {variant} with a value"))
    }
    fn serialize_seq(self, _: Option<usize>) -> Taken<Self> {
        self.0.begin_seq()?;
        Ok(self)
    }
    #[inline]
    fn collect_seq<I: IntoIterator<Item: Serialize>>(self, elements: I) -> Taken {
        self.0.sequence(elements)
    }
    fn serialize_tuple(self, length: usize) -> Taken<Self> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Taken<Self> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Taken<Self::SerializeTupleVariant> {
        self.0
            .refuse(format_args!("the enum variant {variant} with values"))
    }
    fn serialize_map(self, _: Option<usize>) -> Taken<Self> {
        self.0.begin_map()?;
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, length: usize) -> Taken<Self> {
        self.serialize_map(Some(length))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Taken<Self::SerializeStructVariant> {
        self.0
            .refuse(format_args!("the enum variant {variant} with fields"))
    }
}

macro_rules! sequences {
    ($($trait:ident: $method:ident),*) => {
        $(impl<S: Take> ser::$trait for Giving<'_, S> {
            type Ok = ();
            type Error = Refused;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
                self.0.element(value)
            }

            fn end(self) -> Taken {
                self.0.end_seq()
            }
        })*
    };
}
sequences!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

impl<S: Take> ser::SerializeMap for Giving<'_, S> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Taken {
        self.0.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        self.0.value(value)
    }

    fn end(self) -> Taken {
        self.0.end_map()
    }
}

impl<S: Take> ser::SerializeStruct for Giving<'_, S> {
    type Ok = ();
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Taken {
        self.0.entry(key, value)
    }

    fn end(self) -> Taken {
        self.0.end_map()
    }
}

/// The name of a field, as the key of a map.
#[derive(Debug)]
pub(super) struct Name(String);

impl Name {
    /// The name that this key is; `memory` is a text to write it into.
    pub(super) fn of<T: Serialize + ?Sized>(key: &T, memory: Option<String>) -> Taken<String> {
        let mut name = Self(memory.unwrap_or_default());
        key.serialize(Giving(&mut name))?;
        Ok(name.0)
    }
}

impl Take for Name {
    fn expected(&self) -> String {
        "a text as the field's name".to_owned()
    }

    fn text(&mut self, value: &str) -> Taken {
        value.clone_into(&mut self.0);
        Ok(())
    }
}
