//! Properties of collections, fields and databases, and the operations that change them.

use std::time::Duration;

use super::features::{ALTER_CONSISTENCY, ENABLE_DYNAMIC};
use super::names::whole_seconds;
use super::operation::{Operation, not_empty};
use crate::client::Client;
use crate::proto::milvus::{AlterCollectionFieldRequest, AlterCollectionRequest};
use crate::proto::{MMAP_ENABLED, Request, check_pairs, set_pair};
use crate::search::Consistency;

/// Sets or removes properties of a collection. Returned by [`Client::alter_collection_properties`] and
/// [`Client::drop_collection_properties`].
pub type AlterCollectionProperties = Operation<AlterCollectionRequest>;

/// Changes a field of a collection. Returned by [`Client::alter_collection_field`].
pub type AlterCollectionField = Operation<AlterCollectionFieldRequest>;

/// # Properties
impl Client {
    /// Sets [properties](https://milvus.io/docs/modify-collection.md) of a collection.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// use std::time::Duration;
    ///
    /// let week = Duration::from_secs(7 * 24 * 3600);
    /// client.alter_collection_properties("books").ttl(week).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses some properties, such as `mmap.enabled`, while the collection is loaded:
    /// [release](Self::release_collection) it first.
    pub fn alter_collection_properties(
        &self,
        collection: impl Into<String>,
    ) -> AlterCollectionProperties {
        let request = AlterCollectionRequest::on(collection);
        Operation::new(self, "alter_collection_properties", request, drop).check(|request| {
            check_pairs(&request.properties)?;
            not_empty(&request.properties, "no property to set is given")
        })
    }

    /// Removes [properties](https://milvus.io/docs/modify-collection.md) of a collection, so that the settings of the
    /// server apply again. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.drop_collection_properties("books", ["collection.ttl.seconds"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn drop_collection_properties<K: Into<String>>(
        &self,
        collection: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> Operation<AlterCollectionRequest> {
        let mut request = AlterCollectionRequest::on(collection);
        request.delete_keys = keys.into_iter().map(Into::into).collect();
        Operation::new(self, "drop_collection_properties", request, drop)
            .check(|request| not_empty(&request.delete_keys, "no property to drop is given"))
    }

    /// Changes properties of a [field](https://milvus.io/docs/alter-collection-field.md). Its type stays. Since Milvus 2.5.
    ///
    /// ```no_run
    /// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
    /// client.alter_collection_field("books", "title").max_length(1024).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Milvus refuses to change `mmap.enabled` while the collection is loaded: [release](Self::release_collection) it
    /// first.
    pub fn alter_collection_field(
        &self,
        collection: impl Into<String>,
        field: impl Into<String>,
    ) -> AlterCollectionField {
        let mut request = AlterCollectionFieldRequest::on(collection);
        request.field_name = field.into();
        Operation::new(self, "alter_collection_field", request, drop)
            .about("field", |request| &request.field_name)
            .check(|request| {
                check_pairs(&request.properties)?;
                not_empty(&request.properties, "no property to set is given")
            })
    }
}

impl AlterCollectionProperties {
    /// How long rows are kept after they were inserted, rounded up to seconds (`collection.ttl.seconds`). 0 keeps them for
    /// ever, as Milvus Lite always does.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.property("collection.ttl.seconds", whole_seconds(ttl))
    }

    /// Whether data and indexes are mapped into memory from files, so that they can be larger than the memory
    /// (`mmap.enabled`).
    pub fn mmap(self, enabled: bool) -> Self {
        self.property(MMAP_ENABLED, enabled)
    }

    /// Whether the server compacts the collection of its own accord (`collection.autocompaction.enabled`). Default true.
    pub fn auto_compaction(self, enabled: bool) -> Self {
        self.property("collection.autocompaction.enabled", enabled)
    }

    /// Whether rows may have fields that the schema does not have (`dynamicfield.enabled`). They can be enabled, but not
    /// disabled again. Since Milvus 2.6.2.
    pub fn dynamic_fields(self, enabled: bool) -> Self {
        self.property("dynamicfield.enabled", enabled)
    }

    /// Whether searches that name one value of the partition key read only the rows with this value
    /// (`partitionkey.isolation`). Since Milvus 2.5.
    pub fn partition_key_isolation(self, enabled: bool) -> Self {
        self.property("partitionkey.isolation", enabled)
    }

    /// The consistency of reads that do not set one (`consistency_level`). Since Milvus 2.5.5.
    pub fn consistency(self, level: Consistency) -> Self {
        self.property("consistency_level", level)
    }

    /// The time zone in which times with a zone are read and returned (`timezone`): `"Europe/Berlin"`. Since Milvus
    /// 2.6.6.
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.property("timezone", timezone.into())
    }

    /// A property by its [Milvus name](https://milvus.io/docs/modify-collection.md). The last value of a name counts.
    pub fn property(self, key: impl Into<String>, value: impl ToString) -> Self {
        let key = key.into();
        let is_consistency = key == "consistency_level";
        let is_dynamic = key == "dynamicfield.enabled";
        self.set(|request| set_pair(&mut request.properties, key, value))
            .uses(&ALTER_CONSISTENCY, is_consistency)
            .uses(&ENABLE_DYNAMIC, is_dynamic)
    }
}

