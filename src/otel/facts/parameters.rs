//! Search parameters that trade recall for latency.

use opentelemetry::Value;

use crate::otel::attributes as key;

/// The attribute of a parameter.
pub(super) fn attribute(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"ef" => key::MILVUS_SEARCH_EF,
        b"nprobe" => key::MILVUS_SEARCH_NPROBE,
        b"radius" => key::MILVUS_SEARCH_RADIUS,
        b"range_filter" => key::MILVUS_SEARCH_RANGE_FILTER,
        b"search_list" => key::MILVUS_SEARCH_LIST,
        b"level" => key::MILVUS_SEARCH_LEVEL,
        b"reorder_k" => key::MILVUS_SEARCH_REORDER_K,
        b"refine_k" => key::MILVUS_SEARCH_REFINE_K,
        b"drop_ratio_search" => key::MILVUS_SEARCH_DROP_RATIO,
        b"itopk_size" => key::MILVUS_SEARCH_ITOPK_SIZE,
        _ => return None,
    })
}

/// A numeric parameter value. Some clients send it in quotes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::otel) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('"').unwrap_or(text);
        let text = text.strip_suffix('"').unwrap_or(text);
        text.parse().map(Self::Int).ok().or_else(|| {
            let float: f64 = text.parse().ok()?;
            float.is_finite().then_some(Self::Float(float))
        })
    }

    fn as_float(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "only used to compare")]
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(int) => int.into(),
            Number::Float(float) => float.into(),
        }
    }
}

/// The parameters of a search; for a hybrid search, the largest value of each. The first parameter is stored inline,
/// because most searches have only one.
#[derive(Debug, Default)]
pub(in crate::otel) struct Parameters {
    first: Option<(&'static str, Number)>,
    more: Vec<(&'static str, Number)>,
}

impl Parameters {
    pub(super) fn add(&mut self, attribute: &'static str, value: &str) {
        let Some(number) = Number::parse(value) else {
            return;
        };
        let mut known = self.first.iter_mut().chain(&mut self.more);
        if let Some((_, known)) = known.find(|(known, _)| *known == attribute) {
            if number.as_float() > known.as_float() {
                *known = number;
            }
        } else if self.first.is_none() {
            self.first = Some((attribute, number));
        } else {
            self.more.push((attribute, number));
        }
    }

    /// Adds the parameters of a JSON object such as `{"ef": 64}`. Nested values and malformed JSON are skipped.
    pub(super) fn add_json(&mut self, json: &str) {
        let mut rest = json
            .trim_ascii_start()
            .strip_prefix('{')
            .unwrap_or_default();
        let mut depth = 0_usize;
        // These are all ASCII, so bytes are compared, which is faster than decoding characters.
        let is_mark = |byte: u8| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']');
        while let Some(at) = rest.bytes().position(is_mark) {
            let (first, after) = (rest.as_bytes()[at], &rest[at + 1..]);
            match first {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {
                    let end = string_length(after);
                    let (name, after) = (&after[..end], after.get(end + 1..).unwrap_or_default());
                    rest = after;
                    let value = after
                        .trim_start()
                        .strip_prefix(':')
                        .map(str::trim_ascii_start);
                    if let (0, Some(value)) = (depth, value)
                        && let Some(attribute) = attribute(name.as_bytes())
                    {
                        let ends = |byte: u8| matches!(byte, b',' | b'}');
                        let end = value.bytes().position(ends).unwrap_or(value.len());
                        self.add(attribute, value[..end].trim_ascii_end());
                    }
                    continue;
                }
            }
            rest = after;
        }
    }

    pub(in crate::otel) fn iter(&self) -> impl Iterator<Item = (&'static str, Number)> {
        self.first.iter().chain(&self.more).copied()
    }
}

/// The length of a JSON string that starts after its opening quote.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Vec<(&'static str, Number)> {
        let mut parameters = Parameters::default();
        parameters.add_json(json);
        parameters.iter().collect()
    }

    #[test]
    fn numbers_of_known_parameters_are_read() {
        let (ef, radius) = (key::MILVUS_SEARCH_EF, key::MILVUS_SEARCH_RADIUS);
        for (json, wanted) in [
            (r#"{"ef": 64}"#, vec![(ef, Number::Int(64))]),
            (
                r#"{"ef":64,"radius":-0.5}"#,
                vec![(ef, Number::Int(64)), (radius, Number::Float(-0.5))],
            ),
            (
                r#" { "radius" : 1e3 , "ef" : "64" } "#,
                vec![(radius, Number::Float(1000.0)), (ef, Number::Int(64))],
            ),
            (
                r#"{"other": {"ef": 1}, "list": [{"ef": 2}], "ef": 3}"#,
                vec![(ef, Number::Int(3))],
            ),
            (
                r#"{"text": "\"ef\": 7", "ef": 8}"#,
                vec![(ef, Number::Int(8))],
            ),
            (r#"{"ef": true, "radius": null}"#, vec![]),
            (r#"{"ef": "#, vec![]),
            (r#"{"ef"#, vec![]),
            ("{}", vec![]),
            ("", vec![]),
            ("64", vec![]),
        ] {
            assert_eq!(read(json), wanted, "{json}");
        }
    }

    #[test]
    fn the_largest_value_of_several_searches_is_kept() {
        let mut parameters = Parameters::default();
        for json in [r#"{"ef": 64}"#, r#"{"ef": 128}"#, r#"{"ef": 32}"#] {
            parameters.add_json(json);
        }
        let all: Vec<_> = parameters.iter().collect();
        assert_eq!(all, [(key::MILVUS_SEARCH_EF, Number::Int(128))]);
    }

    proptest! {
        #[test]
        fn no_text_panics(json in r#"[{}\[\]":,a-z0-9\\ é.-]{0,40}"#) {
            read(&json);
        }

        #[test]
        fn json_from_serde_is_read(ef in any::<i64>(), radius in -1e9..1e9_f64, name in "[a-z]{1,8}", text in ".*") {
            prop_assume!(attribute(name.as_bytes()).is_none());
            let json = serde_json::json!({ "ef": ef, name: text, "radius": radius }).to_string();
            let mut parameters = read(&json);
            parameters.sort_by_key(|(attribute, _)| *attribute);
            prop_assert_eq!(parameters[0], (key::MILVUS_SEARCH_EF, Number::Int(ef)));
            let Number::Float(read) = parameters[1].1 else { panic!() };
            prop_assert!((read - radius).abs() <= radius.abs() * 1e-12);
        }
    }
}
