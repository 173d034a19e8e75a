// Generated from the descriptors and proto/rpcs.toml. Do not edit.

use super::{Answer, Request};
use crate::wire::{Changes, Class, Fact, Field, Read, Rpc};

/// What is read of `common.Status`.
const STATUS: &[Field] = &[
    Field { number: 1, read: Read::Number(Fact::LegacyCode) },
    Field { number: 2, read: Read::Text(Fact::Reason) },
    Field { number: 3, read: Read::Number(Fact::Code) },
    Field { number: 4, read: Read::Number(Fact::Retriable) },
    Field { number: 5, read: Read::Text(Fact::Detail) },
    Field { number: 6, read: Read::Pair(&[
        Field { number: 1, read: Read::Text(Fact::InfoKey) },
        Field { number: 2, read: Read::Text(Fact::InfoValue) },
    ]) },
];

/// Every RPC of the contract, sorted by path.
pub(super) static RPCS: [Rpc; 149] = [
    Rpc {
        path: "/milvus.proto.milvus.ClientTelemetryService/ClientHeartbeat",
        method: "milvus.proto.milvus.ClientTelemetryService/ClientHeartbeat",
        operation: "client_heartbeat",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.ClientTelemetryService/DeleteClientCommand",
        method: "milvus.proto.milvus.ClientTelemetryService/DeleteClientCommand",
        operation: "delete_client_command",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.ClientTelemetryService/GetClientTelemetry",
        method: "milvus.proto.milvus.ClientTelemetryService/GetClientTelemetry",
        operation: "get_client_telemetry",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 1, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.ClientTelemetryService/PushClientCommand",
        method: "milvus.proto.milvus.ClientTelemetryService/PushClientCommand",
        operation: "push_client_command",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AddCollectionField",
        method: "milvus.proto.milvus.MilvusService/AddCollectionField",
        operation: "add_collection_field",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AddCollectionFunction",
        method: "milvus.proto.milvus.MilvusService/AddCollectionFunction",
        operation: "add_collection_function",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AddCollectionStructField",
        method: "milvus.proto.milvus.MilvusService/AddCollectionStructField",
        operation: "add_collection_struct_field",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AddFileResource",
        method: "milvus.proto.milvus.MilvusService/AddFileResource",
        operation: "add_file_resource",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AddUserTags",
        method: "milvus.proto.milvus.MilvusService/AddUserTags",
        operation: "add_user_tags",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AllocTimestamp",
        method: "milvus.proto.milvus.MilvusService/AllocTimestamp",
        operation: "alloc_timestamp",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterAlias",
        method: "milvus.proto.milvus.MilvusService/AlterAlias",
        operation: "alter_alias",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::OtherName) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterCollection",
        method: "milvus.proto.milvus.MilvusService/AlterCollection",
        operation: "alter_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterCollectionField",
        method: "milvus.proto.milvus.MilvusService/AlterCollectionField",
        operation: "alter_collection_field",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterCollectionFunction",
        method: "milvus.proto.milvus.MilvusService/AlterCollectionFunction",
        operation: "alter_collection_function",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterCollectionSchema",
        method: "milvus.proto.milvus.MilvusService/AlterCollectionSchema",
        operation: "alter_collection_schema",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterDatabase",
        method: "milvus.proto.milvus.MilvusService/AlterDatabase",
        operation: "alter_database",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterIndex",
        method: "milvus.proto.milvus.MilvusService/AlterIndex",
        operation: "alter_index",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 5, read: Read::Pair(&[
                Field { number: 1, read: Read::Text(Fact::IndexParameterKey) },
                Field { number: 2, read: Read::Text(Fact::IndexParameterValue) },
            ]) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/AlterRole",
        method: "milvus.proto.milvus.MilvusService/AlterRole",
        operation: "alter_role",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/BackupRBAC",
        method: "milvus.proto.milvus.MilvusService/BackupRBAC",
        operation: "backup_rbac",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/BatchDescribeCollection",
        method: "milvus.proto.milvus.MilvusService/BatchDescribeCollection",
        operation: "batch_describe_collection",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 1, read: Read::Text(Fact::Database) },
            Field { number: 2, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/BatchUpdateManifest",
        method: "milvus.proto.milvus.MilvusService/BatchUpdateManifest",
        operation: "batch_update_manifest",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CalcDistance",
        method: "milvus.proto.milvus.MilvusService/CalcDistance",
        operation: "calc_distance",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Message(&[
                Field { number: 1, read: Read::Message(&[
                    Field { number: 1, read: Read::Text(Fact::Collection) },
                ]) },
            ]) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CheckHealth",
        method: "milvus.proto.milvus.MilvusService/CheckHealth",
        operation: "check_health",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ComputePhraseMatchSlop",
        method: "milvus.proto.milvus.MilvusService/ComputePhraseMatchSlop",
        operation: "compute_phrase_match_slop",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Connect",
        method: "milvus.proto.milvus.MilvusService/Connect",
        operation: "connect",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateAlias",
        method: "milvus.proto.milvus.MilvusService/CreateAlias",
        operation: "create_alias",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::OtherName) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateCollection",
        method: "milvus.proto.milvus.MilvusService/CreateCollection",
        operation: "create_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: true,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Embedded(&[
                Field { number: 4, read: Read::Message(&[
                    Field { number: 2, read: Read::Text(Fact::SchemaField) },
                    Field { number: 3, read: Read::Number(Fact::SchemaKey) },
                    Field { number: 5, read: Read::Number(Fact::SchemaType) },
                    Field { number: 6, read: Read::Pair(&[
                        Field { number: 1, read: Read::Text(Fact::SchemaParameterKey) },
                        Field { number: 2, read: Read::Text(Fact::SchemaParameterValue) },
                    ]) },
                ]) },
            ]) },
            Field { number: 6, read: Read::Number(Fact::Consistency) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateCredential",
        method: "milvus.proto.milvus.MilvusService/CreateCredential",
        operation: "create_credential",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateDatabase",
        method: "milvus.proto.milvus.MilvusService/CreateDatabase",
        operation: "create_database",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateIndex",
        method: "milvus.proto.milvus.MilvusService/CreateIndex",
        operation: "create_index",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 5, read: Read::Pair(&[
                Field { number: 1, read: Read::Text(Fact::IndexParameterKey) },
                Field { number: 2, read: Read::Text(Fact::IndexParameterValue) },
            ]) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateNamespace",
        method: "milvus.proto.milvus.MilvusService/CreateNamespace",
        operation: "create_namespace",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreatePartition",
        method: "milvus.proto.milvus.MilvusService/CreatePartition",
        operation: "create_partition",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreatePrivilegeGroup",
        method: "milvus.proto.milvus.MilvusService/CreatePrivilegeGroup",
        operation: "create_privilege_group",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateReplicateStream",
        method: "milvus.proto.milvus.MilvusService/CreateReplicateStream",
        operation: "create_replicate_stream",
        class: Class::Once,
        client_streaming: true,
        server_streaming: true,
        changes: Changes::All,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateResourceGroup",
        method: "milvus.proto.milvus.MilvusService/CreateResourceGroup",
        operation: "create_resource_group",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateRole",
        method: "milvus.proto.milvus.MilvusService/CreateRole",
        operation: "create_role",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateRowPolicy",
        method: "milvus.proto.milvus.MilvusService/CreateRowPolicy",
        operation: "create_row_policy",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/CreateSnapshot",
        method: "milvus.proto.milvus.MilvusService/CreateSnapshot",
        operation: "create_snapshot",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 4, read: Read::Text(Fact::Database) },
            Field { number: 5, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Delete",
        method: "milvus.proto.milvus.MilvusService/Delete",
        operation: "delete",
        class: Class::Piecewise,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: true,
        has_database: true,
        has_filter: true,
        has_consistency: true,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
            Field { number: 5, read: Read::Text(Fact::Filter) },
            Field { number: 7, read: Read::Number(Fact::Consistency) },
            Field { number: 8, read: Read::Message(&[
                Field { number: 1, read: Read::Text(Fact::FilterValues) },
                Field { number: 2, read: Read::Message(&[
                    Field { number: 4, read: Read::Text(Fact::BoundText) },
                    Field { number: 5, read: Read::Message(&[
                        Field { number: 2, read: Read::Message(&[
                            Field { number: 1, read: Read::Varints(Fact::BoundNumbers) },
                        ]) },
                        Field { number: 4, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                        Field { number: 5, read: Read::NonEmpty(Fact::BoundUnread) },
                        Field { number: 6, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                    ]) },
                    Field { number: 6, read: Read::NonEmpty(Fact::BoundUnread) },
                ]) },
            ]) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 6, read: Read::Number(Fact::InsertedRows) },
            Field { number: 7, read: Read::Number(Fact::DeletedRows) },
            Field { number: 8, read: Read::Number(Fact::UpsertedRows) },
            Field { number: 9, read: Read::Number(Fact::Timestamp) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DeleteCredential",
        method: "milvus.proto.milvus.MilvusService/DeleteCredential",
        operation: "delete_credential",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DeleteUserTags",
        method: "milvus.proto.milvus.MilvusService/DeleteUserTags",
        operation: "delete_user_tags",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeAlias",
        method: "milvus.proto.milvus.MilvusService/DescribeAlias",
        operation: "describe_alias",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeCollection",
        method: "milvus.proto.milvus.MilvusService/DescribeCollection",
        operation: "describe_collection",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeDatabase",
        method: "milvus.proto.milvus.MilvusService/DescribeDatabase",
        operation: "describe_database",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeIndex",
        method: "milvus.proto.milvus.MilvusService/DescribeIndex",
        operation: "describe_index",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeNamespace",
        method: "milvus.proto.milvus.MilvusService/DescribeNamespace",
        operation: "describe_namespace",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribePrewarmTask",
        method: "milvus.proto.milvus.MilvusService/DescribePrewarmTask",
        operation: "describe_prewarm_task",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeResourceGroup",
        method: "milvus.proto.milvus.MilvusService/DescribeResourceGroup",
        operation: "describe_resource_group",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeSegmentIndexData",
        method: "milvus.proto.milvus.MilvusService/DescribeSegmentIndexData",
        operation: "describe_segment_index_data",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DescribeSnapshot",
        method: "milvus.proto.milvus.MilvusService/DescribeSnapshot",
        operation: "describe_snapshot",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropAlias",
        method: "milvus.proto.milvus.MilvusService/DropAlias",
        operation: "drop_alias",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::OtherName) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropCollection",
        method: "milvus.proto.milvus.MilvusService/DropCollection",
        operation: "drop_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropCollectionFunction",
        method: "milvus.proto.milvus.MilvusService/DropCollectionFunction",
        operation: "drop_collection_function",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropDatabase",
        method: "milvus.proto.milvus.MilvusService/DropDatabase",
        operation: "drop_database",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropIndex",
        method: "milvus.proto.milvus.MilvusService/DropIndex",
        operation: "drop_index",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropNamespace",
        method: "milvus.proto.milvus.MilvusService/DropNamespace",
        operation: "drop_namespace",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropPartition",
        method: "milvus.proto.milvus.MilvusService/DropPartition",
        operation: "drop_partition",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropPrivilegeGroup",
        method: "milvus.proto.milvus.MilvusService/DropPrivilegeGroup",
        operation: "drop_privilege_group",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropResourceGroup",
        method: "milvus.proto.milvus.MilvusService/DropResourceGroup",
        operation: "drop_resource_group",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropRole",
        method: "milvus.proto.milvus.MilvusService/DropRole",
        operation: "drop_role",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropRowPolicy",
        method: "milvus.proto.milvus.MilvusService/DropRowPolicy",
        operation: "drop_row_policy",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DropSnapshot",
        method: "milvus.proto.milvus.MilvusService/DropSnapshot",
        operation: "drop_snapshot",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Dummy",
        method: "milvus.proto.milvus.MilvusService/Dummy",
        operation: "dummy",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/DumpMessages",
        method: "milvus.proto.milvus.MilvusService/DumpMessages",
        operation: "dump_messages",
        class: Class::Read,
        client_streaming: false,
        server_streaming: true,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ExportSnapshot",
        method: "milvus.proto.milvus.MilvusService/ExportSnapshot",
        operation: "export_snapshot",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Flush",
        method: "milvus.proto.milvus.MilvusService/Flush",
        operation: "flush",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/FlushAll",
        method: "milvus.proto.milvus.MilvusService/FlushAll",
        operation: "flush_all",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Message(&[
                Field { number: 2, read: Read::Text(Fact::Collection) },
            ]) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetCollectionStatistics",
        method: "milvus.proto.milvus.MilvusService/GetCollectionStatistics",
        operation: "get_collection_statistics",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetCompactionState",
        method: "milvus.proto.milvus.MilvusService/GetCompactionState",
        operation: "get_compaction_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetCompactionStateWithPlans",
        method: "milvus.proto.milvus.MilvusService/GetCompactionStateWithPlans",
        operation: "get_compaction_state_with_plans",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetComponentStates",
        method: "milvus.proto.milvus.MilvusService/GetComponentStates",
        operation: "get_component_states",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 3, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetExportSnapshotState",
        method: "milvus.proto.milvus.MilvusService/GetExportSnapshotState",
        operation: "get_export_snapshot_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetFlushAllState",
        method: "milvus.proto.milvus.MilvusService/GetFlushAllState",
        operation: "get_flush_all_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Message(&[
                Field { number: 2, read: Read::Text(Fact::Collection) },
            ]) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetFlushState",
        method: "milvus.proto.milvus.MilvusService/GetFlushState",
        operation: "get_flush_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetImportState",
        method: "milvus.proto.milvus.MilvusService/GetImportState",
        operation: "get_import_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetIndexBuildProgress",
        method: "milvus.proto.milvus.MilvusService/GetIndexBuildProgress",
        operation: "get_index_build_progress",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetIndexState",
        method: "milvus.proto.milvus.MilvusService/GetIndexState",
        operation: "get_index_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetIndexStatistics",
        method: "milvus.proto.milvus.MilvusService/GetIndexStatistics",
        operation: "get_index_statistics",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetLoadState",
        method: "milvus.proto.milvus.MilvusService/GetLoadState",
        operation: "get_load_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Collection) },
            Field { number: 3, read: Read::Text(Fact::Partition) },
            Field { number: 4, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetLoadingProgress",
        method: "milvus.proto.milvus.MilvusService/GetLoadingProgress",
        operation: "get_loading_progress",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Collection) },
            Field { number: 3, read: Read::Text(Fact::Partition) },
            Field { number: 4, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetMetrics",
        method: "milvus.proto.milvus.MilvusService/GetMetrics",
        operation: "get_metrics",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetNamespaceStats",
        method: "milvus.proto.milvus.MilvusService/GetNamespaceStats",
        operation: "get_namespace_stats",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetPartitionStatistics",
        method: "milvus.proto.milvus.MilvusService/GetPartitionStatistics",
        operation: "get_partition_statistics",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetPersistentSegmentInfo",
        method: "milvus.proto.milvus.MilvusService/GetPersistentSegmentInfo",
        operation: "get_persistent_segment_info",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetQuerySegmentInfo",
        method: "milvus.proto.milvus.MilvusService/GetQuerySegmentInfo",
        operation: "get_query_segment_info",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetRefreshExternalCollectionProgress",
        method: "milvus.proto.milvus.MilvusService/GetRefreshExternalCollectionProgress",
        operation: "get_refresh_external_collection_progress",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetReplicas",
        method: "milvus.proto.milvus.MilvusService/GetReplicas",
        operation: "get_replicas",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 4, read: Read::Text(Fact::Collection) },
            Field { number: 5, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetReplicateConfiguration",
        method: "milvus.proto.milvus.MilvusService/GetReplicateConfiguration",
        operation: "get_replicate_configuration",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetReplicateInfo",
        method: "milvus.proto.milvus.MilvusService/GetReplicateInfo",
        operation: "get_replicate_info",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetRestoreSnapshotState",
        method: "milvus.proto.milvus.MilvusService/GetRestoreSnapshotState",
        operation: "get_restore_snapshot_state",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetUserTags",
        method: "milvus.proto.milvus.MilvusService/GetUserTags",
        operation: "get_user_tags",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/GetVersion",
        method: "milvus.proto.milvus.MilvusService/GetVersion",
        operation: "get_version",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/HasCollection",
        method: "milvus.proto.milvus.MilvusService/HasCollection",
        operation: "has_collection",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/HasNamespace",
        method: "milvus.proto.milvus.MilvusService/HasNamespace",
        operation: "has_namespace",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/HasPartition",
        method: "milvus.proto.milvus.MilvusService/HasPartition",
        operation: "has_partition",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/HybridSearch",
        method: "milvus.proto.milvus.MilvusService/HybridSearch",
        operation: "hybrid_search",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: true,
        has_consistency: true,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
            Field { number: 5, read: Read::Message(&[
                Field { number: 5, read: Read::Text(Fact::Filter) },
                Field { number: 6, read: Read::QueryVectors(&[
                    Field { number: 1, read: Read::Message(&[
                        Field { number: 2, read: Read::Number(Fact::VectorType) },
                        Field { number: 3, read: Read::First(Fact::VectorLength) },
                    ]) },
                ]) },
                Field { number: 9, read: Read::Pair(&[
                    Field { number: 1, read: Read::Text(Fact::ParameterKey) },
                    Field { number: 2, read: Read::Text(Fact::ParameterValue) },
                ]) },
                Field { number: 12, read: Read::Number(Fact::Queries) },
                Field { number: 18, read: Read::Message(&[
                    Field { number: 1, read: Read::Text(Fact::FilterValues) },
                    Field { number: 2, read: Read::Message(&[
                        Field { number: 4, read: Read::Text(Fact::BoundText) },
                        Field { number: 5, read: Read::Message(&[
                            Field { number: 2, read: Read::Message(&[
                                Field { number: 1, read: Read::Varints(Fact::BoundNumbers) },
                            ]) },
                            Field { number: 4, read: Read::Message(&[
                                Field { number: 1, read: Read::Text(Fact::BoundText) },
                            ]) },
                            Field { number: 5, read: Read::NonEmpty(Fact::BoundUnread) },
                            Field { number: 6, read: Read::Message(&[
                                Field { number: 1, read: Read::Text(Fact::BoundText) },
                            ]) },
                        ]) },
                        Field { number: 6, read: Read::NonEmpty(Fact::BoundUnread) },
                    ]) },
                ]) },
            ]) },
            Field { number: 6, read: Read::Pair(&[
                Field { number: 1, read: Read::Text(Fact::ParameterKey) },
                Field { number: 2, read: Read::Text(Fact::ParameterValue) },
            ]) },
            Field { number: 10, read: Read::Present(Fact::OutputField) },
            Field { number: 11, read: Read::Number(Fact::Consistency) },
            Field { number: 12, read: Read::Number(Fact::ConsistencyByDefault) },
            Field { number: 13, read: Read::Message(&[
                Field { number: 1, read: Read::Message(&[
                    Field { number: 9, read: Read::Pair(&[
                        Field { number: 1, read: Read::Text(Fact::RankerKey) },
                        Field { number: 2, read: Read::Text(Fact::RankerValue) },
                    ]) },
                ]) },
            ]) },
        ],
        returns_rows: true,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 2, read: Read::Message(&[
                Field { number: 4, read: Read::Floats(Fact::Scores) },
                Field { number: 6, read: Read::Number(Fact::FoundRows) },
            ]) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Import",
        method: "milvus.proto.milvus.MilvusService/Import",
        operation: "import",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 1, read: Read::Text(Fact::Collection) },
            Field { number: 2, read: Read::Text(Fact::Partition) },
            Field { number: 7, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Insert",
        method: "milvus.proto.milvus.MilvusService/Insert",
        operation: "insert",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
            Field { number: 7, read: Read::Number(Fact::SentRows) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 6, read: Read::Number(Fact::InsertedRows) },
            Field { number: 7, read: Read::Number(Fact::DeletedRows) },
            Field { number: 8, read: Read::Number(Fact::UpsertedRows) },
            Field { number: 9, read: Read::Number(Fact::Timestamp) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListAliases",
        method: "milvus.proto.milvus.MilvusService/ListAliases",
        operation: "list_aliases",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListCredUsers",
        method: "milvus.proto.milvus.MilvusService/ListCredUsers",
        operation: "list_cred_users",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListDatabases",
        method: "milvus.proto.milvus.MilvusService/ListDatabases",
        operation: "list_databases",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListFileResources",
        method: "milvus.proto.milvus.MilvusService/ListFileResources",
        operation: "list_file_resources",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListImportTasks",
        method: "milvus.proto.milvus.MilvusService/ListImportTasks",
        operation: "list_import_tasks",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 1, read: Read::Text(Fact::Collection) },
            Field { number: 3, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListIndexedSegment",
        method: "milvus.proto.milvus.MilvusService/ListIndexedSegment",
        operation: "list_indexed_segment",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListNamespaces",
        method: "milvus.proto.milvus.MilvusService/ListNamespaces",
        operation: "list_namespaces",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListPrivilegeGroups",
        method: "milvus.proto.milvus.MilvusService/ListPrivilegeGroups",
        operation: "list_privilege_groups",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListRefreshExternalCollectionJobs",
        method: "milvus.proto.milvus.MilvusService/ListRefreshExternalCollectionJobs",
        operation: "list_refresh_external_collection_jobs",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListResourceGroups",
        method: "milvus.proto.milvus.MilvusService/ListResourceGroups",
        operation: "list_resource_groups",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListRestoreSnapshotJobs",
        method: "milvus.proto.milvus.MilvusService/ListRestoreSnapshotJobs",
        operation: "list_restore_snapshot_jobs",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListRowPolicies",
        method: "milvus.proto.milvus.MilvusService/ListRowPolicies",
        operation: "list_row_policies",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListSnapshots",
        method: "milvus.proto.milvus.MilvusService/ListSnapshots",
        operation: "list_snapshots",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ListUsersWithTag",
        method: "milvus.proto.milvus.MilvusService/ListUsersWithTag",
        operation: "list_users_with_tag",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/LoadBalance",
        method: "milvus.proto.milvus.MilvusService/LoadBalance",
        operation: "load_balance",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 5, read: Read::Text(Fact::Collection) },
            Field { number: 6, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/LoadCollection",
        method: "milvus.proto.milvus.MilvusService/LoadCollection",
        operation: "load_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/LoadPartitions",
        method: "milvus.proto.milvus.MilvusService/LoadPartitions",
        operation: "load_partitions",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ManualCompaction",
        method: "milvus.proto.milvus.MilvusService/ManualCompaction",
        operation: "manual_compaction",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 4, read: Read::Text(Fact::Collection) },
            Field { number: 5, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/OperatePrivilege",
        method: "milvus.proto.milvus.MilvusService/OperatePrivilege",
        operation: "operate_privilege",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Message(&[
                Field { number: 5, read: Read::Text(Fact::Database) },
            ]) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/OperatePrivilegeGroup",
        method: "milvus.proto.milvus.MilvusService/OperatePrivilegeGroup",
        operation: "operate_privilege_group",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/OperatePrivilegeV2",
        method: "milvus.proto.milvus.MilvusService/OperatePrivilegeV2",
        operation: "operate_privilege_v2",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 5, read: Read::Text(Fact::Database) },
            Field { number: 6, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/OperateUserRole",
        method: "milvus.proto.milvus.MilvusService/OperateUserRole",
        operation: "operate_user_role",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/PinSnapshotData",
        method: "milvus.proto.milvus.MilvusService/PinSnapshotData",
        operation: "pin_snapshot_data",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Prewarm",
        method: "milvus.proto.milvus.MilvusService/Prewarm",
        operation: "prewarm",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Query",
        method: "milvus.proto.milvus.MilvusService/Query",
        operation: "query",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: true,
        has_consistency: true,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Filter) },
            Field { number: 5, read: Read::Present(Fact::OutputField) },
            Field { number: 6, read: Read::Text(Fact::Partition) },
            Field { number: 9, read: Read::Pair(&[
                Field { number: 1, read: Read::Text(Fact::ParameterKey) },
                Field { number: 2, read: Read::Text(Fact::ParameterValue) },
            ]) },
            Field { number: 11, read: Read::Number(Fact::Consistency) },
            Field { number: 12, read: Read::Number(Fact::ConsistencyByDefault) },
            Field { number: 13, read: Read::Message(&[
                Field { number: 1, read: Read::Text(Fact::FilterValues) },
                Field { number: 2, read: Read::Message(&[
                    Field { number: 4, read: Read::Text(Fact::BoundText) },
                    Field { number: 5, read: Read::Message(&[
                        Field { number: 2, read: Read::Message(&[
                            Field { number: 1, read: Read::Varints(Fact::BoundNumbers) },
                        ]) },
                        Field { number: 4, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                        Field { number: 5, read: Read::NonEmpty(Fact::BoundUnread) },
                        Field { number: 6, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                    ]) },
                    Field { number: 6, read: Read::NonEmpty(Fact::BoundUnread) },
                ]) },
            ]) },
        ],
        returns_rows: true,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 2, read: Read::Message(&[
                Field { number: 1, read: Read::Number(Fact::Column) },
                Field { number: 3, read: Read::Message(&[
                    Field { number: 1, read: Read::Message(&[
                        Field { number: 1, read: Read::Varints(Fact::ColumnRows) },
                    ]) },
                    Field { number: 2, read: Read::Message(&[
                        Field { number: 1, read: Read::Varints(Fact::ColumnRows) },
                    ]) },
                    Field { number: 3, read: Read::Message(&[
                        Field { number: 1, read: Read::Varints(Fact::ColumnRows) },
                    ]) },
                    Field { number: 4, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 5, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 6, read: Read::Message(&[
                        Field { number: 1, read: Read::Present(Fact::ColumnRows) },
                    ]) },
                    Field { number: 7, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 8, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 9, read: Read::NonEmpty(Fact::OtherColumn) },
                ]) },
                Field { number: 4, read: Read::Message(&[
                    Field { number: 2, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 3, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 4, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 5, read: Read::NonEmpty(Fact::OtherColumn) },
                    Field { number: 6, read: Read::Message(&[
                        Field { number: 1, read: Read::NonEmpty(Fact::OtherColumn) },
                    ]) },
                    Field { number: 7, read: Read::NonEmpty(Fact::OtherColumn) },
                ]) },
            ]) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RefreshExternalCollection",
        method: "milvus.proto.milvus.MilvusService/RefreshExternalCollection",
        operation: "refresh_external_collection",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RegisterLink",
        method: "milvus.proto.milvus.MilvusService/RegisterLink",
        operation: "register_link",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 2, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ReleaseCollection",
        method: "milvus.proto.milvus.MilvusService/ReleaseCollection",
        operation: "release_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ReleasePartitions",
        method: "milvus.proto.milvus.MilvusService/ReleasePartitions",
        operation: "release_partitions",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RemoveFileResource",
        method: "milvus.proto.milvus.MilvusService/RemoveFileResource",
        operation: "remove_file_resource",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RenameCollection",
        method: "milvus.proto.milvus.MilvusService/RenameCollection",
        operation: "rename_collection",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::OtherName) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ReplicateMessage",
        method: "milvus.proto.milvus.MilvusService/ReplicateMessage",
        operation: "replicate_message",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: true,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RestoreExternalSnapshot",
        method: "milvus.proto.milvus.MilvusService/RestoreExternalSnapshot",
        operation: "restore_external_snapshot",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RestoreRBAC",
        method: "milvus.proto.milvus.MilvusService/RestoreRBAC",
        operation: "restore_rbac",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RestoreSnapshot",
        method: "milvus.proto.milvus.MilvusService/RestoreSnapshot",
        operation: "restore_snapshot",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Named,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 3, read: Read::Text(Fact::Database) },
            Field { number: 4, read: Read::Text(Fact::Collection) },
            Field { number: 7, read: Read::Text(Fact::OtherName) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/RunAnalyzer",
        method: "milvus.proto.milvus.MilvusService/RunAnalyzer",
        operation: "run_analyzer",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 6, read: Read::Text(Fact::Database) },
            Field { number: 7, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Search",
        method: "milvus.proto.milvus.MilvusService/Search",
        operation: "search",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: true,
        has_consistency: true,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
            Field { number: 5, read: Read::Text(Fact::Filter) },
            Field { number: 6, read: Read::QueryVectors(&[
                Field { number: 1, read: Read::Message(&[
                    Field { number: 2, read: Read::Number(Fact::VectorType) },
                    Field { number: 3, read: Read::First(Fact::VectorLength) },
                ]) },
            ]) },
            Field { number: 8, read: Read::Present(Fact::OutputField) },
            Field { number: 9, read: Read::Pair(&[
                Field { number: 1, read: Read::Text(Fact::ParameterKey) },
                Field { number: 2, read: Read::Text(Fact::ParameterValue) },
            ]) },
            Field { number: 12, read: Read::Number(Fact::Queries) },
            Field { number: 14, read: Read::Number(Fact::Consistency) },
            Field { number: 15, read: Read::Number(Fact::ConsistencyByDefault) },
            Field { number: 18, read: Read::Message(&[
                Field { number: 1, read: Read::Text(Fact::FilterValues) },
                Field { number: 2, read: Read::Message(&[
                    Field { number: 4, read: Read::Text(Fact::BoundText) },
                    Field { number: 5, read: Read::Message(&[
                        Field { number: 2, read: Read::Message(&[
                            Field { number: 1, read: Read::Varints(Fact::BoundNumbers) },
                        ]) },
                        Field { number: 4, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                        Field { number: 5, read: Read::NonEmpty(Fact::BoundUnread) },
                        Field { number: 6, read: Read::Message(&[
                            Field { number: 1, read: Read::Text(Fact::BoundText) },
                        ]) },
                    ]) },
                    Field { number: 6, read: Read::NonEmpty(Fact::BoundUnread) },
                ]) },
            ]) },
            Field { number: 19, read: Read::Message(&[
                Field { number: 1, read: Read::Message(&[
                    Field { number: 9, read: Read::Pair(&[
                        Field { number: 1, read: Read::Text(Fact::RankerKey) },
                        Field { number: 2, read: Read::Text(Fact::RankerValue) },
                    ]) },
                ]) },
            ]) },
            Field { number: 22, read: Read::Message(&[
                Field { number: 1, read: Read::Message(&[
                    Field { number: 1, read: Read::Varints(Fact::Keys) },
                ]) },
                Field { number: 2, read: Read::Message(&[
                    Field { number: 1, read: Read::Present(Fact::Keys) },
                ]) },
            ]) },
        ],
        returns_rows: true,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 2, read: Read::Message(&[
                Field { number: 4, read: Read::Floats(Fact::Scores) },
                Field { number: 6, read: Read::Number(Fact::FoundRows) },
            ]) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/SelectGrant",
        method: "milvus.proto.milvus.MilvusService/SelectGrant",
        operation: "select_grant",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Message(&[
                Field { number: 5, read: Read::Text(Fact::Database) },
            ]) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/SelectRole",
        method: "milvus.proto.milvus.MilvusService/SelectRole",
        operation: "select_role",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/SelectUser",
        method: "milvus.proto.milvus.MilvusService/SelectUser",
        operation: "select_user",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ShowCollections",
        method: "milvus.proto.milvus.MilvusService/ShowCollections",
        operation: "show_collections",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 5, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/ShowPartitions",
        method: "milvus.proto.milvus.MilvusService/ShowPartitions",
        operation: "show_partitions",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 5, read: Read::Text(Fact::Partition) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/TransferNode",
        method: "milvus.proto.milvus.MilvusService/TransferNode",
        operation: "transfer_node",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/TransferReplica",
        method: "milvus.proto.milvus.MilvusService/TransferReplica",
        operation: "transfer_replica",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 4, read: Read::Text(Fact::Collection) },
            Field { number: 6, read: Read::Text(Fact::Database) },
        ],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/TruncateCollection",
        method: "milvus.proto.milvus.MilvusService/TruncateCollection",
        operation: "truncate_collection",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/UnpinSnapshotData",
        method: "milvus.proto.milvus.MilvusService/UnpinSnapshotData",
        operation: "unpin_snapshot_data",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/UpdateCredential",
        method: "milvus.proto.milvus.MilvusService/UpdateCredential",
        operation: "update_credential",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/UpdateReplicateConfiguration",
        method: "milvus.proto.milvus.MilvusService/UpdateReplicateConfiguration",
        operation: "update_replicate_configuration",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::All,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/UpdateResourceGroups",
        method: "milvus.proto.milvus.MilvusService/UpdateResourceGroups",
        operation: "update_resource_groups",
        class: Class::Idempotent,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: STATUS,
    },
    Rpc {
        path: "/milvus.proto.milvus.MilvusService/Upsert",
        method: "milvus.proto.milvus.MilvusService/Upsert",
        operation: "upsert",
        class: Class::Once,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: true,
        has_database: true,
        has_filter: false,
        has_consistency: false,
        request: &[
            Field { number: 2, read: Read::Text(Fact::Database) },
            Field { number: 3, read: Read::Text(Fact::Collection) },
            Field { number: 4, read: Read::Text(Fact::Partition) },
            Field { number: 7, read: Read::Number(Fact::SentRows) },
        ],
        returns_rows: false,
        response: &[
            Field { number: 1, read: Read::Message(STATUS) },
            Field { number: 6, read: Read::Number(Fact::InsertedRows) },
            Field { number: 7, read: Read::Number(Fact::DeletedRows) },
            Field { number: 8, read: Read::Number(Fact::UpsertedRows) },
            Field { number: 9, read: Read::Number(Fact::Timestamp) },
        ],
    },
    Rpc {
        path: "/milvus.proto.milvus.ProxyService/RegisterLink",
        method: "milvus.proto.milvus.ProxyService/RegisterLink",
        operation: "register_link",
        class: Class::Read,
        client_streaming: false,
        server_streaming: false,
        changes: Changes::Nothing,
        writes: false,
        has_database: false,
        has_filter: false,
        has_consistency: false,
        request: &[],
        returns_rows: false,
        response: &[
            Field { number: 2, read: Read::Message(STATUS) },
        ],
    },
];

