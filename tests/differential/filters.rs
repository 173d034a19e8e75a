//! Random filters: a template with values bound to it, as this client sends it, and the same with literals.

use fastrand::Rng;
use milvus_otel::{Filter, schema::DataType};
use serde_json::{Value as Json, json};

use crate::known::is_known;
use crate::schema::Table;
use crate::server::Kind;
use crate::values::{self, double_of, float_of, untagged};

/// A condition whose values are bound by this client and written as literals for pymilvus.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All,
    /// A text with `{0}`, `{1}` .. for the values, which are literals of doubles, integers, texts, or lists of these.
    Atom(String, Vec<Json>),
    Not(Box<Self>),
    Both(Box<Self>, &'static str, Box<Self>),
}

/// How this client is given the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Values {
    Bound,
    Written,
}

impl Condition {
    pub(crate) fn random(rng: &mut Rng, table: &Table, server: Kind) -> Self {
        if rng.u8(0..6) == 0 {
            return Self::All;
        }
        Self::some(rng, table, server, 2)
    }

    pub(crate) fn some(rng: &mut Rng, table: &Table, server: Kind, depth: u8) -> Self {
        let inner = |rng: &mut Rng| Box::new(Self::some(rng, table, server, depth - 1));
        match rng.u8(0..if depth == 0 { 6 } else { 10 }) {
            6 => Self::Not(inner(rng)),
            7 | 8 => Self::Both(inner(rng), "and", inner(rng)),
            9 => Self::Both(inner(rng), "or", inner(rng)),
            _ => atom(rng, table, server),
        }
    }

    /// With every value written into the text by this test's own rules of quoting.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Atom(template, values) => {
                let mut text = template.clone();
                for (at, value) in values.iter().enumerate() {
                    text = text.replacen(&format!("{{{at}}}"), &literal(value), 1);
                }
                text
            }
            Self::Not(inner) => format!("not ({})", inner.text()),
            Self::Both(left, how, right) => {
                format!("({}) {how} ({})", left.text(), right.text())
            }
        }
    }

    pub(crate) fn ours(&self, how: Values) -> Filter {
        if how == Values::Written {
            return Filter::new(self.text());
        }
        let mut bound = Vec::new();
        let template = self.template(&mut bound);
        let filter = Filter::new(template);
        bound
            .into_iter()
            .enumerate()
            .fold(filter, |filter, (at, value)| {
                filter.bind(format!("value_{at}"), untagged(&value))
            })
    }

    fn template(&self, bound: &mut Vec<Json>) -> String {
        match self {
            Self::All => String::new(),
            Self::Atom(template, values) => {
                let mut text = template.clone();
                for (at, value) in values.iter().enumerate() {
                    let name = format!("{{value_{}}}", bound.len());
                    text = text.replacen(&format!("{{{at}}}"), &name, 1);
                    bound.push(value.clone());
                }
                text
            }
            Self::Not(inner) => format!("not ({})", inner.template(bound)),
            Self::Both(left, how, right) => {
                let left = left.template(bound);
                format!("({left}) {how} ({})", right.template(bound))
            }
        }
    }

    /// Smaller conditions to try in place of one that fails.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        match self {
            Self::All => Vec::new(),
            Self::Atom(..) => vec![Self::All],
            Self::Not(inner) => vec![Self::All, (**inner).clone()],
            Self::Both(left, how, right) => {
                let mut all = vec![Self::All, (**left).clone(), (**right).clone()];
                let left_smaller = left.smaller().into_iter();
                all.extend(left_smaller.map(|left| Self::Both(left.into(), how, right.clone())));
                let right_smaller = right.smaller().into_iter();
                all.extend(right_smaller.map(|right| Self::Both(left.clone(), how, right.into())));
                all.retain(|smaller| match smaller {
                    Self::Both(left, _, right) => **left != Self::All && **right != Self::All,
                    _ => true,
                });
                all
            }
        }
    }
}

/// The literal of a value in the form of [`values`].
pub(crate) fn literal(value: &Json) -> String {
    match value {
        Json::String(text) => {
            let mut quoted = String::from("\"");
            for letter in text.chars() {
                match letter {
                    '"' => quoted.push_str("\\\""),
                    '\\' => quoted.push_str("\\\\"),
                    '\n' => quoted.push_str("\\n"),
                    other => quoted.push(other),
                }
            }
            quoted + "\""
        }
        Json::Array(values) => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("[{}]", values.join(", "))
        }
        Json::Object(tagged) => format!("{:?}", double_of(&tagged["$d"])),
        other => other.to_string(),
    }
}

const COMPARED: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// A double, in the form that stands for one within JSON.
fn double(value: f64) -> Json {
    json!({ "$d": values::double(value) })
}

