//! The error codes of Milvus 3.0, from its package `merr`.

/// An error code of Milvus, as in the `code` field of `common.Status`.
///
/// The codes are those of the package `merr` of Milvus, which are stable since 2.3. A newer Milvus may send others, so a
/// `Code` is a number to compare with the constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub i32);

/// Defines [`TABLE`] and the constants of [`Code`]. A row is a number, a name, and `retriable` if Milvus marks the
/// error so. A code that callers may want to handle also has a constant with documentation.
macro_rules! codes {
    ($($($(#[$doc:meta])+ $constant:ident =)? $number:literal $name:ident $($retriable:ident)?;)*) => {
        /// All codes, sorted by number.
        pub(super) const TABLE: &[Row] = &[$(
            Row {
                number: $number,
                name: stringify!($name),
                is_retriable: !stringify!($($retriable)?).is_empty(),
            },
        )*];

        impl Code {
            $($($(#[$doc])+ pub const $constant: Self = Self($number);)?)*
        }
    };
}

pub(super) struct Row {
    pub(super) number: i32,
    pub(super) name: &'static str,
    pub(super) is_retriable: bool,
}

codes! {
    0 Success;
    /// The server is starting, or one of its parts is not up yet.
    SERVICE_NOT_READY = 1 ServiceNotReady retriable;
    /// A part of the server that the call needs is not available.
    SERVICE_UNAVAILABLE = 2 ServiceUnavailable retriable;
    /// The server does not have enough memory, for example to load the collection.
    MEMORY_LIMIT_EXCEEDED = 3 ServiceMemoryLimitExceeded;
    /// A queue of the server is full; nothing was done.
    TOO_MANY_REQUESTS = 4 ServiceTooManyRequests retriable;
    /// The server failed; see the message.
    SERVICE_INTERNAL = 5 ServiceInternal;
    6 ServiceCrossClusterRouting;
    /// The server does not have enough disk space.
    DISK_LIMIT_EXCEEDED = 7 ServiceDiskLimitExceeded;
    /// The request exceeds the rate that the server's quota allows; nothing was done.
    RATE_LIMIT = 8 ServiceRateLimit retriable;
    /// Writing or reading is denied because a quota is used up: disk, memory, or an operator's decision.
    QUOTA_EXCEEDED = 9 ServiceQuotaExceeded;
    /// The server does not support this, or is not configured for it.
    UNIMPLEMENTED = 10 ServiceUnimplemented;
    11 ServiceTimeTickLongDelay;
    /// The server does not have enough resources for this.
    RESOURCE_INSUFFICIENT = 12 ServiceResourceInsufficient retriable;
    /// No collection or alias of this name exists in the database.
    COLLECTION_NOT_FOUND = 100 CollectionNotFound;
    /// The collection must be loaded before it can be searched or queried.
    COLLECTION_NOT_LOADED = 101 CollectionNotLoaded;
    /// The database, or the server, has as many collections as it may have.
    COLLECTION_NUM_LIMIT_EXCEEDED = 102 CollectionNumLimitExceeded;
    /// The collection is still being loaded.
    COLLECTION_NOT_FULLY_LOADED = 103 CollectionNotFullyLoaded retriable;
    104 CollectionLoaded;
    /// The server refused the schema of a new collection; see the message.
    COLLECTION_ILLEGAL_SCHEMA = 105 CollectionIllegalSchema;
    106 CollectionOnRecovering retriable;
    107 CollectionVectorClusteringKeyNotAllowed;
    108 CollectionReplicateMode;
    /// The data does not fit the collection's schema, often because the schema has changed.
    SCHEMA_MISMATCH = 109 CollectionSchemaMismatch;
    /// A part of the server does not have the newest schema of the collection yet.
    COLLECTION_SCHEMA_VERSION_NOT_READY = 110 CollectionSchemaVersionNotReady retriable;
    /// No partition of this name exists in the collection.
    PARTITION_NOT_FOUND = 200 PartitionNotFound;
    /// The partition must be loaded before it can be searched or queried.
    PARTITION_NOT_LOADED = 201 PartitionNotLoaded;
    /// The partition is still being loaded.
    PARTITION_NOT_FULLY_LOADED = 202 PartitionNotFullyLoaded retriable;
    250 GeneralCapacityExceeded;
    /// No resource group of this name exists.
    RESOURCE_GROUP_NOT_FOUND = 300 ResourceGroupNotFound;
    /// A resource group of this name exists.
    RESOURCE_GROUP_ALREADY_EXISTS = 301 ResourceGroupAlreadyExist;
    302 ResourceGroupReachLimit;
    303 ResourceGroupIllegalConfig;
    304 ResourceGroupNodeNotEnough;
    305 ResourceGroupServiceUnAvailable retriable;
    400 ReplicaNotFound;
    401 ReplicaNotAvailable;
    500 ChannelNotFound;
    501 ChannelLack;
    502 ChannelReduplicate;
    503 ChannelNotAvailable;
    504 ChannelCPExceededMaxLag;
    505 ChannelTSafeStalled retriable;
    506 ChannelDroppedSentinel;
    507 ChannelMisrouted retriable;
    600 SegmentNotFound;
    601 SegmentNotLoaded;
    602 SegmentLack;
    603 SegmentReduplicate;
    604 SegmentLoadFailed;
    605 SegmentRequestResourceFailed;
    /// The field has no index, or no index of this name exists.
    INDEX_NOT_FOUND = 700 IndexNotFound;
    /// The field cannot have an index of this type.
    INDEX_NOT_SUPPORTED = 701 IndexNotSupported;
    /// The field has an index already, or another index has this name.
    INDEX_DUPLICATE = 702 IndexDuplicate;
    703 TaskDuplicate;
    /// No database of this name exists.
    DATABASE_NOT_FOUND = 800 DatabaseNotFound;
    /// The server has as many databases as it may have.
    DATABASE_NUM_LIMIT_EXCEEDED = 801 DatabaseNumLimitExceeded;
    /// The name cannot be that of a database.
    DATABASE_INVALID_NAME = 802 DatabaseInvalidName;
    901 NodeNotFound;
    902 NodeOffline;
    903 NodeLack;
    904 NodeNotMatch;
    905 NodeNotAvailable;
    906 NodeStateUnexpected;
    1000 IoKeyNotFound;
    1001 IoFailed;
    1002 IoUnexpectEOF retriable;
    1003 IoTooManyRequests retriable;
    1004 SerializationFailed;
    1005 IoPermissionDenied;
    1006 IoBucketNotFound;
    1007 IoInvalidCredentials;
    1008 Storage;
    1009 DataIntegrity;
    1010 IoInvalidArgument;
    1011 IoInvalidRange;
    1012 IoEntityTooLarge;
    /// The server refused a parameter, which its message names.
    PARAMETER_INVALID = 1100 ParameterInvalid;
    /// The request lacks a parameter, which the message names.
    PARAMETER_MISSING = 1101 ParameterMissing;
    /// A parameter is too large; the message names it.
    PARAMETER_TOO_LARGE = 1102 ParameterTooLarge;
    1200 MetricNotFound;
    1300 MqTopicNotFound;
    1301 MqTopicNotEmpty;
    1302 MqInternal;
    1303 DenyProduceMsg;
    /// Credentials are missing or wrong.
    NOT_AUTHENTICATED = 1400 PrivilegeNotAuthenticated;
    /// The user lacks the privilege for this operation.
    NOT_PERMITTED = 1401 PrivilegeNotPermitted;
    1402 PrivilegeGroupInvalidName;
    /// No alias of this name exists.
    ALIAS_NOT_FOUND = 1600 AliasNotFound;
    /// A collection has the name of the alias.
    ALIAS_COLLECTION_NAME_CONFLICT = 1601 AliasCollectionNameConflict;
    /// An alias of this name exists.
    ALIAS_ALREADY_EXISTS = 1602 AliasAlreadyExist;
    1603 CollectionIDOfAliasNotFound;
    /// No field of this name exists in the collection.
    FIELD_NOT_FOUND = 1700 FieldNotFound;
    /// The name cannot be that of a field.
    FIELD_INVALID_NAME = 1701 FieldInvalidName;
    1800 NeedAuthenticate;
    1801 IncorrectParameterFormat;
    1802 MissingRequiredParameters;
    1803 MarshalCollectionSchema;
    1804 InvalidInsertData;
    1805 InvalidSearchResult;
    1806 CheckPrimaryKey;
    /// The request exceeds the rate that the server's quota for HTTP allows; nothing was done.
    HTTP_RATE_LIMIT = 1807 HTTPRateLimit retriable;
    1900 DenyReplicateMessage;
    1901 InvalidMsgBytes;
    1902 NoAssignSegmentID;
    1903 InvalidStreamObj;
    2000 Segcore;
    2001 SegcoreUnsupported;
    2002 SegcorePretendFinished;
    2037 SegcoreFollyOtherException;
    2038 SegcoreFollyCancel;
    2039 SegcoreOutOfRange;
    2040 SegcoreGCPNativeError;
    2099 Knowhere;
    /// A bulk import failed; see the message.
    IMPORT_FAILED = 2100 ImportFailed;
    2101 ImportSysFailed;
    2200 InconsistentRequery retriable;
    2201 QueryPlan;
    2300 CompactionReadDeltaLogErr;
    2301 IllegalCompactionPlan;
    2302 CompactionPlanConflict;
    2303 ClusteringCompactionClusterNotSupport;
    2304 ClusteringCompactionCollectionNotSupport;
    2305 ClusteringCompactionCollectionIsCompacting;
    2306 ClusteringCompactionNotSupportVector;
    2307 ClusteringCompactionSubmitTaskFail retriable;
    2308 ClusteringCompactionMetaError retriable;
    2309 ClusteringCompactionGetCollectionFail retriable;
    2310 CompactionResultNotFound;
    2311 AnalyzeTaskNotFound retriable;
    2312 BuildCompactionRequestFail retriable;
    2313 GetCompactionPlanResultFail retriable;
    2314 CompactionResult;
    2315 DuplicatedCompactionTask;
    2316 CleanPartitionStatsFail retriable;
    2400 FunctionFailed;
    2401 DataNodeSlotExhausted;
    2500 KMSKeyRevoked;
    3000 OperationNotSupported;
    3001 OldSessionExists;
    /// The call was canceled on the server.
    CANCELED = 10000 Canceled;
    /// The call's deadline passed on the server.
    TIMEOUT = 10001 Timeout;
    /// An error for which there is no specific code; see the message.
    UNEXPECTED = 65535 Unexpected;
}
