//! The output fields of a read, compared with the schema of the collection.
//!
//! The cached schema is used to refuse fields before sending, and to request fields in another way. It does not have the
//! last word: a field that it lacks is compared with a new description, and without a cached schema the request is sent as
//! it is. If the server refuses a read because of a field, the collection is described again, and the read is sent once
//! more if that changes the request.

use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;

use crate::client::{Call, Client, Known};
use crate::data::field_names;
use crate::error::{Error, ErrorKind, NO_FIELD, Result};
use crate::schema::{Field, Schema};

/// All fields.
const ALL: &str = "*";
/// All dynamic fields.
const DYNAMIC: &str = "$meta";

/// The fields that a read returns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Output {
    /// The fields that the server returns if a request names none.
    #[default]
    Default,
    All,
    Named {
        names: Vec<String>,
        /// Whether they are the names of a row type, which may have several names for a field, and fields that the
        /// collection lacks.
        of_type: bool,
    },
}

/// An [`Output`] without the names. They are moved into the request, and not copied for the rare case that it fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Default,
    Named { of_type: bool },
}

impl Kind {
    pub(super) fn with(self, names: &[String]) -> Output {
        match self {
            Self::Default => Output::Default,
            Self::Named { of_type } => Output::Named {
                names: names.to_vec(),
                of_type,
            },
        }
    }
}

/// The output fields of a request, if they differ from the names that the caller gave.
#[derive(Debug, PartialEq)]
pub(super) struct Fields {
    pub(super) requested: Vec<String>,
    /// The names that the caller gave, if all dynamic fields are requested in place of some.
    pub(super) shown: Option<Vec<String>>,
}

/// Which names of dynamic fields the server is expected to understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Identifiers.
    Usual,
    /// No names of dynamic fields.
    Declared,
}

impl Output {
    pub(super) fn named(names: Vec<String>) -> Self {
        Self::Named {
            names,
            of_type: false,
        }
    }

    /// The fields of this row type, unless fields were named.
    pub(super) fn of_rows<T: DeserializeOwned>(self) -> Self {
        if matches!(self, Self::Named { of_type: false, .. }) {
            return self;
        }
        match field_names::<T>() {
            Some(names) => Self::Named {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                of_type: true,
            },
            None => Self::All,
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Default => Vec::new(),
            Self::All => vec![ALL.to_owned()],
            Self::Named { names, .. } => names.clone(),
        }
    }

    /// The names for a request, and the [`Kind`] that turns them into an output again.
    pub(super) fn into_names(self) -> (Vec<String>, Kind) {
        match self {
            Self::Default => (Vec::new(), Kind::Default),
            Self::All => (vec![ALL.to_owned()], Kind::Default),
            Self::Named { names, of_type } => (names, Kind::Named { of_type }),
        }
    }

    /// The same fields and this one.
    pub(super) fn with(mut self, name: &str) -> Self {
        if let Self::Named { names, .. } = &mut self
            && !names.iter().any(|known| known == name || known == ALL)
        {
            names.push(name.to_owned());
        }
        self
    }

    fn has_names(&self) -> bool {
        matches!(self, Self::Named { .. })
    }

    /// Whether a name must be requested in a way that depends on the schema. Milvus Lite 2.5 crashes on some of them.
    fn has_odd_names(&self) -> bool {
        let odd = |name: &str| !is_plain(name) && !is_expression(name);
        match self {
            Self::Default | Self::All => false,
            Self::Named { names, .. } => names.iter().any(|name| odd(name)),
        }
    }

