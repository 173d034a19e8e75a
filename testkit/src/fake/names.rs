//! The names by which tests refer to calls.

use crate::proto::RPCS;

/// The methods of `Client`, each with the RPC that does its work.
#[rustfmt::skip]
const OPERATIONS: [(&str, &str); 126] = [
    ("add_collection_field", "AlterCollectionSchema"), ("add_collection_function", "AddCollectionFunction"),
    ("add_collection_struct_field", "AddCollectionStructField"), ("add_file_resource", "AddFileResource"),
    ("add_function_field", "AlterCollectionSchema"), ("add_privileges_to_group", "OperatePrivilegeGroup"),
    ("alter_alias", "AlterAlias"), ("alter_collection_field", "AlterCollectionField"),
    ("alter_collection_function", "AlterCollectionFunction"), ("alter_collection_properties", "AlterCollection"),
    ("alter_database_properties", "AlterDatabase"), ("alter_index_properties", "AlterIndex"),
    ("alter_role", "AlterRole"), ("check_health", "CheckHealth"), ("client_heartbeat", "ClientHeartbeat"),
    ("compact", "ManualCompaction"), ("count", "Query"), ("create_alias", "CreateAlias"),
    ("create_collection", "CreateCollection"), ("create_database", "CreateDatabase"), ("create_index", "CreateIndex"),
    ("create_partition", "CreatePartition"), ("create_privilege_group", "CreatePrivilegeGroup"),
    ("create_resource_group", "CreateResourceGroup"), ("create_role", "CreateRole"),
    ("create_snapshot", "CreateSnapshot"), ("create_user", "CreateCredential"), ("delete", "Delete"),
    ("delete_client_command", "DeleteClientCommand"), ("describe_alias", "DescribeAlias"),
    ("describe_collection", "DescribeCollection"), ("describe_database", "DescribeDatabase"),
    ("describe_index", "DescribeIndex"), ("describe_replica", "GetReplicas"),
    ("describe_resource_group", "DescribeResourceGroup"), ("describe_role", "SelectRole"),
    ("describe_snapshot", "DescribeSnapshot"), ("describe_user", "SelectUser"), ("drop_alias", "DropAlias"),
    ("drop_collection", "DropCollection"), ("drop_collection_field", "AlterCollectionSchema"),
    ("drop_collection_function", "DropCollectionFunction"), ("drop_collection_properties", "AlterCollection"),
    ("drop_database", "DropDatabase"), ("drop_database_properties", "AlterDatabase"),
    ("drop_function_field", "AlterCollectionSchema"), ("drop_index", "DropIndex"),
    ("drop_index_properties", "AlterIndex"), ("drop_partition", "DropPartition"),
    ("drop_privilege_group", "DropPrivilegeGroup"), ("drop_resource_group", "DropResourceGroup"),
    ("drop_role", "DropRole"), ("drop_snapshot", "DropSnapshot"), ("drop_user", "DeleteCredential"),
    ("dump_messages", "DumpMessages"), ("flush", "Flush"), ("flush_all", "FlushAll"), ("get", "Query"),
    ("get_client_telemetry", "GetClientTelemetry"), ("get_collection_stats", "GetCollectionStatistics"),
    ("get_compaction_plans", "GetCompactionStateWithPlans"), ("get_compaction_state", "GetCompactionState"),
    ("get_flush_all_state", "GetFlushAllState"), ("get_load_state", "GetLoadState"),
    ("get_partition_stats", "GetPartitionStatistics"),
    ("get_refresh_external_collection_progress", "GetRefreshExternalCollectionProgress"),
    ("get_replicate_configuration", "GetReplicateConfiguration"), ("get_replicate_info", "GetReplicateInfo"),
    ("get_restore_snapshot_state", "GetRestoreSnapshotState"), ("get_server_info", "Connect"),
    ("get_server_version", "GetVersion"), ("grant_privilege", "OperatePrivilege"),
    ("grant_privilege_v2", "OperatePrivilegeV2"), ("grant_role", "OperateUserRole"),
    ("has_collection", "HasCollection"), ("has_partition", "HasPartition"), ("hybrid_search", "HybridSearch"),
    ("insert", "Insert"), ("insert_stream", "Insert"), ("list_aliases", "ListAliases"),
    ("list_collections", "ShowCollections"),
    ("list_compaction_tasks", "GetCompactionStateWithPlans"), ("list_databases", "ListDatabases"),
    ("list_file_resources", "ListFileResources"), ("list_indexes", "DescribeIndex"),
    ("list_loaded_segments", "GetQuerySegmentInfo"), ("list_partitions", "ShowPartitions"),
    ("list_persistent_segments", "GetPersistentSegmentInfo"), ("list_privilege_groups", "ListPrivilegeGroups"),
    ("list_refresh_external_collection_jobs", "ListRefreshExternalCollectionJobs"),
    ("list_resource_groups", "ListResourceGroups"), ("list_restore_snapshot_jobs", "ListRestoreSnapshotJobs"),
    ("list_roles", "SelectRole"), ("list_segments", "GetPersistentSegmentInfo"), ("list_snapshots", "ListSnapshots"),
    ("list_users", "ListCredUsers"), ("load_collection", "LoadCollection"), ("load_partitions", "LoadPartitions"),
    ("optimize", "ManualCompaction"), ("pin_snapshot_data", "PinSnapshotData"),
    ("push_client_command", "PushClientCommand"), ("query", "Query"),
    ("refresh_external_collection", "RefreshExternalCollection"), ("refresh_load", "LoadCollection"),
    ("release_collection", "ReleaseCollection"), ("release_partitions", "ReleasePartitions"),
    ("remove_file_resource", "RemoveFileResource"), ("remove_privileges_from_group", "OperatePrivilegeGroup"),
    ("rename_collection", "RenameCollection"), ("restore_snapshot", "RestoreSnapshot"),
    ("revoke_privilege", "OperatePrivilege"), ("revoke_privilege_v2", "OperatePrivilegeV2"),
    ("revoke_role", "OperateUserRole"), ("run_analyzer", "RunAnalyzer"), ("search", "Search"),
    ("search_by_ids", "Search"), ("search_many", "Search"), ("transfer_replica", "TransferReplica"),
    ("truncate_collection", "TruncateCollection"), ("unpin_snapshot_data", "UnpinSnapshotData"),
    ("update_password", "UpdateCredential"), ("update_replicate_configuration", "UpdateReplicateConfiguration"),
    ("update_resource_groups", "UpdateResourceGroups"), ("update_user", "UpdateCredential"), ("upsert", "Upsert"),
    ("upsert_stream", "Upsert"),
];

