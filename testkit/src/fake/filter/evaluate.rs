//! A filter's verdict on a row: yes, no, or, because of a null, unknown.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::super::cell::Cell;
use super::functions::is_like;
use super::value::Value;
use super::{Comparison, Expression, Operand, Step};

impl Expression {
    pub(super) fn evaluate(&self, cells: &[Cell]) -> Option<bool> {
        match self {
            Self::And(one, other) => match (one.evaluate(cells), other.evaluate(cells)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(one, other) => match (one.evaluate(cells), other.evaluate(cells)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(negated) => negated.evaluate(cells).map(|holds| !holds),
            Self::Compare(one, comparison, other) => {
                let values = one.evaluate(cells).zip(other.evaluate(cells));
                let ordering = values.and_then(|(one, other)| one.compare(&other));
                // Values that cannot be compared are not equal.
                let holds = ordering.map_or(*comparison == Comparison::NotEqual, |ordering| {
                    comparison.holds(ordering)
                });
                known(&[one, other], cells, holds)
            }
            Self::In(operand, values) => {
                let value = operand.evaluate(cells);
                let holds = value.is_some_and(|value| values.iter().any(|one| value.equals(one)));
                known(&[operand], cells, holds)
            }
            Self::Like(operand, pattern) => {
                let text = operand.evaluate(cells);
                let holds = matches!(text, Some(Value::Text(text)) if is_like(&text, pattern));
                known(&[operand], cells, holds)
            }
            Self::IsNull(operand) => Some(operand.is_null(cells)),
            Self::Exists(operand) => Some(operand.evaluate(cells).is_some()),
            Self::Contains {
                array,
                all,
                elements,
            } => {
                let values = match array.evaluate(cells) {
                    Some(Value::List(values)) => values,
                    _ => return known(&[array], cells, false),
                };
                let has = |element: &Value| values.iter().any(|value| value.equals(element));
                Some(if *all {
                    elements.iter().all(has)
                } else {
                    elements.iter().any(has)
                })
            }
            Self::Constant(holds) => Some(*holds),
        }
    }
}

/// What holds unless a field is null. In JSON, a missing value is not null, but equals nothing.
fn known(operands: &[&Operand], cells: &[Cell], holds: bool) -> Option<bool> {
    let is_null = operands.iter().any(|operand| operand.has_null(cells));
    (!is_null).then_some(holds)
}

impl Comparison {
    pub(super) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The comparison with its sides swapped.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

impl Operand {
    /// The value; `None` if it is null or missing.
    pub(super) fn evaluate(&self, cells: &[Cell]) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Arithmetic(one, operator, other) => one
                .evaluate(cells)?
                .calculate(*operator, &other.evaluate(cells)?),
            Self::ArrayLength(array) => match array.evaluate(cells)? {
                Value::List(values) => i64::try_from(values.len()).ok().map(Value::Int),
                _ => None,
            },
            Self::Field { place, path } => match cells.get(*place)? {
                Cell::Json(text) => {
                    let json: Json = serde_json::from_slice(text).ok()?;
                    Value::of_json(at(&json, path)?)
                }
                Cell::Array(values) => match path.as_slice() {
                    [Step::Index(index)] => Value::of(values.get(*index)?),
                    _ => Value::of(&Cell::Array(values.clone())),
                },
                cell => Value::of(cell),
            },
        }
    }

    /// Whether any field in it is null as a whole.
    fn has_null(&self, cells: &[Cell]) -> bool {
        match self {
            Self::Value(_) => false,
            Self::Field { place, .. } => cells.get(*place).is_none_or(|cell| *cell == Cell::Null),
            Self::Arithmetic(one, _, other) => one.has_null(cells) || other.has_null(cells),
            Self::ArrayLength(array) => array.has_null(cells),
        }
    }

    /// Whether a field is null. Within JSON, a missing value is null.
    fn is_null(&self, cells: &[Cell]) -> bool {
        match self {
            Self::Field { place, path } if path.is_empty() => {
                cells.get(*place).is_none_or(|cell| *cell == Cell::Null)
            }
            _ => self.evaluate(cells).is_none(),
        }
    }
}

/// The value at this path.
fn at<'a>(json: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(json, |json, step| match step {
        Step::Name(name) => json.get(name),
        Step::Index(index) => json.get(index),
    })
}
