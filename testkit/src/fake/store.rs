//! What the in-memory Milvus keeps: databases, collections and rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use milvus_otel::proto::common::KeyValuePair;
use milvus_otel::proto::schema::{
    CollectionSchema, FieldSchema, IDs, LongArray, StringArray, i_ds::IdField,
};

use super::cell::Cell;
use super::fail::{Fail, Outcome};

pub(super) const DEFAULT_DATABASE: &str = "default";
pub(super) const DEFAULT_PARTITION: &str = "_default";
pub(super) const DYNAMIC_FIELD: &str = "$meta";

/// All of the data.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) databases: BTreeMap<String, Database>,
    /// How many hits each search iterator has returned.
    pub(super) iterators: HashMap<String, usize>,
    last_id: i64,
    last_timestamp: u64,
}

#[derive(Debug, Default)]
pub(super) struct Database {
    pub(super) id: i64,
    pub(super) created: u64,
    pub(super) properties: Vec<KeyValuePair>,
    pub(super) collections: BTreeMap<String, Collection>,
    /// The names of collections by their aliases.
    pub(super) aliases: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(super) struct Collection {
    pub(super) id: i64,
    pub(super) schema: CollectionSchema,
    pub(super) properties: Vec<KeyValuePair>,
    pub(super) consistency: i32,
    pub(super) shards: i32,
    pub(super) created: u64,
    /// The time of the last change of the schema.
    pub(super) updated: u64,
    /// In the order of their creation.
    pub(super) partitions: Vec<Partition>,
    pub(super) indexes: Vec<IndexRecord>,
    pub(super) rows: BTreeMap<Key, StoredRow>,
}

#[derive(Debug)]
pub(super) struct Partition {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) created: u64,
    pub(super) is_loaded: bool,
}

#[derive(Debug)]
pub(super) struct IndexRecord {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) field: String,
    pub(super) parameters: Vec<KeyValuePair>,
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Int(i64),
    Text(String),
}

#[derive(Debug, Clone)]
pub(super) struct StoredRow {
    pub(super) partition: i64,
    /// In the order of the schema's fields.
    pub(super) cells: Vec<Cell>,
}

impl Store {
    pub(super) fn new() -> Self {
        let mut store = Self {
            databases: BTreeMap::new(),
            iterators: HashMap::new(),
            // Like Milvus' ids, these do not fit into a float without loss.
            last_id: 450_000_000_000_000_000,
            last_timestamp: 0,
        };
        let default = Database {
            id: 1,
            created: store.now(),
            ..Database::default()
        };
        store.databases.insert(DEFAULT_DATABASE.to_owned(), default);
        store
    }

    pub(super) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// A new timestamp in Milvus' form: milliseconds and a counter of 18 bits.
    pub(super) fn now(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = since.map_or(0, |since| since.as_millis());
        let now = u64::try_from(milliseconds << 18).unwrap_or(u64::MAX);
        self.last_timestamp = now.max(self.last_timestamp + 1);
        self.last_timestamp
    }

    pub(super) fn database(&mut self, name: &str) -> Outcome<&mut Database> {
        let found = self.databases.get_mut(name);
        found.ok_or_else(|| Fail::database_not_found(name))
    }

    /// The collection with this name or alias.
    pub(super) fn collection(&mut self, database: &str, name: &str) -> Outcome<&mut Collection> {
        let found = self.database(database)?.resolve(name);
        found.ok_or_else(|| Fail::collection_not_found(database, name))
    }
}

impl Database {
    /// The collection with this name or alias.
    pub(super) fn resolve(&mut self, name: &str) -> Option<&mut Collection> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.collections.get_mut(name)
    }
}

impl Collection {
    pub(super) fn name(&self) -> &str {
        &self.schema.name
    }

    pub(super) fn field(&self, name: &str) -> Option<(usize, &FieldSchema)> {
        let mut fields = self.schema.fields.iter().enumerate();
        fields.find(|(_, field)| field.name == name)
    }