fn atom(rng: &mut Rng, table: &Table, server: Kind) -> Condition {
    let scalars = table.scalars();
    let at = rng.usize(..scalars.len() + 2);
    let compared = COMPARED[rng.usize(..COMPARED.len())];
    let (name, kind) = match scalars.get(at) {
        Some(column) if column.nullable && rng.u8(0..4) == 0 => {
            let how = if rng.bool() { "is null" } else { "is not null" };
            return Condition::Atom(format!("{} {how}", column.name), Vec::new());
        }
        Some(column) => (column.name.as_str(), &column.kind),
        None if at == scalars.len() || !table.dynamic => (table.key.as_str(), &table.key_kind),
        None => {
            let name = ["d_one", "d_two"][rng.usize(..2)];
            return of_json(rng, name, compared);
        }
    };
    let value = |rng: &mut Rng| comparable(rng, kind, server);
    match kind {
        DataType::Bool => {
            let text = if rng.bool() { "true" } else { "false" };
            Condition::Atom(format!("{name} == {text}"), Vec::new())
        }
        DataType::Json => of_json(rng, &format!("{name}[\"a\"]"), compared),
        DataType::Array { element, .. } => of_array(rng, name, element, server),
        DataType::Geometry => {
            let circle = "POLYGON ((-50 -50, 50 -50, 50 50, -50 50, -50 -50))";
            Condition::Atom(format!("st_within({name}, \"{circle}\")"), Vec::new())
        }
        DataType::Timestamptz => {
            let when = values::random(rng, kind);
            let text = when.as_str().unwrap();
            Condition::Atom(format!("{name} {compared} ISO '{text}'"), Vec::new())
        }
        DataType::VarChar { .. } if rng.u8(0..4) == 0 => {
            let start = rng.char('a'..='d');
            let pattern = [
                format!("{start}%"),
                format!("%{start}%"),
                format!("%{start}"),
            ];
            let pattern = &pattern[rng.usize(..3)];
            Condition::Atom(format!("{name} like \"{pattern}\""), Vec::new())
        }
        DataType::Float | DataType::Double => {
            Condition::Atom(format!("{name} {compared} {{0}}"), vec![value(rng)])
        }
        _ => match rng.u8(0..6) {
            0 | 1 => {
                let count = rng.u8(1..5);
                let values: Json = (0..count).map(|_| value(rng)).collect();
                let how = if rng.bool() { "in" } else { "not in" };
                Condition::Atom(format!("{name} {how} {{0}}"), vec![values])
            }
            2 => Condition::Atom(
                format!("{{0}} <= {name} and {name} < {{1}}"),
                vec![value(rng), value(rng)],
            ),
            3 if !matches!(kind, DataType::VarChar { .. }) => Condition::Atom(
                format!("{name} + {{0}} {compared} {{1}}"),
                vec![rng.i64(-2..5).into(), rng.i64(-2..5).into()],
            ),
            _ => Condition::Atom(format!("{name} {compared} {{0}}"), vec![value(rng)]),
        },
    }
}

/// A value that a field may be compared with, as a literal.
fn comparable(rng: &mut Rng, kind: &DataType, server: Kind) -> Json {
    let value = values::random(rng, kind);
    match kind {
        DataType::Float => double(float_of(&value).into()),
        DataType::Double => double(double_of(&value)),
        _ if value == i64::MIN && is_known("smallest integer", server) => (i64::MIN + 1).into(),
        _ => value,
    }
}

fn of_json(rng: &mut Rng, path: &str, compared: &str) -> Condition {
    if rng.u8(0..5) == 0 {
        let large = json!([9_007_199_254_740_993_i64, double(0.5), rng.i64(-3..9)]);
        return Condition::Atom(format!("{path} in {{0}}"), vec![large]);
    }
    let value = match rng.u8(0..3) {
        0 => rng.i64(-3..9).into(),
        1 => values::text(rng).into(),
        _ => double(values::any_double(rng)),
    };
    Condition::Atom(format!("{path} {compared} {{0}}"), vec![value])
}

fn of_array(rng: &mut Rng, name: &str, element: &DataType, server: Kind) -> Condition {
    let value = comparable(rng, element, server);
    match rng.u8(0..4) {
        0 => Condition::Atom(
            format!("array_length({name}) >= {{0}}"),
            vec![rng.u8(0..4).into()],
        ),
        1 => Condition::Atom(format!("array_contains({name}, {{0}})"), vec![value]),
        2 if server != Kind::Full => {
            let values: Json = (0..rng.u8(1..4))
                .map(|_| comparable(rng, element, server))
                .collect();
            let how = ["array_contains_any", "array_contains_all"][rng.usize(..2)];
            Condition::Atom(format!("{how}({name}, {{0}})"), vec![values])
        }
        _ => Condition::Atom(format!("{name}[0] == {{0}}"), vec![value]),
    }
}