impl Request for super::milvus::CreateCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::HasCollectionRequest {
    type Answer = super::milvus::BoolResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/HasCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::LoadCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/LoadCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ReleaseCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ReleaseCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribeCollectionRequest {
    type Answer = super::milvus::DescribeCollectionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::BatchDescribeCollectionRequest {
    type Answer = super::milvus::BatchDescribeCollectionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/BatchDescribeCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }
}

impl Request for super::milvus::GetCollectionStatisticsRequest {
    type Answer = super::milvus::GetCollectionStatisticsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetCollectionStatistics";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ShowCollectionsRequest {
    type Answer = super::milvus::ShowCollectionsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ShowCollections";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }
}

impl Request for super::milvus::AlterCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AlterCollectionFieldRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterCollectionField";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AddCollectionFunctionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AddCollectionFunction";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AlterCollectionFunctionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterCollectionFunction";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropCollectionFunctionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropCollectionFunction";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::TruncateCollectionRequest {
    type Answer = super::milvus::TruncateCollectionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/TruncateCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CreatePartitionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreatePartition";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropPartitionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropPartition";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::HasPartitionRequest {
    type Answer = super::milvus::BoolResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/HasPartition";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::LoadPartitionsRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/LoadPartitions";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::PrewarmRequest {
    type Answer = super::milvus::PrewarmResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Prewarm";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribePrewarmTaskRequest {
    type Answer = super::milvus::DescribePrewarmTaskResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribePrewarmTask";
}

impl Request for super::milvus::ReleasePartitionsRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ReleasePartitions";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetPartitionStatisticsRequest {
    type Answer = super::milvus::GetPartitionStatisticsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetPartitionStatistics";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ShowPartitionsRequest {
    type Answer = super::milvus::ShowPartitionsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ShowPartitions";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CreateNamespaceRequest {
    type Answer = super::milvus::CreateNamespaceResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateNamespace";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribeNamespaceRequest {
    type Answer = super::milvus::DescribeNamespaceResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeNamespace";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ListNamespacesRequest {
    type Answer = super::milvus::ListNamespacesResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListNamespaces";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropNamespaceRequest {
    type Answer = super::milvus::DropNamespaceResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropNamespace";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::HasNamespaceRequest {
    type Answer = super::milvus::HasNamespaceResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/HasNamespace";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetNamespaceStatsRequest {
    type Answer = super::milvus::GetNamespaceStatsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetNamespaceStats";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetLoadingProgressRequest {
    type Answer = super::milvus::GetLoadingProgressResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetLoadingProgress";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetLoadStateRequest {
    type Answer = super::milvus::GetLoadStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetLoadState";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CreateAliasRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateAlias";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropAliasRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropAlias";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }
}

impl Request for super::milvus::AlterAliasRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterAlias";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribeAliasRequest {
    type Answer = super::milvus::DescribeAliasResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeAlias";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }
}

impl Request for super::milvus::ListAliasesRequest {
    type Answer = super::milvus::ListAliasesResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListAliases";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CreateIndexRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateIndex";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AlterIndexRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterIndex";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribeIndexRequest {
    type Answer = super::milvus::DescribeIndexResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeIndex";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetIndexStatisticsRequest {
    type Answer = super::milvus::GetIndexStatisticsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetIndexStatistics";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetIndexStateRequest {
    type Answer = super::milvus::GetIndexStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetIndexState";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetIndexBuildProgressRequest {
    type Answer = super::milvus::GetIndexBuildProgressResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetIndexBuildProgress";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropIndexRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropIndex";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::InsertRequest {
    type Answer = super::milvus::MutationResult;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Insert";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DeleteRequest {
    type Answer = super::milvus::MutationResult;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Delete";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::UpsertRequest {
    type Answer = super::milvus::MutationResult;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Upsert";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::SearchRequest {
    type Answer = super::milvus::SearchResults;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Search";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::HybridSearchRequest {
    type Answer = super::milvus::SearchResults;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/HybridSearch";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::FlushRequest {
    type Answer = super::milvus::FlushResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Flush";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }
}

impl Request for super::milvus::QueryRequest {
    type Answer = super::milvus::QueryResults;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Query";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CalcDistanceRequest {
    type Answer = super::milvus::CalcDistanceResults;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CalcDistance";
}

impl Request for super::milvus::FlushAllRequest {
    type Answer = super::milvus::FlushAllResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/FlushAll";
}

impl Request for super::milvus::AddCollectionFieldRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AddCollectionField";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AddCollectionStructFieldRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AddCollectionStructField";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetFlushStateRequest {
    type Answer = super::milvus::GetFlushStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetFlushState";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetFlushAllStateRequest {
    type Answer = super::milvus::GetFlushAllStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetFlushAllState";
}

impl Request for super::milvus::GetPersistentSegmentInfoRequest {
    type Answer = super::milvus::GetPersistentSegmentInfoResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetPersistentSegmentInfo";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetQuerySegmentInfoRequest {
    type Answer = super::milvus::GetQuerySegmentInfoResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetQuerySegmentInfo";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetReplicasRequest {
    type Answer = super::milvus::GetReplicasResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetReplicas";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DummyRequest {
    type Answer = super::milvus::DummyResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Dummy";
}

impl Request for super::milvus::RegisterLinkRequest {
    type Answer = super::milvus::RegisterLinkResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RegisterLink";
}

impl Request for super::milvus::GetMetricsRequest {
    type Answer = super::milvus::GetMetricsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetMetrics";
}

impl Request for super::milvus::GetComponentStatesRequest {
    type Answer = super::milvus::ComponentStates;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetComponentStates";
}

impl Request for super::milvus::LoadBalanceRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/LoadBalance";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetCompactionStateRequest {
    type Answer = super::milvus::GetCompactionStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetCompactionState";
}

impl Request for super::milvus::ManualCompactionRequest {
    type Answer = super::milvus::ManualCompactionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ManualCompaction";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetCompactionPlansRequest {
    type Answer = super::milvus::GetCompactionPlansResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetCompactionStateWithPlans";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ImportRequest {
    type Answer = super::milvus::ImportResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Import";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetImportStateRequest {
    type Answer = super::milvus::GetImportStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetImportState";
}

impl Request for super::milvus::ListImportTasksRequest {
    type Answer = super::milvus::ListImportTasksResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListImportTasks";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::CreateCredentialRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateCredential";
}

impl Request for super::milvus::UpdateCredentialRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/UpdateCredential";
}