impl AlterCollectionField {
    /// The greatest length of a text, in bytes, 1 to 65,535 (`max_length`). Existing texts may be longer.
    pub fn max_length(self, bytes: u32) -> Self {
        self.property("max_length", bytes)
    }

    /// The greatest number of elements of an array, 1 to 4,096 (`max_capacity`).
    pub fn max_capacity(self, elements: u32) -> Self {
        self.property("max_capacity", elements)
    }

    /// Whether the values of the field are mapped into memory from files (`mmap.enabled`).
    pub fn mmap(self, enabled: bool) -> Self {
        self.property(MMAP_ENABLED, enabled)
    }

    /// A property by its [Milvus name](https://milvus.io/docs/alter-collection-field.md). The last value of a name counts.
    pub fn property(self, key: impl Into<String>, value: impl ToString) -> Self {
        self.set(|request| set_pair(&mut request.properties, key.into(), value))
    }
}

/// The properties that a database can be created with and have changed.
macro_rules! database_properties {
    ($name:ty) => {
        impl $name {
            /// The number of replicas that collections of the database are loaded with (`database.replica.number`).
            pub fn replicas(self, replicas: u32) -> Self {
                self.property("database.replica.number", replicas)
            }

            /// The [resource groups](Client::create_resource_group) that collections of the database are loaded into
            /// (`database.resource_groups`).
            pub fn resource_groups<G: Into<String>>(
                self,
                groups: impl IntoIterator<Item = G>,
            ) -> Self {
                let groups: Vec<String> = groups.into_iter().map(Into::into).collect();
                self.property("database.resource_groups", groups.join(","))
            }

            /// The greatest size of the data of the database, in megabytes (`database.diskQuota.mb`).
            pub fn disk_quota_mb(self, megabytes: u64) -> Self {
                self.property("database.diskQuota.mb", megabytes)
            }

            /// The greatest number of collections (`database.max.collections`).
            pub fn max_collections(self, collections: u32) -> Self {
                self.property("database.max.collections", collections)
            }

            /// Whether all writes are denied (`database.force.deny.writing`).
            pub fn deny_writes(self, deny: bool) -> Self {
                self.property("database.force.deny.writing", deny)
            }

            /// Whether all reads are denied (`database.force.deny.reading`).
            pub fn deny_reads(self, deny: bool) -> Self {
                self.property("database.force.deny.reading", deny)
            }

            /// A property by its [Milvus name](https://milvus.io/docs/manage_databases.md). The last value of a name
            /// counts.
            pub fn property(self, key: impl Into<String>, value: impl ToString) -> Self {
                use super::features::{DATABASE_LIMITS, DATABASE_PROPERTIES, DENY_READS};
                let key = key.into();
                let is_deny = key == "database.force.deny.reading";
                let is_limit = [
                    "database.diskQuota.mb",
                    "database.max.collections",
                    "database.force.deny.writing",
                ]
                .contains(&&*key);
                self.set(|request| {
                    crate::proto::set_pair(&mut request.properties, key, value);
                })
                .uses(&DATABASE_PROPERTIES, true)
                .uses(&DATABASE_LIMITS, is_limit)
                .uses(&DENY_READS, is_deny)
            }
        }
    };
}
pub(super) use database_properties;
