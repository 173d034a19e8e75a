//! Patterns, and the functions of filters.

use super::super::fail::{Fail, Outcome};
use super::parse::Parser;
use super::token::Token;
use super::value::Value;
use super::{Expression, Operand, refuse};

/// Whether a text matches a pattern, in which `%` is any text and `_` any character.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches(&text, &pattern)
}

fn matches(text: &[char], pattern: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['%', rest @ ..], _) => {
            (0..=text.len()).any(|taken| matches(text.get(taken..).unwrap_or_default(), rest))
        }
        (['\\', escaped, rest @ ..], [letter, after @ ..]) => {
            escaped == letter && matches(after, rest)
        }
        (['_', rest @ ..], [_, after @ ..]) => matches(after, rest),
        ([wanted, rest @ ..], [letter, after @ ..]) => wanted == letter && matches(after, rest),
        _ => false,
    }
}

/// Functions that Milvus has and the fake lacks.
const MISSING: [&str; 12] = [
    "text_match",
    "phrase_match",
    "random_sample",
    "element_filter",
    "match_any",
    "match_all",
    "st_equals",
    "st_touches",
    "st_contains",
    "st_within",
    "st_intersects",
    "st_dwithin",
];

impl Parser<'_> {
    /// A call, after its name and before its parenthesis.
    pub(super) fn function(&mut self, name: &str) -> Outcome<Expression> {
        if MISSING.contains(&name) {
            return Err(Fail::missing(format_args!("{name} in filters")));
        }
        let (all, is_list) = match name {
            "array_contains" | "json_contains" => (true, false),
            "array_contains_all" | "json_contains_all" => (true, true),
            "array_contains_any" | "json_contains_any" => (false, true),
            _ => return Err(refuse(format_args!("there is no function {name:?}"))),
        };
        self.expect("(")?;
        let array = self.operand()?;
        self.expect(",")?;
        let value = self.operand()?;
        self.expect(")")?;
        let elements = match (value, is_list) {
            (Operand::Value(Value::List(values)), true) => values,
            (Operand::Value(value), false) => vec![value],
            _ => return Err(refuse(format_args!("{name} has a wrong second argument"))),
        };
        Ok(Expression::Contains {
            array,
            all,
            elements,
        })
    }

    /// The argument of `array_length` or `exists`, with or without parentheses.
    pub(super) fn argument(&mut self) -> Outcome<Operand> {
        let is_open = *self.next() == Token::Symbol("(");
        if is_open {
            self.advance();
        }
        let operand = self.operand()?;
        if is_open {
            self.expect(")")?;
        }
        Ok(operand)
    }
}