    /// The fields to request from a collection with this schema; `None` if they are those that the caller named. The error
    /// names a field that the collection lacks.
    fn of(&self, schema: &Schema, trusted: Names) -> Result<Option<Fields>, String> {
        let Self::Named {
            names: named,
            of_type,
        } = self
        else {
            return Ok(None);
        };
        let is_dynamic = schema.has_dynamic_fields();
        let is_requested = |name: &String| {
            schema.has_path(name)
                || is_expression(name)
                || is_dynamic && trusted == Names::Usual && is_plain(name)
        };
        if named.iter().all(is_requested) {
            return Ok(None);
        }
        let mut requested: Vec<String> = Vec::with_capacity(named.len());
        let mut all_dynamic = false;
        for name in named {
            if is_requested(name) {
                requested.push(name.clone());
            } else if is_dynamic {
                all_dynamic = true;
            } else if !of_type {
                let fields: Vec<&str> = schema.fields().iter().map(Field::name).collect();
                return Err(format!(
                    "output: {NO_FIELD} {name:?}: its fields are {}",
                    fields.join(", ")
                ));
            }
        }
        if all_dynamic && !requested.iter().any(|name| name == ALL || name == DYNAMIC) {
            requested.push(DYNAMIC.to_owned());
        }
        if requested.is_empty() {
            // Some servers take an empty list for all fields.
            requested.extend(schema.primary_key().map(|key| key.name().to_owned()));
        }
        let shown = all_dynamic.then(|| named.clone());
        Ok((requested != *named).then_some(Fields { requested, shown }))
    }
}

/// Whether every server accepts it as the name of a dynamic field.
fn is_plain(name: &str) -> bool {
    /// The keywords of filters. Milvus before 2.4 and Milvus Lite 2.5 parse names as filters.
    const WORDS: [&str; 23] = [
        "and",
        "array_contains",
        "array_contains_all",
        "array_contains_any",
        "array_length",
        "between",
        "exists",
        "false",
        "in",
        "interval",
        "is",
        "iso",
        "json_contains",
        "json_contains_all",
        "json_contains_any",
        "like",
        "not",
        "null",
        "or",
        "phrase_match",
        "random_sample",
        "text_match",
        "true",
    ];
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_identifier = !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(is_letter);
    is_identifier && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// Whether it is computed from fields, or a part of a field: `count(*)`, `chunks[text]`, `$meta["a"]`, `*`.
fn is_expression(name: &str) -> bool {
    let call_or_path = |open: char, close: char| {
        let base = name
            .strip_suffix(close)
            .and_then(|rest| rest.split_once(open));
        base.is_some_and(|(base, _)| base == DYNAMIC || is_plain(base))
    };
    name == ALL || name == DYNAMIC || call_or_path('(', ')') || call_or_path('[', ']')
}

/// The schema that a read is compared with.
pub(super) struct Fit<'a> {
    client: &'a Client,
    call: Call<'a>,
    known: Option<Arc<Known>>,
    is_new: bool,
}

impl<'a> Fit<'a> {
    /// Uses the cached schema. The collection is only described if the names cannot be requested without its schema.
    pub(super) async fn new(client: &'a Client, call: Call<'a>, output: &Output) -> Result<Self> {
        let (known, is_new) = if output.has_odd_names() {
            let began = Instant::now();
            let known = client.known(call).await?;
            let is_new = !known.is_from_before(began);
            (Some(known), is_new)
        } else {
            let collection = call.collection.unwrap_or_default();
            (client.cached_schema(collection), false)
        };
        Ok(Self {
            client,
            call,
            known,
            is_new,
        })
    }

    /// The fields to request, if they differ from the names that the caller gave. Refuses fields that the collection is
    /// known to lack, and whatever `check` refuses.
    pub(super) async fn fields(
        &mut self,
        output: &Output,
        check: impl Fn(&Schema) -> Result<(), String> + Send + Sync,
    ) -> Result<Option<Fields>> {
        loop {
            let Some(known) = &self.known else {
                return Ok(None);
            };
            let schema = &known.schema;
            match check(schema).and_then(|()| output.of(schema, Names::Usual)) {
                Ok(fields) => return Ok(fields),
                Err(why) if self.is_new => {
                    return Err(self.call.refuse(why));
                }
                // The collection may have been replaced since.
                Err(_) => self.look_up().await?,
            }
        }
    }

