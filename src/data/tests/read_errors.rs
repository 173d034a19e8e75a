//! Errors of rows that cannot be read as a type: they contain the field and the kind of value, but not the value.

use std::net::IpAddr;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Blue,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is never made")]
struct Read<T> {
    value: T,
}

/// The error of reading a single row that has these columns.
fn message<T: for<'de> Deserialize<'de>>(field: Field, columns: Columns) -> String {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(field)
        .field(Field::float_vector("v", 1))
        .dynamic_fields(true)
        .build()
        .unwrap();
    let columns = columns.int64("id", [1]).float_vector("v", 1, vec![0.5]);
    let fields = InputRows::from(columns)
        .encode(&schema, WriteRules::default(), false)
        .unwrap();
    let table = Table::new(over_the_wire(fields), 1).unwrap();
    let error = table.row::<Read<T>>(0).err().unwrap();
    error.message().to_owned()
}

#[test]
fn a_value_of_the_wrong_type_is_not_quoted() {
    let secret = "a \"secret\", expected i64 `too`";
    let text = || Columns::new().varchar("value", [secret]);
    let json = || Columns::new().json("value", [serde_json::json!(secret)]);
    let varchar = || Field::varchar("value", 99);
    for (message, why) in [
        (
            message::<i64>(varchar(), text()),
            "invalid type: string, expected i64 in field \"value\"",
        ),
        (
            message::<Color>(varchar(), text()),
            "unknown variant, expected `red` or `blue` in field \"value\"",
        ),
        (
            message::<bool>(Field::json("value"), json()),
            "invalid type: string, expected a boolean at line 1",
        ),
        (
            message::<i64>(Field::int32("other").nullable(), text()),
            "invalid type: string, expected i64 in dynamic field \"value\"",
        ),
        (
            message::<u8>(Field::int64("value"), Columns::new().int64("value", [1234])),
            "invalid value: integer, expected u8 in field \"value\"",
        ),
        (
            message::<Vec<i64>>(varchar(), text()),
            "invalid type: string, expected a sequence in field \"value\"",
        ),
        (
            message::<IpAddr>(varchar(), text()),
            "invalid IP address syntax in field \"value\"",
        ),
    ] {
        let at_row = message.strip_prefix("row 0: ").unwrap();
        assert!(at_row.starts_with(why), "{at_row}");
        assert!(!message.contains("secret"), "{message}");
    }
}

#[test]
fn a_missing_field_is_named() {
    let columns = Columns::new().varchar("other", ["a"]);
    assert_eq!(
        message::<i64>(Field::varchar("other", 9), columns),
        "row 0: missing field `value`"
    );
}
