//! What inserts and upserts have in common.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::features::{self, Feature};
use super::wait::Wait;
use crate::client::{Call, Client, Known, Server, Version};
use crate::data::{Id, InputRows, Part, WriteRules, ids_from_proto, split};
use crate::error::{Code, Error, ErrorKind, PartialWrite, Result};
use crate::filter::TemplateSupport;
use crate::proto::milvus::MutationResult;
use crate::proto::schema::{FieldData, IDs, i_ds::IdField};
use crate::proto::{Answer, Request};
use crate::stack::Pass;
use crate::wire::Class;

/// Milvus accepts requests of 64 MiB. The difference leaves room for names and parameters.
pub(super) const REQUEST_LIMIT: usize = (64 << 20) - (64 << 10);

/// The result of an insert or upsert.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Written {
    /// The number of rows that were written.
    pub count: u64,
    /// Their primary keys, in the order of the rows.
    pub ids: Vec<Id>,
    /// The server's timestamp of the write, for [`guarantee_timestamp`](crate::ops::Query::guarantee_timestamp). 0 if
    /// the server does not return one, like Milvus Lite.
    pub timestamp: u64,
}

impl Written {
    /// The result of a write of rows with these primary keys, for the tests of your program.
    pub fn new<I: Into<Id>>(ids: impl IntoIterator<Item = I>) -> Self {
        let ids: Vec<Id> = ids.into_iter().map(Into::into).collect();
        Self {
            count: ids.len() as u64,
            ids,
            timestamp: 0,
        }
    }
}

/// The settings of a write.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) partition: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) idempotency_key: Option<String>,
    pub(super) rules: WriteRules,
    /// Whether values are appended to arrays or removed from them, so that a second write changes them again.
    pub(super) changes_arrays: bool,
    pub(super) limit: usize,
    pub(super) timeout: Option<Duration>,
}

impl Options {
    /// The features that a write with these settings uses.
    fn features(&self) -> impl Iterator<Item = &'static Feature> {
        features::used_of([
            (self.idempotency_key.is_some(), &features::IDEMPOTENCY_KEYS),
            (self.changes_arrays, &features::ARRAY_CHANGES),
            (self.rules.partial, &features::PARTIAL),
        ])
        .chain(features::of_rows(&self.partition, self.namespace.as_ref()))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            partition: None,
            namespace: None,
            idempotency_key: None,
            rules: WriteRules::default(),
            changes_arrays: false,
            limit: REQUEST_LIMIT,
            timeout: None,
        }
    }
}

impl Options {
    pub(super) fn upsert() -> Self {
        let mut options = Self::default();
        options.rules.upsert = true;
        options
    }
}

/// The rows of one request, and the version of the schema that they fit.
pub(super) struct Batch {
    pub(super) fields: Vec<FieldData>,
    pub(super) rows: u32,
    pub(super) schema_timestamp: u64,
}

/// Whether a write has to look up the schema before it sends rows.
pub(super) fn asks_first(client: &Client, collection: &str, input: &InputRows<'_>) -> bool {
    let cached = client.cached_schema(collection);
    !input.is_empty() && !cached.is_some_and(|known| known.is_recent())
}

