// Generated from the descriptors. Do not edit.

#[tonic::async_trait]
impl super::server::milvus_service_server::MilvusService for super::super::fake::Fake {
    async fn create_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateCollection", request).await
    }
    async fn drop_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::DropCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropCollection", request).await
    }
    async fn has_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::HasCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::BoolResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/HasCollection", request).await
    }
    async fn load_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::LoadCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/LoadCollection", request).await
    }
    async fn release_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::ReleaseCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ReleaseCollection", request).await
    }
    async fn describe_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeCollectionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeCollection", request).await
    }
    async fn batch_describe_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::BatchDescribeCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::BatchDescribeCollectionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/BatchDescribeCollection", request).await
    }
    async fn get_collection_statistics(&self, request: tonic::Request<milvus_otel::proto::milvus::GetCollectionStatisticsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetCollectionStatisticsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetCollectionStatistics", request).await
    }
    async fn show_collections(&self, request: tonic::Request<milvus_otel::proto::milvus::ShowCollectionsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ShowCollectionsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ShowCollections", request).await
    }
    async fn alter_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterCollection", request).await
    }
    async fn alter_collection_field(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterCollectionFieldRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterCollectionField", request).await
    }
    async fn add_collection_function(&self, request: tonic::Request<milvus_otel::proto::milvus::AddCollectionFunctionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AddCollectionFunction", request).await
    }
    async fn alter_collection_function(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterCollectionFunctionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterCollectionFunction", request).await
    }
    async fn drop_collection_function(&self, request: tonic::Request<milvus_otel::proto::milvus::DropCollectionFunctionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropCollectionFunction", request).await
    }
    async fn truncate_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::TruncateCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::TruncateCollectionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/TruncateCollection", request).await
    }
    async fn create_partition(&self, request: tonic::Request<milvus_otel::proto::milvus::CreatePartitionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreatePartition", request).await
    }
    async fn drop_partition(&self, request: tonic::Request<milvus_otel::proto::milvus::DropPartitionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropPartition", request).await
    }
    async fn has_partition(&self, request: tonic::Request<milvus_otel::proto::milvus::HasPartitionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::BoolResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/HasPartition", request).await
    }
    async fn load_partitions(&self, request: tonic::Request<milvus_otel::proto::milvus::LoadPartitionsRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/LoadPartitions", request).await
    }
    async fn prewarm(&self, request: tonic::Request<milvus_otel::proto::milvus::PrewarmRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::PrewarmResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Prewarm", request).await
    }
    async fn describe_prewarm_task(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribePrewarmTaskRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribePrewarmTaskResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribePrewarmTask", request).await
    }
    async fn release_partitions(&self, request: tonic::Request<milvus_otel::proto::milvus::ReleasePartitionsRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ReleasePartitions", request).await
    }
    async fn get_partition_statistics(&self, request: tonic::Request<milvus_otel::proto::milvus::GetPartitionStatisticsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetPartitionStatisticsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetPartitionStatistics", request).await
    }
    async fn show_partitions(&self, request: tonic::Request<milvus_otel::proto::milvus::ShowPartitionsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ShowPartitionsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ShowPartitions", request).await
    }
    async fn create_namespace(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateNamespaceRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::CreateNamespaceResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateNamespace", request).await
    }
    async fn describe_namespace(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeNamespaceRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeNamespaceResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeNamespace", request).await
    }
    async fn list_namespaces(&self, request: tonic::Request<milvus_otel::proto::milvus::ListNamespacesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListNamespacesResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListNamespaces", request).await
    }
    async fn drop_namespace(&self, request: tonic::Request<milvus_otel::proto::milvus::DropNamespaceRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DropNamespaceResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropNamespace", request).await
    }
    async fn has_namespace(&self, request: tonic::Request<milvus_otel::proto::milvus::HasNamespaceRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::HasNamespaceResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/HasNamespace", request).await
    }
    async fn get_namespace_stats(&self, request: tonic::Request<milvus_otel::proto::milvus::GetNamespaceStatsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetNamespaceStatsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetNamespaceStats", request).await
    }
    async fn get_loading_progress(&self, request: tonic::Request<milvus_otel::proto::milvus::GetLoadingProgressRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetLoadingProgressResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetLoadingProgress", request).await
    }
    async fn get_load_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetLoadStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetLoadStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetLoadState", request).await
    }
    async fn create_alias(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateAliasRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateAlias", request).await
    }
    async fn drop_alias(&self, request: tonic::Request<milvus_otel::proto::milvus::DropAliasRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropAlias", request).await
    }
    async fn alter_alias(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterAliasRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterAlias", request).await
    }
    async fn describe_alias(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeAliasRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeAliasResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeAlias", request).await
    }
    async fn list_aliases(&self, request: tonic::Request<milvus_otel::proto::milvus::ListAliasesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListAliasesResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListAliases", request).await
    }
    async fn create_index(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateIndexRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateIndex", request).await
    }
    async fn alter_index(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterIndexRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterIndex", request).await
    }
    async fn describe_index(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeIndexRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeIndexResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeIndex", request).await
    }
    async fn get_index_statistics(&self, request: tonic::Request<milvus_otel::proto::milvus::GetIndexStatisticsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetIndexStatisticsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetIndexStatistics", request).await
    }
    async fn get_index_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetIndexStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetIndexStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetIndexState", request).await
    }
    async fn get_index_build_progress(&self, request: tonic::Request<milvus_otel::proto::milvus::GetIndexBuildProgressRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetIndexBuildProgressResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetIndexBuildProgress", request).await
    }
    async fn drop_index(&self, request: tonic::Request<milvus_otel::proto::milvus::DropIndexRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropIndex", request).await
    }
    async fn insert(&self, request: tonic::Request<milvus_otel::proto::milvus::InsertRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::MutationResult>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Insert", request).await
    }
    async fn delete(&self, request: tonic::Request<milvus_otel::proto::milvus::DeleteRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::MutationResult>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Delete", request).await
    }
    async fn upsert(&self, request: tonic::Request<milvus_otel::proto::milvus::UpsertRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::MutationResult>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Upsert", request).await
    }
    async fn search(&self, request: tonic::Request<milvus_otel::proto::milvus::SearchRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::SearchResults>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Search", request).await
    }
    async fn hybrid_search(&self, request: tonic::Request<milvus_otel::proto::milvus::HybridSearchRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::SearchResults>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/HybridSearch", request).await
    }
    async fn flush(&self, request: tonic::Request<milvus_otel::proto::milvus::FlushRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::FlushResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Flush", request).await
    }
    async fn query(&self, request: tonic::Request<milvus_otel::proto::milvus::QueryRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::QueryResults>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Query", request).await
    }
    async fn calc_distance(&self, request: tonic::Request<milvus_otel::proto::milvus::CalcDistanceRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::CalcDistanceResults>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CalcDistance", request).await
    }
    async fn flush_all(&self, request: tonic::Request<milvus_otel::proto::milvus::FlushAllRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::FlushAllResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/FlushAll", request).await
    }
    async fn add_collection_field(&self, request: tonic::Request<milvus_otel::proto::milvus::AddCollectionFieldRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AddCollectionField", request).await
    }
    async fn add_collection_struct_field(&self, request: tonic::Request<milvus_otel::proto::milvus::AddCollectionStructFieldRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AddCollectionStructField", request).await
    }
    async fn get_flush_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetFlushStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetFlushStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetFlushState", request).await
    }
    async fn get_flush_all_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetFlushAllStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetFlushAllStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetFlushAllState", request).await
    }
    async fn get_persistent_segment_info(&self, request: tonic::Request<milvus_otel::proto::milvus::GetPersistentSegmentInfoRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetPersistentSegmentInfoResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetPersistentSegmentInfo", request).await
    }
    async fn get_query_segment_info(&self, request: tonic::Request<milvus_otel::proto::milvus::GetQuerySegmentInfoRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetQuerySegmentInfoResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetQuerySegmentInfo", request).await
    }
    async fn get_replicas(&self, request: tonic::Request<milvus_otel::proto::milvus::GetReplicasRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetReplicasResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetReplicas", request).await
    }
    async fn dummy(&self, request: tonic::Request<milvus_otel::proto::milvus::DummyRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DummyResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Dummy", request).await
    }
    async fn register_link(&self, request: tonic::Request<milvus_otel::proto::milvus::RegisterLinkRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RegisterLinkResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RegisterLink", request).await
    }
    async fn get_metrics(&self, request: tonic::Request<milvus_otel::proto::milvus::GetMetricsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetMetricsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetMetrics", request).await
    }
    async fn get_component_states(&self, request: tonic::Request<milvus_otel::proto::milvus::GetComponentStatesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ComponentStates>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetComponentStates", request).await
    }
    async fn load_balance(&self, request: tonic::Request<milvus_otel::proto::milvus::LoadBalanceRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/LoadBalance", request).await
    }
    async fn get_compaction_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetCompactionStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetCompactionStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetCompactionState", request).await
    }
    async fn manual_compaction(&self, request: tonic::Request<milvus_otel::proto::milvus::ManualCompactionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ManualCompactionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ManualCompaction", request).await
    }
    async fn get_compaction_state_with_plans(&self, request: tonic::Request<milvus_otel::proto::milvus::GetCompactionPlansRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetCompactionPlansResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetCompactionStateWithPlans", request).await
    }
    async fn import(&self, request: tonic::Request<milvus_otel::proto::milvus::ImportRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ImportResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Import", request).await
    }
    async fn get_import_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetImportStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetImportStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetImportState", request).await
    }
    async fn list_import_tasks(&self, request: tonic::Request<milvus_otel::proto::milvus::ListImportTasksRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListImportTasksResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListImportTasks", request).await
    }
    async fn create_credential(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateCredentialRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateCredential", request).await
    }
    async fn update_credential(&self, request: tonic::Request<milvus_otel::proto::milvus::UpdateCredentialRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/UpdateCredential", request).await
    }
    async fn delete_credential(&self, request: tonic::Request<milvus_otel::proto::milvus::DeleteCredentialRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DeleteCredential", request).await
    }
    async fn list_cred_users(&self, request: tonic::Request<milvus_otel::proto::milvus::ListCredUsersRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListCredUsersResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListCredUsers", request).await
    }
    async fn create_role(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateRoleRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateRole", request).await
    }
    async fn alter_role(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterRoleRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterRole", request).await
    }
    async fn drop_role(&self, request: tonic::Request<milvus_otel::proto::milvus::DropRoleRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropRole", request).await
    }
    async fn operate_user_role(&self, request: tonic::Request<milvus_otel::proto::milvus::OperateUserRoleRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/OperateUserRole", request).await
    }
    async fn select_role(&self, request: tonic::Request<milvus_otel::proto::milvus::SelectRoleRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::SelectRoleResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/SelectRole", request).await
    }
    async fn select_user(&self, request: tonic::Request<milvus_otel::proto::milvus::SelectUserRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::SelectUserResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/SelectUser", request).await
    }
    async fn operate_privilege(&self, request: tonic::Request<milvus_otel::proto::milvus::OperatePrivilegeRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/OperatePrivilege", request).await
    }
    async fn operate_privilege_v2(&self, request: tonic::Request<milvus_otel::proto::milvus::OperatePrivilegeV2Request>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/OperatePrivilegeV2", request).await
    }
    async fn select_grant(&self, request: tonic::Request<milvus_otel::proto::milvus::SelectGrantRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::SelectGrantResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/SelectGrant", request).await
    }
    async fn get_version(&self, request: tonic::Request<milvus_otel::proto::milvus::GetVersionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetVersionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetVersion", request).await
    }
    async fn check_health(&self, request: tonic::Request<milvus_otel::proto::milvus::CheckHealthRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::CheckHealthResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CheckHealth", request).await
    }
    async fn create_resource_group(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateResourceGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateResourceGroup", request).await
    }
    async fn drop_resource_group(&self, request: tonic::Request<milvus_otel::proto::milvus::DropResourceGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropResourceGroup", request).await
    }
    async fn update_resource_groups(&self, request: tonic::Request<milvus_otel::proto::milvus::UpdateResourceGroupsRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/UpdateResourceGroups", request).await
    }
    async fn transfer_node(&self, request: tonic::Request<milvus_otel::proto::milvus::TransferNodeRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/TransferNode", request).await
    }
    async fn transfer_replica(&self, request: tonic::Request<milvus_otel::proto::milvus::TransferReplicaRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/TransferReplica", request).await
    }
    async fn list_resource_groups(&self, request: tonic::Request<milvus_otel::proto::milvus::ListResourceGroupsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListResourceGroupsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListResourceGroups", request).await
    }
    async fn describe_resource_group(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeResourceGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeResourceGroupResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeResourceGroup", request).await
    }
    async fn rename_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::RenameCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RenameCollection", request).await
    }
    async fn list_indexed_segment(&self, request: tonic::Request<milvus_otel::proto::feder::ListIndexedSegmentRequest>) -> Result<tonic::Response<milvus_otel::proto::feder::ListIndexedSegmentResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListIndexedSegment", request).await
    }
    async fn describe_segment_index_data(&self, request: tonic::Request<milvus_otel::proto::feder::DescribeSegmentIndexDataRequest>) -> Result<tonic::Response<milvus_otel::proto::feder::DescribeSegmentIndexDataResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeSegmentIndexData", request).await
    }
    async fn connect(&self, request: tonic::Request<milvus_otel::proto::milvus::ConnectRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ConnectResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/Connect", request).await
    }
    async fn alloc_timestamp(&self, request: tonic::Request<milvus_otel::proto::milvus::AllocTimestampRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::AllocTimestampResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AllocTimestamp", request).await
    }
    async fn create_database(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateDatabaseRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateDatabase", request).await
    }
    async fn drop_database(&self, request: tonic::Request<milvus_otel::proto::milvus::DropDatabaseRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropDatabase", request).await
    }
    async fn list_databases(&self, request: tonic::Request<milvus_otel::proto::milvus::ListDatabasesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListDatabasesResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListDatabases", request).await
    }
    async fn alter_database(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterDatabaseRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterDatabase", request).await
    }
    async fn describe_database(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeDatabaseRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeDatabaseResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeDatabase", request).await
    }
    async fn replicate_message(&self, request: tonic::Request<milvus_otel::proto::milvus::ReplicateMessageRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ReplicateMessageResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ReplicateMessage", request).await
    }
    async fn backup_rbac(&self, request: tonic::Request<milvus_otel::proto::milvus::BackupRbacMetaRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::BackupRbacMetaResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/BackupRBAC", request).await
    }
    async fn restore_rbac(&self, request: tonic::Request<milvus_otel::proto::milvus::RestoreRbacMetaRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RestoreRBAC", request).await
    }
    async fn create_privilege_group(&self, request: tonic::Request<milvus_otel::proto::milvus::CreatePrivilegeGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreatePrivilegeGroup", request).await
    }
    async fn drop_privilege_group(&self, request: tonic::Request<milvus_otel::proto::milvus::DropPrivilegeGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropPrivilegeGroup", request).await
    }
    async fn list_privilege_groups(&self, request: tonic::Request<milvus_otel::proto::milvus::ListPrivilegeGroupsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListPrivilegeGroupsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListPrivilegeGroups", request).await
    }
    async fn operate_privilege_group(&self, request: tonic::Request<milvus_otel::proto::milvus::OperatePrivilegeGroupRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/OperatePrivilegeGroup", request).await
    }
    async fn run_analyzer(&self, request: tonic::Request<milvus_otel::proto::milvus::RunAnalyzerRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RunAnalyzerResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RunAnalyzer", request).await
    }
    async fn add_file_resource(&self, request: tonic::Request<milvus_otel::proto::milvus::AddFileResourceRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AddFileResource", request).await
    }
    async fn remove_file_resource(&self, request: tonic::Request<milvus_otel::proto::milvus::RemoveFileResourceRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RemoveFileResource", request).await
    }
    async fn list_file_resources(&self, request: tonic::Request<milvus_otel::proto::milvus::ListFileResourcesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListFileResourcesResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListFileResources", request).await
    }
    async fn add_user_tags(&self, request: tonic::Request<milvus_otel::proto::milvus::AddUserTagsRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AddUserTags", request).await
    }
    async fn delete_user_tags(&self, request: tonic::Request<milvus_otel::proto::milvus::DeleteUserTagsRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DeleteUserTags", request).await
    }
    async fn get_user_tags(&self, request: tonic::Request<milvus_otel::proto::milvus::GetUserTagsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetUserTagsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetUserTags", request).await
    }
    async fn list_users_with_tag(&self, request: tonic::Request<milvus_otel::proto::milvus::ListUsersWithTagRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListUsersWithTagResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListUsersWithTag", request).await
    }
    async fn create_row_policy(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateRowPolicyRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateRowPolicy", request).await
    }
    async fn drop_row_policy(&self, request: tonic::Request<milvus_otel::proto::milvus::DropRowPolicyRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropRowPolicy", request).await
    }
    async fn list_row_policies(&self, request: tonic::Request<milvus_otel::proto::milvus::ListRowPoliciesRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListRowPoliciesResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListRowPolicies", request).await
    }
    async fn update_replicate_configuration(&self, request: tonic::Request<milvus_otel::proto::milvus::UpdateReplicateConfigurationRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/UpdateReplicateConfiguration", request).await
    }
    async fn get_replicate_configuration(&self, request: tonic::Request<milvus_otel::proto::milvus::GetReplicateConfigurationRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetReplicateConfigurationResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetReplicateConfiguration", request).await
    }
    async fn get_replicate_info(&self, request: tonic::Request<milvus_otel::proto::milvus::GetReplicateInfoRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetReplicateInfoResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetReplicateInfo", request).await
    }
    type CreateReplicateStreamStream = super::super::fake::Answers<milvus_otel::proto::milvus::ReplicateResponse>;
    async fn create_replicate_stream(&self, request: tonic::Request<tonic::Streaming<milvus_otel::proto::milvus::ReplicateRequest>>) -> Result<tonic::Response<Self::CreateReplicateStreamStream>, tonic::Status> {
        self.streams("/milvus.proto.milvus.MilvusService/CreateReplicateStream", request).await
    }
    type DumpMessagesStream = super::super::fake::Answers<milvus_otel::proto::milvus::DumpMessagesResponse>;
    async fn dump_messages(&self, request: tonic::Request<milvus_otel::proto::milvus::DumpMessagesRequest>) -> Result<tonic::Response<Self::DumpMessagesStream>, tonic::Status> {
        self.server_stream("/milvus.proto.milvus.MilvusService/DumpMessages", request).await
    }
    async fn compute_phrase_match_slop(&self, request: tonic::Request<milvus_otel::proto::milvus::ComputePhraseMatchSlopRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ComputePhraseMatchSlopResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ComputePhraseMatchSlop", request).await
    }
    async fn create_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::CreateSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/CreateSnapshot", request).await
    }
    async fn drop_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::DropSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DropSnapshot", request).await
    }
    async fn list_snapshots(&self, request: tonic::Request<milvus_otel::proto::milvus::ListSnapshotsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListSnapshotsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListSnapshots", request).await
    }
    async fn describe_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::DescribeSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DescribeSnapshotResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/DescribeSnapshot", request).await
    }
    async fn restore_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::RestoreSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RestoreSnapshotResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RestoreSnapshot", request).await
    }
    async fn restore_external_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::RestoreExternalSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RestoreExternalSnapshotResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RestoreExternalSnapshot", request).await
    }
    async fn export_snapshot(&self, request: tonic::Request<milvus_otel::proto::milvus::ExportSnapshotRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ExportSnapshotResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ExportSnapshot", request).await
    }
    async fn get_export_snapshot_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetExportSnapshotStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetExportSnapshotStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetExportSnapshotState", request).await
    }
    async fn get_restore_snapshot_state(&self, request: tonic::Request<milvus_otel::proto::milvus::GetRestoreSnapshotStateRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetRestoreSnapshotStateResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetRestoreSnapshotState", request).await
    }
    async fn list_restore_snapshot_jobs(&self, request: tonic::Request<milvus_otel::proto::milvus::ListRestoreSnapshotJobsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListRestoreSnapshotJobsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListRestoreSnapshotJobs", request).await
    }
    async fn pin_snapshot_data(&self, request: tonic::Request<milvus_otel::proto::milvus::PinSnapshotDataRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::PinSnapshotDataResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/PinSnapshotData", request).await
    }
    async fn unpin_snapshot_data(&self, request: tonic::Request<milvus_otel::proto::milvus::UnpinSnapshotDataRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/UnpinSnapshotData", request).await
    }
    async fn alter_collection_schema(&self, request: tonic::Request<milvus_otel::proto::milvus::AlterCollectionSchemaRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::AlterCollectionSchemaResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/AlterCollectionSchema", request).await
    }
    async fn batch_update_manifest(&self, request: tonic::Request<milvus_otel::proto::milvus::BatchUpdateManifestRequest>) -> Result<tonic::Response<milvus_otel::proto::common::Status>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/BatchUpdateManifest", request).await
    }
    async fn refresh_external_collection(&self, request: tonic::Request<milvus_otel::proto::milvus::RefreshExternalCollectionRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RefreshExternalCollectionResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/RefreshExternalCollection", request).await
    }
    async fn get_refresh_external_collection_progress(&self, request: tonic::Request<milvus_otel::proto::milvus::GetRefreshExternalCollectionProgressRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetRefreshExternalCollectionProgressResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/GetRefreshExternalCollectionProgress", request).await
    }
    async fn list_refresh_external_collection_jobs(&self, request: tonic::Request<milvus_otel::proto::milvus::ListRefreshExternalCollectionJobsRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ListRefreshExternalCollectionJobsResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.MilvusService/ListRefreshExternalCollectionJobs", request).await
    }
}

