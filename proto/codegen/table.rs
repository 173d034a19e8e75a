//! The table of RPCs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor};
use serde::Deserialize;

use super::tree::{Branch, Tree, resolve};
use super::{Result, rust_field, rust_type};

/// The facts that are read from requests, and the names of their fields. The first name that a request has is used.
///
/// `field<Message>` is a field of type bytes with this encoded message, `Request:field` a field of this request only.
const FACTS: [(&str, &[&str]); 33] = [
    ("Database", &["db_name", "dbName"]),
    (
        "Collection",
        &["collection_name", "collectionName", "collection_names"],
    ),
    ("Partition", &["partition_name", "partition_names"]),
    ("SentRows", &["num_rows"]),
    ("Queries", &["nq", "requests.nq"]),
    ("Filter", &["dsl", "expr", "requests.dsl"]),
    (
        "FilterValues",
        &[
            "expr_template_values.key",
            "requests.expr_template_values.key",
        ],
    ),
    (
        "BoundText",
        &[
            "expr_template_values.value.string_val",
            "requests.expr_template_values.value.string_val",
        ],
    ),
    (
        "BoundNumbers",
        &[
            "expr_template_values.value.array_val.long_data.data",
            "requests.expr_template_values.value.array_val.long_data.data",
        ],
    ),
    (
        "BoundText",
        &[
            "expr_template_values.value.array_val.string_data.data",
            "requests.expr_template_values.value.array_val.string_data.data",
        ],
    ),
    (
        "BoundText",
        &[
            "expr_template_values.value.array_val.json_data.data",
            "requests.expr_template_values.value.array_val.json_data.data",
        ],
    ),
    (
        "BoundUnread",
        &[
            "expr_template_values.value.array_val.array_data",
            "requests.expr_template_values.value.array_val.array_data",
        ],
    ),
    (
        "BoundUnread",
        &[
            "expr_template_values.value.bytes_val",
            "requests.expr_template_values.value.bytes_val",
        ],
    ),
    ("OutputField", &["output_fields"]),
    ("Keys", &["ids.int_id.data"]),
    ("Keys", &["ids.str_id.data"]),
    (
        "VectorType",
        &[
            "placeholder_group<milvus.proto.common.PlaceholderGroup>.placeholders.type",
            "requests.placeholder_group<milvus.proto.common.PlaceholderGroup>.placeholders.type",
        ],
    ),
    (
        "VectorLength",
        &[
            "placeholder_group<milvus.proto.common.PlaceholderGroup>.placeholders.values",
            "requests.placeholder_group<milvus.proto.common.PlaceholderGroup>.placeholders.values",
        ],
    ),
    ("RankerKey", &["function_score.functions.params.key"]),
    ("RankerValue", &["function_score.functions.params.value"]),
    (
        "SchemaField",
        &["CreateCollectionRequest:schema<milvus.proto.schema.CollectionSchema>.fields.name"],
    ),
    (
        "SchemaKey",
        &[
            "CreateCollectionRequest:schema<milvus.proto.schema.CollectionSchema>.fields.is_primary_key",
        ],
    ),
    (
        "SchemaType",
        &["CreateCollectionRequest:schema<milvus.proto.schema.CollectionSchema>.fields.data_type"],
    ),
    (
        "SchemaParameterKey",
        &[
            "CreateCollectionRequest:schema<milvus.proto.schema.CollectionSchema>.fields.type_params.key",
        ],
    ),
    (
        "SchemaParameterValue",
        &[
            "CreateCollectionRequest:schema<milvus.proto.schema.CollectionSchema>.fields.type_params.value",
        ],
    ),
    ("IndexParameterKey", &["extra_params.key"]),
    ("IndexParameterValue", &["extra_params.value"]),
    ("Consistency", &["consistency_level"]),
    ("ConsistencyByDefault", &["use_default_consistency"]),
    (
        "ParameterKey",
        &["search_params.key", "rank_params.key", "query_params.key"],
    ),
    (
        "ParameterValue",
        &[
            "search_params.value",
            "rank_params.value",
            "query_params.value",
        ],
    ),
    ("ParameterKey", &["requests.search_params.key"]),
    ("ParameterValue", &["requests.search_params.value"]),
];