/// Writes rows, in several requests if they do not fit into one.
pub(super) async fn write<Q: Request<Answer = MutationResult>>(
    client: &Client,
    call: Call<'_>,
    mut input: InputRows<'_>,
    options: &Options,
    request: impl Fn(Batch) -> Q + Send + Sync,
) -> Result<Written> {
    if input.is_empty() {
        return Ok(Written::default());
    }
    let wait = Wait::new(options.timeout);
    let rows = input.len();
    let refuse = |why: String| call.refuse(why);
    // A server without them would write something else, or into another partition or namespace.
    features::check(client, wait.step(call), options.features()).await?;
    let began = Instant::now();
    let mut known = client.recent(wait.step(call)).await?;
    loop {
        let rules = WriteRules {
            key_allowed: known.key_allowed,
            loses_largest_key: client.template_support() == TemplateSupport::Inline,
            ..options.rules
        };
        // Columns are kept, because they may have to be encoded again for another schema.
        let refused = match input.encode(&known.schema, rules, true) {
            Err(why) => refuse(why),
            Ok(fields) => {
                let parts = split(fields, rows, options.limit).map_err(refuse)?;
                let several = parts.len() > 1;
                let sending = send(client, call, parts, rows, &known, options, &wait, &request);
                let sent = if several {
                    client.composite(call, sending)?.await
                } else {
                    sending.await
                };
                match sent {
                    Ok(Some(written)) => return Ok(written),
                    Ok(None) => {
                        known = client.look_up(wait.step(call)).await?;
                        continue;
                    }
                    Err(error) if is_rejected(&error) => error,
                    Err(error) => return Err(error),
                }
            }
        };
        // The schema may have changed since it was cached: look it up again, once.
        if !known.is_from_before(began) {
            return Err(refused);
        }
        match client.look_up(wait.step(call)).await {
            Ok(now) if !now.is_same(&known) || now.updated != known.updated => known = now,
            Err(error) if refused.kind() == ErrorKind::InvalidArgument => return Err(error),
            _ => return Err(refused),
        }
    }
}

/// Texts by which Milvus 2.3 rejects a write before doing anything. Its code for them is that of any failure.
const REJECTIONS: [&str; 3] = [
    "should divide the dim",
    "can't find data for primary field",
    "is not supported now",
];

/// Whether the server rejected a whole write, possibly because of the schema, and certainly did not execute it.
fn is_rejected(error: &Error) -> bool {
    let certain = !error.may_have_happened()
        || error.attempts() == 1
            && error.code() == Some(Code::UNEXPECTED)
            && REJECTIONS.iter().any(|text| error.message().contains(text));
    error.kind() == ErrorKind::Server
        && error.partial_write().is_none()
        && !error.is_retryable()
        && !error.is_permission_denied()
        && error.code() != Some(Code::QUOTA_EXCEEDED)
        && certain
}

/// Sends rows part by part. `None` if the collection was changed before anything was sent.
#[expect(
    clippy::too_many_arguments,
    reason = "the body of one loop, in a future of its own"
)]
async fn send<Q: Request<Answer = MutationResult>>(
    client: &Client,
    call: Call<'_>,
    parts: Vec<Part>,
    total: usize,
    known: &Arc<Known>,
    options: &Options,
    wait: &Wait,
    request: &(impl Fn(Batch) -> Q + Send + Sync),
) -> Result<Option<Written>> {
    let several = parts.len() > 1;
    let mut known = Arc::clone(known);
    let mut ids: Option<IDs> = None;
    let (mut count, mut timestamp) = (0, 0);
    for (index, part) in parts.into_iter().enumerate() {
        let range = part.rows;
        let sent = async {
            // Held until the part is answered: until then the collection is not changed through this connection.
            let pass = if index == 0 {
                client.enter(call, &known, wait.remaining()).await?
            } else {
                Some(still_fits(client, call, &mut known, wait).await?)
            };
            let Some(_pass) = pass else {
                return Ok(None);
            };
            let batch = Batch {
                fields: part.fields,
                rows: u32::try_from(range.len()).unwrap_or(u32::MAX),
                schema_timestamp: known.updated,
            };
            let key = options.idempotency_key.as_ref();
            let key = key.map(|key| {
                if several {
                    format!("{key}-{index}")
                } else {
                    key.clone()
                }
            });
            let step = Call {
                idempotency_key: key.as_deref(),
                class: class(client, &known, options),
                ..wait.step(call)
            };
            let answer = client.call(step, request(batch)).await?;
            complete(call, &answer, range.len())?;
            Ok(Some(answer))
        };
        let answer = match sent.await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(None),
            Err(error) if range.start == 0 => return Err(error),
            Err(error) => {
                return Err(error.with_partial(PartialWrite {
                    written: range.start,
                    failed: range.end,
                    total,
                    ids,
                }));
            }
        };
        timestamp = timestamp.max(answer.timestamp);
        count += range.len() as u64;
        append(&mut ids, answer.i_ds);
    }
    Ok(Some(Written {
        count,
        ids: ids.as_ref().map(ids_from_proto).unwrap_or_default(),
        timestamp,
    }))
}

