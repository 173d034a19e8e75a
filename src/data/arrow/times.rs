//! Points in time as ISO 8601 text.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_date, as_datetime, as_time};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_schema::{DataType as ArrowType, TimeUnit};

use super::values::Read;

type ReadText<'a> = Read<'a, Result<String, String>>;

/// The dates, times or timestamps of an array as ISO 8601 text; `None` for other types. A timestamp of an array with a
/// time zone is a point in time, and its text ends with `Z`; others are local times, without a zone.
pub(super) fn time_text(array: &dyn Array) -> Option<ReadText<'_>> {
    fn timestamps<'a, T: ArrowPrimitiveType<Native = i64>>(
        array: &'a dyn Array,
        zone: &'static str,
    ) -> ReadText<'a> {
        let array = array.as_primitive::<T>();
        Box::new(move |index| {
            let time = as_datetime::<T>(array.value(index));
            time.map(|time| format!("{time:?}{zone}"))
                .ok_or_else(out_of_range)
        })
    }
    fn dates<T: ArrowPrimitiveType>(array: &dyn Array) -> ReadText<'_>
    where
        T::Native: Into<i64>,
    {
        let array = array.as_primitive::<T>();
        Box::new(|index| {
            let date = as_date::<T>(array.value(index).into());
            date.map(|date| format!("{date:?}"))
                .ok_or_else(out_of_range)
        })
    }
    fn times<T: ArrowPrimitiveType>(array: &dyn Array) -> ReadText<'_>
    where
        T::Native: Into<i64>,
    {
        let array = array.as_primitive::<T>();
        Box::new(|index| {
            let time = as_time::<T>(array.value(index).into());
            time.map(|time| format!("{time:?}"))
                .ok_or_else(out_of_range)
        })
    }
    Some(match array.data_type() {
        ArrowType::Timestamp(unit, zone) => {
            let zone = if zone.is_some() { "Z" } else { "" };
            match unit {
                TimeUnit::Second => timestamps::<TimestampSecondType>(array, zone),
                TimeUnit::Millisecond => timestamps::<TimestampMillisecondType>(array, zone),
                TimeUnit::Microsecond => timestamps::<TimestampMicrosecondType>(array, zone),
                TimeUnit::Nanosecond => timestamps::<TimestampNanosecondType>(array, zone),
            }
        }
        ArrowType::Date32 => dates::<Date32Type>(array),
        ArrowType::Date64 => dates::<Date64Type>(array),
        ArrowType::Time32(TimeUnit::Second) => times::<Time32SecondType>(array),
        ArrowType::Time32(TimeUnit::Millisecond) => times::<Time32MillisecondType>(array),
        ArrowType::Time64(TimeUnit::Microsecond) => times::<Time64MicrosecondType>(array),
        ArrowType::Time64(TimeUnit::Nanosecond) => times::<Time64NanosecondType>(array),
        _ => return None,
    })
}

fn out_of_range() -> String {
    "a time outside of its range".to_owned()
}
