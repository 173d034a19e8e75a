//! Differences between a collection and its declaration.

use std::fmt;

/// A difference between a collection on the server and its declaration. Returned by
/// [`TypedCollection::check`](super::TypedCollection::check), which also says which differences are allowed.
///
/// `Display` writes what the server has and, where it helps, what is declared: `field "embedding" is of type float
/// vector of 512, not float vector of 768`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The field, or the path in an array of structs; `None` if it is about the whole collection.
    pub field: Option<String>,
    /// What differs.
    pub what: String,
    /// Whether rows can be written, read and searched as declared despite it.
    pub is_allowed: bool,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "field {field:?} {}", self.what),
            None => write!(f, "the collection {}", self.what),
        }
    }
}

/// Differences collected so far.
#[derive(Debug, Default)]
pub(super) struct Differences(pub(super) Vec<Difference>);

impl Differences {
    pub(super) fn allow(&mut self, field: Option<&str>, what: impl Into<String>) {
        self.add(field, what, true);
    }

    pub(super) fn refuse(&mut self, field: Option<&str>, what: impl Into<String>) {
        self.add(field, what, false);
    }

    pub(super) fn add(&mut self, field: Option<&str>, what: impl Into<String>, is_allowed: bool) {
        self.0.push(Difference {
            field: field.map(str::to_owned),
            what: what.into(),
            is_allowed,
        });
    }
}

/// The differences, if all of them are allowed. The error names all of them, in one line.
pub(super) fn judge(differences: Vec<Difference>) -> Result<Vec<Difference>, String> {
    let list = |is_allowed: bool| {
        let some = differences
            .iter()
            .filter(|difference| difference.is_allowed == is_allowed);
        some.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let (refused, allowed) = (list(false), list(true));
    match (refused.as_str(), allowed.as_str()) {
        ("", _) => Ok(differences),
        (_, "") => Err(format!("the collection is not as declared: {refused}")),
        _ => Err(format!(
            "the collection is not as declared: {refused}; allowed: {allowed}"
        )),
    }
}
