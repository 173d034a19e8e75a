//! What a call is about and what came of it, read off the encoded messages.

mod parameters;
mod schema;

use opentelemetry::StringValue;

use self::parameters::Parameters;
use self::schema::SchemaFacts;
use super::query_text;
use super::scores::Scores;
use super::shared::shared;
use crate::error::MilvusStatus;
use crate::proto::common::{ConsistencyLevel, PlaceholderType};
use crate::wire::{Fact, Outgoing, Reader, Rpc, Sink, TEXT_LIMIT};

/// More partitions or collections than this are not named one by one.
const MAX_NAMES: usize = 32;
/// Lists in one text are not made longer than this.
const MAX_LIST: usize = 1024;
/// Longer names and words are not shown.
const MAX_NAME: usize = 255;
/// More texts than this that are bound to a filter are not kept.
const MAX_BOUND: usize = 64;

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
    /// Whether there may be more to the filters and what is bound to them than was read: they are too long, or the
    /// request is compressed.
    pub(super) has_unread_filter: bool,
    pub(super) sent_rows: Option<i64>,
    pub(super) queries: Option<i64>,
    pub(super) top_k: Option<i64>,
    pub(super) field: Option<StringValue>,
    pub(super) metric: Option<StringValue>,
    pub(super) consistency: Option<&'static str>,
    pub(super) parameters: Parameters,
    pub(super) dimension: Option<i64>,
    pub(super) output_fields: Option<i64>,
    /// Primary keys searched by, or values of the list that the filter is.
    pub(super) keys: Option<i64>,
    rare: Option<Box<Rare>>,
    vector_type: u64,
    /// The parameter whose value comes next.
    parameter: Parameter,
    consistency_by_default: bool,
}

/// What few requests say. Apart, so that all others are moved about without it.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) group_by: Option<StringValue>,
    pub(super) ranker: Option<StringValue>,
    pub(super) index_type: Option<StringValue>,
    pub(super) index_metric: Option<StringValue>,
    pub(super) schema: SchemaFacts,
    /// Texts that are bound to filters: they are not shown, nor what a server quotes of them.
    pub(super) bound: Vec<String>,
    bound_values: i64,
}

#[derive(Debug, Default, Clone, Copy)]
enum Parameter {
    #[default]
    Other,
    TopK,
    Field,
    Metric,
    GroupBy,
    Ranker,
    /// A JSON object of parameters for the index.
    Index,
    /// This one of them.
    Known(&'static str),
    IndexType,
    IndexMetric,
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
            // There may be more of what is counted or compared.
            self.partitions.clear();
            self.parameters = Parameters::default();
            (self.output_fields, self.keys, self.dimension) = (None, None, None);
            self.has_unread_filter |= rpc.has_filter;
        }
        if let ([filter], false) = (&self.filters[..], self.has_unread_filter) {
            self.keys = self.keys.or_else(|| match query_text::list(filter)? {
                query_text::List::Of(values) => Some(values),
                query_text::List::Bound => self.rare().map(|rare| rare.bound_values),
            });
        }
        if self.consistency_by_default {
            self.consistency = None;
        } else if self.consistency.is_none() && rpc.has_consistency && self.complete {
            // Protobuf leaves a 0 out.
            self.consistency = consistency_name(0);
        }
    }

    /// The sanitized filters, cut to `limit` bytes; `None` if the call has no filter or the limit is 0.
    pub(super) fn query_text(&self, limit: usize) -> Option<String> {
        (limit > 0 && !self.filters.is_empty()).then(|| {
            let mut filter = self.filters.join("; ");
            if self.has_filter_values() {
                query_text::cut(&mut filter, limit);
                filter
            } else {
                query_text::without_literals(&filter, limit)
            }
        })
    }

    pub(super) fn rare(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
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
            Parameter::GroupBy => name(&mut self.rare_mut().group_by, value),
            Parameter::Ranker => name(&mut self.rare_mut().ranker, value),
            Parameter::Index => self.parameters.add_json(value),
            Parameter::Known(attribute) => self.parameters.add(attribute, value),
            Parameter::IndexType => name(&mut self.rare_mut().index_type, value),
            Parameter::IndexMetric => name(&mut self.rare_mut().index_metric, value),
            Parameter::Other => {}
        }
    }
}

/// What a parameter of a search or a ranker is.
fn parameter(name: &[u8]) -> Parameter {
    match name {
        b"topk" | b"limit" => Parameter::TopK,
        b"anns_field" => Parameter::Field,
        b"metric_type" => Parameter::Metric,
        b"params" => Parameter::Index,
        b"strategy" | b"reranker" => Parameter::Ranker,
        b"group_by_field" | b"group_by_fields" => Parameter::GroupBy,
        // Since Milvus 2.5 they may also stand beside the others.
        other => parameters::attribute(other).map_or(Parameter::Other, Parameter::Known),
    }
}

/// What a parameter of an index is.
fn index_parameter(name: &[u8]) -> Parameter {
    match name {
        b"index_type" => Parameter::IndexType,
        b"metric_type" => Parameter::IndexMetric,
        _ => Parameter::Other,
    }
}

