//! OTLP's messages as JSON.

use serde::Serialize;
use serde_json::Value;

/// The message as the protocol's JSON mapping has it, on one line.
///
/// The messages' own `serde` writes `null` for what is absent, which some receivers refuse where a number belongs, so
/// these entries are left out. A double that is not a number or infinite also becomes `null`, and is left out with them.
pub(super) fn text(message: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(message)?;
    remove_nulls(&mut value);
    Ok(value.to_string())
}

/// The same of a message that `serde` wrote.
pub(super) fn without_nulls(text: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut value: Value = serde_json::from_slice(text)?;
    remove_nulls(&mut value);
    serde_json::to_vec(&value)
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}
