//! Insert, upsert and delete.

use milvus_otel::error::Code;
use milvus_otel::proto::common::Status;
use milvus_otel::proto::milvus::{DeleteRequest, InsertRequest, MutationResult, UpsertRequest};

use super::cell::Cell;
use super::fail::{Fail, Outcome};
use super::filter::Filter;
use super::rows::{Columns, check, fill};
use super::rpcs::Scope;
use super::store::{Collection, DEFAULT_PARTITION, Key, StoredRow, value};

/// The property that lets clients choose keys that are otherwise generated.
const KEYS_ALLOWED: &str = "allow_insert_auto_id";

/// Like Milvus, without an error if a key already exists. Unlike Milvus, which then has two rows until it compacts, the
/// new row replaces the old one.
pub(super) fn insert(scope: &mut Scope<'_>, request: InsertRequest) -> Outcome<MutationResult> {
    no_namespace(request.namespace.as_ref())?;
    let database = scope.name(&request.db_name);
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    check_schema(collection, request.schema_timestamp)?;
    let mut columns = Columns::new(collection, request.fields_data, request.num_rows)?;
    let (key, field) = collection.key_field()?;
    let is_generated = field.auto_id && !columns.has(key);
    let may_choose = value(&collection.properties, KEYS_ALLOWED)
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if field.auto_id && columns.has(key) && !may_choose {
        let why = "more fieldData has pass in: the primary key is generated";
        return Err(Fail::invalid(why));
    }
    if is_generated {
        let generated = generate(scope, columns.rows());
        columns.set(key, generated);
    }
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    let mut rows = Vec::with_capacity(columns.rows());
    for cells in columns.into_rows() {
        rows.push(fill(collection, cells)?);
    }
    let rows = place(collection, rows, &request.partition_name)?;
    let keys = put(collection, rows);
    let mut answer = written(scope, &database, &request.collection_name, &keys)?;
    answer.insert_cnt = i64::try_from(keys.len()).unwrap_or_default();
    Ok(answer)
}

pub(super) fn upsert(scope: &mut Scope<'_>, request: UpsertRequest) -> Outcome<MutationResult> {
    no_namespace(request.namespace.as_ref())?;
    if !request.field_ops.is_empty() {
        return Err(Fail::missing("changes of arrays in an upsert"));
    }
    let database = scope.name(&request.db_name);
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    check_schema(collection, request.schema_timestamp)?;
    let mut columns = Columns::new(collection, request.fields_data, request.num_rows)?;
    let (key, field) = collection.key_field()?;
    if !columns.has(key) {
        let why = format!(
            "upsert must assign pk: the data has no field {}",
            field.name
        );
        return Err(Fail::invalid(why));
    }
    let old = columns.keys(key)?;
    // Like Milvus, which makes new keys for rows whose keys it generated.
    if field.auto_id && !request.partial_update {
        let generated = generate(scope, columns.rows());
        columns.set(key, generated);
    }
    let collection = scope
        .store
        .collection(&database, &request.collection_name)?;
    let mut rows = Vec::with_capacity(columns.rows());
    for (cells, old) in columns.into_rows().into_iter().zip(&old) {
        let known = collection.rows.get(old).filter(|_| request.partial_update);
        rows.push(match known {
            Some(known) => merge(collection, &known.cells, cells)?,
            None => fill(collection, cells)?,
        });
    }
    // Whatever can fail comes before the old rows are removed.
    let rows = place(collection, rows, &request.partition_name)?;
    for key in &old {
        collection.rows.remove(key);
    }
    let keys = put(collection, rows);
    let mut answer = written(scope, &database, &request.collection_name, &keys)?;
    let count = i64::try_from(keys.len()).unwrap_or_default();
    (answer.upsert_cnt, answer.insert_cnt, answer.delete_cnt) = (count, count, count);
    Ok(answer)
}

pub(super) fn delete(scope: &mut Scope<'_>, request: DeleteRequest) -> Outcome<MutationResult> {
    no_namespace(request.namespace.as_ref())?;
    let timestamp = scope.store.now();
    let collection = scope.collection(&request.db_name, &request.collection_name)?;
    let partition = match request.partition_name.as_str() {
        "" => None,
        name => Some(collection.partition(name)?.id),
    };
    let filter = Filter::new(&request.expr, &request.expr_template_values, collection)?;
    if filter.is_empty() {
        return Err(Fail::invalid(
            "failed to create delete plan: the expression is empty",
        ));
    }
    let keys = filter.keys(collection.key_field()?.0);
    if keys.is_none() && !collection.is_loaded() {
        return Err(Fail::not_loaded(collection.id));
    }
    let before = collection.rows.len();
    let is_here = |row: &StoredRow| partition.is_none_or(|partition| partition == row.partition);
    match &keys {
        Some(keys) => {
            for key in keys {
                if collection.rows.get(key).is_some_and(is_here) {
                    collection.rows.remove(key);
                }
            }
        }
        None => collection
            .rows
            .retain(|_, row| !is_here(row) || !filter.matches(&row.cells)),
    }
    // Like Milvus, which does not check whether rows with these keys exist.
    let count = keys.map_or(before - collection.rows.len(), |keys| keys.len());
    Ok(MutationResult {
        status: Some(Status::default()),
        delete_cnt: i64::try_from(count).unwrap_or_default(),
        acknowledged: true,
        timestamp,
        ..MutationResult::default()
    })
}

