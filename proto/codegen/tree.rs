//! The positions of wanted fields in a message.

use std::collections::BTreeMap;
use std::error::Error;

use protox::prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

use super::Result;

/// The fields along a dotted path of names. `field<Message>` is a field of type bytes with this encoded message.
pub(super) fn resolve(
    pool: &DescriptorPool,
    message: &MessageDescriptor,
    path: &str,
) -> Option<Vec<FieldDescriptor>> {
    let end = path.find(['.', '<']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let field = message.get_field_by_name(name)?;
    let (inner, rest) = match rest
        .strip_prefix('<')
        .and_then(|rest| rest.split_once(">."))
    {
        Some((held, rest)) if field.kind() == Kind::Bytes => {
            (pool.get_message_by_name(held)?, rest)
        }
        Some(_) => return None,
        None => match (rest.strip_prefix('.'), field.kind()) {
            (None, _) => return Some(vec![field]),
            (Some(rest), Kind::Message(inner)) => (inner, rest),
            (Some(_), _) => return None,
        },
    };
    let mut fields = vec![field];
    fields.extend(resolve(pool, &inner, rest)?);
    Some(fields)
}

/// How the field of a fact is read.
fn read(field: &FieldDescriptor, fact: &str) -> Result<&'static str> {
    let each = matches!(fact, "ColumnRows" | "OutputField" | "Keys" | "BoundNumbers");
    Ok(match field.kind() {
        Kind::Bytes | Kind::Message(_) if matches!(fact, "OtherColumn" | "BoundUnread") => {
            "NonEmpty"
        }
        Kind::Bytes if fact == "VectorLength" => "First",
        Kind::Bytes if fact == "BoundText" => "Text",
        Kind::Float if field.is_list() => "Floats",
        Kind::String if each => "Present",
        Kind::Int64 | Kind::Int32 | Kind::Bool if each && field.is_list() => "Varints",
        Kind::String => "Text",
        Kind::Message(_) => "Present",
        Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 | Kind::Bool | Kind::Enum(_) => {
            "Number"
        }
        other => return Err(format!("{}: {other:?} is not read", field.full_name()).into()),
    })
}

/// The wanted fields of a message, by number.
#[derive(Default)]
pub(super) struct Tree(pub(super) BTreeMap<u32, Branch>);

pub(super) enum Branch {
    Leaf(&'static str, String),
    Message(Tree),
    /// In a field of type bytes.
    Embedded(Tree),
    /// A `common.Status`.
    Status,
}

impl Tree {
    pub(super) fn insert(&mut self, path: &[FieldDescriptor], fact: &str) -> Result<()> {
        let [field, rest @ ..] = path else {
            return Err("an empty path".into());
        };
        let clash = || Box::<dyn Error>::from(format!("two facts lie at {}", field.full_name()));
        if rest.is_empty() {
            let read = read(field, fact)?;
            match self
                .0
                .insert(field.number(), Branch::Leaf(read, fact.to_owned()))
            {
                None => Ok(()),
                Some(_) => Err(clash()),
            }
        } else {
            match self
                .0
                .entry(field.number())
                .or_insert_with(|| match field.kind() {
                    Kind::Bytes => Branch::Embedded(Self::default()),
                    _ => Branch::Message(Self::default()),
                }) {
                Branch::Message(tree) | Branch::Embedded(tree) => tree.insert(rest, fact),
                Branch::Leaf(..) | Branch::Status => Err(clash()),
            }
        }
    }

    /// Whether it consists of two strings, and nothing else is read from it.
    fn is_pair(&self) -> bool {
        let leaf = |number| matches!(self.0.get(&number), Some(Branch::Leaf("Text", _)));
        self.0.len() == 2 && leaf(1) && leaf(2)
    }

    fn has(&self, wanted: &str) -> bool {
        self.0.values().any(|branch| match branch {
            Branch::Leaf(_, fact) => fact == wanted,
            Branch::Message(tree) | Branch::Embedded(tree) => tree.has(wanted),
            Branch::Status => false,
        })
    }

    pub(super) fn render(&self, depth: usize) -> String {
        if self.0.is_empty() {
            return "&[]".to_owned();
        }
        let pad = "    ".repeat(depth + 1);
        let mut out = String::from("&[\n");
        for (number, branch) in &self.0 {
            let read = match branch {
                Branch::Leaf(read, fact) => format!("Read::{read}(Fact::{fact})"),
                Branch::Message(tree) => {
                    let read = if tree.is_pair() { "Pair" } else { "Message" };
                    format!("Read::{read}({})", tree.render(depth + 1))
                }
                Branch::Embedded(tree) => {
                    let read = if tree.has("VectorLength") {
                        "QueryVectors"
                    } else {
                        "Embedded"
                    };
                    format!("Read::{read}({})", tree.render(depth + 1))
                }
                Branch::Status => "Read::Message(STATUS)".to_owned(),
            };
            out.push_str(&format!(
                "{pad}Field {{ number: {number}, read: {read} }},\n"
            ));
        }
        out.push_str(&format!("{}]", "    ".repeat(depth)));
        out
    }
}