impl Request for super::milvus::DeleteCredentialRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DeleteCredential";
}

impl Request for super::milvus::ListCredUsersRequest {
    type Answer = super::milvus::ListCredUsersResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListCredUsers";
}

impl Request for super::milvus::CreateRoleRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateRole";
}

impl Request for super::milvus::AlterRoleRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterRole";
}

impl Request for super::milvus::DropRoleRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropRole";
}

impl Request for super::milvus::OperateUserRoleRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/OperateUserRole";
}

impl Request for super::milvus::SelectRoleRequest {
    type Answer = super::milvus::SelectRoleResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/SelectRole";
}

impl Request for super::milvus::SelectUserRequest {
    type Answer = super::milvus::SelectUserResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/SelectUser";
}

impl Request for super::milvus::OperatePrivilegeRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/OperatePrivilege";
}

impl Request for super::milvus::OperatePrivilegeV2Request {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/OperatePrivilegeV2";

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::SelectGrantRequest {
    type Answer = super::milvus::SelectGrantResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/SelectGrant";
}

impl Request for super::milvus::GetVersionRequest {
    type Answer = super::milvus::GetVersionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetVersion";
}

impl Request for super::milvus::CheckHealthRequest {
    type Answer = super::milvus::CheckHealthResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CheckHealth";
}

impl Request for super::milvus::CreateResourceGroupRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateResourceGroup";
}