#[tonic::async_trait]
impl super::server::client_telemetry_service_server::ClientTelemetryService for super::super::fake::Fake {
    async fn client_heartbeat(&self, request: tonic::Request<milvus_otel::proto::milvus::ClientHeartbeatRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::ClientHeartbeatResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.ClientTelemetryService/ClientHeartbeat", request).await
    }
    async fn get_client_telemetry(&self, request: tonic::Request<milvus_otel::proto::milvus::GetClientTelemetryRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::GetClientTelemetryResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.ClientTelemetryService/GetClientTelemetry", request).await
    }
    async fn push_client_command(&self, request: tonic::Request<milvus_otel::proto::milvus::PushClientCommandRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::PushClientCommandResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.ClientTelemetryService/PushClientCommand", request).await
    }
    async fn delete_client_command(&self, request: tonic::Request<milvus_otel::proto::milvus::DeleteClientCommandRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::DeleteClientCommandResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.ClientTelemetryService/DeleteClientCommand", request).await
    }
}

#[tonic::async_trait]
impl super::server::proxy_service_server::ProxyService for super::super::fake::Fake {
    async fn register_link(&self, request: tonic::Request<milvus_otel::proto::milvus::RegisterLinkRequest>) -> Result<tonic::Response<milvus_otel::proto::milvus::RegisterLinkResponse>, tonic::Status> {
        self.unary("/milvus.proto.milvus.ProxyService/RegisterLink", request).await
    }
}

