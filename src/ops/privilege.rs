//! Privileges by name.

use std::borrow::Cow;
use std::fmt;

use crate::proto::milvus::{PrivilegeEntity, RoleEntity};

/// The kind of the objects that a privilege is granted on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectType {
    /// A collection, by its name.
    Collection,
    /// The server as a whole. The object's name is `*`.
    Global,
    /// A user, by the user's name.
    User,
    /// A kind that this version of the crate does not know, by its Milvus name.
    Other(String),
}

/// A privilege, or a group of privileges.
///
/// The constants are the [privileges](https://milvus.io/docs/grant_privileges.md) and built-in groups of Milvus 3.0.
/// [`new`](Self::new) makes others, [`group`](Self::group) a group of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Privilege {
    object: Option<ObjectType>,
    name: Cow<'static, str>,
}

macro_rules! privileges {
    ($($object:ident { $($constant:ident $name:literal,)* })*) => {
        impl Privilege {
            $($(
                #[doc = concat!("The privilege `", $name, "`, on objects of type [`ObjectType::", stringify!($object), "`].")]
                pub const $constant: Self = Self {
                    object: Some(ObjectType::$object),
                    name: Cow::Borrowed($name),
                };
            )*)*

            /// All privileges that have a constant, without groups.
            pub const ALL_PRIVILEGES: &'static [Self] = &[$($(Self::$constant,)*)*];
        }
    };
}

privileges! {
    Collection {
        ADD_COLLECTION_FIELD "AddCollectionField",
        ALTER_COLLECTION_SCHEMA "AlterCollectionSchema",
        COMPACTION "Compaction",
        CREATE_INDEX "CreateIndex",
        CREATE_PARTITION "CreatePartition",
        CREATE_SNAPSHOT "CreateSnapshot",
        DELETE "Delete",
        DESCRIBE_SNAPSHOT "DescribeSnapshot",
        DROP_INDEX "DropIndex",
        DROP_PARTITION "DropPartition",
        DROP_SNAPSHOT "DropSnapshot",
        FLUSH "Flush",
        GET_FLUSH_STATE "GetFlushState",
        GET_LOAD_STATE "GetLoadState",
        GET_LOADING_PROGRESS "GetLoadingProgress",
        GET_STATISTICS "GetStatistics",
        HAS_PARTITION "HasPartition",
        IMPORT "Import",
        INDEX_DETAIL "IndexDetail",
        INSERT "Insert",
        LIST_SNAPSHOTS "ListSnapshots",
        LOAD "Load",
        LOAD_BALANCE "LoadBalance",
        QUERY "Query",
        REFRESH_EXTERNAL_COLLECTION "RefreshExternalCollection",
        RELEASE "Release",
        RESTORE_SNAPSHOT "RestoreSnapshot",
        SEARCH "Search",
        SHOW_PARTITIONS "ShowPartitions",
        UPSERT "Upsert",
    }
    Global {
        ALL "All",
        ADD_FILE_RESOURCE "AddFileResource",
        ALTER_DATABASE "AlterDatabase",
        BACKUP_RBAC "BackupRBAC",
        CREATE_ALIAS "CreateAlias",
        CREATE_COLLECTION "CreateCollection",
        CREATE_DATABASE "CreateDatabase",
        CREATE_OWNERSHIP "CreateOwnership",
        CREATE_PRIVILEGE_GROUP "CreatePrivilegeGroup",
        CREATE_RESOURCE_GROUP "CreateResourceGroup",
        DESCRIBE_ALIAS "DescribeAlias",
        DESCRIBE_COLLECTION "DescribeCollection",
        DESCRIBE_DATABASE "DescribeDatabase",
        DESCRIBE_RESOURCE_GROUP "DescribeResourceGroup",
        DROP_ALIAS "DropAlias",
        DROP_COLLECTION "DropCollection",
        DROP_DATABASE "DropDatabase",
        DROP_OWNERSHIP "DropOwnership",
        DROP_PRIVILEGE_GROUP "DropPrivilegeGroup",
        DROP_RESOURCE_GROUP "DropResourceGroup",
        EXPORT_SNAPSHOT "ExportSnapshot",
        FLUSH_ALL "FlushAll",
        GET_REPLICATE_CONFIGURATION "GetReplicateConfiguration",
        LIST_ALIASES "ListAliases",
        LIST_DATABASES "ListDatabases",
        LIST_FILE_RESOURCES "ListFileResources",
        LIST_PRIVILEGE_GROUPS "ListPrivilegeGroups",
        LIST_RESOURCE_GROUPS "ListResourceGroups",
        MANAGE_OWNERSHIP "ManageOwnership",
        OPERATE_PRIVILEGE_GROUP "OperatePrivilegeGroup",
        PIN_SNAPSHOT_DATA "PinSnapshotData",
        REMOVE_FILE_RESOURCE "RemoveFileResource",
        RENAME_COLLECTION "RenameCollection",
        RESTORE_EXTERNAL_SNAPSHOT "RestoreExternalSnapshot",
        RESTORE_RBAC "RestoreRBAC",
        SELECT_OWNERSHIP "SelectOwnership",
        SHOW_COLLECTIONS "ShowCollections",
        TRANSFER_NODE "TransferNode",
        TRANSFER_REPLICA "TransferReplica",
        UNPIN_SNAPSHOT_DATA "UnpinSnapshotData",
        UPDATE_REPLICATE_CONFIGURATION "UpdateReplicateConfiguration",
        UPDATE_RESOURCE_GROUPS "UpdateResourceGroups",
    }
    User {
        SELECT_USER "SelectUser",
        UPDATE_USER "UpdateUser",
    }
}