/// The facts that are read from answers, in addition to the status. The type of a column comes before its values.
const ANSWER_FACTS: [(&str, &[&str]); 21] = [
    ("InsertedRows", &["insert_cnt"]),
    ("DeletedRows", &["delete_cnt"]),
    ("UpsertedRows", &["upsert_cnt"]),
    ("FoundRows", &["results.topks"]),
    ("Scores", &["results.scores"]),
    ("Column", &["fields_data.type"]),
    ("ColumnRows", &["fields_data.scalars.long_data.data"]),
    ("ColumnRows", &["fields_data.scalars.string_data.data"]),
    ("ColumnRows", &["fields_data.scalars.bool_data.data"]),
    ("ColumnRows", &["fields_data.scalars.int_data.data"]),
    ("OtherColumn", &["fields_data.scalars.float_data"]),
    ("OtherColumn", &["fields_data.scalars.double_data"]),
    ("OtherColumn", &["fields_data.scalars.bytes_data"]),
    ("OtherColumn", &["fields_data.scalars.array_data"]),
    ("OtherColumn", &["fields_data.scalars.json_data"]),
    ("OtherColumn", &["fields_data.vectors.float_vector"]),
    ("OtherColumn", &["fields_data.vectors.binary_vector"]),
    ("OtherColumn", &["fields_data.vectors.float16_vector"]),
    ("OtherColumn", &["fields_data.vectors.bfloat16_vector"]),
    (
        "OtherColumn",
        &["fields_data.vectors.sparse_float_vector.contents"],
    ),
    ("OtherColumn", &["fields_data.vectors.int8_vector"]),
];

/// The facts that are read from requests that change collections: the second name.
const OTHER_NAMES: [&str; 3] = ["alias", "newName", "target_collection_name"];

/// The facts that are read from the answers to writes.
const TIMESTAMP: &str = "timestamp";

/// The facts that are read from a `common.Status`.
const STATUS: [(&str, &str); 7] = [
    ("LegacyCode", "error_code"),
    ("Reason", "reason"),
    ("Code", "code"),
    ("Retriable", "retriable"),
    ("Detail", "detail"),
    ("InfoKey", "extra_info.key"),
    ("InfoValue", "extra_info.value"),
];

/// One row of `rpcs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    class: String,
    database: Option<String>,
    collection: Option<String>,
    status: Option<String>,
    changes: Option<String>,
    #[serde(default)]
    writes: bool,
    #[serde(default)]
    own_database: bool,
}

/// The table of RPCs, `Request` for the requests of unary RPCs, and `Answer` for their answers.
pub(super) fn table(
    pool: &DescriptorPool,
    rows: &BTreeMap<String, BTreeMap<String, Row>>,
) -> Result<String> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    let mut requests: Vec<String> = Vec::new();
    for service in pool.services() {
        let rows = rows
            .get(service.full_name())
            .ok_or_else(|| format!("rpcs.toml has no [\"{}\"]", service.full_name()))?;
        if let Some(unknown) = rows
            .keys()
            .find(|name| service.methods().all(|method| method.name() != **name))
        {
            return Err(format!("rpcs.toml: {} has no RPC {unknown}", service.full_name()).into());
        }
        for method in service.methods() {
            let row = rows
                .get(method.name())
                .ok_or_else(|| format!("rpcs.toml has no row for {}", method.full_name()))?;
            let path = format!("/{}/{}", service.full_name(), method.name());
            let (entry, status) = rpc(pool, &path, &method, row)?;
            entries.push((path.clone(), entry));
            let unary = !method.is_client_streaming() && !method.is_server_streaming();
            // The one RPC of ProxyService has the request of another one.
            if unary && service.name() != "ProxyService" {
                let (request, answer) = (rust_type(&method.input()), rust_type(&method.output()));
                let accessors = accessors(pool, &method.input(), row);
                requests.push(format!(
                    "impl Request for super::{request} {{\n    type Answer = super::{answer};\n    const PATH: &'static str = {path:?};\n{accessors}}}\n\n"
                ));
            }
            answers.insert(
                rust_type(&method.output()),
                status_accessor(&method.output(), status.as_deref()),
            );
        }
    }
    let status = pool
        .get_message_by_name("milvus.proto.common.Status")
        .ok_or("no milvus.proto.common.Status")?;
    let mut tree = Tree::default();
    for (fact, name) in STATUS {
        tree.insert(
            &resolve(pool, &status, name).ok_or("milvus.proto.common.Status lost a field")?,
            fact,
        )?;
    }
    // Sorted by path, so that the file changes little between versions.
    entries.sort();
    let mut out =
        String::from("// Generated from the descriptors and proto/rpcs.toml. Do not edit.\n\n");
    out.push_str(
        "use super::{Answer, Request};\nuse crate::wire::{Changes, Class, Fact, Field, Read, Rpc};\n\n",
    );
    writeln!(
        out,
        "/// What is read of `common.Status`.\nconst STATUS: &[Field] = {};\n",
        tree.render(0)
    )?;
    writeln!(
        out,
        "/// Every RPC of the contract, sorted by path.\npub(super) static RPCS: [Rpc; {}] = [",
        entries.len()
    )?;
    for (_, entry) in &entries {
        out.push_str(entry);
    }
    out.push_str("];\n\n");
    out.extend(requests);
    for (name, body) in answers {
        writeln!(
            out,
            "impl Answer for super::{name} {{\n    fn status(&self) -> Option<&super::common::Status> {{\n        {body}\n    }}\n}}\n"
        )?;
    }
    Ok(out)
}

