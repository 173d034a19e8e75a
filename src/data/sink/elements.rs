//! Sinks for the elements of vectors, and for the dimensions of sparse vectors.

use serde::Serialize;

use super::super::serialize::{SinkResult, SinkSerializer, ValueSink};

/// Adds a whole sequence. For plain numbers the compiler turns this into a copy of memory.
#[inline]
pub(super) fn extend<T: Default, I: IntoIterator<Item: Serialize>>(
    values: &mut Vec<T>,
    elements: I,
    read: impl Fn(&I::Item) -> SinkResult<T>,
) -> SinkResult {
    let mut refused = Ok(());
    values.extend(elements.into_iter().map(|element| {
        read(&element).unwrap_or_else(|why| {
            if refused.is_ok() {
                refused = Err(why);
            }
            T::default()
        })
    }));
    refused
}

/// One number of a vector of 32-bit floats, or, if `HALF`, of 16-bit floats.
#[derive(Default)]
pub(super) struct FloatElement<const HALF: bool>(f32);

impl<const HALF: bool> FloatElement<HALF> {
    /// Reads the number, as the nearest 32-bit float.
    #[inline]
    pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> SinkResult<f32> {
        let mut element = Self::default();
        value.serialize(SinkSerializer(&mut element))?;
        Ok(element.0)
    }
}

impl<const HALF: bool> ValueSink for FloatElement<HALF> {
    fn expected(&self) -> String {
        "a float".to_owned()
    }

    #[inline]
    fn float32(&mut self, value: f32) -> SinkResult {
        self.0 = value;
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounds to the nearest float"
    )]
    fn float(&mut self, value: f64) -> SinkResult {
        // In vectors of 16-bit floats, all numbers out of range become infinite.
        if !HALF && value.is_finite() && !(value as f32).is_finite() {
            return self.refuse(value);
        }
        self.float32(value as f32)
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON writes 1.0 as 1")]
    fn int(&mut self, value: i64) -> SinkResult {
        self.float32(value as f32)
    }
}

macro_rules! byte_elements {
    ($($(#[$doc:meta])* $name:ident, $range:literal, |$value:ident| $byte:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub(super) struct $name(u8);

            impl $name {
                #[inline]
                pub(super) fn of<T: Serialize + ?Sized>(value: &T) -> SinkResult<u8> {
                    let mut element = Self::default();
                    value.serialize(SinkSerializer(&mut element))?;
                    Ok(element.0)
                }
            }

            impl ValueSink for $name {
                fn expected(&self) -> String {
                    $range.to_owned()
                }

                #[inline]
                fn int(&mut self, $value: i64) -> SinkResult {
                    match $byte {
                        Ok(byte) => self.0 = byte,
                        Err(_) => return self.refuse($value),
                    }
                    Ok(())
                }
            }
        )*
    };
}
byte_elements! {
    /// One number of an int8 vector.
    Int8Element, "-128 to 127", |value| i8::try_from(value).map(i8::cast_unsigned);
    /// Eight bits of a binary vector.
    BitsElement, "0 to 255", |value| u8::try_from(value);
}

/// A dimension of a sparse vector: a number, or its decimal digits, which are the keys of a JSON object.
pub(super) struct Key(pub(super) u32);

impl ValueSink for Key {
    fn expected(&self) -> String {
        "a dimension: 0 to 4294967294".to_owned()
    }

    fn int(&mut self, value: i64) -> SinkResult {
        match u32::try_from(value) {
            Ok(dimension) => self.0 = dimension,
            Err(_) => return self.refuse(value),
        }
        Ok(())
    }

    fn text(&mut self, value: &str) -> SinkResult {
        match value.parse() {
            Ok(dimension) => self.0 = dimension,
            Err(_) => return self.refuse(format_args!("{value:?}")),
        }
        Ok(())
    }
}

/// A tuple of a dimension and its value.
pub(super) struct PairElement<'a> {
    pairs: &'a mut Vec<(u32, f32)>,
    dimension: Option<u32>,
    value: Option<f32>,
}

impl<'a> PairElement<'a> {
    pub(super) fn new(pairs: &'a mut Vec<(u32, f32)>) -> Self {
        Self {
            pairs,
            dimension: None,
            value: None,
        }
    }
}

impl ValueSink for PairElement<'_> {
    fn expected(&self) -> String {
        "a pair of dimension and value".to_owned()
    }

    fn begin_seq(&mut self) -> SinkResult {
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, element: &T) -> SinkResult {
        if self.dimension.is_none() {
            let mut key = Key(0);
            element.serialize(SinkSerializer(&mut key))?;
            self.dimension = Some(key.0);
        } else if self.value.is_none() {
            self.value = Some(FloatElement::<false>::of(element)?);
        } else {
            return self.refuse("a third element");
        }
        Ok(())
    }

    fn end_seq(&mut self) -> SinkResult {
        match (self.dimension, self.value) {
            (Some(dimension), Some(value)) => self.pairs.push((dimension, value)),
            _ => return self.refuse("less"),
        }
        Ok(())
    }
}