/// The class of a write, if it may be repeated more freely than others of its RPC.
fn class(client: &Client, known: &Known, options: &Options) -> Option<Class> {
    // An older server, and one without these settings, inserts the rows again.
    let knows_keys = known.knows_idempotency_keys
        && matches!(client.known_server(), Some(Server::Milvus(version)) if version >= Version(3, 0, 0));
    if options.idempotency_key.is_some() && knows_keys {
        return Some(Class::Read);
    }
    let has_own_keys = known
        .schema
        .primary_key()
        .is_some_and(|key| !key.is_auto_id());
    let replaces = options.rules.upsert && !options.changes_arrays && has_own_keys;
    replaces.then_some(Class::Idempotent)
}

/// A pass for another part, if the collection still has the schema of the parts before it.
async fn still_fits<'a>(
    client: &'a Client,
    call: Call<'_>,
    known: &mut Arc<Known>,
    wait: &Wait,
) -> Result<Pass<'a>> {
    loop {
        if known.is_recent()
            && let Some(pass) = client.enter(call, known, wait.remaining()).await?
        {
            return Ok(pass);
        }
        let now = client.look_up(wait.step(call)).await?;
        if !now.is_same(known) {
            let why = "the schema of the collection was changed while rows were written: try again";
            return Err(call.invalid_response(why));
        }
        *known = now;
    }
}

/// Old servers report rows that failed without failing the call.
fn complete(call: Call<'_>, answer: &MutationResult, rows: usize) -> Result<()> {
    debug_assert!(
        answer.status().is_none_or(|status| status.code == 0),
        "the call returned it as an error"
    );
    let failed = answer.err_index.len();
    if failed > 0 && answer.succ_index.len() < rows {
        let first = answer.err_index[0];
        let why = format!("the server refused {failed} of {rows} rows, the first at index {first}");
        return Err(call.invalid_response(why));
    }
    Ok(())
}

fn append(ids: &mut Option<IDs>, more: Option<IDs>) {
    let Some(so_far) = ids.as_mut().and_then(|ids| ids.id_field.as_mut()) else {
        *ids = more;
        return;
    };
    match (so_far, more.and_then(|more| more.id_field)) {
        (IdField::IntId(ids), Some(IdField::IntId(more))) => ids.data.extend(more.data),
        (IdField::StrId(ids), Some(IdField::StrId(more))) => ids.data.extend(more.data),
        _ => {}
    }
}

/// The setters that inserts and upserts have. The type has a private method `options` for its [`Options`].
macro_rules! writing {
    ($name:ident) => {
        impl $name<'_> {
            /// Writes into this partition. Default: the partition `_default`, or by the partition key.
            pub fn partition(mut self, partition: impl Into<String>) -> Self {
                self.options().partition = Some(partition.into());
                self
            }

            /// The namespace to write into, if the collection has
            /// [namespaces](crate::schema::SchemaBuilder::namespaces). Since Milvus 3.0.
            pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
                self.options().namespace = Some(namespace.into());
                self
            }

            /// Refuses float vectors with NaN or infinity before sending, naming the row. Milvus refuses them as well,
            /// but only after it received all rows. Default false.
            pub fn refuse_nan(mut self, refuse: bool) -> Self {
                self.options().rules.refuse_nan = refuse;
                self
            }

            /// The maximum size of a request in bytes. Rows that do not fit are sent in further requests. Default: the
            /// limit of Milvus, 64 MiB.
            pub fn max_request_bytes(mut self, bytes: usize) -> Self {
                self.options().limit = bytes;
                self
            }
        }
    };
}
pub(super) use writing;
