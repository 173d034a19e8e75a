//! Where wanted fields lie in a message.

use std::collections::BTreeMap;
use std::error::Error;

use protox::prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::Result;

/// The fields along a dotted path of names.
pub(super) fn resolve(message: &MessageDescriptor, path: &str) -> Option<Vec<FieldDescriptor>> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.get_field_by_name(name)?;
    match rest {
        None => Some(vec![field]),
        Some(rest) => {
            let Kind::Message(inner) = field.kind() else {
                return None;
            };
            let mut fields = vec![field];
            fields.extend(resolve(&inner, rest)?);
            Some(fields)
        }
    }
}

/// The wanted fields of a message, by number.
#[derive(Default)]
pub(super) struct Tree(pub(super) BTreeMap<u32, Branch>);

pub(super) enum Branch {
    Leaf(&'static str, String),
    Message(Tree),
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
            let read = match field.kind() {
                Kind::String if fact.ends_with("Rows") => "Present",
                Kind::Int64 if fact == "ColumnRows" => "Varints",
                Kind::String => "Text",
                Kind::Message(_) => "Present",
                Kind::Int32
                | Kind::Int64
                | Kind::Uint32
                | Kind::Uint64
                | Kind::Bool
                | Kind::Enum(_) => "Number",
                other => return Err(format!("{}: {other:?} is not read", field.full_name()).into()),
            };
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
                .or_insert_with(|| Branch::Message(Self::default()))
            {
                Branch::Message(tree) => tree.insert(rest, fact),
                Branch::Leaf(..) | Branch::Status => Err(clash()),
            }
        }
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
                Branch::Message(tree) => format!("Read::Message({})", tree.render(depth + 1)),
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
