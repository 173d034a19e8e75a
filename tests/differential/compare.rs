//! Compares answers, and says where they differ first.

use serde_json::Value as Json;

use crate::theirs::Answer;
use crate::values::Row;

/// The error says what differs.
pub(crate) type Compared = Result<(), String>;

/// Whether both answered, and the same; false where both were refused.
pub(crate) fn both(ours: &Answer, theirs: &Answer) -> Result<bool, String> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok(true),
        (Ok(ours), Ok(theirs)) => Err(first_difference(ours, theirs, "")),
        (Err(_), Err(_)) => Ok(false),
        (Ok(_), Err(error)) => Err(format!("only pymilvus is refused: {error}")),
        (Err(error), Ok(_)) => Err(format!("only this client is refused: {error}")),
    }
}

pub(crate) fn same_rows(found: &[(String, Row)], expected: &[(String, Row)]) -> Compared {
    let keys = |rows: &[(String, Row)]| -> Json { rows.iter().map(|row| row.0.clone()).collect() };
    let (found_keys, expected_keys) = (keys(found), keys(expected));
    if found_keys != expected_keys {
        return Err(format!(
            "keys: {}",
            first_difference(&found_keys, &expected_keys, "")
        ));
    }
    for ((key, found), (_, expected)) in found.iter().zip(expected) {
        if found != expected {
            let (found, expected) = (Json::from(found.clone()), Json::from(expected.clone()));
            return Err(first_difference(&found, &expected, &format!("row {key}")));
        }
    }
    Ok(())
}

/// Where two values differ first.
fn first_difference(ours: &Json, theirs: &Json, at: &str) -> String {
    match (ours, theirs) {
        (Json::Array(ours), Json::Array(theirs)) if ours.len() == theirs.len() => {
            let mut pairs = ours.iter().zip(theirs).enumerate();
            let found = pairs.find(|(_, (ours, theirs))| ours != theirs);
            found.map_or_else(String::new, |(index, (ours, theirs))| {
                first_difference(ours, theirs, &format!("{at}[{index}]"))
            })
        }
        (Json::Object(ours), Json::Object(theirs)) => {
            for name in ours.keys().chain(theirs.keys()) {
                match (ours.get(name), theirs.get(name)) {
                    (Some(ours), Some(theirs)) if ours != theirs => {
                        return first_difference(ours, theirs, &format!("{at}[{name:?}]"));
                    }
                    (Some(ours), None) => return format!("{at}[{name:?}]: {ours} and nothing"),
                    (None, Some(theirs)) => return format!("{at}[{name:?}]: nothing and {theirs}"),
                    _ => {}
                }
            }
            String::new()
        }
        _ => format!("{at}: {} and {}", cut(ours), cut(theirs)),
    }
}

fn cut(value: &Json) -> String {
    let text = value.to_string();
    if text.chars().count() <= 400 {
        return text;
    }
    let start: String = text.chars().take(400).collect();
    format!("{start}..")
}