/// The names of all RPCs.
pub(crate) const RPCS: [&str; 148] = ["CreateCollection", "DropCollection", "HasCollection", "LoadCollection", "ReleaseCollection", "DescribeCollection", "BatchDescribeCollection", "GetCollectionStatistics", "ShowCollections", "AlterCollection", "AlterCollectionField", "AddCollectionFunction", "AlterCollectionFunction", "DropCollectionFunction", "TruncateCollection", "CreatePartition", "DropPartition", "HasPartition", "LoadPartitions", "Prewarm", "DescribePrewarmTask", "ReleasePartitions", "GetPartitionStatistics", "ShowPartitions", "CreateNamespace", "DescribeNamespace", "ListNamespaces", "DropNamespace", "HasNamespace", "GetNamespaceStats", "GetLoadingProgress", "GetLoadState", "CreateAlias", "DropAlias", "AlterAlias", "DescribeAlias", "ListAliases", "CreateIndex", "AlterIndex", "DescribeIndex", "GetIndexStatistics", "GetIndexState", "GetIndexBuildProgress", "DropIndex", "Insert", "Delete", "Upsert", "Search", "HybridSearch", "Flush", "Query", "CalcDistance", "FlushAll", "AddCollectionField", "AddCollectionStructField", "GetFlushState", "GetFlushAllState", "GetPersistentSegmentInfo", "GetQuerySegmentInfo", "GetReplicas", "Dummy", "RegisterLink", "GetMetrics", "GetComponentStates", "LoadBalance", "GetCompactionState", "ManualCompaction", "GetCompactionStateWithPlans", "Import", "GetImportState", "ListImportTasks", "CreateCredential", "UpdateCredential", "DeleteCredential", "ListCredUsers", "CreateRole", "AlterRole", "DropRole", "OperateUserRole", "SelectRole", "SelectUser", "OperatePrivilege", "OperatePrivilegeV2", "SelectGrant", "GetVersion", "CheckHealth", "CreateResourceGroup", "DropResourceGroup", "UpdateResourceGroups", "TransferNode", "TransferReplica", "ListResourceGroups", "DescribeResourceGroup", "RenameCollection", "ListIndexedSegment", "DescribeSegmentIndexData", "Connect", "AllocTimestamp", "CreateDatabase", "DropDatabase", "ListDatabases", "AlterDatabase", "DescribeDatabase", "ReplicateMessage", "BackupRBAC", "RestoreRBAC", "CreatePrivilegeGroup", "DropPrivilegeGroup", "ListPrivilegeGroups", "OperatePrivilegeGroup", "RunAnalyzer", "AddFileResource", "RemoveFileResource", "ListFileResources", "AddUserTags", "DeleteUserTags", "GetUserTags", "ListUsersWithTag", "CreateRowPolicy", "DropRowPolicy", "ListRowPolicies", "UpdateReplicateConfiguration", "GetReplicateConfiguration", "GetReplicateInfo", "CreateReplicateStream", "DumpMessages", "ComputePhraseMatchSlop", "CreateSnapshot", "DropSnapshot", "ListSnapshots", "DescribeSnapshot", "RestoreSnapshot", "RestoreExternalSnapshot", "ExportSnapshot", "GetExportSnapshotState", "GetRestoreSnapshotState", "ListRestoreSnapshotJobs", "PinSnapshotData", "UnpinSnapshotData", "AlterCollectionSchema", "BatchUpdateManifest", "RefreshExternalCollection", "GetRefreshExternalCollectionProgress", "ListRefreshExternalCollectionJobs", "ClientHeartbeat", "GetClientTelemetry", "PushClientCommand", "DeleteClientCommand"];
