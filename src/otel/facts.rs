//! Facts about a call, read from its encoded request and response without decoding them.

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

/// The maximum number of partition or collection names recorded.
const MAX_NAMES: usize = 32;
/// No value is added to a comma-separated list of this many bytes.
const MAX_LIST: usize = 1024;
/// Longer parameter values, in bytes, are not recorded.
const MAX_NAME: usize = 255;
/// The maximum number of strings bound to filters that are kept for redaction.
const MAX_BOUND: usize = 64;

/// The facts of a request.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Whether the whole request was read. A compressed or streamed request is not.
    pub(super) complete: bool,
    pub(super) database: Option<StringValue>,
    pub(super) collection: Option<StringValue>,
    /// The collections after the first.
    pub(super) more_collections: Vec<StringValue>,
    pub(super) partitions: Vec<StringValue>,
    /// The filters as sent.
    pub(super) filters: Vec<String>,
    /// Whether a filter uses bound parameters.
    pub(super) has_filter_values: bool,
    /// Whether part of the filters or their bound values may be unread, because they are too long or the request is
    /// compressed.
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
    /// The number of primary keys in the request, or of values if the filter is a single list.
    pub(super) keys: Option<i64>,
    rare: Option<Box<Rare>>,
    vector_type: u64,
    /// The parameter whose value is read next.
    parameter: Parameter,
    consistency_by_default: bool,
}

/// Facts that few requests have, in a separate allocation to keep [`Facts`] small.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) group_by: Option<StringValue>,
    pub(super) ranker: Option<StringValue>,
    pub(super) index_type: Option<StringValue>,
    pub(super) index_metric: Option<StringValue>,
    pub(super) schema: SchemaFacts,
    /// Strings bound to filters, which are removed from the server's messages.
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
    /// A JSON object of index parameters.
    Index,
    /// A single index parameter, by its attribute.
    Known(&'static str),
    IndexType,
    IndexMetric,
}

impl Facts {
    /// Reads the request fields that the RPC's table lists.
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
            // Counts and lists may be incomplete.
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
            // Protobuf omits zero values.
            self.consistency = consistency_name(0);
        }
    }

    /// The sanitized filters, cut to `limit` bytes; `None` if the call has no filter or the limit is 0.
    pub(super) fn query_text(&self, limit: usize) -> Option<String> {
        (limit > 0 && !self.filters.is_empty()).then(|| {
            let mut filter = self.filters.join("; ");
            if self.has_filter_values() {
                query_text::truncate(&mut filter, limit);
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

    /// The collection, if the call targets exactly one.
    pub(super) fn collection(&self) -> Option<&StringValue> {
        self.collection
            .as_ref()
            .filter(|_| self.more_collections.is_empty())
    }

    /// Whether the filter uses bound parameters. `false` for several filters, because it is unknown which of them does.
    pub(super) fn has_filter_values(&self) -> bool {
        self.has_filter_values && self.filters.len() == 1
    }

    fn parameter(&mut self, value: &str) {
        match std::mem::take(&mut self.parameter) {
            // The limit of a whole hybrid search follows those of its parts.
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

/// The meaning of a search or ranker parameter.
fn parameter(name: &[u8]) -> Parameter {
    match name {
        b"topk" | b"limit" => Parameter::TopK,
        b"anns_field" => Parameter::Field,
        b"metric_type" => Parameter::Metric,
        b"params" => Parameter::Index,
        b"strategy" | b"reranker" => Parameter::Ranker,
        b"group_by_field" | b"group_by_fields" => Parameter::GroupBy,
        // Since Milvus 2.5, index parameters may also be sent outside `params`.
        other => parameters::attribute(other).map_or(Parameter::Other, Parameter::Known),
    }
}

/// The meaning of a parameter of a new index.
fn index_parameter(name: &[u8]) -> Parameter {
    match name {
        b"index_type" => Parameter::IndexType,
        b"metric_type" => Parameter::IndexMetric,
        _ => Parameter::Other,
    }
}

impl Sink for Facts {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        // Parameter names are compared as bytes: validating UTF-8 would take half as long as reading the whole search.
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
        // A truncated text may end inside a character.
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
                Some(_) => add_name(&mut self.more_collections, text),
            },
            Fact::Partition => add_name(&mut self.partitions, text),
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

/// The dimension of a vector of this type and length in bytes. `None` for sparse vectors, which have no fixed
/// dimension, and for lists of vectors, whose number is unknown.
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

/// Keeps the first value, unless it is too long for a name.
fn name(known: &mut Option<StringValue>, text: &str) {
    if known.is_none() && text.len() <= MAX_NAME {
        *known = Some(shared(text));
    }
}

fn add_name(names: &mut Vec<StringValue>, name: &str) {
    if names.len() < MAX_NAMES && names.iter().all(|known| known.as_str() != name) {
        names.push(shared(name));
    }
}

/// Adds a value of another part of a hybrid search, unless it is in the list already.
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

/// The facts of a response.
#[derive(Debug, Default)]
pub(super) struct AnswerFacts {
    pub(super) status: MilvusStatus,
    pub(super) inserted_rows: i64,
    pub(super) deleted_rows: i64,
    pub(super) upserted_rows: i64,
    /// The hits of a search over all its vectors, or the rows of a query.
    pub(super) returned_rows: Option<i64>,
    /// The server's costs of the call, by attribute.
    pub(super) costs: Vec<(&'static str, f64)>,
    cost: Option<&'static str>,
    column_rows: i64,
    /// `None` unless answer quality is measured.
    pub(super) scores: Option<Box<Scores>>,
    /// Whether the response has columns whose values are not counted.
    has_other_columns: bool,
}

impl AnswerFacts {
    /// Facts that include the scores.
    pub(super) fn with_scores() -> Self {
        Self {
            scores: Some(Box::default()),
            ..Self::default()
        }
    }

    /// Called at the end of a response of an RPC that returns rows. A response without a count has no rows.
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
                // A column with nulls has fewer values than there are rows, so the longest column counts.
                self.column_rows = self.column_rows.saturating_add(signed);
                self.returned_rows = Some(self.returned_rows.unwrap_or(0).max(self.column_rows));
            }
            _ => Sink::number(&mut self.status, fact, number),
        }
    }
}
