//! Filters, in Milvus' language: comparisons, lists, patterns, arithmetic, JSON paths and arrays, with bound values.

mod evaluate;
mod functions;
mod operands;
mod parse;
mod token;
mod value;

use std::collections::HashMap;

use milvus_otel::proto::schema::TemplateValue;

use super::cell::Cell;
use super::fail::{Fail, Outcome};
use super::store::{Collection, Key};
use token::Token;
use value::Value;

/// A condition on rows. An empty one selects all rows.
#[derive(Debug)]
pub(super) struct Filter(Option<Expression>);

/// A part of a filter.
#[derive(Debug)]
enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(Operand, Comparison, Operand),
    In(Operand, Vec<Value>),
    Like(Operand, String),
    IsNull(Operand),
    Exists(Operand),
    /// Whether an array has any, or all, of these elements.
    Contains {
        array: Operand,
        all: bool,
        elements: Vec<Value>,
    },
    Constant(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A part of a filter that has a value.
#[derive(Debug)]
enum Operand {
    Value(Value),
    Field { place: usize, path: Vec<Step> },
    Arithmetic(Box<Self>, char, Box<Self>),
    ArrayLength(Box<Self>),
}

/// A step into JSON or an array.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Filter {
    /// Reads a filter. Errors do not quote it, since it may contain private data.
    pub(super) fn new(
        text: &str,
        values: &HashMap<String, TemplateValue>,
        collection: &Collection,
    ) -> Outcome<Self> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        parse::parse(text, values, collection).map(Some).map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether it selects a row.
    pub(super) fn matches(&self, cells: &[Cell]) -> bool {
        let Some(expression) = &self.0 else {
            return true;
        };
        expression.evaluate(cells) == Some(true)
    }

    /// The primary keys, if the filter is nothing but a list of them.
    pub(super) fn keys(&self, key_field: usize) -> Option<Vec<Key>> {
        let is_key = |operand: &Operand| matches!(operand, Operand::Field { place, path } if *place == key_field && path.is_empty());
        let values: Vec<&Value> = match self.0.as_ref()? {
            Expression::In(operand, values) if is_key(operand) => values.iter().collect(),
            Expression::Compare(operand, Comparison::Equal, Operand::Value(value))
                if is_key(operand) =>
            {
                vec![value]
            }
            _ => return None,
        };
        let key = |value: &Value| match value {
            Value::Int(key) => Some(Key::Int(*key)),
            Value::Text(key) => Some(Key::Text(key.clone())),
            _ => None,
        };
        values.into_iter().map(key).collect()
    }
}

/// The error for a filter that cannot be parsed.
fn refuse(why: impl std::fmt::Display) -> Fail {
    Fail::invalid(format_args!(
        "failed to create query plan: cannot parse expression: {why}"
    ))
}

/// The key of a filter that begins with `key > ..`, like a stream's.
pub(super) fn after(text: &str, key: &str) -> Option<Key> {
    let tokens = token::tokens(text).ok()?;
    let mut tokens = tokens.into_iter().map(|(_, token)| token);
    if tokens.next()? != Token::Word(key.to_owned()) || tokens.next()? != Token::Symbol(">") {
        return None;
    }
    let (token, sign) = match tokens.next()? {
        Token::Symbol("-") => (tokens.next()?, -1),
        token => (token, 1),
    };
    match token {
        Token::Int(key) => i64::try_from(key * sign).ok().map(Key::Int),
        Token::Text(key) => Some(Key::Text(key)),
        _ => None,
    }
}
