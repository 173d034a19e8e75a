//! Arrays of structs, struct by struct into a column for each of their fields.

use serde::Serialize;

use super::super::columns::{arrays, struct_arrays};
use super::super::serialize::{Name, Refused, Take, Taken};
use super::Sink;
use crate::proto::schema::field_data::Field as Data;
use crate::schema::Field;

/// The structs of the rows so far.
#[derive(Debug)]
pub(super) struct Structs<'a> {
    /// A value per struct, of all rows.
    sinks: Vec<Sink<'a>>,
    /// How many structs each row has, of those that have a value.
    counts: Vec<usize>,
    /// Structs of the rows before the one at hand, and with those of it.
    before: usize,
    total: usize,
    /// The field that follows the one written last.
    next: usize,
    key: Option<String>,
}

impl<'a> Structs<'a> {
    pub(super) fn new(fields: &'a [Field], rows: usize) -> Self {
        Self {
            sinks: fields.iter().map(|field| Sink::new(field, rows)).collect(),
            counts: Vec::with_capacity(rows),
            before: 0,
            total: 0,
            next: 0,
            key: None,
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.before = self.total;
    }

    pub(super) fn end_row(&mut self) {
        self.counts.push(self.total - self.before);
    }

    pub(super) fn finish(self) -> Data {
        let counts = self.counts;
        let fields = self.sinks.into_iter().map(Sink::finish);
        struct_arrays(fields.map(|column| arrays(column, &counts)).collect())
    }

    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Taken {
        let is_here = |sink: &Sink<'_>| sink.field.name() == name;
        let found = match self.sinks.get(self.next) {
            Some(sink) if is_here(sink) => Some(self.next),
            _ => self.sinks.iter().position(is_here),
        };
        let at = self.total - self.before;
        let total = self.total;
        let sink = found.and_then(|index| self.sinks.get_mut(index).map(|sink| (index, sink)));
        let outcome = match sink {
            Some((_, sink)) if sink.rows > total => {
                Err(Refused("expected one value, found a second".to_owned()))
            }
            Some((index, sink)) => {
                self.next = index + 1;
                sink.put(value)
            }
            None => return self.refuse(format_args!("{name:?} in struct {at}")),
        };
        outcome.map_err(|Refused(why)| Refused(format!("{why} in {name:?} of struct {at}")))
    }
}

impl Take for Structs<'_> {
    fn expected(&self) -> String {
        let names: Vec<&str> = self.sinks.iter().map(|sink| sink.field.name()).collect();
        format!("a struct or a map of {}", names.join(", "))
    }

    fn begin_map(&mut self) -> Taken {
        self.next = 0;
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Taken {
        self.key = Some(Name::of(key, self.key.take())?);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Taken {
        let Some(name) = self.key.take() else {
            return self.refuse("a value without a name");
        };
        let outcome = self.put(&name, value);
        self.key = Some(name);
        outcome
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Taken {
        self.put(key, value)
    }

    fn end_map(&mut self) -> Taken {
        let at = self.total - self.before;
        if let Some(missing) = self.sinks.iter().find(|sink| sink.rows == self.total) {
            let (name, expected) = (missing.field.name(), missing.field.data_type());
            return Err(Refused(format!(
                "expected {expected}, found nothing in {name:?} of struct {at}"
            )));
        }
        self.total += 1;
        Ok(())
    }
}