impl Request for super::milvus::DropResourceGroupRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropResourceGroup";
}

impl Request for super::milvus::UpdateResourceGroupsRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/UpdateResourceGroups";
}

impl Request for super::milvus::TransferNodeRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/TransferNode";
}

impl Request for super::milvus::TransferReplicaRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/TransferReplica";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ListResourceGroupsRequest {
    type Answer = super::milvus::ListResourceGroupsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListResourceGroups";
}

impl Request for super::milvus::DescribeResourceGroupRequest {
    type Answer = super::milvus::DescribeResourceGroupResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeResourceGroup";
}

impl Request for super::milvus::RenameCollectionRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RenameCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.old_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.old_name)
    }
}

impl Request for super::feder::ListIndexedSegmentRequest {
    type Answer = super::feder::ListIndexedSegmentResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListIndexedSegment";

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::feder::DescribeSegmentIndexDataRequest {
    type Answer = super::feder::DescribeSegmentIndexDataResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeSegmentIndexData";

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ConnectRequest {
    type Answer = super::milvus::ConnectResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/Connect";
}

impl Request for super::milvus::AllocTimestampRequest {
    type Answer = super::milvus::AllocTimestampResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AllocTimestamp";
}

impl Request for super::milvus::CreateDatabaseRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateDatabase";
}

impl Request for super::milvus::DropDatabaseRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropDatabase";
}

