//! What a call is about and what came of it, read off the encoded messages.

use std::sync::Arc;

use opentelemetry::StringValue;

use crate::error::MilvusStatus;
use crate::proto::common::ConsistencyLevel;
use crate::wire::{Fact, Outgoing, Reader, Rpc, Sink, TEXT_LIMIT};

/// More partitions or collections than this are not named one by one.
const MAX_NAMES: usize = 32;
/// Lists in one text are not made longer than this.
const MAX_LIST: usize = 1024;

/// What the request says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Whether the request was read to its end. A compressed one is not, nor one that comes in later.
    pub(super) complete: bool,
    pub(super) database: Option<StringValue>,
    /// The first collection, and the others where there are more.
    pub(super) collection: Option<StringValue>,
    pub(super) more_collections: Vec<StringValue>,
    pub(super) partitions: Vec<StringValue>,
    /// The filters, as they were sent.
    pub(super) filters: Vec<String>,
    /// Whether the filter's values come apart from it.
    pub(super) has_filter_values: bool,
    /// Whether there may be more to the filters than was read: they are too long, or the request is compressed.
    pub(super) has_unread_filter: bool,
    pub(super) sent_rows: Option<i64>,
    pub(super) queries: Option<i64>,
    pub(super) top_k: Option<i64>,
    pub(super) field: Option<StringValue>,
    pub(super) metric: Option<StringValue>,
    pub(super) consistency: Option<&'static str>,
    /// The parameter whose value comes next.
    parameter: Parameter,
    consistency_by_default: bool,
}

#[derive(Debug, Default, Clone, Copy)]
enum Parameter {
    #[default]
    Other,
    TopK,
    Field,
    Metric,
}

impl Facts {
    /// Reads what the table says there is to read.
    pub(super) fn read(&mut self, rpc: &Rpc, body: &Outgoing) {
        let mut message = Reader::new(rpc.request);
        for piece in body.pieces() {
            if message.is_done() {
                break;
            }
            message.feed(piece, self);
        }
        self.complete = message.is_complete();
        if !self.complete {
            self.partitions.clear();
            self.has_unread_filter |= rpc.has_filter;
        }
        if self.consistency_by_default {
            self.consistency = None;
        } else if self.consistency.is_none() && rpc.has_consistency && self.complete {
            // Protobuf leaves a 0 out.
            self.consistency = consistency_name(0);
        }
    }

    /// The collection, where the call addresses just one.
    pub(super) fn collection(&self) -> Option<&StringValue> {
        self.collection
            .as_ref()
            .filter(|_| self.more_collections.is_empty())
    }

    /// Whether the filter's values come apart from it. Of several filters, it is not known which one's do.
    pub(super) fn has_filter_values(&self) -> bool {
        self.has_filter_values && self.filters.len() == 1
    }

    fn parameter(&mut self, value: &str) {
        match std::mem::take(&mut self.parameter) {
            // What a hybrid search wants in all comes after what its parts want.
            Parameter::TopK => self.top_k = value.parse().ok().or(self.top_k),
            Parameter::Field => list(&mut self.field, value),
            Parameter::Metric => list(&mut self.metric, value),
            Parameter::Other => {}
        }
    }
}

impl Sink for Facts {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        self.has_unread_filter |= fact == Fact::Filter && text.len() >= TEXT_LIMIT;
        // A text that was cut may end within a character.
        let text = match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(error) if text.len() >= TEXT_LIMIT => {
                std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return,
        };
        if text.is_empty() {
            return;
        }
        match fact {
            Fact::Database => self.database = Some(shared(text)),
            Fact::Collection => match &self.collection {
                None => self.collection = Some(shared(text)),
                Some(known) if known.as_str() == text => {}
                Some(_) => note(&mut self.more_collections, text),
            },
            Fact::Partition => note(&mut self.partitions, text),
            Fact::Filter if self.filters.iter().all(|known| known != text) => {
                self.filters.push(text.to_owned());
            }
            Fact::ParameterKey => {
                self.parameter = match text {
                    "topk" | "limit" => Parameter::TopK,
                    "anns_field" => Parameter::Field,
                    "metric_type" => Parameter::Metric,
                    _ => Parameter::Other,
                }
            }
            Fact::ParameterValue => self.parameter(text),
            _ => {}
        }
    }

    fn number(&mut self, fact: Fact, number: u64) {
        let signed = number.cast_signed();
        match fact {
            Fact::SentRows => self.sent_rows = Some(signed),
            Fact::Queries => {
                self.queries = Some(self.queries.map_or(signed, |known| known.max(signed)))
            }
            Fact::FilterValues => self.has_filter_values = true,
            Fact::Consistency => {
                self.consistency = i32::try_from(signed).ok().and_then(consistency_name)
            }
            Fact::ConsistencyByDefault => self.consistency_by_default = number != 0,
            _ => {}
        }
    }
}

fn consistency_name(level: i32) -> Option<&'static str> {
    ConsistencyLevel::try_from(level)
        .ok()
        .map(|level| level.as_str_name())
}

fn note(names: &mut Vec<StringValue>, name: &str) {
    if names.len() < MAX_NAMES && names.iter().all(|known| known.as_str() != name) {
        names.push(shared(name));
    }
}

/// Adds what another part of a hybrid search says, where it says something else.
fn list(known: &mut Option<StringValue>, more: &str) {
    match known {
        None => *known = Some(shared(more)),
        Some(all) if all.as_str().split(", ").any(|known| known == more) => {}
        Some(all) if all.as_str().len() < MAX_LIST => {
            *known = Some(shared(&format!("{all}, {more}")));
        }
        Some(_) => {}
    }
}

/// A string that costs a reference count to put on spans and metrics.
fn shared(text: &str) -> StringValue {
    Arc::<str>::from(text).into()
}

/// What the answer says.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: MilvusStatus,
    pub(super) inserted_rows: i64,
    pub(super) deleted_rows: i64,
    pub(super) upserted_rows: i64,
    /// Hits of a search over all its vectors, or rows of a query.
    pub(super) returned_rows: Option<i64>,
    /// What the call cost the server, by the attribute it goes under.
    pub(super) costs: Vec<(&'static str, f64)>,
    cost: Option<&'static str>,
    column_rows: i64,
}

impl Sink for Answer {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        match fact {
            Fact::InfoKey => self.cost = super::attributes::cost(text),
            Fact::InfoValue => {
                let value = std::str::from_utf8(text)
                    .ok()
                    .and_then(|text| text.parse().ok());
                if let (Some(key), Some(value)) = (self.cost.take(), value) {
                    self.costs.push((key, value));
                }
            }
            _ => self.status.text(fact, text),
        }
    }

    fn number(&mut self, fact: Fact, number: u64) {
        let signed = number.cast_signed();
        match fact {
            Fact::InsertedRows => self.inserted_rows = signed,
            Fact::DeletedRows => self.deleted_rows = signed,
            Fact::UpsertedRows => self.upserted_rows = signed,
            Fact::FoundRows => {
                self.returned_rows = Some(self.returned_rows.unwrap_or(0).saturating_add(signed))
            }
            Fact::Column => self.column_rows = 0,
            Fact::ColumnRows => {
                // A column with nulls has fewer values than there are rows; the fullest one tells.
                self.column_rows = self.column_rows.saturating_add(signed);
                self.returned_rows = Some(self.returned_rows.unwrap_or(0).max(self.column_rows));
            }
            _ => Sink::number(&mut self.status, fact, number),
        }
    }
}
