//! Why an Arrow array does not fit a field.

use std::fmt::Display;

use arrow_schema::DataType as ArrowType;

/// What was found in place of the expected type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The index of the value, or `None` if no value of the array can fit.
    pub(super) at: Option<usize>,
    pub(super) found: String,
}

impl Refusal {
    /// The value at this index does not fit.
    pub(super) fn at(index: usize, found: impl Display) -> Self {
        Self {
            at: Some(index),
            found: found.to_string(),
        }
    }

    /// No value of this type fits.
    pub(super) fn of_type(data_type: &ArrowType) -> Self {
        Self {
            at: None,
            found: format!("a column of {}", name(data_type)),
        }
    }

    /// No value of this type fits, but its numbers do, as this other type.
    pub(super) fn to_cast(data_type: &ArrowType, other: &str) -> Self {
        Self {
            at: None,
            found: format!(
                "a column of {} (to store its numbers, cast it to {other})",
                name(data_type)
            ),
        }
    }

    /// The message for a field of this type.
    pub(super) fn message(&self, expected: impl Display) -> String {
        let found = &self.found;
        match self.at {
            Some(row) => format!("row {row}: expected {expected}, found {found}"),
            None => format!("expected {expected}, found {found}"),
        }
    }
}

/// The name of an Arrow type, as short as possible: without the names and the metadata of the fields in it.
pub(super) fn name(data_type: &ArrowType) -> String {
    match data_type {
        ArrowType::List(item) => format!("List of {}", name(item.data_type())),
        ArrowType::LargeList(item) => format!("LargeList of {}", name(item.data_type())),
        ArrowType::ListView(item) => format!("ListView of {}", name(item.data_type())),
        ArrowType::LargeListView(item) => format!("LargeListView of {}", name(item.data_type())),
        ArrowType::FixedSizeList(item, width) => {
            format!("FixedSizeList of {width} {}", name(item.data_type()))
        }
        ArrowType::Dictionary(_, values) => format!("Dictionary of {}", name(values)),
        ArrowType::Struct(fields) => format!("Struct of {} fields", fields.len()),
        ArrowType::Map(..) => "Map".to_owned(),
        ArrowType::Union(..) => "Union".to_owned(),
        ArrowType::RunEndEncoded(..) => "RunEndEncoded".to_owned(),
        plain => plain.to_string(),
    }
}
