//! OTLP's messages as JSON, as the protocol defines it: lower-camel-case keys, ids in hexadecimal, other bytes in base64,
//! enumerations as numbers, 64-bit integers as strings, and what is empty left out.
//!
//! Written here because it is little: the messages' own `serde` support would bring a dozen crates into every build.

mod logs;
mod metrics;
mod traces;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;

pub(super) use logs::logs;
pub(super) use metrics::metrics;
pub(super) use traces::traces;

/// One line: an object and the end of the line.
fn line(fields: impl FnOnce(&mut Object<'_>)) -> String {
    let mut line = String::with_capacity(4096);
    object(&mut line, fields);
    line.push('\n');
    line
}

fn object(out: &mut String, fields: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fields(&mut Object { out, first: true });
    out.push('}');
}

fn list<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// An object that is being written.
struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

impl Object<'_> {
    fn key(&mut self, key: &str) -> &mut String {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        quoted(self.out, key);
        self.out.push(':');
        self.out
    }

    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            quoted(self.key(key), text);
        }
    }

    fn flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.key(key).push_str("true");
        }
    }

    /// A count, an enumeration, flags: what fits into 32 bits.
    fn number(&mut self, key: &str, number: impl Into<i64>) {
        let number = number.into();
        if number != 0 {
            let _ = write!(self.key(key), "{number}");
        }
    }

    /// 64 bits, which JSON's numbers cannot hold.
    fn long(&mut self, key: &str, number: u64) {
        if number != 0 {
            let _ = write!(self.key(key), "\"{number}\"");
        }
    }

    /// A value that is there also when it is zero.
    fn double(&mut self, key: &str, number: f64) {
        double(self.key(key), number);
    }

    fn hex(&mut self, key: &str, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let out = self.key(key);
        out.push('"');
        for byte in bytes {
            let _ = write!(out, "{byte:02x}");
        }
        out.push('"');
    }

    fn object(&mut self, key: &str, fields: impl FnOnce(&mut Object<'_>)) {
        object(self.key(key), fields);
    }

    fn objects<T>(&mut self, key: &str, items: &[T], fields: impl Fn(&mut Object<'_>, &T)) {
        if !items.is_empty() {
            list(self.key(key), items, |out, item| {
                object(out, |o| fields(o, item));
            });
        }
    }

    fn longs(&mut self, key: &str, numbers: &[u64]) {
        if !numbers.is_empty() {
            list(self.key(key), numbers, |out, number| {
                let _ = write!(out, "\"{number}\"");
            });
        }
    }

    fn doubles(&mut self, key: &str, numbers: &[f64]) {
        if !numbers.is_empty() {
            list(self.key(key), numbers, |out, number| double(out, *number));
        }
    }

    fn attributes(&mut self, key: &str, attributes: &[KeyValue]) {
        self.objects(key, attributes, key_value);
    }

    fn resource(&mut self, resource: Option<&Resource>) {
        let Some(resource) = resource else { return };
        self.object("resource", |o| {
            o.attributes("attributes", &resource.attributes);
            o.number("droppedAttributesCount", resource.dropped_attributes_count);
        });
    }

    fn scope(&mut self, scope: Option<&InstrumentationScope>) {
        let Some(scope) = scope else { return };
        self.object("scope", |o| {
            o.text("name", &scope.name);
            o.text("version", &scope.version);
            o.attributes("attributes", &scope.attributes);
            o.number("droppedAttributesCount", scope.dropped_attributes_count);
        });
    }
}

fn key_value(o: &mut Object<'_>, attribute: &KeyValue) {
    o.text("key", &attribute.key);
    if let Some(value) = &attribute.value {
        o.object("value", |o| any_value(o, value));
    }
}

fn any_value(o: &mut Object<'_>, value: &AnyValue) {
    match &value.value {
        Some(Value::StringValue(text)) => quoted(o.key("stringValue"), text),
        Some(Value::BoolValue(flag)) => {
            let _ = write!(o.key("boolValue"), "{flag}");
        }
        Some(Value::IntValue(number)) => {
            let _ = write!(o.key("intValue"), "\"{number}\"");
        }
        Some(Value::DoubleValue(number)) => o.double("doubleValue", *number),
        Some(Value::BytesValue(bytes)) => {
            let encoded = STANDARD.encode(bytes);
            quoted(o.key("bytesValue"), &encoded);
        }
        Some(Value::ArrayValue(array)) => o.object("arrayValue", |o| {
            // Present also when empty, so that no reader mistakes it for a missing one.
            list(o.key("values"), &array.values, |out, value| {
                object(out, |o| any_value(o, value));
            });
        }),
        Some(Value::KvlistValue(map)) => o.object("kvlistValue", |o| {
            list(o.key("values"), &map.values, |out, entry| {
                object(out, |o| key_value(o, entry));
            });
        }),
        // Indices into a table that only profiles have.
        Some(_) | None => {}
    }
}

/// As protobuf's JSON: the three values that JSON has no number for are strings.
fn double(out: &mut String, number: f64) {
    if number.is_nan() {
        out.push_str("\"NaN\"");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        });
    } else {
        let _ = write!(out, "{number:?}");
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives() {
        let text = "a\"b\\c\n\r\t\u{1}\u{7f}é🦀\u{2028}</script>";
        let mut out = String::new();
        quoted(&mut out, text);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        assert_eq!(out.lines().count(), 1, "one record stays one line: {out}");
    }

    #[test]
    fn numbers_survive() {
        for number in [0.0, -0.0, 0.1, 1e300, 5e-324, f64::MAX, 3.0] {
            let mut out = String::new();
            double(&mut out, number);
            let read: f64 = serde_json::from_str(&out).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{out}");
        }
        for (number, written) in [
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            let mut out = String::new();
            double(&mut out, number);
            assert_eq!(out, written);
        }
    }
}