fn no_namespace(namespace: Option<&String>) -> Outcome<()> {
    match namespace {
        Some(_) => Err(Fail::missing("namespaces")),
        None => Ok(()),
    }
}

/// The client must have used the latest schema.
fn check_schema(collection: &Collection, sent: u64) -> Outcome<()> {
    if sent == 0 || sent == collection.updated {
        return Ok(());
    }
    let why = format!(
        "collection schema mismatch[collection={}]",
        collection.name()
    );
    Err(Fail::new(Code::SCHEMA_MISMATCH, why))
}

/// New keys.
fn generate(scope: &mut Scope<'_>, rows: usize) -> Vec<Cell> {
    (0..rows)
        .map(|_| Cell::Int(scope.store.next_id()))
        .collect()
}

/// A row with new values for some fields.
fn merge(collection: &Collection, known: &[Cell], new: Vec<Option<Cell>>) -> Outcome<Vec<Cell>> {
    let fields = collection.schema.fields.iter().zip(known).zip(new);
    let cells = fields.map(|((field, known), new)| match (known, new) {
        (known, None) => Ok(known.clone()),
        (Cell::Json(known), Some(Cell::Json(new))) if field.is_dynamic => {
            let object = |text: &[u8]| -> serde_json::Map<String, serde_json::Value> {
                serde_json::from_slice(text).unwrap_or_default()
            };
            let (mut merged, new) = (object(known), object(&new));
            merged.extend(new);
            Ok(Cell::Json(
                serde_json::Value::Object(merged)
                    .to_string()
                    .into_bytes()
                    .into(),
            ))
        }
        (_, Some(new)) => check(field, new),
    });
    cells.collect()
}

/// Rows with their keys and partitions.
fn place(
    collection: &Collection,
    rows: Vec<Vec<Cell>>,
    partition: &str,
) -> Outcome<Vec<(Key, StoredRow)>> {
    let (key, _) = collection.key_field()?;
    let by = collection
        .schema
        .fields
        .iter()
        .position(|field| field.is_partition_key);
    if by.is_some() && !partition.is_empty() {
        let why =
            "not support manually specifying the partition names if partition key mode is used";
        return Err(Fail::invalid(why));
    }
    let name = if partition.is_empty() {
        DEFAULT_PARTITION
    } else {
        partition
    };
    let fixed = match by {
        None => Some(collection.partition(name)?.id),
        Some(_) => None,
    };
    let mut placed = Vec::with_capacity(rows.len());
    for cells in rows {
        let key = cells.get(key).and_then(Key::of);
        let key = key.ok_or_else(|| Fail::invalid("a row has no primary key"))?;
        let partition = fixed.or_else(|| by_key(collection, cells.get(by?)?));
        let partition = partition.unwrap_or_default();
        placed.push((key, StoredRow { partition, cells }));
    }
    Ok(placed)
}

/// Stores rows, and returns their keys.
fn put(collection: &mut Collection, rows: Vec<(Key, StoredRow)>) -> Vec<Key> {
    let keys = rows.iter().map(|(key, _)| key.clone()).collect();
    collection.rows.extend(rows);
    keys
}

/// The partition for a value of the partition key.
fn by_key(collection: &Collection, cell: &Cell) -> Option<i64> {
    let hash = match cell {
        Cell::Int(value) => value.unsigned_abs(),
        Cell::Text(text) => text.bytes().fold(7, |hash: u64, byte| {
            hash.wrapping_mul(31).wrapping_add(byte.into())
        }),
        _ => 0,
    };
    let count = u64::try_from(collection.partitions.len()).ok()?;
    let place = usize::try_from(hash.checked_rem(count)?).ok()?;
    Some(collection.partitions.get(place)?.id)
}

fn written(
    scope: &mut Scope<'_>,
    database: &str,
    name: &str,
    keys: &[Key],
) -> Outcome<MutationResult> {
    let timestamp = scope.store.now();
    let collection = scope.store.collection(database, name)?;
    let (_, field) = collection.key_field()?;
    let is_text = field.data_type != milvus_otel::proto::schema::DataType::Int64 as i32;
    let rows = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    Ok(MutationResult {
        status: Some(Status::default()),
        i_ds: Some(Key::ids(keys.iter(), is_text)),
        succ_index: (0..rows).collect(),
        acknowledged: true,
        timestamp,
        ..MutationResult::default()
    })
}
