//! Parses the parts of filters that have values.

use milvus_otel::proto::schema::DataType;

use super::super::cell::is_vector;
use super::super::fail::Outcome;
use super::parse::Parser;
use super::token::Token;
use super::value::Value;
use super::{Operand, Step, refuse};

impl Parser<'_> {
    /// Sums of products of powers.
    pub(super) fn operand(&mut self) -> Outcome<Operand> {
        let mut operand = self.product()?;
        loop {
            let operator = match self.next() {
                Token::Symbol("+") => '+',
                Token::Symbol("-") => '-',
                _ => return Ok(operand),
            };
            self.advance();
            operand = arithmetic(operand, operator, self.product()?)?;
        }
    }

    fn product(&mut self) -> Outcome<Operand> {
        let mut operand = self.power()?;
        loop {
            let operator = match self.next() {
                Token::Symbol("*") => '*',
                Token::Symbol("/") => '/',
                Token::Symbol("%") => '%',
                _ => return Ok(operand),
            };
            self.advance();
            operand = arithmetic(operand, operator, self.power()?)?;
        }
    }

    fn power(&mut self) -> Outcome<Operand> {
        let operand = self.primary()?;
        if self.takes("**") {
            return arithmetic(operand, '^', self.power()?);
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Outcome<Operand> {
        match self.next().clone() {
            Token::Symbol("-") => {
                self.advance();
                if let Token::Int(int) = *self.next() {
                    self.advance();
                    return int_value(-int);
                }
                arithmetic(Operand::Value(Value::Int(0)), '-', self.primary()?)
            }
            Token::Symbol("+") => {
                self.advance();
                self.primary()
            }
            Token::Symbol("(") => {
                self.advance();
                let operand = self.operand()?;
                self.expect(")")?;
                Ok(operand)
            }
            Token::Symbol("[") => self.list(),
            Token::Int(int) => {
                self.advance();
                int_value(int)
            }
            Token::Double(double) => {
                self.advance();
                Ok(Operand::Value(Value::Double(double)))
            }
            Token::Text(text) => {
                self.advance();
                Ok(Operand::Value(Value::Text(text)))
            }
            Token::Placeholder(name) => {
                self.advance();
                let value = self.values.get(&name);
                let missing = || {
                    refuse(format_args!(
                        "the value of expression template variable name {{{name}}} is not found"
                    ))
                };
                Value::of_template(&name, value.ok_or_else(missing)?).map(Operand::Value)
            }
            Token::Word(word) => {
                self.advance();
                self.word(&word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn list(&mut self) -> Outcome<Operand> {
        self.expect("[")?;
        let mut values = Vec::new();
        while !self.takes("]") {
            match self.operand()? {
                Operand::Value(value) => values.push(value),
                _ => return Err(refuse("a list contains something that is not a constant")),
            }
            if !self.takes(",") && *self.next() != Token::Symbol("]") {
                return Err(self.unexpected());
            }
        }
        Ok(Operand::Value(Value::List(values)))
    }

    fn word(&mut self, word: &str) -> Outcome<Operand> {
        match word.to_ascii_lowercase().as_str() {
            "true" => return Ok(Operand::Value(Value::Bool(true))),
            "false" => return Ok(Operand::Value(Value::Bool(false))),
            "array_length" => {
                return self
                    .argument()
                    .map(|array| Operand::ArrayLength(Box::new(array)));
            }
            _ => {}
        }
        let mut path = Vec::new();
        let (place, data_type) =
            match (self.collection.field(word), self.collection.dynamic_field()) {
                (Some((place, field)), _) => (place, field.data_type),
                (None, Some(place)) => {
                    path.push(Step::Name(word.to_owned()));
                    (place, DataType::Json as i32)
                }
                (None, None) => return Err(refuse(format_args!("error: field {word} not exist"))),
            };
        if is_vector(data_type) {
            return Err(refuse(format_args!(
                "field {word} is a vector, which filters cannot read"
            )));
        }
        while self.takes("[") {
            path.push(match self.advance() {
                Token::Text(name) => Step::Name(name),
                Token::Int(index) => Step::Index(
                    usize::try_from(index).map_err(|_| refuse("an index is out of range"))?,
                ),
                _ => return Err(self.unexpected()),
            });
            self.expect("]")?;
        }
        let may_have_path =
            data_type == DataType::Json as i32 || data_type == DataType::Array as i32;
        if !path.is_empty() && !may_have_path {
            return Err(refuse(format_args!(
                "field {word} is neither JSON nor an array"
            )));
        }
        Ok(Operand::Field { place, path })
    }
}

fn int_value(int: i128) -> Outcome<Operand> {
    let int = i64::try_from(int).map_err(|_| refuse("an integer is out of range"))?;
    Ok(Operand::Value(Value::Int(int)))
}

/// Arithmetic, computed at once on constants.
fn arithmetic(one: Operand, operator: char, other: Operand) -> Outcome<Operand> {
    if let (Operand::Value(one), Operand::Value(other)) = (&one, &other) {
        let value = one.calculate(operator, other);
        return value
            .map(Operand::Value)
            .ok_or_else(|| refuse("arithmetic without a result"));
    }
    Ok(Operand::Arithmetic(
        Box::new(one),
        operator,
        Box::new(other),
    ))
}