/// Built-in groups, which [`Client::grant_privilege_v2`](crate::Client::grant_privilege_v2) grants. Since Milvus 2.5.
impl Privilege {
    /// Reading a collection: search, query, describe, statistics.
    pub const COLLECTION_READ_ONLY: Self = Self::built_in("CollectionReadOnly");
    /// Reading and writing a collection, with indexes, partitions and loading.
    pub const COLLECTION_READ_WRITE: Self = Self::built_in("CollectionReadWrite");
    /// All privileges on a collection.
    pub const COLLECTION_ADMIN: Self = Self::built_in("CollectionAdmin");
    /// Listing the collections of a database, and describing it.
    pub const DATABASE_READ_ONLY: Self = Self::built_in("DatabaseReadOnly");
    /// In addition, changing the properties of the database.
    pub const DATABASE_READ_WRITE: Self = Self::built_in("DatabaseReadWrite");
    /// In addition, creating and dropping collections.
    pub const DATABASE_ADMIN: Self = Self::built_in("DatabaseAdmin");
    /// Listing databases, users, roles and resource groups.
    pub const CLUSTER_READ_ONLY: Self = Self::built_in("ClusterReadOnly");
    /// In addition, flushing all collections, and moving replicas.
    pub const CLUSTER_READ_WRITE: Self = Self::built_in("ClusterReadWrite");
    /// In addition, managing databases, users, roles and resource groups.
    pub const CLUSTER_ADMIN: Self = Self::built_in("ClusterAdmin");

    const fn built_in(name: &'static str) -> Self {
        let name = Cow::Borrowed(name);
        Self { object: None, name }
    }

    /// Returns a privilege on objects of this type, by its Milvus name.
    pub fn new(object: ObjectType, name: impl Into<String>) -> Self {
        Self {
            object: Some(object),
            name: Cow::Owned(name.into()),
        }
    }

    /// Returns a [group of privileges](crate::Client::create_privilege_group) by its name.
    pub fn group(name: impl Into<String>) -> Self {
        Self {
            object: None,
            name: Cow::Owned(name.into()),
        }
    }

    /// Returns the name in Milvus: `"Search"`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the type of the objects that it is granted on; `None` for a group.
    pub fn object(&self) -> Option<&ObjectType> {
        self.object.as_ref()
    }

    pub(super) fn into_proto(self) -> PrivilegeEntity {
        let name = self.name.into_owned();
        PrivilegeEntity { name }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// As its name.
impl serde::Serialize for Privilege {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ObjectType {
    pub(super) fn from_name(name: String) -> Self {
        match name.as_str() {
            "Collection" => Self::Collection,
            "Global" => Self::Global,
            "User" => Self::User,
            _ => Self::Other(name),
        }
    }

    /// Returns the name in Milvus: `"Collection"`.
    pub fn name(&self) -> &str {
        match self {
            Self::Collection => "Collection",
            Self::Global => "Global",
            Self::User => "User",
            Self::Other(name) => name,
        }
    }
}

pub(super) fn role_entity(role: impl Into<String>) -> RoleEntity {
    RoleEntity {
        name: role.into(),
        description: String::new(),
    }
}
