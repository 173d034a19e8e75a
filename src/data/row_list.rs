//! Conversion of typed rows to columns: of one row, or of a list of rows.

use std::fmt::Display;

use serde::Serialize;

use super::columns::Columns;
use super::rows::Writer;
use super::serialize::{Mismatch, SinkResult, SinkSerializer, ValueSink};
use super::write_rules::WriteRules;
use crate::schema::Schema;

/// Converts rows to columns: one row, or a list of `count` rows. The error names row and field.
pub(super) fn write<T: Serialize + ?Sized>(
    rows: &T,
    count: usize,
    schema: &Schema,
    rules: WriteRules,
) -> Result<Columns, String> {
    let mut sink = Rows {
        writer: Writer::new(schema, count),
        rules,
        seen: 0,
    };
    rows.serialize(SinkSerializer(&mut sink))
        .map_err(|Mismatch(why)| why)?;
    let Rows { writer, seen, .. } = sink;
    if seen != count {
        return Err(format!("expected {count} rows, found {seen}"));
    }
    let columns = writer.finish();
    columns.check_rules(schema, rules)?;
    Ok(columns)
}

/// The number of rows. Whatever is not a list counts as one row, which [`write`] may refuse.
pub(super) fn count<T: Serialize + ?Sized>(rows: &T) -> usize {
    let mut count = Count(0);
    match rows.serialize(SinkSerializer(&mut count)) {
        Ok(()) => count.0,
        Err(Mismatch(_)) => 1,
    }
}

/// Counts the elements of a list without looking at them.
struct Count(usize);

impl ValueSink for Count {
    fn expected(&self) -> String {
        "a list".to_owned()
    }

    fn refuse<T>(&self, _: impl Display) -> SinkResult<T> {
        Err(Mismatch(String::new()))
    }

    fn begin_seq(&mut self) -> SinkResult {
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, _: &T) -> SinkResult {
        self.0 += 1;
        Ok(())
    }

    fn sequence<I: IntoIterator<Item: Serialize>>(&mut self, elements: I) -> SinkResult {
        self.0 += elements.into_iter().count();
        Ok(())
    }
}

/// One row, or a list of rows.
struct Rows<'a> {
    writer: Writer<'a>,
    rules: WriteRules,
    /// The number of rows so far.
    seen: usize,
}

impl Rows<'_> {
    fn end_row(&mut self) -> SinkResult {
        self.seen += 1;
        self.writer.end_row(self.rules).map_err(Mismatch)
    }
}

impl ValueSink for Rows<'_> {
    fn expected(&self) -> String {
        "a struct or a map as a row, or a list of rows".to_owned()
    }

    fn begin_seq(&mut self) -> SinkResult {
        Ok(())
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, row: &T) -> SinkResult {
        self.writer.begin_row(self.seen);
        let written = row.serialize(SinkSerializer(&mut self.writer));
        written.map_err(|why| self.writer.in_row(why))?;
        self.end_row()
    }

    fn begin_map(&mut self) -> SinkResult {
        self.writer.begin_row(self.seen);
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        let written = self.writer.key(key);
        written.map_err(|why| self.writer.in_row(why))
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let written = self.writer.value(value);
        written.map_err(|why| self.writer.in_row(why))
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> SinkResult {
        let written = self.writer.entry(key, value);
        written.map_err(|why| self.writer.in_row(why))
    }

    fn end_map(&mut self) -> SinkResult {
        self.end_row()
    }
}
