//! What a call is about and how Milvus answered, read off the encoded messages.

use opentelemetry::StringValue;

use crate::wire::{Fact, Message, Outgoing, Rpc, Sink};

/// What the request says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) database: Option<StringValue>,
    pub(super) collection: Target,
    /// The filters' texts: never recorded, but kept to find them in what the server says about them.
    pub(super) filters: Vec<String>,
}

/// The collections that a request names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Target {
    #[default]
    None,
    One(String),
    Many,
}

impl Facts {
    /// Reads what the table says there is to read.
    pub(super) fn read(rpc: &Rpc, body: &Outgoing) -> Self {
        let mut facts = Self::default();
        let mut message = Message::new(rpc.request);
        for piece in body.pieces() {
            if message.is_done() {
                break;
            }
            message.feed(piece, &mut facts);
        }
        facts
    }
}

impl Sink for Facts {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        let Ok(text) = std::str::from_utf8(text) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        match fact {
            Fact::Database => self.database = Some(text.to_owned().into()),
            Fact::Collection => {
                self.collection = match &self.collection {
                    Target::None => Target::One(text.to_owned()),
                    Target::One(first) if first == text => return,
                    _ => Target::Many,
                }
            }
            Fact::Filter => self.filters.push(text.to_owned()),
            _ => {}
        }
    }

    fn number(&mut self, _: Fact, _: u64) {}
}
