// Generated from proto/rpcs.toml [redacted]. Do not edit.

impl std::fmt::Debug for super::common::Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blob")
            .field("value", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::common::ClientCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCommand")
            .field("command_id", &self.command_id)
            .field("command_type", &self.command_type)
            .field("payload", &super::Redacted)
            .field("create_time", &self.create_time)
            .field("persistent", &self.persistent)
            .field("target_scope", &self.target_scope)
            .finish()
    }
}

impl std::fmt::Debug for super::common::CommandReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandReply")
            .field("command_id", &self.command_id)
            .field("success", &self.success)
            .field("error_message", &self.error_message)
            .field("payload", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::common::ConnectionParam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionParam")
            .field("uri", &self.uri)
            .field("token", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::common::HighlightData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HighlightData")
            .field("fragments", &super::Redacted)
            .field("scores", &self.scores)
            .finish()
    }
}

impl std::fmt::Debug for super::common::Highlighter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Highlighter")
            .field("type", &self.r#type)
            .field("params", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::common::ImmutableMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImmutableMessage")
            .field("id", &self.id)
            .field("payload", &super::Redacted)
            .field("properties", &self.properties)
            .finish()
    }
}

impl std::fmt::Debug for super::common::KeyDataPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyDataPair")
            .field("key", &self.key)
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::common::PlaceholderValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlaceholderValue")
            .field("tag", &self.tag)
            .field("type", &self.r#type)
            .field("values", &super::Redacted)
            .field("element_level", &self.element_level)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::AddCollectionFieldRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddCollectionFieldRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("collection_id", &self.collection_id)
            .field("schema", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::AnalyzerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnalyzerToken")
            .field("token", &super::Redacted)
            .field("start_offset", &self.start_offset)
            .field("end_offset", &self.end_offset)
            .field("position", &self.position)
            .field("position_length", &self.position_length)
            .field("hash", &self.hash)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::ComputePhraseMatchSlopRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComputePhraseMatchSlopRequest")
            .field("base", &self.base)
            .field("analyzer_params", &self.analyzer_params)
            .field("query_text", &super::Redacted)
            .field("data_texts", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::CreateCollectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateCollectionRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("schema", &super::Redacted)
            .field("shards_num", &self.shards_num)
            .field("consistency_level", &self.consistency_level)
            .field("properties", &self.properties)
            .field("num_partitions", &self.num_partitions)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::CreateCredentialRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateCredentialRequest")
            .field("base", &self.base)
            .field("username", &self.username)
            .field("password", &super::Redacted)
            .field("created_utc_timestamps", &self.created_utc_timestamps)
            .field("modified_utc_timestamps", &self.modified_utc_timestamps)
            .field("description", &self.description)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::CreateRowPolicyRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateRowPolicyRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("policy_name", &self.policy_name)
            .field("actions", &self.actions)
            .field("roles", &self.roles)
            .field("using_expr", &super::Redacted)
            .field("check_expr", &super::Redacted)
            .field("description", &self.description)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::DeleteRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeleteRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("expr", &super::Redacted)
            .field("hash_keys", &self.hash_keys)
            .field("consistency_level", &self.consistency_level)
            .field("expr_template_values", &super::Redacted)
            .field("namespace", &self.namespace)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::ExportSnapshotRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportSnapshotRequest")
            .field("base", &self.base)
            .field("name", &self.name)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("target_s3_path", &self.target_s3_path)
            .field("external_spec", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::Hits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hits")
            .field("i_ds", &super::Redacted)
            .field("row_data", &super::Redacted)
            .field("scores", &self.scores)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::ImportRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportRequest")
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("channel_names", &self.channel_names)
            .field("row_based", &self.row_based)
            .field("files", &self.files)
            .field("options", &self.options)
            .field("db_name", &self.db_name)
            .field("clustering_info", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::InsertRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InsertRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("fields_data", &super::Redacted)
            .field("hash_keys", &self.hash_keys)
            .field("num_rows", &self.num_rows)
            .field("schema_timestamp", &self.schema_timestamp)
            .field("namespace", &self.namespace)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::PushClientCommandRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushClientCommandRequest")
            .field("command_type", &self.command_type)
            .field("payload", &super::Redacted)
            .field("target_client_id", &self.target_client_id)
            .field("target_database", &self.target_database)
            .field("ttl_seconds", &self.ttl_seconds)
            .field("persistent", &self.persistent)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::QueryCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryCursor")
            .field("session_ts", &self.session_ts)
            .field("cursor_pk", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::query_cursor::CursorPk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CursorPk").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::milvus::QueryRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("expr", &super::Redacted)
            .field("output_fields", &self.output_fields)
            .field("partition_names", &self.partition_names)
            .field("travel_timestamp", &self.travel_timestamp)
            .field("guarantee_timestamp", &self.guarantee_timestamp)
            .field("query_params", &self.query_params)
            .field("not_return_all_meta", &self.not_return_all_meta)
            .field("consistency_level", &self.consistency_level)
            .field("use_default_consistency", &self.use_default_consistency)
            .field("expr_template_values", &super::Redacted)
            .field("namespace", &self.namespace)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::QueryResults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryResults")
            .field("status", &self.status)
            .field("fields_data", &super::Redacted)
            .field("collection_name", &self.collection_name)
            .field("output_fields", &self.output_fields)
            .field("session_ts", &self.session_ts)
            .field("primary_field_name", &self.primary_field_name)
            .field("element_indices", &self.element_indices)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::RefreshExternalCollectionJobInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshExternalCollectionJobInfo")
            .field("job_id", &self.job_id)
            .field("collection_name", &self.collection_name)
            .field("state", &self.state)
            .field("progress", &self.progress)
            .field("reason", &self.reason)
            .field("external_source", &self.external_source)
            .field("start_time", &self.start_time)
            .field("end_time", &self.end_time)
            .field("external_spec", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::RefreshExternalCollectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshExternalCollectionRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("external_source", &self.external_source)
            .field("external_spec", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::ReplicateMessageRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplicateMessageRequest")
            .field("base", &self.base)
            .field("channel_name", &self.channel_name)
            .field("begin_ts", &self.begin_ts)
            .field("end_ts", &self.end_ts)
            .field("msgs", &super::Redacted)
            .field("start_positions", &self.start_positions)
            .field("end_positions", &self.end_positions)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::RestoreExternalSnapshotRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RestoreExternalSnapshotRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("target_collection_name", &self.target_collection_name)
            .field("snapshot_metadata_uri", &self.snapshot_metadata_uri)
            .field("external_spec", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::RowPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowPolicy")
            .field("policy_name", &self.policy_name)
            .field("actions", &self.actions)
            .field("roles", &self.roles)
            .field("using_expr", &super::Redacted)
            .field("check_expr", &super::Redacted)
            .field("description", &self.description)
            .field("created_at", &self.created_at)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::RunAnalyzerRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunAnalyzerRequest")
            .field("base", &self.base)
            .field("analyzer_params", &self.analyzer_params)
            .field("placeholder", &super::Redacted)
            .field("with_detail", &self.with_detail)
            .field("with_hash", &self.with_hash)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("field_name", &self.field_name)
            .field("analyzer_names", &self.analyzer_names)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::SearchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_names", &self.partition_names)
            .field("dsl", &super::Redacted)
            .field("search_input", &super::Redacted)
            .field("dsl_type", &self.dsl_type)
            .field("output_fields", &self.output_fields)
            .field("search_params", &self.search_params)
            .field("travel_timestamp", &self.travel_timestamp)
            .field("guarantee_timestamp", &self.guarantee_timestamp)
            .field("nq", &self.nq)
            .field("not_return_all_meta", &self.not_return_all_meta)
            .field("consistency_level", &self.consistency_level)
            .field("use_default_consistency", &self.use_default_consistency)
            .field("search_by_primary_keys", &self.search_by_primary_keys)
            .field("sub_reqs", &self.sub_reqs)
            .field("expr_template_values", &super::Redacted)
            .field("function_score", &self.function_score)
            .field("namespace", &self.namespace)
            .field("highlighter", &self.highlighter)
            .field("search_aggregation", &self.search_aggregation)
            .field("function_chains", &self.function_chains)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::search_request::SearchInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SearchInput").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::milvus::SubSearchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubSearchRequest")
            .field("dsl", &super::Redacted)
            .field("placeholder_group", &super::Redacted)
            .field("dsl_type", &self.dsl_type)
            .field("search_params", &self.search_params)
            .field("nq", &self.nq)
            .field("expr_template_values", &super::Redacted)
            .field("namespace", &self.namespace)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::UpdateCredentialRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateCredentialRequest")
            .field("base", &self.base)
            .field("username", &self.username)
            .field("old_password", &super::Redacted)
            .field("new_password", &super::Redacted)
            .field("created_utc_timestamps", &self.created_utc_timestamps)
            .field("modified_utc_timestamps", &self.modified_utc_timestamps)
            .field("description", &self.description)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::UpsertRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpsertRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("fields_data", &super::Redacted)
            .field("hash_keys", &self.hash_keys)
            .field("num_rows", &self.num_rows)
            .field("schema_timestamp", &self.schema_timestamp)
            .field("partial_update", &self.partial_update)
            .field("namespace", &self.namespace)
            .field("field_ops", &self.field_ops)
            .finish()
    }
}

impl std::fmt::Debug for super::milvus::UserInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserInfo")
            .field("user", &self.user)
            .field("password", &super::Redacted)
            .field("roles", &self.roles)
            .finish()
    }
}

impl std::fmt::Debug for super::msg::CreateCollectionRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateCollectionRequest")
            .field("base", &self.base)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("db_id", &self.db_id)
            .field("collection_id", &self.collection_id)
            .field("partition_id", &self.partition_id)
            .field("schema", &super::Redacted)
            .field("virtual_channel_names", &self.virtual_channel_names)
            .field("physical_channel_names", &self.physical_channel_names)
            .field("partition_i_ds", &self.partition_i_ds)
            .field("partition_names", &self.partition_names)
            .field("collection_schema", &self.collection_schema)
            .finish()
    }
}

impl std::fmt::Debug for super::msg::DeleteRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeleteRequest")
            .field("base", &self.base)
            .field("shard_name", &self.shard_name)
            .field("db_name", &self.db_name)
            .field("collection_name", &self.collection_name)
            .field("partition_name", &self.partition_name)
            .field("db_id", &self.db_id)
            .field("collection_id", &self.collection_id)
            .field("partition_id", &self.partition_id)
            .field("int64_primary_keys", &super::Redacted)
            .field("timestamps", &self.timestamps)
            .field("num_rows", &self.num_rows)
            .field("primary_keys", &self.primary_keys)
            .field("segment_id", &self.segment_id)
            .field("serialized_expr_plan", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::AggHit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AggHit")
            .field("pk", &super::Redacted)
            .field("score", &self.score)
            .field("fields", &self.fields)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::agg_hit::Pk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pk").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::AggHitField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AggHitField")
            .field("field_id", &self.field_id)
            .field("field_name", &self.field_name)
            .field("value", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::agg_hit_field::Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Value").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::BucketKeyEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BucketKeyEntry")
            .field("field_id", &self.field_id)
            .field("field_name", &self.field_name)
            .field("value", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::bucket_key_entry::Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Value").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::BytesArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BytesArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::CollectionSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CollectionSchema")
            .field("name", &self.name)
            .field("description", &self.description)
            .field("auto_id", &self.auto_id)
            .field("fields", &self.fields)
            .field("enable_dynamic_field", &self.enable_dynamic_field)
            .field("properties", &self.properties)
            .field("functions", &self.functions)
            .field("db_name", &self.db_name)
            .field("struct_array_fields", &self.struct_array_fields)
            .field("version", &self.version)
            .field("external_source", &self.external_source)
            .field("external_spec", &super::Redacted)
            .field("do_physical_backfill", &self.do_physical_backfill)
            .field("file_resource_ids", &self.file_resource_ids)
            .field("enable_namespace", &self.enable_namespace)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::FieldData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldData")
            .field("type", &self.r#type)
            .field("field_name", &self.field_name)
            .field("field", &super::Redacted)
            .field("field_id", &self.field_id)
            .field("is_dynamic", &self.is_dynamic)
            .field("valid_data", &self.valid_data)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::field_data::Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Field").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::FunctionParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionParamValue")
            .field("value", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::function_param_value::Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Value").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::FunctionSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunctionSchema")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("description", &self.description)
            .field("type", &self.r#type)
            .field("input_field_names", &self.input_field_names)
            .field("input_field_ids", &self.input_field_ids)
            .field("output_field_names", &self.output_field_names)
            .field("output_field_ids", &self.output_field_ids)
            .field("params", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::GeometryArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GeometryArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::GeometryWktArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GeometryWktArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::IDs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IDs")
            .field("id_field", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::i_ds::IdField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("IdField").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::JsonArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::MetricValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricValue")
            .field("value", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::metric_value::Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Value").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::MolArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MolArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::MolSmilesArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MolSmilesArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::ScalarField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScalarField")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::scalar_field::Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Data").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::SearchResultData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchResultData")
            .field("num_queries", &self.num_queries)
            .field("top_k", &self.top_k)
            .field("fields_data", &super::Redacted)
            .field("scores", &self.scores)
            .field("ids", &super::Redacted)
            .field("topks", &self.topks)
            .field("output_fields", &self.output_fields)
            .field("group_by_field_value", &self.group_by_field_value)
            .field("all_search_count", &self.all_search_count)
            .field("distances", &self.distances)
            .field("search_iterator_v2_results", &self.search_iterator_v2_results)
            .field("recalls", &self.recalls)
            .field("primary_field_name", &self.primary_field_name)
            .field("highlight_results", &self.highlight_results)
            .field("element_indices", &self.element_indices)
            .field("group_by_field_values", &self.group_by_field_values)
            .field("agg_buckets", &self.agg_buckets)
            .field("agg_topks", &self.agg_topks)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::SparseFloatArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SparseFloatArray")
            .field("contents", &super::Redacted)
            .field("dim", &self.dim)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::StringArray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StringArray")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::TemplateArrayValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateArrayValue")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::template_array_value::Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Data").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::TemplateValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemplateValue")
            .field("val", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::template_value::Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Val").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::ValueField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ValueField")
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::value_field::Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Data").field(&super::Redacted).finish()
    }
}

impl std::fmt::Debug for super::schema::VectorField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VectorField")
            .field("dim", &self.dim)
            .field("data", &super::Redacted)
            .finish()
    }
}

impl std::fmt::Debug for super::schema::vector_field::Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Data").field(&super::Redacted).finish()
    }
}

