//! The code generator behind build.rs: messages and client stubs into `src/proto`, server stubs and the fake's
//! delegation into `testkit/src/proto`, and the table of RPCs from the descriptors and `rpcs.toml`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::{
    DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};
use serde::Deserialize;

const FILES: [&str; 6] = [
    "common.proto",
    "feder.proto",
    "milvus.proto",
    "msg.proto",
    "rg.proto",
    "schema.proto",
];

/// What is read off a request, and under which names it goes in the contract. The first name that a request has wins.
const FACTS: [(&str, &[&str]); 13] = [
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
        &["expr_template_values", "requests.expr_template_values"],
    ),
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

/// What is read off an answer besides its status. A column's type comes before its values.
const ANSWER_FACTS: [(&str, &[&str]); 7] = [
    ("InsertedRows", &["insert_cnt"]),
    ("DeletedRows", &["delete_cnt"]),
    ("UpsertedRows", &["upsert_cnt"]),
    ("FoundRows", &["results.topks"]),
    ("Column", &["fields_data.type"]),
    ("ColumnRows", &["fields_data.scalars.long_data.data"]),
    ("ColumnRows", &["fields_data.scalars.string_data.data"]),
];

/// What is read off a `common.Status`.
const STATUS: [(&str, &str); 7] = [
    ("LegacyCode", "error_code"),
    ("Reason", "reason"),
    ("Code", "code"),
    ("Retriable", "retriable"),
    ("Detail", "detail"),
    ("InfoKey", "extra_info.key"),
    ("InfoValue", "extra_info.value"),
];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One row of `rpcs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    operation: String,
    class: String,
    database: Option<String>,
    collection: Option<String>,
    status: Option<String>,
}

pub(crate) fn generate() -> Result<()> {
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_files(FILES)?;
    let pool = compiler.descriptor_pool();
    let mut toml: toml::Table = toml::from_str(&fs::read_to_string("proto/rpcs.toml")?)?;
    let redacted: BTreeMap<String, Vec<String>> = toml
        .remove("redacted")
        .ok_or("rpcs.toml has no [redacted]")?
        .try_into()?;
    let rows: BTreeMap<String, BTreeMap<String, Row>> = toml::Value::Table(toml).try_into()?;

    fs::create_dir_all("src/proto")?;
    tonic_prost_build::configure()
        // The Milvus RPC `Connect` would clash with the constructor that this leaves out.
        .build_transport(false)
        .build_server(false)
        .codec_path("crate::wire::Codec")
        .bytes(".")
        .extern_path(".milvus.proto.schema.FloatArray", "crate::wire::FloatArray")
        .extern_path(
            ".milvus.proto.schema.DoubleArray",
            "crate::wire::DoubleArray",
        )
        .skip_debug(redacted.keys())
        .out_dir("src/proto")
        .compile_fds(compiler.file_descriptor_set())?;
    fs::write("src/proto/redacted.rs", debug_impls(&pool, &redacted)?)?;
    fs::write("src/proto/rpcs.rs", table(&pool, &rows)?)?;

    if Path::new("testkit").exists() {
        fs::create_dir_all("testkit/src/proto")?;
        let mut servers = tonic_prost_build::configure()
            .build_client(false)
            .build_transport(false)
            .out_dir("testkit/src/proto");
        for package in ["common", "feder", "milvus", "msg", "rg", "schema"] {
            servers = servers.extern_path(
                format!(".milvus.proto.{package}"),
                format!("::milvus_otel::proto::{package}"),
            );
        }
        servers.compile_fds(compiler.file_descriptor_set())?;
        fs::write("testkit/src/proto/fake.rs", fake(&pool)?)?;
    }
    Ok(())
}

fn package_module(full_name: &str) -> String {
    full_name.trim_start_matches("milvus.proto.").to_owned()
}

/// The path of a message's Rust type below `crate::proto`.
fn rust_type(message: &MessageDescriptor) -> String {
    let mut path = package_module(message.package_name()).replace('.', "::");
    let mut parents = Vec::new();
    let mut parent = message.parent_message();
    while let Some(outer) = parent {
        parents.push(outer.name().to_snake_case());
        parent = outer.parent_message();
    }
    for outer in parents.iter().rev() {
        path = format!("{path}::{outer}");
    }
    format!("{path}::{}", message.name().to_upper_camel_case())
}

fn rust_field(name: &str) -> String {
    let snake = name.to_snake_case();
    if matches!(snake.as_str(), "type" | "match" | "ref" | "use") {
        format!("r#{snake}")
    } else {
        snake
    }
}

/// `Debug` for messages that hold what must not be printed.
fn debug_impls(pool: &DescriptorPool, redacted: &BTreeMap<String, Vec<String>>) -> Result<String> {
    let mut out = String::from("// Generated from proto/rpcs.toml [redacted]. Do not edit.\n\n");
    for (name, secret) in redacted {
        let message = pool
            .get_message_by_name(name)
            .ok_or_else(|| format!("rpcs.toml: no message {name}"))?;
        let mut fields: Vec<String> = Vec::new();
        for field in message.fields() {
            let shown = match field
                .containing_oneof()
                .filter(|oneof| !oneof.is_synthetic())
            {
                Some(oneof) => oneof.name().to_owned(),
                None => field.name().to_owned(),
            };
            if !fields.contains(&shown) {
                fields.push(shown);
            }
        }
        if let Some(unknown) = secret.iter().find(|field| !fields.contains(field)) {
            return Err(format!("rpcs.toml: {name} has no field {unknown}").into());
        }
        writeln!(
            out,
            "impl std::fmt::Debug for super::{} {{",
            rust_type(&message)
        )?;
        out.push_str("    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n");
        writeln!(
            out,
            "        f.debug_struct({:?})",
            message.name().to_upper_camel_case()
        )?;
        for field in &fields {
            let label = field.to_snake_case();
            if secret.contains(field) {
                writeln!(out, "            .field({label:?}, &super::Redacted)")?;
            } else {
                writeln!(
                    out,
                    "            .field({label:?}, &self.{})",
                    rust_field(field)
                )?;
            }
        }
        out.push_str("            .finish()\n    }\n}\n\n");
        // prost leaves out the Debug of a message's oneofs with its own.
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let (module, _) = rust_type(&message)
                .rsplit_once("::")
                .map(|(module, name)| (module.to_owned(), name.to_owned()))
                .unwrap_or_default();
            let name = oneof.name().to_upper_camel_case();
            let path = format!("{module}::{}::{name}", message.name().to_snake_case());
            writeln!(out, "impl std::fmt::Debug for super::{path} {{")?;
            out.push_str(
                "    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n",
            );
            writeln!(
                out,
                "        f.debug_tuple({name:?}).field(&super::Redacted).finish()\n    }}\n}}\n"
            )?;
        }
    }
    Ok(out)
}

/// The table of RPCs, `Request` for every message a unary call sends, `Answer` for every message it gets.
fn table(pool: &DescriptorPool, rows: &BTreeMap<String, BTreeMap<String, Row>>) -> Result<String> {
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
            let (entry, status) = rpc(&path, &method, row)?;
            entries.push((path.clone(), entry));
            let unary = !method.is_client_streaming() && !method.is_server_streaming();
            if unary && service.name() == "MilvusService" {
                let (request, answer) = (rust_type(&method.input()), rust_type(&method.output()));
                requests.push(format!(
                    "impl Request for super::{request} {{\n    type Answer = super::{answer};\n    const PATH: &'static str = {path:?};\n}}\n\n"
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
            &resolve(&status, name).ok_or("milvus.proto.common.Status lost a field")?,
            fact,
        )?;
    }
    // Sorted by path, which is what `proto::rpc` searches.
    entries.sort();
    let mut out =
        String::from("// Generated from the descriptors and proto/rpcs.toml. Do not edit.\n\n");
    out.push_str(
        "use super::{Answer, Request};\nuse crate::wire::{Class, Fact, Field, Read, Rpc};\n\n",
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

/// One entry of the table, and the field in which the answer's Status lies (empty: the answer is one).
fn rpc(path: &str, method: &MethodDescriptor, row: &Row) -> Result<(String, Option<String>)> {
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
                resolve(&method.input(), path)
                    .ok_or_else(|| format!("rpcs.toml: {}: no field {path}", method.full_name()))?,
            ),
            None => names.iter().find_map(|name| resolve(&method.input(), name)),
        };
        if let Some(fields) = found {
            request.insert(&fields, fact)?;
        }
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
                    &resolve(&output, name).ok_or("milvus.proto.common.Status lost a field")?,
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
        if let Some(fields) = names.iter().find_map(|name| resolve(&output, name)) {
            response.insert(&fields, fact)?;
        }
    }
    let mut out = String::from("    Rpc {\n");
    writeln!(out, "        path: {path:?},")?;

    writeln!(out, "        method: {:?},", &path[1..])?;
    writeln!(out, "        operation: {:?},", row.operation)?;
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
    writeln!(out, "        response: {rendered},")?;
    out.push_str("    },\n");
    Ok((out, status))
}

/// The body of `Answer::status` for a message whose Status lies in `field` (empty: it is one).
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

/// The fields along a dotted path of names.
fn resolve(message: &MessageDescriptor, path: &str) -> Option<Vec<FieldDescriptor>> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.get_field_by_name(name)?;
    match rest {
        None => Some(vec![field]),
        Some(rest) => {
            let Kind::Message(inner) = field.kind() else {
                return None;
            };
            let mut fields = vec![field];
            fields.extend(resolve(&inner, rest)?);
            Some(fields)
        }
    }
}

/// The wanted fields of a message, by number.
#[derive(Default)]
struct Tree(BTreeMap<u32, Branch>);

enum Branch {
    Leaf(&'static str, String),
    Message(Tree),
    /// A `common.Status`.
    Status,
}

impl Tree {
    fn insert(&mut self, path: &[FieldDescriptor], fact: &str) -> Result<()> {
        let [field, rest @ ..] = path else {
            return Err("an empty path".into());
        };
        let clash = || Box::<dyn Error>::from(format!("two facts lie at {}", field.full_name()));
        if rest.is_empty() {
            let read = match field.kind() {
                Kind::String if fact.ends_with("Rows") => "Present",
                Kind::Int64 if fact == "ColumnRows" => "Varints",
                Kind::String => "Text",
                Kind::Message(_) => "Present",
                Kind::Int32
                | Kind::Int64
                | Kind::Uint32
                | Kind::Uint64
                | Kind::Bool
                | Kind::Enum(_) => "Number",
                other => return Err(format!("{}: {other:?} is not read", field.full_name()).into()),
            };
            match self
                .0
                .insert(field.number(), Branch::Leaf(read, fact.to_owned()))
            {
                None => Ok(()),
                Some(_) => Err(clash()),
            }
        } else {
            match self
                .0
                .entry(field.number())
                .or_insert_with(|| Branch::Message(Self::default()))
            {
                Branch::Message(tree) => tree.insert(rest, fact),
                Branch::Leaf(..) | Branch::Status => Err(clash()),
            }
        }
    }

    fn render(&self, depth: usize) -> String {
        if self.0.is_empty() {
            return "&[]".to_owned();
        }
        let pad = "    ".repeat(depth + 1);
        let mut out = String::from("&[\n");
        for (number, branch) in &self.0 {
            let read = match branch {
                Branch::Leaf(read, fact) => format!("Read::{read}(Fact::{fact})"),
                Branch::Message(tree) => format!("Read::Message({})", tree.render(depth + 1)),
                Branch::Status => "Read::Message(STATUS)".to_owned(),
            };
            out.push_str(&format!(
                "{pad}Field {{ number: {number}, read: {read} }},\n"
            ));
        }
        out.push_str(&format!("{}]", "    ".repeat(depth)));
        out
    }
}

/// The fake's implementation of the server traits: every RPC goes to one method.
fn fake(pool: &DescriptorPool) -> Result<String> {
    let mut out = String::from("// Generated from the descriptors. Do not edit.\n\n");
    for service in pool.services() {
        let module = format!("{}_server", service.name().to_snake_case());
        writeln!(
            out,
            "#[tonic::async_trait]\nimpl super::server::{module}::{} for super::super::fake::Fake {{",
            service.name()
        )?;
        for method in service.methods() {
            let stub = method.name().to_snake_case();
            let request = format!("milvus_otel::proto::{}", rust_type(&method.input()));
            let response = format!("milvus_otel::proto::{}", rust_type(&method.output()));
            let path = format!("/{}/{}", service.full_name(), method.name());
            let input = if method.is_client_streaming() {
                format!("tonic::Streaming<{request}>")
            } else {
                request
            };
            let output = if method.is_server_streaming() {
                let stream = format!("{}Stream", method.name().to_upper_camel_case());
                writeln!(
                    out,
                    "    type {stream} = super::super::fake::Answers<{response}>;"
                )?;
                format!("Self::{stream}")
            } else {
                response
            };
            let call = match (method.is_client_streaming(), method.is_server_streaming()) {
                (false, false) => "unary",
                (false, true) => "server_stream",
                (true, true) => "streams",
                (true, false) => return Err(format!("{path}: client streams are not faked").into()),
            };
            writeln!(
                out,
                "    async fn {stub}(&self, request: tonic::Request<{input}>) -> Result<tonic::Response<{output}>, tonic::Status> {{"
            )?;
            writeln!(out, "        self.{call}({path:?}, request).await\n    }}")?;
        }
        out.push_str("}\n\n");
    }
    Ok(out)
}
