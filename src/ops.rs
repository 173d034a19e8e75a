//! The operations of a [`Client`](crate::Client): their types, and what they return.
//!
//! Each operation is a method of [`Client`](crate::Client). It returns a builder, whose methods set optional arguments. The
//! builder is also a lazy future: `.await`, or any other first poll, sends the request. So an operation can be passed to
//! everything that takes a future:
//!
//! ```no_run
//! # async fn example(client: milvus_otel::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use tracing::Instrument;
//!
//! let drop = client.drop_collection("books").timeout(Duration::from_secs(30));
//! tokio::spawn(drop.instrument(tracing::info_span!("cleanup"))).await??;
//! # Ok(())
//! # }
//! ```
//!
//! - Nothing is sent, and no span begins, before the first poll. The span's parent is the context of the first poll.
//! - An argument that cannot work is refused when the operation is awaited, before anything is sent. The error names the
//!   argument ([`is_invalid_argument`](crate::Error::is_invalid_argument)).
//! - Dropping an operation cancels it. A request that was sent may still be executed by the server.
//! - Operations own what they need, and most implement `Clone`, so that one can be prepared and sent many times. `insert`
//!   and `upsert` may borrow their rows, and are not `Clone`, nor are `insert_stream` and `upsert_stream`.
//!
//! # Panics
//!
//! After its first poll an operation is only a future: cloning it, or calling one of its setters, panics. So does polling it
//! after it has completed.
//!
//! # By resource
//!
//! | resource | operations |
//! |---|---|
//! | rows | [`insert`], [`upsert`], [`insert_stream`], [`upsert_stream`], [`delete`]; read with [`search`], [`search_many`], [`search_by_ids`], [`hybrid_search`], [`query`], [`get`], [`count`] |
//! | collections | [`create_collection`], [`describe_collection`], [`has_collection`], [`list_collections`], [`rename_collection`], [`truncate_collection`], [`drop_collection`]; [`get_collection_stats`]; [`alter_collection_properties`], [`drop_collection_properties`] |
//! | fields and functions | [`add_collection_field`], [`add_collection_struct_field`], [`alter_collection_field`], [`drop_collection_field`]; [`add_function_field`], [`drop_function_field`], [`add_collection_function`], [`alter_collection_function`], [`drop_collection_function`] |
//! | indexes | [`create_index`], [`describe_index`], [`list_indexes`], [`alter_index_properties`], [`drop_index_properties`], [`drop_index`] |
//! | memory | [`load_collection`], [`load_partitions`], [`refresh_load`], [`get_load_state`], [`release_collection`], [`release_partitions`] |
//! | partitions | [`create_partition`], [`has_partition`], [`list_partitions`], [`get_partition_stats`], [`drop_partition`] |
//! | aliases | [`create_alias`], [`alter_alias`], [`describe_alias`], [`list_aliases`], [`drop_alias`] |
//! | databases | [`create_database`], [`describe_database`], [`list_databases`], [`alter_database_properties`], [`drop_database_properties`], [`drop_database`]; [`in_database`] works in one |
//! | users and roles | [`create_user`], [`update_password`], [`update_user`], [`describe_user`], [`list_users`], [`drop_user`]; [`create_role`], [`alter_role`], [`describe_role`], [`list_roles`], [`drop_role`]; [`grant_role`], [`revoke_role`]; [`with_user`] and [`with_token`] act as one |
//! | privileges | [`grant_privilege_v2`], [`revoke_privilege_v2`]; before Milvus 2.5 [`grant_privilege`], [`revoke_privilege`]; groups: [`create_privilege_group`], [`add_privileges_to_group`], [`remove_privileges_from_group`], [`list_privilege_groups`], [`drop_privilege_group`] |
//! | storage | [`flush`], [`flush_all`], [`get_flush_all_state`]; [`compact`], [`get_compaction_state`], [`get_compaction_plans`], [`list_compaction_tasks`]; [`optimize`]; [`list_segments`], [`list_persistent_segments`], [`list_loaded_segments`] |
//! | query nodes | [`create_resource_group`], [`update_resource_groups`], [`describe_resource_group`], [`list_resource_groups`], [`drop_resource_group`]; [`describe_replica`], [`transfer_replica`] |
//! | snapshots | [`create_snapshot`], [`describe_snapshot`], [`list_snapshots`], [`drop_snapshot`]; [`restore_snapshot`], [`get_restore_snapshot_state`], [`list_restore_snapshot_jobs`]; [`pin_snapshot_data`], [`unpin_snapshot_data`] |
//! | external data | [`refresh_external_collection`], [`get_refresh_external_collection_progress`], [`list_refresh_external_collection_jobs`]; [`add_file_resource`], [`list_file_resources`], [`remove_file_resource`]; [`run_analyzer`] |
//! | server | [`get_server_version`], [`get_server_info`], [`check_health`]; replication: [`update_replicate_configuration`], [`get_replicate_configuration`], [`get_replicate_info`], [`dump_messages`]; telemetry of clients: [`get_client_telemetry`], [`client_heartbeat`], [`push_client_command`], [`delete_client_command`] |
//! | any RPC | [`send`], [`raw`] |
//!
//! [`collection`](crate::Client::collection) returns a handle for a collection whose rows have a Rust type, with the
//! operations on rows, [`ensure`](TypedCollection::ensure) and [`check`](TypedCollection::check).
//!
//! [`add_collection_field`]: crate::Client::add_collection_field
//! [`add_collection_function`]: crate::Client::add_collection_function
//! [`add_collection_struct_field`]: crate::Client::add_collection_struct_field
//! [`add_file_resource`]: crate::Client::add_file_resource
//! [`add_function_field`]: crate::Client::add_function_field
//! [`add_privileges_to_group`]: crate::Client::add_privileges_to_group
//! [`alter_alias`]: crate::Client::alter_alias
//! [`alter_collection_field`]: crate::Client::alter_collection_field
//! [`alter_collection_function`]: crate::Client::alter_collection_function
//! [`alter_collection_properties`]: crate::Client::alter_collection_properties
//! [`alter_database_properties`]: crate::Client::alter_database_properties
//! [`alter_index_properties`]: crate::Client::alter_index_properties
//! [`alter_role`]: crate::Client::alter_role
//! [`check_health`]: crate::Client::check_health
//! [`client_heartbeat`]: crate::Client::client_heartbeat
//! [`compact`]: crate::Client::compact
//! [`count`]: crate::Client::count
//! [`create_alias`]: crate::Client::create_alias
//! [`create_collection`]: crate::Client::create_collection
//! [`create_database`]: crate::Client::create_database
//! [`create_index`]: crate::Client::create_index
//! [`create_partition`]: crate::Client::create_partition
//! [`create_privilege_group`]: crate::Client::create_privilege_group
//! [`create_resource_group`]: crate::Client::create_resource_group
//! [`create_role`]: crate::Client::create_role
//! [`create_snapshot`]: crate::Client::create_snapshot
//! [`create_user`]: crate::Client::create_user
//! [`delete`]: crate::Client::delete
//! [`delete_client_command`]: crate::Client::delete_client_command
//! [`describe_alias`]: crate::Client::describe_alias
//! [`describe_collection`]: crate::Client::describe_collection
//! [`describe_database`]: crate::Client::describe_database
//! [`describe_index`]: crate::Client::describe_index
//! [`describe_replica`]: crate::Client::describe_replica
//! [`describe_resource_group`]: crate::Client::describe_resource_group
//! [`describe_role`]: crate::Client::describe_role
//! [`describe_snapshot`]: crate::Client::describe_snapshot
//! [`describe_user`]: crate::Client::describe_user
//! [`drop_alias`]: crate::Client::drop_alias
//! [`drop_collection`]: crate::Client::drop_collection
//! [`drop_collection_field`]: crate::Client::drop_collection_field
//! [`drop_collection_function`]: crate::Client::drop_collection_function
//! [`drop_collection_properties`]: crate::Client::drop_collection_properties
//! [`drop_database`]: crate::Client::drop_database
//! [`drop_database_properties`]: crate::Client::drop_database_properties
//! [`drop_function_field`]: crate::Client::drop_function_field
//! [`drop_index`]: crate::Client::drop_index
//! [`drop_index_properties`]: crate::Client::drop_index_properties
//! [`drop_partition`]: crate::Client::drop_partition
//! [`drop_privilege_group`]: crate::Client::drop_privilege_group
//! [`drop_resource_group`]: crate::Client::drop_resource_group
//! [`drop_role`]: crate::Client::drop_role
//! [`drop_snapshot`]: crate::Client::drop_snapshot
//! [`drop_user`]: crate::Client::drop_user
//! [`dump_messages`]: crate::Client::dump_messages
//! [`flush`]: crate::Client::flush
//! [`flush_all`]: crate::Client::flush_all
//! [`get`]: crate::Client::get
//! [`get_client_telemetry`]: crate::Client::get_client_telemetry
//! [`get_collection_stats`]: crate::Client::get_collection_stats
//! [`get_compaction_plans`]: crate::Client::get_compaction_plans
//! [`get_compaction_state`]: crate::Client::get_compaction_state
//! [`get_flush_all_state`]: crate::Client::get_flush_all_state
//! [`get_load_state`]: crate::Client::get_load_state
//! [`get_partition_stats`]: crate::Client::get_partition_stats
//! [`get_refresh_external_collection_progress`]: crate::Client::get_refresh_external_collection_progress
//! [`get_replicate_configuration`]: crate::Client::get_replicate_configuration
//! [`get_replicate_info`]: crate::Client::get_replicate_info
//! [`get_restore_snapshot_state`]: crate::Client::get_restore_snapshot_state
//! [`get_server_info`]: crate::Client::get_server_info
//! [`get_server_version`]: crate::Client::get_server_version
//! [`grant_privilege`]: crate::Client::grant_privilege
//! [`grant_privilege_v2`]: crate::Client::grant_privilege_v2
//! [`grant_role`]: crate::Client::grant_role
//! [`has_collection`]: crate::Client::has_collection
//! [`has_partition`]: crate::Client::has_partition
//! [`hybrid_search`]: crate::Client::hybrid_search
//! [`in_database`]: crate::Client::in_database
//! [`insert`]: crate::Client::insert
//! [`insert_stream`]: crate::Client::insert_stream
//! [`list_aliases`]: crate::Client::list_aliases
//! [`list_collections`]: crate::Client::list_collections
//! [`list_compaction_tasks`]: crate::Client::list_compaction_tasks
//! [`list_databases`]: crate::Client::list_databases
//! [`list_file_resources`]: crate::Client::list_file_resources
//! [`list_indexes`]: crate::Client::list_indexes
//! [`list_loaded_segments`]: crate::Client::list_loaded_segments
//! [`list_partitions`]: crate::Client::list_partitions
//! [`list_persistent_segments`]: crate::Client::list_persistent_segments
//! [`list_privilege_groups`]: crate::Client::list_privilege_groups
//! [`list_refresh_external_collection_jobs`]: crate::Client::list_refresh_external_collection_jobs
//! [`list_resource_groups`]: crate::Client::list_resource_groups
//! [`list_restore_snapshot_jobs`]: crate::Client::list_restore_snapshot_jobs
//! [`list_roles`]: crate::Client::list_roles
//! [`list_segments`]: crate::Client::list_segments
//! [`list_snapshots`]: crate::Client::list_snapshots
//! [`list_users`]: crate::Client::list_users
//! [`load_collection`]: crate::Client::load_collection
//! [`load_partitions`]: crate::Client::load_partitions
//! [`optimize`]: crate::Client::optimize
//! [`pin_snapshot_data`]: crate::Client::pin_snapshot_data
//! [`push_client_command`]: crate::Client::push_client_command
//! [`query`]: crate::Client::query
//! [`raw`]: crate::Client::raw
//! [`refresh_external_collection`]: crate::Client::refresh_external_collection
//! [`refresh_load`]: crate::Client::refresh_load
//! [`release_collection`]: crate::Client::release_collection
//! [`release_partitions`]: crate::Client::release_partitions
//! [`remove_file_resource`]: crate::Client::remove_file_resource
//! [`remove_privileges_from_group`]: crate::Client::remove_privileges_from_group
//! [`rename_collection`]: crate::Client::rename_collection
//! [`restore_snapshot`]: crate::Client::restore_snapshot
//! [`revoke_privilege`]: crate::Client::revoke_privilege
//! [`revoke_privilege_v2`]: crate::Client::revoke_privilege_v2
//! [`revoke_role`]: crate::Client::revoke_role
//! [`run_analyzer`]: crate::Client::run_analyzer
//! [`search`]: crate::Client::search
//! [`search_by_ids`]: crate::Client::search_by_ids
//! [`search_many`]: crate::Client::search_many
//! [`send`]: crate::Client::send
//! [`transfer_replica`]: crate::Client::transfer_replica
//! [`truncate_collection`]: crate::Client::truncate_collection
//! [`unpin_snapshot_data`]: crate::Client::unpin_snapshot_data
//! [`update_password`]: crate::Client::update_password
//! [`update_replicate_configuration`]: crate::Client::update_replicate_configuration
//! [`update_resource_groups`]: crate::Client::update_resource_groups
//! [`update_user`]: crate::Client::update_user
//! [`upsert`]: crate::Client::upsert
//! [`upsert_stream`]: crate::Client::upsert_stream
//! [`with_token`]: crate::Client::with_token
//! [`with_user`]: crate::Client::with_user
//!
//! # RPCs and spans
//!
//! Each RPC is a CLIENT span; an operation that makes several has an INTERNAL span of its own over them, and so has a
//! stream over its pages.
//!
//! <!-- operations, from the code -->
//!
//! | operation | RPCs |
//! |---|---|
//! | [`add_collection_struct_field`](crate::Client::add_collection_struct_field) | `AddCollectionStructField` |
//! | [`alter_index_properties`](crate::Client::alter_index_properties) | `AlterIndex` |
//! | [`alter_alias`](crate::Client::alter_alias) | `AlterAlias` |
//! | [`check_health`](crate::Client::check_health) | `CheckHealth` |
//! | [`count`](crate::Client::count) | `Query` |
//! | [`create_alias`](crate::Client::create_alias) | `CreateAlias` |
//! | [`create_collection`](crate::Client::create_collection) | `CreateCollection`, `CreateIndex`, `DescribeIndex`, `LoadCollection`, `GetLoadingProgress`. The last four only if there is an index to build. Before them `GetVersion`, once per connection, if the schema uses what not every server has and the version is not known. |
//! | [`create_index`](crate::Client::create_index) | `CreateIndex`, `DescribeIndex`. `DescribeIndex` until the index is built. |
//! | [`create_partition`](crate::Client::create_partition) | `CreatePartition` |
//! | [`delete`](crate::Client::delete) | `DescribeCollection`, `Delete`. `DescribeCollection` only if rows are given by primary keys. |
//! | [`describe_alias`](crate::Client::describe_alias) | `DescribeAlias` |
//! | [`describe_collection`](crate::Client::describe_collection) | `DescribeCollection` |
//! | [`describe_index`](crate::Client::describe_index) | `DescribeIndex` |
//! | [`drop_alias`](crate::Client::drop_alias) | `DropAlias` |
//! | [`drop_collection`](crate::Client::drop_collection) | `DropCollection` |
//! | [`drop_index`](crate::Client::drop_index) | `DropIndex` |
//! | [`drop_index_properties`](crate::Client::drop_index_properties) | `AlterIndex` |
//! | [`drop_partition`](crate::Client::drop_partition) | `DropPartition` |
//! | [`get`](crate::Client::get) | `DescribeCollection`, `Query`. Before Milvus 2.5 `DescribeCollection` again after `Query`. |
//! | [`get_load_state`](crate::Client::get_load_state) | `GetLoadState`, `GetLoadingProgress`. `GetLoadingProgress` only while the collection is being loaded. |
//! | [`get_server_info`](crate::Client::get_server_info) | `Connect` |
//! | [`get_server_version`](crate::Client::get_server_version) | `GetVersion` |
//! | [`has_collection`](crate::Client::has_collection) | `HasCollection` |
//! | [`has_partition`](crate::Client::has_partition) | `HasPartition` |
//! | [`hybrid_search`](crate::Client::hybrid_search) | `HybridSearch` |
//! | [`insert`](crate::Client::insert) | `DescribeCollection`, `Insert`. Several `Insert` if the rows do not fit into one. |
//! | [`insert_stream`](crate::Client::insert_stream) | `DescribeCollection`, `Insert`. `Insert` for each batch. |
//! | [`list_aliases`](crate::Client::list_aliases) | `ListAliases` |
//! | [`list_collections`](crate::Client::list_collections) | `ShowCollections` |
//! | [`list_indexes`](crate::Client::list_indexes) | `DescribeIndex` |
//! | [`list_partitions`](crate::Client::list_partitions) | `ShowPartitions` |
//! | [`load_collection`](crate::Client::load_collection) | `LoadCollection`, `GetLoadingProgress`. `GetLoadingProgress` until the collection is loaded. |
//! | [`query`](crate::Client::query) | `Query`. As a [stream](crate::ops::Query::stream) `DescribeCollection`, then one `Query` per page. |
//! | [`release_collection`](crate::Client::release_collection) | `ReleaseCollection` |
//! | [`rename_collection`](crate::Client::rename_collection) | `RenameCollection` |
//! | [`search`](crate::Client::search) | `Search`. As a [stream](crate::ops::Search::stream) `DescribeCollection`, then one `Search` per page. |
//! | [`search_by_ids`](crate::Client::search_by_ids) | `Search` |
//! | [`search_many`](crate::Client::search_many) | `Search` |
//! | [`upsert`](crate::Client::upsert) | `DescribeCollection`, `Upsert`. Several `Upsert` if the rows do not fit into one. |
//! | [`upsert_stream`](crate::Client::upsert_stream) | `DescribeCollection`, `Upsert`. `Upsert` for each batch. |
//! | [`add_collection_field`](crate::Client::add_collection_field) | `AlterCollectionSchema`, `AddCollectionField`. `AddCollectionField` only if the server does not have `AlterCollectionSchema` (before Milvus 3.0). |
//! | [`drop_collection_field`](crate::Client::drop_collection_field) | `AlterCollectionSchema` |
//! | [`add_function_field`](crate::Client::add_function_field) | `AlterCollectionSchema` |
//! | [`drop_function_field`](crate::Client::drop_function_field) | `AlterCollectionSchema` |
//! | [`add_collection_function`](crate::Client::add_collection_function) | `AddCollectionFunction` |
//! | [`alter_collection_function`](crate::Client::alter_collection_function) | `AlterCollectionFunction` |
//! | [`drop_collection_function`](crate::Client::drop_collection_function) | `DropCollectionFunction` |
//! | [`truncate_collection`](crate::Client::truncate_collection) | `TruncateCollection` |
//! | [`alter_collection_properties`](crate::Client::alter_collection_properties) | `AlterCollection` |
//! | [`drop_collection_properties`](crate::Client::drop_collection_properties) | `AlterCollection` |
//! | [`alter_collection_field`](crate::Client::alter_collection_field) | `AlterCollectionField` |
//! | [`get_collection_stats`](crate::Client::get_collection_stats) | `GetCollectionStatistics` |
//! | [`get_partition_stats`](crate::Client::get_partition_stats) | `GetPartitionStatistics` |
//! | [`refresh_load`](crate::Client::refresh_load) | `LoadCollection`, `GetLoadingProgress`. `GetLoadingProgress` until everything is loaded. |
//! | [`load_partitions`](crate::Client::load_partitions) | `LoadPartitions`, `GetLoadingProgress`. `GetLoadingProgress` until the partitions are loaded. |
//! | [`release_partitions`](crate::Client::release_partitions) | `ReleasePartitions` |
//! | [`create_database`](crate::Client::create_database) | `CreateDatabase` |
//! | [`drop_database`](crate::Client::drop_database) | `DropDatabase` |
//! | [`list_databases`](crate::Client::list_databases) | `ListDatabases` |
//! | [`describe_database`](crate::Client::describe_database) | `DescribeDatabase` |
//! | [`alter_database_properties`](crate::Client::alter_database_properties) | `AlterDatabase` |
//! | [`drop_database_properties`](crate::Client::drop_database_properties) | `AlterDatabase` |
//! | [`create_user`](crate::Client::create_user) | `CreateCredential` |
//! | [`drop_user`](crate::Client::drop_user) | `DeleteCredential` |
//! | [`update_password`](crate::Client::update_password) | `UpdateCredential` |
//! | [`update_user`](crate::Client::update_user) | `UpdateCredential` |
//! | [`list_users`](crate::Client::list_users) | `ListCredUsers` |
//! | [`describe_user`](crate::Client::describe_user) | `SelectUser` |
//! | [`grant_role`](crate::Client::grant_role) | `OperateUserRole` |
//! | [`revoke_role`](crate::Client::revoke_role) | `OperateUserRole` |
//! | [`create_role`](crate::Client::create_role) | `CreateRole` |
//! | [`alter_role`](crate::Client::alter_role) | `AlterRole` |
//! | [`drop_role`](crate::Client::drop_role) | `DropRole` |
//! | [`list_roles`](crate::Client::list_roles) | `SelectRole` |
//! | [`describe_role`](crate::Client::describe_role) | `SelectRole`, `SelectGrant` |
//! | [`grant_privilege`](crate::Client::grant_privilege) | `OperatePrivilege` |
//! | [`revoke_privilege`](crate::Client::revoke_privilege) | `OperatePrivilege` |
//! | [`grant_privilege_v2`](crate::Client::grant_privilege_v2) | `OperatePrivilegeV2` |
//! | [`revoke_privilege_v2`](crate::Client::revoke_privilege_v2) | `OperatePrivilegeV2` |
//! | [`create_privilege_group`](crate::Client::create_privilege_group) | `CreatePrivilegeGroup` |
//! | [`drop_privilege_group`](crate::Client::drop_privilege_group) | `DropPrivilegeGroup` |
//! | [`list_privilege_groups`](crate::Client::list_privilege_groups) | `ListPrivilegeGroups` |
//! | [`add_privileges_to_group`](crate::Client::add_privileges_to_group) | `OperatePrivilegeGroup` |
//! | [`remove_privileges_from_group`](crate::Client::remove_privileges_from_group) | `OperatePrivilegeGroup` |
//! | [`flush`](crate::Client::flush) | `Flush`, `GetFlushState`. `GetFlushState` until everything is flushed. |
//! | [`flush_all`](crate::Client::flush_all) | `FlushAll`, `GetFlushAllState`. `GetFlushAllState` until everything is flushed. |
//! | [`get_flush_all_state`](crate::Client::get_flush_all_state) | `GetFlushAllState` |
//! | [`compact`](crate::Client::compact) | `ManualCompaction`. Before Milvus 2.6 `DescribeCollection` first. With `wait(true)` then `GetCompactionState` until it is finished. |
//! | [`get_compaction_state`](crate::Client::get_compaction_state) | `GetCompactionState` |
//! | [`get_compaction_plans`](crate::Client::get_compaction_plans) | `GetCompactionStateWithPlans` |
//! | [`list_compaction_tasks`](crate::Client::list_compaction_tasks) | `GetCompactionStateWithPlans` |
//! | [`optimize`](crate::Client::optimize) | `DescribeIndex`, `ManualCompaction`, `GetLoadState`. `DescribeIndex` until the indexes are built, `GetCompactionState` until the compaction is finished, and `DescribeIndex` again. Then `LoadCollection` and `GetLoadingProgress`, if the collection is loaded. |
//! | [`list_segments`](crate::Client::list_segments) | `GetPersistentSegmentInfo` |
//! | [`list_persistent_segments`](crate::Client::list_persistent_segments) | `GetPersistentSegmentInfo` |
//! | [`list_loaded_segments`](crate::Client::list_loaded_segments) | `GetQuerySegmentInfo` |
//! | [`create_resource_group`](crate::Client::create_resource_group) | `CreateResourceGroup` |
//! | [`update_resource_groups`](crate::Client::update_resource_groups) | `UpdateResourceGroups` |
//! | [`drop_resource_group`](crate::Client::drop_resource_group) | `DropResourceGroup` |
//! | [`list_resource_groups`](crate::Client::list_resource_groups) | `ListResourceGroups` |
//! | [`describe_resource_group`](crate::Client::describe_resource_group) | `DescribeResourceGroup` |
//! | [`transfer_replica`](crate::Client::transfer_replica) | `TransferReplica` |
//! | [`describe_replica`](crate::Client::describe_replica) | `DescribeCollection`, `GetReplicas` |
//! | [`create_snapshot`](crate::Client::create_snapshot) | `CreateSnapshot` |
//! | [`drop_snapshot`](crate::Client::drop_snapshot) | `DropSnapshot` |
//! | [`list_snapshots`](crate::Client::list_snapshots) | `ListSnapshots` |
//! | [`describe_snapshot`](crate::Client::describe_snapshot) | `DescribeSnapshot` |
//! | [`restore_snapshot`](crate::Client::restore_snapshot) | `RestoreSnapshot`. With `wait(true)` then `GetRestoreSnapshotState` until it is finished. |
//! | [`get_restore_snapshot_state`](crate::Client::get_restore_snapshot_state) | `GetRestoreSnapshotState` |
//! | [`list_restore_snapshot_jobs`](crate::Client::list_restore_snapshot_jobs) | `ListRestoreSnapshotJobs` |
//! | [`pin_snapshot_data`](crate::Client::pin_snapshot_data) | `PinSnapshotData` |
//! | [`unpin_snapshot_data`](crate::Client::unpin_snapshot_data) | `UnpinSnapshotData` |
//! | [`refresh_external_collection`](crate::Client::refresh_external_collection) | `RefreshExternalCollection`. With `wait(true)` then `GetRefreshExternalCollectionProgress` until it is finished. |
//! | [`get_refresh_external_collection_progress`](crate::Client::get_refresh_external_collection_progress) | `GetRefreshExternalCollectionProgress` |
//! | [`list_refresh_external_collection_jobs`](crate::Client::list_refresh_external_collection_jobs) | `ListRefreshExternalCollectionJobs` |
//! | [`add_file_resource`](crate::Client::add_file_resource) | `AddFileResource` |
//! | [`remove_file_resource`](crate::Client::remove_file_resource) | `RemoveFileResource` |
//! | [`list_file_resources`](crate::Client::list_file_resources) | `ListFileResources` |
//! | [`run_analyzer`](crate::Client::run_analyzer) | `RunAnalyzer` |
//! | [`update_replicate_configuration`](crate::Client::update_replicate_configuration) | `UpdateReplicateConfiguration` |
//! | [`get_replicate_configuration`](crate::Client::get_replicate_configuration) | `GetReplicateConfiguration` |
//! | [`get_replicate_info`](crate::Client::get_replicate_info) | `GetReplicateInfo` |
//! | [`dump_messages`](crate::Client::dump_messages) | `DumpMessages` |
//! | [`get_client_telemetry`](crate::Client::get_client_telemetry) | `GetClientTelemetry` |
//! | [`client_heartbeat`](crate::Client::client_heartbeat) | `ClientHeartbeat` |
//! | [`push_client_command`](crate::Client::push_client_command) | `PushClientCommand` |
//! | [`delete_client_command`](crate::Client::delete_client_command) | `DeleteClientCommand` |
//!
//! <!-- end -->
//!
//! Answers to `DescribeCollection` are cached for all handles of a client that have the same credentials. A cached
//! answer is dropped when the collection is changed through this connection (including by [`send`](crate::Client::send)
//! and [`raw`](crate::Client::raw)), when an error or another answer contradicts it, and after ten minutes. Servers
//! that do not check writes against the schema (before Milvus 2.5, and Milvus Lite) are asked again if the answer is
//! older than a second. On these servers, searches take the name of the primary key from the cache when they read the
//! answer. A `delete` by primary keys never uses the cache. If the server refuses a read because of a field, the
//! collection is described again, and the read is repeated once if that changes the request.
//!
//! While a write that was built from a description is in flight, changes to the collection on the same connection wait
//! for up to five seconds until the write is done, and later writes wait for those changes.
//!
//! RPCs without a method of their own are sent by [`Client::send`](crate::Client::send), streaming RPCs by
//! [`Client::raw`](crate::Client::raw).