    /// The fields to request after the server refused the read because of a field; the server's error if there are no
    /// others.
    pub(super) async fn otherwise(
        &mut self,
        refused: Error,
        sent: &[String],
        output: &Output,
        check: impl Fn(&Schema) -> Result<(), String> + Send + Sync,
    ) -> Result<Fields> {
        if !is_about_fields(&refused) || self.look_up().await.is_err() {
            return Err(refused);
        }
        let Some(known) = &self.known else {
            return Err(refused);
        };
        let schema = &known.schema;
        match check(schema).and_then(|()| output.of(schema, Names::Declared)) {
            Ok(fields) => {
                let as_named = || Fields {
                    requested: output.names(),
                    shown: None,
                };
                let fields = fields.unwrap_or_else(as_named);
                if output.has_names() && fields.requested != sent {
                    Ok(fields)
                } else {
                    Err(refused)
                }
            }
            Err(why) => Err(refused.because_of_arguments(why)),
        }
    }

    async fn look_up(&mut self) -> Result<()> {
        self.known = Some(self.client.look_up(self.call).await?);
        self.is_new = true;
        Ok(())
    }
}

/// Whether a server refused a read because of a field. The message of Milvus Lite 2.5 may only be "invalid parameter".
fn is_about_fields(error: &Error) -> bool {
    error.kind() == ErrorKind::Server
        && error.is_invalid_argument()
        && (error.is_not_found()
            || error.message().contains("output field")
            || error.message() == "invalid parameter")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(dynamic: bool) -> Schema {
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::varchar("title", 9))
            .field(Field::float_vector("v", 2))
            .dynamic_fields(dynamic);
        schema.build().unwrap()
    }

    fn named(names: &[&str]) -> Output {
        Output::named(names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn of_type(names: &[&str]) -> Output {
        Output::Named {
            names: named(names).names(),
            of_type: true,
        }
    }

    fn requested(output: &Output, dynamic: bool, names: Names) -> (Vec<String>, bool) {
        let fields = output.of(&schema(dynamic), names).unwrap();
        match fields {
            Some(fields) => {
                let shown = fields
                    .shown
                    .inspect(|shown| assert_eq!(*shown, output.names()));
                (fields.requested, shown.is_some())
            }
            None => (output.names(), false),
        }
    }

    #[test]
    fn a_static_collection_returns_the_fields_it_has() {
        let row = of_type(&["title", "name", "id"]);
        let (fields, _) = requested(&row, false, Names::Usual);
        assert_eq!(fields, ["title", "id"]);
        let (fields, _) = requested(&of_type(&["name"]), false, Names::Usual);
        assert_eq!(fields, ["id"], "not all of them");
        let why = named(&["title", "name"]).of(&schema(false), Names::Usual);
        assert_eq!(
            why.unwrap_err(),
            "output: the collection has no field \"name\": its fields are id, title, v"
        );
        for output in [
            Output::Default,
            Output::All,
            named(&["*"]),
            named(&["count(*)"]),
        ] {
            assert_eq!(output.of(&schema(false), Names::Usual), Ok(None));
        }
    }

    #[test]
    fn dynamic_fields_come_together_where_one_has_no_usual_name() {
        let plain = named(&["title", "year"]);
        assert_eq!(
            requested(&plain, true, Names::Usual),
            (plain.names(), false)
        );
        for odd in [
            "颜色",
            "with space",
            "a-b",
            "and",
            "IN",
            "1a",
            "",
            "a.b",
            "a(b",
            "$x",
        ] {
            let names = named(&["title", odd, "year"]);
            let (fields, is_shown) = requested(&names, true, Names::Usual);
            assert_eq!(
                (&fields[..], is_shown),
                (&["title", "year", "$meta"].map(str::to_owned)[..], true),
                "{odd}"
            );
        }
        let (fields, is_shown) = requested(&plain, true, Names::Declared);
        assert_eq!(
            (fields, is_shown),
            (vec!["title".to_owned(), "$meta".to_owned()], true)
        );
        let (fields, _) = requested(&named(&["*", "a-b"]), true, Names::Usual);
        assert_eq!(fields, ["*"]);
    }

    #[test]
    fn only_odd_names_need_the_schema() {
        for names in [
            &["title", "_x", "X9"][..],
            &["count(*)", "chunks[text]", "$meta", "*"],
        ] {
            assert!(!named(names).has_odd_names(), "{names:?}");
        }
        assert!(of_type(&["title", "a-b"]).has_odd_names());
        assert!(!Output::All.has_odd_names());
    }
}
