//! The error codes of Milvus.

use std::fmt;

use super::status::MilvusStatus;
use crate::proto::common;

/// An error code of Milvus, as in the `code` field of `common.Status`.
///
/// The codes are those of the package `merr` of Milvus, which are stable since 2.3. A newer Milvus may send others, so a
/// `Code` is a number to compare with the constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub i32);

impl Code {
    /// The server is starting, or one of its parts is not up yet.
    pub const SERVICE_NOT_READY: Self = Self(1);
    /// The request exceeds the rate that the server's quota allows; nothing was done.
    pub const RATE_LIMIT: Self = Self(8);
    /// Writing or reading is denied because a quota is used up: disk, memory, or an operator's decision.
    pub const QUOTA_EXCEEDED: Self = Self(9);
    /// The server does not support this, or is not configured for it.
    pub const UNIMPLEMENTED: Self = Self(10);
    /// No collection or alias of this name exists in the database.
    pub const COLLECTION_NOT_FOUND: Self = Self(100);
    /// The collection must be loaded before it can be searched or queried.
    pub const COLLECTION_NOT_LOADED: Self = Self(101);
    /// The collection is still being loaded.
    pub const COLLECTION_NOT_FULLY_LOADED: Self = Self(103);
    /// The data does not fit the collection's schema, often because the schema has been changed.
    pub const SCHEMA_MISMATCH: Self = Self(109);
    /// No partition of this name exists in the collection.
    pub const PARTITION_NOT_FOUND: Self = Self(200);
    /// The partition must be loaded before it can be searched or queried.
    pub const PARTITION_NOT_LOADED: Self = Self(201);
    /// The field has no index, or no index of this name exists.
    pub const INDEX_NOT_FOUND: Self = Self(700);
    /// No database of this name exists.
    pub const DATABASE_NOT_FOUND: Self = Self(800);
    /// The server refused a parameter, which its message names.
    pub const PARAMETER_INVALID: Self = Self(1100);
    /// Credentials are missing or wrong.
    pub const NOT_AUTHENTICATED: Self = Self(1400);
    /// The user lacks the privilege for this operation.
    pub const NOT_PERMITTED: Self = Self(1401);
    /// No alias of this name exists.
    pub const ALIAS_NOT_FOUND: Self = Self(1600);
    /// No field of this name exists in the collection.
    pub const FIELD_NOT_FOUND: Self = Self(1700);
    /// An error for which there is no specific code; see the message.
    pub const UNEXPECTED: Self = Self(65535);

    /// Returns the name of the code, such as `CollectionNotFound`; `None` for a code that Milvus 3.0 does not have.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|(_, name, _)| name)
    }

    fn row(self) -> Option<(i32, &'static str, bool)> {
        let found = TABLE
            .binary_search_by_key(&self.0, |(code, ..)| *code)
            .ok()?;
        TABLE.get(found).copied()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl MilvusStatus {
    /// Whether a rate limit rejected the call: code 8, or legacy code 49 of servers before 2.3.
    ///
    /// Milvus Lite 3 puts legacy codes into `code`, where 8 is a wrong index type, so both fields are checked.
    pub(crate) fn is_rate_limit(&self) -> bool {
        self.legacy_code == 49 || (self.code == 8 && self.legacy_code == 0)
    }

    /// The name that the server uses for the code. Below 100, Milvus Lite 3 puts legacy codes, and some of its own, into both
    /// fields, which Milvus never does. It puts 1, for anything unexpected, into `code` alone.
    pub(crate) fn name(&self) -> Option<&'static str> {
        if (self.code, self.legacy_code) == (1, 0) {
            return None;
        }
        if self.code == 0 || self.code < 100 && self.code == self.legacy_code {
            let legacy = common::ErrorCode::try_from(self.legacy_code);
            legacy.ok().map(|legacy| legacy.as_str_name())
        } else {
            Code(self.code).name()
        }
    }

    /// Whether the server has the RPC, but not the requested feature. In Milvus Lite, 10 is an error of a file.
    pub(crate) fn is_unimplemented(&self) -> bool {
        self.code == Code::UNIMPLEMENTED.0 && self.legacy_code == 1
    }

    /// Whether Milvus marks the failure as retriable, or always does so for this code.
    pub(crate) fn is_retriable(&self) -> bool {
        let code_says_so = match self.code {
            // Below 100, Milvus Lite 3 has other meanings. Milvus sends these legacy codes as well.
            1 => self.legacy_code == 56,
            2 | 4 | 12 => self.legacy_code == 1,
            0..100 => false,
            code => Code(code).row().is_some_and(|(.., retriable)| retriable),
        };
        self.retriable || code_says_so
    }

    /// Whether a call with this code may have changed something: Milvus stopped halfway, or reports no cause.
    pub(crate) fn may_have_happened(&self) -> bool {
        const HALFWAY: [i32; 4] = [5, 10000, 10001, 65535];
        let unexpected = self.code == 0 && self.legacy_code == 1;
        !self.is_rate_limit() && (self.is_retriable() || unexpected || HALFWAY.contains(&self.code))
    }
}

