//! The sink for arrays of structs, which become one column for each field of the structs.

use serde::Serialize;

use super::super::serialize::{FieldName, Mismatch, SinkResult, ValueSink};
use super::{Structs, find};

impl Structs<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> SinkResult {
        let at = self.total - self.before;
        let outcome = match find(&mut self.sinks, &mut self.next, name) {
            Some(sink) if sink.rows > self.total => {
                Err(Mismatch("expected one value, found a second".to_owned()))
            }
            Some(sink) => sink.put(value),
            None => return self.refuse(format_args!("{name:?} in struct {at}")),
        };
        outcome.map_err(|Mismatch(why)| Mismatch(format!("{why} in {name:?} of struct {at}")))
    }
}

impl ValueSink for Structs<'_> {
    fn expected(&self) -> String {
        let names: Vec<&str> = self.sinks.iter().map(|sink| sink.name).collect();
        format!("a struct or a map of {}", names.join(", "))
    }

    fn begin_map(&mut self) -> SinkResult {
        self.next = 0;
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        self.key = Some(FieldName::read(key, self.key.take())?);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let Some(name) = self.key.take() else {
            return self.refuse("a value without a key");
        };
        let outcome = self.put(&name, value);
        self.key = Some(name);
        outcome
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> SinkResult {
        self.put(key, value)
    }

    fn end_map(&mut self) -> SinkResult {
        let at = self.total - self.before;
        if let Some(missing) = self.sinks.iter().find(|sink| sink.rows == self.total) {
            let (name, expected) = (missing.name, missing.data_type);
            return Err(Mismatch(format!(
                "expected {expected}, found nothing in {name:?} of struct {at}"
            )));
        }
        self.total += 1;
        Ok(())
    }
}