impl Request for super::milvus::ListDatabasesRequest {
    type Answer = super::milvus::ListDatabasesResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListDatabases";
}

impl Request for super::milvus::AlterDatabaseRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterDatabase";
}

impl Request for super::milvus::DescribeDatabaseRequest {
    type Answer = super::milvus::DescribeDatabaseResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeDatabase";
}

impl Request for super::milvus::ReplicateMessageRequest {
    type Answer = super::milvus::ReplicateMessageResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ReplicateMessage";
}

impl Request for super::milvus::BackupRbacMetaRequest {
    type Answer = super::milvus::BackupRbacMetaResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/BackupRBAC";
}

impl Request for super::milvus::RestoreRbacMetaRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RestoreRBAC";
}

impl Request for super::milvus::CreatePrivilegeGroupRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreatePrivilegeGroup";
}

impl Request for super::milvus::DropPrivilegeGroupRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropPrivilegeGroup";
}

impl Request for super::milvus::ListPrivilegeGroupsRequest {
    type Answer = super::milvus::ListPrivilegeGroupsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListPrivilegeGroups";
}

impl Request for super::milvus::OperatePrivilegeGroupRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/OperatePrivilegeGroup";
}

impl Request for super::milvus::RunAnalyzerRequest {
    type Answer = super::milvus::RunAnalyzerResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RunAnalyzer";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::AddFileResourceRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AddFileResource";
}