/// One entry of the table, and the field that contains the answer's Status (empty if the answer is one).
fn rpc(
    pool: &DescriptorPool,
    path: &str,
    method: &MethodDescriptor,
    row: &Row,
) -> Result<(String, Option<String>)> {
    let class = match row.class.as_str() {
        "read" => "Read",
        "idempotent" => "Idempotent",
        "piecewise" => "Piecewise",
        "once" => "Once",
        other => return Err(format!("rpcs.toml: {}: no class {other}", method.full_name()).into()),
    };
    let mut request = Tree::default();
    for (fact, names) in FACTS {
        let own = match fact {
            "Database" => row.database.as_deref(),
            "Collection" => row.collection.as_deref(),
            _ => None,
        };
        let found = match own {
            Some(path) => Some(
                resolve(pool, &method.input(), path)
                    .ok_or_else(|| format!("rpcs.toml: {}: no field {path}", method.full_name()))?,
            ),
            None => names.iter().find_map(|name| {
                let name = match name.split_once(':') {
                    Some((request, name)) if request == method.input().name() => name,
                    Some(_) => return None,
                    None => name,
                };
                resolve(pool, &method.input(), name)
            }),
        };
        if let Some(fields) = found {
            request.insert(&fields, fact)?;
        }
    }
    let changes = match row.changes.as_deref() {
        None => "Nothing",
        Some("named") => "Named",
        Some("all") => "All",
        Some(other) => {
            return Err(format!("rpcs.toml: {}: changes {other}", method.full_name()).into());
        }
    };
    let others = OTHER_NAMES
        .iter()
        .filter(|name| changes == "Named" && row.collection.as_deref() != Some(name));
    for fields in others.filter_map(|name| resolve(pool, &method.input(), name)) {
        request.insert(&fields, "OtherName")?;
    }
    let output = method.output();
    let status = match row.status.as_deref() {
        Some(field) => Some(field.to_owned()),
        None if output.full_name() == "milvus.proto.common.Status" => Some(String::new()),
        None => output
            .get_field_by_name("status")
            .filter(|field| matches!(field.kind(), Kind::Message(message) if message.full_name() == "milvus.proto.common.Status"))
            .map(|field| field.name().to_owned()),
    };
    let (mut response, mut bare_status) = (Tree::default(), false);
    match status.as_deref() {
        None => {}
        Some("") => {
            bare_status = true;
            for (fact, name) in STATUS {
                response.insert(
                    &resolve(pool, &output, name)
                        .ok_or("milvus.proto.common.Status lost a field")?,
                    fact,
                )?;
            }
        }
        Some(name) => {
            let field = output
                .get_field_by_name(name)
                .ok_or_else(|| format!("{}: no field {name}", method.full_name()))?;
            response.0.insert(field.number(), Branch::Status);
        }
    }
    for (fact, names) in ANSWER_FACTS {
        if let Some(fields) = names.iter().find_map(|name| resolve(pool, &output, name)) {
            response.insert(&fields, fact)?;
        }
    }
    if row.writes
        && let Some(fields) = resolve(pool, &output, TIMESTAMP)
    {
        response.insert(&fields, "Timestamp")?;
    }
    let mut out = String::from("    Rpc {\n");
    writeln!(out, "        path: {path:?},")?;

    writeln!(out, "        method: {:?},", &path[1..])?;
    writeln!(
        out,
        "        operation: {:?},",
        method.name().to_snake_case()
    )?;
    writeln!(out, "        class: Class::{class},")?;
    writeln!(
        out,
        "        client_streaming: {},",
        method.is_client_streaming()
    )?;
    writeln!(
        out,
        "        server_streaming: {},",
        method.is_server_streaming()
    )?;
    writeln!(out, "        changes: Changes::{changes},")?;
    writeln!(out, "        writes: {},", row.writes)?;
    let rendered = request.render(2);
    writeln!(
        out,
        "        has_database: {},",
        rendered.contains("Fact::Database")
    )?;
    writeln!(
        out,
        "        has_filter: {},",
        rendered.contains("Fact::Filter)")
    )?;
    writeln!(
        out,
        "        has_consistency: {},",
        rendered.contains("Fact::Consistency)")
    )?;
    writeln!(out, "        request: {rendered},")?;
    let rendered = if bare_status {
        "STATUS".to_owned()
    } else {
        response.render(2)
    };
    let returns_rows = ["Fact::FoundRows)", "Fact::ColumnRows)"];
    writeln!(
        out,
        "        returns_rows: {},",
        returns_rows.iter().any(|fact| rendered.contains(fact))
    )?;
    writeln!(out, "        response: {rendered},")?;
    out.push_str("    },\n");
    Ok((out, status))
}