    /// The field of the primary key, and its place.
    pub(super) fn key_field(&self) -> Outcome<(usize, &FieldSchema)> {
        let mut fields = self.schema.fields.iter().enumerate();
        let found = fields.find(|(_, field)| field.is_primary_key);
        found.ok_or_else(|| Fail::unexpected("the collection has no primary key"))
    }

    /// The place of the field with all dynamic fields.
    pub(super) fn dynamic_field(&self) -> Option<usize> {
        self.schema.fields.iter().position(|field| field.is_dynamic)
    }

    pub(super) fn partition(&self, name: &str) -> Outcome<&Partition> {
        let found = self
            .partitions
            .iter()
            .find(|partition| partition.name == name);
        found.ok_or_else(|| Fail::partition_not_found(name))
    }

    /// The ids of partitions; `None` for all.
    pub(super) fn partition_ids(&self, names: &[String]) -> Outcome<Option<BTreeSet<i64>>> {
        if names.is_empty() {
            return Ok(None);
        }
        let id = |name: &String| self.partition(name).map(|partition| partition.id);
        names.iter().map(id).collect::<Outcome<_>>().map(Some)
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.partitions.iter().any(|partition| partition.is_loaded)
    }

    /// The rows that can be read, in these partitions or in all that are loaded.
    pub(super) fn loaded_rows(
        &self,
        partitions: Option<&BTreeSet<i64>>,
    ) -> Outcome<impl Iterator<Item = (&Key, &StoredRow)>> {
        let loaded = |id: &i64| {
            let mut all = self.partitions.iter();
            all.any(|partition| partition.id == *id && partition.is_loaded)
        };
        let readable: BTreeSet<i64> = match partitions {
            Some(partitions) => {
                if !partitions.iter().all(loaded) {
                    return Err(Fail::not_loaded(self.id));
                }
                partitions.clone()
            }
            None => {
                let ids = self.partitions.iter().map(|partition| partition.id);
                ids.filter(loaded).collect()
            }
        };
        if readable.is_empty() {
            return Err(Fail::not_loaded(self.id));
        }
        let rows = self.rows.iter();
        Ok(rows.filter(move |(_, row)| readable.contains(&row.partition)))
    }

    pub(super) fn count(&self, partition: Option<i64>) -> usize {
        let rows = self.rows.values();
        rows.filter(|row| partition.is_none_or(|id| id == row.partition))
            .count()
    }
}

impl Key {
    pub(super) fn of(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Int(key) => Some(Self::Int(*key)),
            Cell::Text(key) => Some(Self::Text(key.clone())),
            _ => None,
        }
    }

    /// The keys as a message, all of the type of the first.
    pub(super) fn ids<'a>(keys: impl Iterator<Item = &'a Self>, is_text: bool) -> IDs {
        let field = if is_text {
            let text = |key: &Self| match key {
                Self::Int(key) => key.to_string(),
                Self::Text(key) => key.clone(),
            };
            IdField::StrId(StringArray {
                data: keys.map(text).collect(),
            })
        } else {
            let int = |key: &Self| match key {
                Self::Int(key) => *key,
                Self::Text(_) => 0,
            };
            IdField::IntId(LongArray {
                data: keys.map(int).collect(),
            })
        };
        IDs {
            id_field: Some(field),
        }
    }
}

/// Sets and removes properties.
pub(super) fn change(pairs: &mut Vec<KeyValuePair>, set: Vec<KeyValuePair>, removed: &[String]) {
    for new in set {
        pairs.retain(|pair| pair.key != new.key);
        pairs.push(new);
    }
    pairs.retain(|pair| !removed.contains(&pair.key));
}

/// The value of a parameter.
pub(super) fn value<'a>(pairs: &'a [KeyValuePair], key: &str) -> Option<&'a str> {
    let pair = pairs.iter().find(|pair| pair.key == key)?;
    Some(&pair.value)
}