impl Request for super::milvus::RemoveFileResourceRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RemoveFileResource";
}

impl Request for super::milvus::ListFileResourcesRequest {
    type Answer = super::milvus::ListFileResourcesResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListFileResources";
}

impl Request for super::milvus::AddUserTagsRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AddUserTags";
}

impl Request for super::milvus::DeleteUserTagsRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DeleteUserTags";
}

impl Request for super::milvus::GetUserTagsRequest {
    type Answer = super::milvus::GetUserTagsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetUserTags";
}

impl Request for super::milvus::ListUsersWithTagRequest {
    type Answer = super::milvus::ListUsersWithTagResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListUsersWithTag";
}

impl Request for super::milvus::CreateRowPolicyRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateRowPolicy";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropRowPolicyRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropRowPolicy";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ListRowPoliciesRequest {
    type Answer = super::milvus::ListRowPoliciesResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListRowPolicies";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::UpdateReplicateConfigurationRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/UpdateReplicateConfiguration";
}

impl Request for super::milvus::GetReplicateConfigurationRequest {
    type Answer = super::milvus::GetReplicateConfigurationResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetReplicateConfiguration";
}

impl Request for super::milvus::GetReplicateInfoRequest {
    type Answer = super::milvus::GetReplicateInfoResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetReplicateInfo";
}