impl Sink for Facts {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        // Names are only compared. To check that each is UTF-8 would take half as long as reading the search.
        match fact {
            Fact::ParameterKey => return self.parameter = parameter(text),
            Fact::IndexParameterKey => return self.parameter = index_parameter(text),
            Fact::RankerKey if text == b"reranker" => return self.parameter = Parameter::Ranker,
            Fact::RankerKey => return,
            Fact::ParameterValue | Fact::RankerValue | Fact::IndexParameterValue
                if matches!(self.parameter, Parameter::Other) =>
            {
                return;
            }
            _ => {}
        }
        self.has_unread_filter |=
            matches!(fact, Fact::Filter | Fact::BoundText) && text.len() >= TEXT_LIMIT;
        self.has_filter_values |= fact == Fact::FilterValues;
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
            Fact::BoundText => {
                let rare = self.rare_mut();
                rare.bound_values += 1;
                let fits = rare.bound.len() < MAX_BOUND;
                if fits {
                    rare.bound.push(text.to_owned());
                }
                self.has_unread_filter |= !fits;
            }
            Fact::ParameterValue | Fact::RankerValue | Fact::IndexParameterValue => {
                self.parameter(text)
            }
            Fact::SchemaField => self.rare_mut().schema.field(),
            Fact::SchemaParameterKey => self.rare_mut().schema.parameter_key(text),
            Fact::SchemaParameterValue => self.rare_mut().schema.parameter_value(text),
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
            Fact::BoundNumbers => {
                let bound = &mut self.rare_mut().bound_values;
                *bound = bound.saturating_add(signed);
            }
            Fact::BoundUnread => self.has_unread_filter = true,
            Fact::OutputField => *self.output_fields.get_or_insert(0) += 1,
            Fact::Keys => self.keys = Some(self.keys.unwrap_or(0).saturating_add(signed)),
            Fact::VectorType => self.vector_type = number,
            Fact::VectorLength => {
                self.dimension = self.dimension.max(dimension(self.vector_type, signed))
            }
            Fact::SchemaKey => self.rare_mut().schema.is_key(number != 0),
            Fact::SchemaType => self.rare_mut().schema.data_type(number),
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

/// How many dimensions a vector of this kind has that is so many bytes. Sparse ones have no number of their own, and
/// lists of vectors do not say how many they are.
fn dimension(kind: u64, bytes: i64) -> Option<i64> {
    const BINARY: u64 = PlaceholderType::BinaryVector as u64;
    const FLOAT: u64 = PlaceholderType::FloatVector as u64;
    const FLOAT16: u64 = PlaceholderType::Float16Vector as u64;
    const BFLOAT16: u64 = PlaceholderType::BFloat16Vector as u64;
    const INT8: u64 = PlaceholderType::Int8Vector as u64;
    match kind {
        BINARY => Some(bytes.saturating_mul(8)),
        FLOAT => Some(bytes / 4),
        FLOAT16 | BFLOAT16 => Some(bytes / 2),
        INT8 => Some(bytes),
        _ => None,
    }
}

/// The first of a kind, where it is no longer than a name is.
fn name(known: &mut Option<StringValue>, text: &str) {
    if known.is_none() && text.len() <= MAX_NAME {
        *known = Some(shared(text));
    }
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

/// What the answer says.
#[derive(Debug, Default)]
pub(super) struct AnswerFacts {
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
    /// Where they are asked for.
    pub(super) scores: Option<Box<Scores>>,
    /// There are columns whose values are not counted.
    has_other_columns: bool,
}

impl AnswerFacts {
    /// One whose scores are kept.
    pub(super) fn with_scores() -> Self {
        Self {
            scores: Some(Box::default()),
            ..Self::default()
        }
    }

    /// The answer of an RPC that returns rows, read to its end: one that says of none has none.
    pub(super) fn ended(&mut self) {
        if self.returned_rows.is_none() && !self.has_other_columns {
            self.returned_rows = Some(0);
        }
    }
}

impl Sink for AnswerFacts {
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

    fn floats(&mut self, _: Fact, bytes: &[u8]) {
        if let Some(scores) = &mut self.scores {
            scores.feed(bytes);
        }
    }

    fn number(&mut self, fact: Fact, number: u64) {
        let signed = number.cast_signed();
        match fact {
            Fact::InsertedRows => self.inserted_rows = signed,
            Fact::DeletedRows => self.deleted_rows = signed,
            Fact::UpsertedRows => self.upserted_rows = signed,
            Fact::FoundRows => {
                if let Some(scores) = &mut self.scores {
                    scores.query(signed);
                }
                self.returned_rows = Some(self.returned_rows.unwrap_or(0).saturating_add(signed))
            }
            Fact::Column => self.column_rows = 0,
            Fact::OtherColumn => self.has_other_columns = true,
            Fact::ColumnRows => {
                // A column with nulls has fewer values than there are rows; the fullest one tells.
                self.column_rows = self.column_rows.saturating_add(signed);
                self.returned_rows = Some(self.returned_rows.unwrap_or(0).max(self.column_rows));
            }
            _ => Sink::number(&mut self.status, fact, number),
        }
    }
}
