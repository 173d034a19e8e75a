//! Parses filters.

use std::collections::HashMap;

use milvus_otel::proto::schema::{DataType, TemplateValue};

use super::super::fail::{Fail, Outcome};
use super::super::store::Collection;
use super::token::{Placed, Token, tokens};
use super::value::Value;
use super::{Comparison, Expression, Operand, refuse};

pub(super) struct Parser<'a> {
    tokens: Vec<Placed>,
    at: usize,
    pub(super) values: &'a HashMap<String, TemplateValue>,
    pub(super) collection: &'a Collection,
}

pub(super) fn parse(
    text: &str,
    values: &HashMap<String, TemplateValue>,
    collection: &Collection,
) -> Outcome<Expression> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        values,
        collection,
    };
    let expression = parser.any_of()?;
    match parser.next() {
        Token::End => Ok(expression),
        _ => Err(parser.unexpected()),
    }
}

impl Parser<'_> {
    pub(super) fn next(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(_, token)| token)
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.next().clone();
        self.at += 1;
        token
    }

    pub(super) fn unexpected(&self) -> Fail {
        match self.tokens.get(self.at) {
            Some((at, token)) if *token != Token::End => {
                refuse(format_args!("unexpected word at byte {at}"))
            }
            _ => refuse("unexpected end"),
        }
    }

    /// Takes this symbol, if it comes next.
    pub(super) fn takes(&mut self, symbol: &'static str) -> bool {
        let is_next = *self.next() == Token::Symbol(symbol);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes this word, in upper or lower case, if it comes next.
    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.next(), Token::Word(next) if next.eq_ignore_ascii_case(word));
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Outcome<()> {
        if self.takes(symbol) {
            return Ok(());
        }
        Err(self.unexpected())
    }

    fn any_of(&mut self) -> Outcome<Expression> {
        let mut expression = self.all_of()?;
        while self.takes("||") || self.takes_word("or") {
            expression = Expression::Or(Box::new(expression), Box::new(self.all_of()?));
        }
        Ok(expression)
    }

    fn all_of(&mut self) -> Outcome<Expression> {
        let mut expression = self.condition()?;
        while self.takes("&&") || self.takes_word("and") {
            expression = Expression::And(Box::new(expression), Box::new(self.condition()?));
        }
        Ok(expression)
    }

    fn condition(&mut self) -> Outcome<Expression> {
        if self.takes("!") || self.takes_word("not") {
            return Ok(Expression::Not(Box::new(self.condition()?)));
        }
        if *self.next() == Token::Symbol("(") {
            // Either a condition in parentheses or the beginning of an arithmetic expression.
            let start = self.at;
            self.advance();
            match self.any_of() {
                Ok(expression) if self.takes(")") && !self.goes_on() => return Ok(expression),
                Err(missing @ Fail::Missing(_)) => return Err(missing),
                Ok(_) => self.at = start,
                Err(why) => {
                    self.at = start;
                    return self.comparison().map_err(|_| why);
                }
            }
        }
        if let Token::Word(word) = self.next() {
            let word = word.to_ascii_lowercase();
            let is_call = self
                .tokens
                .get(self.at + 1)
                .is_some_and(|(_, token)| *token == Token::Symbol("("));
            if word == "exists" {
                self.advance();
                return self.argument().map(Expression::Exists);
            }
            if is_call && word != "array_length" {
                self.advance();
                return self.function(&word);
            }
        }
        self.comparison()
    }

    /// Whether the parenthesized expression is an operand of what comes next.
    fn goes_on(&self) -> bool {
        match self.next() {
            Token::Symbol(symbol) => !matches!(*symbol, ")" | "&&" | "||"),
            Token::Word(word) => ["in", "not", "like", "is"]
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known)),
            _ => false,
        }
    }

    fn comparison(&mut self) -> Outcome<Expression> {
        let operand = self.operand()?;
        if self.takes_word("is") {
            let is_negated = self.takes_word("not");
            if !self.takes_word("null") {
                return Err(self.unexpected());
            }
            return Ok(negate(Expression::IsNull(operand), is_negated));
        }
        let is_negated = self.takes_word("not");
        if self.takes_word("in") {
            return match self.operand()? {
                Operand::Value(Value::List(values)) => {
                    for value in &values {
                        self.check_types(&operand, &Operand::Value(value.clone()))?;
                    }
                    Ok(negate(Expression::In(operand, values), is_negated))
                }
                _ => Err(refuse("the right-hand side of in is not a list")),
            };
        }
        if self.takes_word("like") {
            return match self.operand()? {
                Operand::Value(Value::Text(pattern)) => {
                    self.check_types(&operand, &Operand::Value(Value::Text(String::new())))?;
                    Ok(negate(Expression::Like(operand, pattern), is_negated))
                }
                _ => Err(refuse("the right-hand side of like is not a string")),
            };
        }
        if is_negated {
            return Err(self.unexpected());
        }
        let Some(comparison) = self.comparison_sign() else {
            return match operand {
                Operand::Value(Value::Bool(holds)) => Ok(Expression::Constant(holds)),
                _ => Err(refuse("predicate is not a boolean expression")),
            };
        };
        let other = self.operand()?;
        self.check_types(&operand, &other)?;
        // A range: 1 < a <= 5.
        let Some(second) = self.comparison_sign() else {
            return Ok(compare(operand, comparison, other));
        };
        let Operand::Field { place, path } = &other else {
            return Err(refuse("a range needs a field in its middle"));
        };
        let middle = Operand::Field {
            place: *place,
            path: path.clone(),
        };
        let last = self.operand()?;
        self.check_types(&middle, &last)?;
        let (lower, upper) = (
            compare(operand, comparison, other),
            compare(middle, second, last),
        );
        Ok(Expression::And(Box::new(lower), Box::new(upper)))
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        let Token::Symbol(symbol) = self.next() else {
            return None;
        };
        let comparison = match *symbol {
            "==" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.advance();
        Some(comparison)
    }

    /// Refuses to compare a field with a constant of a wrong type.
    fn check_types(&self, one: &Operand, other: &Operand) -> Outcome<()> {
        let (Operand::Field { place, path }, Operand::Value(value)) = (one, other) else {
            if let (Operand::Value(_), Operand::Field { .. }) = (one, other) {
                return self.check_types(other, one);
            }
            return Ok(());
        };
        let Some(field) = self.collection.schema.fields.get(*place) else {
            return Ok(());
        };
        let number = match (DataType::try_from(field.data_type), path.as_slice()) {
            (Ok(DataType::Array), [_, ..]) => field.element_type,
            (Ok(DataType::Array | DataType::Json), _) => return Ok(()),
            _ => field.data_type,
        };
        let fits = match DataType::try_from(number) {
            Ok(DataType::Bool) => matches!(value, Value::Bool(_)),
            Ok(DataType::VarChar | DataType::String | DataType::Text) => {
                matches!(value, Value::Text(_))
            }
            Ok(DataType::Float | DataType::Double) => {
                matches!(value, Value::Int(_) | Value::Double(_))
            }
            _ => matches!(value, Value::Int(_) | Value::Double(_)),
        };
        if fits {
            return Ok(());
        }
        Err(refuse(format_args!(
            "field {} cannot be compared with a constant of another type",
            field.name
        )))
    }
}

fn negate(expression: Expression, is_negated: bool) -> Expression {
    if is_negated {
        Expression::Not(Box::new(expression))
    } else {
        expression
    }
}

/// A comparison, with the constant on the right.
fn compare(one: Operand, comparison: Comparison, other: Operand) -> Expression {
    match one {
        Operand::Value(_) => Expression::Compare(other, comparison.mirrored(), one),
        _ => Expression::Compare(one, comparison, other),
    }
}