impl Request for super::milvus::ComputePhraseMatchSlopRequest {
    type Answer = super::milvus::ComputePhraseMatchSlopResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ComputePhraseMatchSlop";
}

impl Request for super::milvus::CreateSnapshotRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/CreateSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DropSnapshotRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DropSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ListSnapshotsRequest {
    type Answer = super::milvus::ListSnapshotsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListSnapshots";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::DescribeSnapshotRequest {
    type Answer = super::milvus::DescribeSnapshotResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/DescribeSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::RestoreSnapshotRequest {
    type Answer = super::milvus::RestoreSnapshotResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RestoreSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::RestoreExternalSnapshotRequest {
    type Answer = super::milvus::RestoreExternalSnapshotResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RestoreExternalSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.target_collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.target_collection_name)
    }
}

impl Request for super::milvus::ExportSnapshotRequest {
    type Answer = super::milvus::ExportSnapshotResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ExportSnapshot";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetExportSnapshotStateRequest {
    type Answer = super::milvus::GetExportSnapshotStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetExportSnapshotState";
}

impl Request for super::milvus::GetRestoreSnapshotStateRequest {
    type Answer = super::milvus::GetRestoreSnapshotStateResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetRestoreSnapshotState";
}

impl Request for super::milvus::ListRestoreSnapshotJobsRequest {
    type Answer = super::milvus::ListRestoreSnapshotJobsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListRestoreSnapshotJobs";

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::PinSnapshotDataRequest {
    type Answer = super::milvus::PinSnapshotDataResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/PinSnapshotData";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::UnpinSnapshotDataRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/UnpinSnapshotData";
}

impl Request for super::milvus::AlterCollectionSchemaRequest {
    type Answer = super::milvus::AlterCollectionSchemaResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/AlterCollectionSchema";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::BatchUpdateManifestRequest {
    type Answer = super::common::Status;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/BatchUpdateManifest";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::RefreshExternalCollectionRequest {
    type Answer = super::milvus::RefreshExternalCollectionResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/RefreshExternalCollection";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::GetRefreshExternalCollectionProgressRequest {
    type Answer = super::milvus::GetRefreshExternalCollectionProgressResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/GetRefreshExternalCollectionProgress";
}

impl Request for super::milvus::ListRefreshExternalCollectionJobsRequest {
    type Answer = super::milvus::ListRefreshExternalCollectionJobsResponse;
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/ListRefreshExternalCollectionJobs";