/// Code, name, and whether Milvus marks it as retriable; sorted by code.
const TABLE: &[(i32, &str, bool)] = &[
    (0, "Success", false),
    (1, "ServiceNotReady", true),
    (2, "ServiceUnavailable", true),
    (3, "ServiceMemoryLimitExceeded", false),
    (4, "ServiceTooManyRequests", true),
    (5, "ServiceInternal", false),
    (6, "ServiceCrossClusterRouting", false),
    (7, "ServiceDiskLimitExceeded", false),
    (8, "ServiceRateLimit", true),
    (9, "ServiceQuotaExceeded", false),
    (10, "ServiceUnimplemented", false),
    (11, "ServiceTimeTickLongDelay", false),
    (12, "ServiceResourceInsufficient", true),
    (100, "CollectionNotFound", false),
    (101, "CollectionNotLoaded", false),
    (102, "CollectionNumLimitExceeded", false),
    (103, "CollectionNotFullyLoaded", true),
    (104, "CollectionLoaded", false),
    (105, "CollectionIllegalSchema", false),
    (106, "CollectionOnRecovering", true),
    (107, "CollectionVectorClusteringKeyNotAllowed", false),
    (108, "CollectionReplicateMode", false),
    (109, "CollectionSchemaMismatch", false),
    (110, "CollectionSchemaVersionNotReady", true),
    (200, "PartitionNotFound", false),
    (201, "PartitionNotLoaded", false),
    (202, "PartitionNotFullyLoaded", true),
    (250, "GeneralCapacityExceeded", false),
    (300, "ResourceGroupNotFound", false),
    (301, "ResourceGroupAlreadyExist", false),
    (302, "ResourceGroupReachLimit", false),
    (303, "ResourceGroupIllegalConfig", false),
    (304, "ResourceGroupNodeNotEnough", false),
    (305, "ResourceGroupServiceUnAvailable", true),
    (400, "ReplicaNotFound", false),
    (401, "ReplicaNotAvailable", false),
    (500, "ChannelNotFound", false),
    (501, "ChannelLack", false),
    (502, "ChannelReduplicate", false),
    (503, "ChannelNotAvailable", false),
    (504, "ChannelCPExceededMaxLag", false),
    (505, "ChannelTSafeStalled", true),
    (506, "ChannelDroppedSentinel", false),
    (507, "ChannelMisrouted", true),
    (600, "SegmentNotFound", false),
    (601, "SegmentNotLoaded", false),
    (602, "SegmentLack", false),
    (603, "SegmentReduplicate", false),
    (604, "SegmentLoadFailed", false),
    (605, "SegmentRequestResourceFailed", false),
    (700, "IndexNotFound", false),
    (701, "IndexNotSupported", false),
    (702, "IndexDuplicate", false),
    (703, "TaskDuplicate", false),
    (800, "DatabaseNotFound", false),
    (801, "DatabaseNumLimitExceeded", false),
    (802, "DatabaseInvalidName", false),
    (901, "NodeNotFound", false),
    (902, "NodeOffline", false),
    (903, "NodeLack", false),
    (904, "NodeNotMatch", false),
    (905, "NodeNotAvailable", false),
    (906, "NodeStateUnexpected", false),
    (1000, "IoKeyNotFound", false),
    (1001, "IoFailed", false),
    (1002, "IoUnexpectEOF", true),
    (1003, "IoTooManyRequests", true),
    (1004, "SerializationFailed", false),
    (1005, "IoPermissionDenied", false),
    (1006, "IoBucketNotFound", false),
    (1007, "IoInvalidCredentials", false),
    (1008, "Storage", false),
    (1009, "DataIntegrity", false),
    (1010, "IoInvalidArgument", false),
    (1011, "IoInvalidRange", false),
    (1012, "IoEntityTooLarge", false),
    (1100, "ParameterInvalid", false),
    (1101, "ParameterMissing", false),
    (1102, "ParameterTooLarge", false),
    (1200, "MetricNotFound", false),
    (1300, "MqTopicNotFound", false),
    (1301, "MqTopicNotEmpty", false),
    (1302, "MqInternal", false),
    (1303, "DenyProduceMsg", false),
    (1400, "PrivilegeNotAuthenticated", false),
    (1401, "PrivilegeNotPermitted", false),
    (1402, "PrivilegeGroupInvalidName", false),
    (1600, "AliasNotFound", false),
    (1601, "AliasCollectionNameConflict", false),
    (1602, "AliasAlreadyExist", false),
    (1603, "CollectionIDOfAliasNotFound", false),
    (1700, "FieldNotFound", false),
    (1701, "FieldInvalidName", false),
    (1800, "NeedAuthenticate", false),
    (1801, "IncorrectParameterFormat", false),
    (1802, "MissingRequiredParameters", false),
    (1803, "MarshalCollectionSchema", false),
    (1804, "InvalidInsertData", false),
    (1805, "InvalidSearchResult", false),
    (1806, "CheckPrimaryKey", false),
    (1807, "HTTPRateLimit", true),
    (1900, "DenyReplicateMessage", false),
    (1901, "InvalidMsgBytes", false),
    (1902, "NoAssignSegmentID", false),
    (1903, "InvalidStreamObj", false),
    (2000, "Segcore", false),
    (2001, "SegcoreUnsupported", false),
    (2002, "SegcorePretendFinished", false),
    (2037, "SegcoreFollyOtherException", false),
    (2038, "SegcoreFollyCancel", false),
    (2039, "SegcoreOutOfRange", false),
    (2040, "SegcoreGCPNativeError", false),
    (2099, "Knowhere", false),
    (2100, "ImportFailed", false),
    (2101, "ImportSysFailed", false),
    (2200, "InconsistentRequery", true),
    (2201, "QueryPlan", false),
    (2300, "CompactionReadDeltaLogErr", false),
    (2301, "IllegalCompactionPlan", false),
    (2302, "CompactionPlanConflict", false),
    (2303, "ClusteringCompactionClusterNotSupport", false),
    (2304, "ClusteringCompactionCollectionNotSupport", false),
    (2305, "ClusteringCompactionCollectionIsCompacting", false),
    (2306, "ClusteringCompactionNotSupportVector", false),
    (2307, "ClusteringCompactionSubmitTaskFail", true),
    (2308, "ClusteringCompactionMetaError", true),
    (2309, "ClusteringCompactionGetCollectionFail", true),
    (2310, "CompactionResultNotFound", false),
    (2311, "AnalyzeTaskNotFound", true),
    (2312, "BuildCompactionRequestFail", true),
    (2313, "GetCompactionPlanResultFail", true),
    (2314, "CompactionResult", false),
    (2315, "DuplicatedCompactionTask", false),
    (2316, "CleanPartitionStatsFail", true),
    (2400, "FunctionFailed", false),
    (2401, "DataNodeSlotExhausted", false),
    (2500, "KMSKeyRevoked", false),
    (3000, "OperationNotSupported", false),
    (3001, "OldSessionExists", false),
    (10000, "Canceled", false),
    (10001, "Timeout", false),
    (65535, "Unexpected", false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_the_codes() {
        assert!(TABLE.is_sorted_by_key(|(code, ..)| *code));
        assert_eq!(
            Code::COLLECTION_NOT_FOUND.to_string(),
            "100 CollectionNotFound"
        );
        assert_eq!(Code(4711).to_string(), "4711");
    }

    #[test]
    fn small_codes_of_milvus_lite_are_not_taken_for_milvus_own() {
        let status = |code, legacy_code| MilvusStatus {
            code,
            legacy_code,
            ..Default::default()
        };
        assert!(status(1, 56).is_retriable(), "not ready");
        assert!(!status(1, 1).is_retriable(), "Lite's unexpected error");
        assert!(status(8, 49).is_rate_limit());
        assert!(!status(8, 8).is_rate_limit(), "Lite's wrong index type");
        assert!(status(10, 1).is_unimplemented());
        assert!(
            !status(10, 10).is_unimplemented(),
            "Lite cannot create a file"
        );
        assert!(status(103, 1).is_retriable(), "still loading");
        assert!(!status(100, 4).is_retriable());
    }

    #[test]
    fn what_was_refused_has_not_happened() {
        let may = |code, legacy_code| {
            let status = MilvusStatus {
                code,
                legacy_code,
                ..Default::default()
            };
            status.may_have_happened()
        };
        for (code, legacy_code) in [(8, 49), (0, 49), (100, 4), (1100, 5), (1401, 1), (9, 48)] {
            assert!(!may(code, legacy_code), "{code}/{legacy_code}");
        }
        for (code, legacy_code) in [(2, 1), (1, 56), (5, 1), (10001, 1), (65535, 1), (0, 1)] {
            assert!(may(code, legacy_code), "{code}/{legacy_code}");
        }
    }
}
