//! Why a row cannot be read.

use std::fmt::Display;

use serde::de;

/// Why a row cannot be read as a type.
#[derive(Debug)]
pub(super) struct ReadError(pub(super) String);

pub(super) type ReadResult<T> = std::result::Result<T, ReadError>;

impl Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: Display>(message: T) -> Self {
        Self(without_value(message.to_string()))
    }
}

/// An error message of `serde` or `serde_json` without the value that it quotes, because values are user data:
/// ``invalid type: string "Dune", expected i64``, ``unknown variant `Dune`, expected `a` or `b` ``.
pub(super) fn without_value(message: String) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .any(|start| message.starts_with(start));
    // The last ", expected " belongs to the message, because the value, which may contain anything, comes before it.
    match (message.find(['"', '`']), message.rfind(", expected ")) {
        (Some(value), Some(expected)) if quotes && value < expected => {
            let (before, _) = message.split_at(value);
            let (_, after) = message.split_at(expected);
            format!("{}{after}", before.trim_end())
        }
        _ => message,
    }
}
