//! Access to the mappings of a configuration file that notices every key that is never read.

use super::node::{Node, join};
use super::refused::Refused;

/// A mapping whose keys are read one by one.
#[derive(Debug)]
pub(super) struct Section<'n> {
    key: String,
    unread: Vec<(&'n str, &'n Node)>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
}

impl<'n> Section<'n> {
    /// A mapping, or null, which is a mapping without keys.
    pub(super) fn new(key: impl Into<String>, node: &'n Node) -> Result<Self, Refused> {
        let key = key.into();
        let unread = match node {
            Node::Null => Vec::new(),
            Node::Map(entries) => entries
                .iter()
                .map(|(name, node)| (name.as_str(), node))
                .collect(),
            Node::Scalar(_) | Node::List(_) => {
                return Err(Refused::new(key, "expected a mapping"));
            }
        };
        Ok(Self {
            key,
            unread,
            known: Vec::new(),
        })
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The value of a key with its path; `None` if the key is missing.
    pub(super) fn node(&mut self, name: &'static str) -> Option<(String, &'n Node)> {
        self.known.push(name);
        let at = self.unread.iter().position(|(key, _)| *key == name)?;
        let (_, node) = self.unread.remove(at);
        Some((join(&self.key, name), node))
    }

    /// A scalar; `None` if the key is missing or null.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<(String, String)>, Refused> {
        match self.node(name) {
            None | Some((_, Node::Null)) => Ok(None),
            Some((key, Node::Scalar(text))) => Ok(Some((key, text.clone()))),
            Some((key, _)) => Err(Refused::new(key, "expected a single value")),
        }
    }

    /// A mapping; `None` if the key is missing.
    pub(super) fn section(&mut self, name: &'static str) -> Result<Option<Self>, Refused> {
        self.node(name)
            .map(|(key, node)| Self::new(key, node))
            .transpose()
    }

    /// The entries of a list with their paths; none if the key is missing or null.
    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<(String, &'n Node)>, Refused> {
        match self.node(name) {
            None | Some((_, Node::Null)) => Ok(Vec::new()),
            Some((key, Node::List(nodes))) => {
                let nodes = nodes.iter().enumerate();
                Ok(nodes
                    .map(|(i, node)| (format!("{key}[{i}]"), node))
                    .collect())
            }
            Some((key, _)) => Err(Refused::new(key, "expected a list")),
        }
    }

    /// The scalars of a list with their paths; `None` if the key is missing or null.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Vec<(String, &'n str)>>, Refused> {
        let (key, nodes) = match self.node(name) {
            None | Some((_, Node::Null)) => return Ok(None),
            Some((key, Node::List(nodes))) => (key, nodes),
            Some((key, _)) => return Err(Refused::new(key, "expected a list")),
        };
        let texts = nodes.iter().enumerate().map(|(i, node)| match node {
            Node::Scalar(text) => Ok((format!("{key}[{i}]"), text.as_str())),
            _ => Err(Refused::new(
                format!("{key}[{i}]"),
                "expected a single value",
            )),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// The only key of a mapping that selects one of several kinds, with its path and value.
    pub(super) fn kind(self, supported: &[&'static str]) -> Result<(&'static str, Self), Refused> {
        let [(name, node)] = self.unread[..] else {
            let reason = format!("expected exactly one of {}", supported.join(", "));
            return Err(Refused::new(self.key, reason));
        };
        let key = join(&self.key, name);
        match supported.iter().find(|kind| **kind == name) {
            Some(kind) => Ok((kind, Section::new(key, node)?)),
            None => Err(Refused::unsupported(key, supported)),
        }
    }

    /// Refuses keys that were not read.
    pub(super) fn end(self) -> Result<(), Refused> {
        match self.unread.first() {
            Some((name, _)) => Err(Refused::unsupported(join(&self.key, name), &self.known)),
            None => Ok(()),
        }
    }
}