    fn database(&self) -> Option<&str> {
        Some(&self.db_name)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.db_name)
    }

    fn collection(&self) -> Option<&str> {
        Some(&self.collection_name)
    }

    fn collection_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.collection_name)
    }
}

impl Request for super::milvus::ClientHeartbeatRequest {
    type Answer = super::milvus::ClientHeartbeatResponse;
    const PATH: &'static str = "/milvus.proto.milvus.ClientTelemetryService/ClientHeartbeat";
}

impl Request for super::milvus::GetClientTelemetryRequest {
    type Answer = super::milvus::GetClientTelemetryResponse;
    const PATH: &'static str = "/milvus.proto.milvus.ClientTelemetryService/GetClientTelemetry";

    fn database(&self) -> Option<&str> {
        Some(&self.database)
    }

    fn database_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.database)
    }
}

impl Request for super::milvus::PushClientCommandRequest {
    type Answer = super::milvus::PushClientCommandResponse;
    const PATH: &'static str = "/milvus.proto.milvus.ClientTelemetryService/PushClientCommand";
}

impl Request for super::milvus::DeleteClientCommandRequest {
    type Answer = super::milvus::DeleteClientCommandResponse;
    const PATH: &'static str = "/milvus.proto.milvus.ClientTelemetryService/DeleteClientCommand";
}

impl Answer for super::common::Status {
    fn status(&self) -> Option<&super::common::Status> {
        Some(self)
    }
}

impl Answer for super::feder::DescribeSegmentIndexDataResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::feder::ListIndexedSegmentResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::AllocTimestampResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::AlterCollectionSchemaResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.alter_status.as_ref()
    }
}

impl Answer for super::milvus::BackupRbacMetaResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::BatchDescribeCollectionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::BoolResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::CalcDistanceResults {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::CheckHealthResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ClientHeartbeatResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ComponentStates {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ComputePhraseMatchSlopResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ConnectResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::CreateNamespaceResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DeleteClientCommandResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeAliasResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeCollectionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeDatabaseResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeIndexResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeNamespaceResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribePrewarmTaskResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeResourceGroupResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DescribeSnapshotResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DropNamespaceResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::DummyResponse {
    fn status(&self) -> Option<&super::common::Status> {
        None
    }
}

impl Answer for super::milvus::DumpMessagesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        match &self.response {
            Some(super::milvus::dump_messages_response::Response::Status(status)) => Some(status),
            _ => None,
        }
    }
}

impl Answer for super::milvus::ExportSnapshotResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::FlushAllResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::FlushResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetClientTelemetryResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetCollectionStatisticsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetCompactionPlansResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetCompactionStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetExportSnapshotStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetFlushAllStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetFlushStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetImportStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetIndexBuildProgressResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetIndexStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetIndexStatisticsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetLoadStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetLoadingProgressResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetMetricsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetNamespaceStatsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetPartitionStatisticsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetPersistentSegmentInfoResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetQuerySegmentInfoResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetRefreshExternalCollectionProgressResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetReplicasResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetReplicateConfigurationResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetReplicateInfoResponse {
    fn status(&self) -> Option<&super::common::Status> {
        None
    }
}

impl Answer for super::milvus::GetRestoreSnapshotStateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetUserTagsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::GetVersionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::HasNamespaceResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ImportResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListAliasesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListCredUsersResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListDatabasesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListFileResourcesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListImportTasksResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListNamespacesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListPrivilegeGroupsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListRefreshExternalCollectionJobsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListResourceGroupsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListRestoreSnapshotJobsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListRowPoliciesResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListSnapshotsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ListUsersWithTagResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ManualCompactionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::MutationResult {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::PinSnapshotDataResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::PrewarmResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::PushClientCommandResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::QueryResults {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::RefreshExternalCollectionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::RegisterLinkResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ReplicateMessageResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ReplicateResponse {
    fn status(&self) -> Option<&super::common::Status> {
        None
    }
}

impl Answer for super::milvus::RestoreExternalSnapshotResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::RestoreSnapshotResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::RunAnalyzerResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::SearchResults {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::SelectGrantResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::SelectRoleResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::SelectUserResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ShowCollectionsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::ShowPartitionsResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

impl Answer for super::milvus::TruncateCollectionResponse {
    fn status(&self) -> Option<&super::common::Status> {
        self.status.as_ref()
    }
}