// rustdoc shows the methods of `Client` in the order of these modules.
mod search;

mod hybrid_search;
mod query;

mod count;
mod insert;
mod insert_stream;
mod upsert;

mod delete;

mod create_collection;

mod alter_schema;
mod collections;
mod properties;
mod statistics;

mod create_index;
mod indexes;

mod load;
mod load_state;

mod partitions;

mod aliases;

mod databases;

mod users;

mod roles;

mod privileges;

mod flush;

mod compaction;
mod optimize;

mod segments;

mod resource_groups;

mod snapshots;

mod external;

mod analyzer;

mod replication;

mod client_telemetry;

mod server;

mod typed;

mod operation;
mod privilege;

mod ann;
mod background;
mod by_key;
mod features;
mod fields;
mod names;
mod page;
mod read;
mod stream;
mod wait;
mod write;
mod write_stream;

#[cfg(doc)]
pub mod pymilvus {
    #![doc = include_str!("../docs/pymilvus.md")]
    #[expect(unused_imports, reason = "the page links to these")]
    use {
        super::*, crate::client::*, crate::filter::Filter, crate::index::Index, crate::schema::*,
    };
}

pub use aliases::AliasInfo;
pub use alter_schema::{AddCollectionField, AlterSchema, FieldSelector};
pub use analyzer::{RunAnalyzer, Token};
pub use background::Background;
pub use client_telemetry::{
    CallStats, ClientCommand, ClientHeartbeat, ConnectedClient, GetClientTelemetry, OperationStats,
    PushClientCommand,
};
pub use collections::{CollectionInfo, RenameCollection};
pub use compaction::{
    Compact, CompactionPlan, CompactionProgress, CompactionState, CompactionTaskState,
};
pub use count::Count;
pub use create_collection::{CollectionShape, CreateCollection};
pub use create_index::CreateIndex;
pub use databases::{AlterDatabaseProperties, CreateDatabase, DatabaseInfo};
pub use delete::{Delete, DeleteRows, Deleted, IntoDeleteRows};
pub use external::{FileResource, RefreshExternalCollection, RefreshJob, RefreshState};
pub use flush::{Flush, FlushAll};
pub use hybrid_search::{HybridSearch, SubSearch};
pub use indexes::{AlterIndexProperties, IndexInfo, IndexState, ListIndexes};
pub use insert::Insert;
pub use insert_stream::{InsertStream, UpsertStream};
pub use load::{LoadCollection, LoadPartitions, LoadPriority};
pub use load_state::{GetLoadState, LoadState};
pub use operation::Operation;
pub use optimize::Optimize;
pub use privilege::{ObjectType, Privilege};
pub use privileges::{OperatePrivilege, OperatePrivilegeV2, PrivilegeGrant, PrivilegeGroup};
pub use properties::{AlterCollectionField, AlterCollectionProperties};
pub use query::{Query, QueryColumns, QueryOne, QueryStream, QueryTables};
pub use replication::{
    Cluster, DumpMessages, LogMessage, LogMessages, LogPosition, ReplicationCheckpoint,
    ReplicationConfig, ReplicationInfo, UpdateReplicateConfiguration,
};
pub use resource_groups::{
    CreateResourceGroup, DescribeReplica, NodeInfo, ReplicaInfo, ResourceGroupConfig,
    ResourceGroupInfo, ShardInfo,
};
pub use roles::{CreateRole, DescribeRole, DropRole, RoleInfo};
pub use search::{Many, One, Search, SearchHits, SearchStream};
pub use segments::{
    ListPersistentSegments, LoadedSegmentInfo, SegmentInfo, SegmentLevel, SegmentState,
};
pub use server::{Health, ServerInfo};
pub use snapshots::{
    CreateSnapshot, PinSnapshotData, RestoreJob, RestoreSnapshot, RestoreState, SnapshotInfo,
};
pub use statistics::Stats;
pub use typed::{
    Check, Collection, CollectionOptions, Compare, Difference, Ensure, Ensured, TypedCollection,
};
pub use upsert::Upsert;
pub use users::{CreateUser, UpdateUser, UserInfo};
pub use wait::Progress;
pub use write::Written;
pub use write_stream::{StreamProgress, StreamWritten};
