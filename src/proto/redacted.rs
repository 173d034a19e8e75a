// Generated from proto/rpcs.toml [redacted]. Do not edit.

impl std::fmt::Debug for super::common::ConnectionParam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionParam")
            .field("uri", &self.uri)
            .field("token", &super::Redacted)
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

