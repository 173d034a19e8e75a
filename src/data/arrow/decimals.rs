//! Decimal numbers.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
};
use arrow_schema::DataType as ArrowType;
use serde_json::Value as Json;

use super::values::Read;

/// The decimal numbers of an array as text; `None` for other types.
pub(super) fn decimal_text(array: &dyn Array) -> Option<Read<'_, String>> {
    fn read<T: DecimalType>(array: &dyn Array) -> Read<'_, String> {
        let array = array.as_primitive::<T>();
        Box::new(|index| array.value_as_string(index))
    }
    Some(match array.data_type() {
        ArrowType::Decimal32(..) => read::<Decimal32Type>(array),
        ArrowType::Decimal64(..) => read::<Decimal64Type>(array),
        ArrowType::Decimal128(..) => read::<Decimal128Type>(array),
        ArrowType::Decimal256(..) => read::<Decimal256Type>(array),
        _ => return None,
    })
}

/// The nearest float of each decimal number of an array; `None` for other types. It is refused if it is infinite.
pub(super) fn decimal_floats<T>(array: &dyn Array) -> Option<Read<'_, Result<T, String>>>
where
    T: std::str::FromStr + Copy + Into<f64>,
{
    let text = decimal_text(array)?;
    Some(Box::new(move |index| {
        let float = text(index).parse::<T>().ok();
        let float = float.filter(|float| (*float).into().is_finite());
        float.ok_or_else(|| "a number outside of its range".to_owned())
    }))
}

/// A decimal number as JSON: an integer if it is one that JSON can hold exactly, otherwise the nearest double.
pub(super) fn json_number(text: &str) -> Json {
    if let Ok(integer) = text.parse::<i64>() {
        return integer.into();
    }
    if let Ok(integer) = text.parse::<u64>() {
        return integer.into();
    }
    text.parse::<f64>().unwrap_or_default().into()
}