/// The RPC of an operation such as `search`, or with a name such as `Search`.
///
/// # Panics
///
/// There is neither.
#[track_caller]
pub(super) fn rpc(name: &str) -> &'static str {
    if let Some(rpc) = RPCS.into_iter().find(|rpc| *rpc == name) {
        return rpc;
    }
    let mut operations = OPERATIONS.into_iter();
    let found = operations.find(|(operation, _)| *operation == name);
    found.map_or_else(|| panic!("{}", unknown(name)), |(_, rpc)| rpc)
}

/// The message for a name that is neither, with all that are valid.
fn unknown(name: &str) -> String {
    let operations: Vec<&str> = OPERATIONS
        .into_iter()
        .map(|(operation, _)| operation)
        .collect();
    let plain = |name: &str| name.to_lowercase().replace(['_', ' '], "");
    let near = operations.iter().find(|known| plain(known) == plain(name));
    let hint = near.map(|near| format!(", did you mean {near:?}?"));
    format!(
        "there is no operation and no RPC {name:?}{}\nthe operations are {}\nthe RPCs are {}",
        hint.unwrap_or_default(),
        operations.join(", "),
        RPCS.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_have_the_names_of_operations_and_of_rpcs() {
        assert_eq!(rpc("get"), "Query");
        assert_eq!(rpc("Search"), "Search");
        assert_eq!(rpc("list_collections"), "ShowCollections");
        for (operation, name) in OPERATIONS {
            assert!(RPCS.contains(&name), "{operation}: {name}");
        }
    }

    #[test]
    #[should_panic(expected = "did you mean \"create_collection\"?")]
    fn a_misspelled_name_is_refused_with_the_names() {
        rpc("createCollection");
    }
}