/// The methods of `Request` for the fields that name the database and the collection, if the request has such fields.
fn accessors(pool: &DescriptorPool, request: &MessageDescriptor, row: &Row) -> String {
    let field = |fact: &str, own: Option<&str>| {
        let (_, names) = FACTS.iter().find(|(known, _)| *known == fact)?;
        let mut paths = own
            .map_or_else(|| names.to_vec(), |path| vec![path])
            .into_iter();
        let fields = paths.find_map(|path| resolve(pool, request, path))?;
        match &fields[..] {
            [field] if field.kind() == Kind::String && !field.is_list() => {
                Some(rust_field(field.name()))
            }
            _ => None,
        }
    };
    let mut out = String::new();
    if !row.own_database
        && let Some(database) = field("Database", row.database.as_deref())
    {
        out += &format!(
            "\n    fn database(&self) -> Option<&str> {{\n        Some(&self.{database})\n    }}\n\n    fn database_mut(&mut self) -> Option<&mut String> {{\n        Some(&mut self.{database})\n    }}\n"
        );
    }
    if let Some(collection) = field("Collection", row.collection.as_deref()) {
        out += &format!(
            "\n    fn collection(&self) -> Option<&str> {{\n        Some(&self.{collection})\n    }}\n\n    fn collection_mut(&mut self) -> Option<&mut String> {{\n        Some(&mut self.{collection})\n    }}\n"
        );
    }
    out
}

/// The body of `Answer::status` for a message with a Status in `field` (empty if it is one).
fn status_accessor(message: &MessageDescriptor, field: Option<&str>) -> String {
    let Some(name) = field else {
        return "None".to_owned();
    };
    let oneof = message
        .get_field_by_name(name)
        .and_then(|field| field.containing_oneof());
    match oneof.filter(|oneof| !oneof.is_synthetic()) {
        _ if name.is_empty() => "Some(self)".to_owned(),
        None => format!("self.{}.as_ref()", rust_field(name)),
        Some(oneof) => {
            let path = rust_type(message);
            let (module, message) = path.rsplit_once("::").unwrap_or(("", &path));
            let variants = format!(
                "super::{module}::{}::{}",
                message.to_snake_case(),
                oneof.name().to_upper_camel_case()
            );
            format!(
                "match &self.{} {{\n            Some({variants}::{}(status)) => Some(status),\n            _ => None,\n        }}",
                rust_field(oneof.name()),
                name.to_upper_camel_case()
            )
        }
    }
}
