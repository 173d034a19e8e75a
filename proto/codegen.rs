//! The code generator of build.rs. It writes messages, client stubs and the table of RPCs (from the descriptors and
//! `rpcs.toml`) to `src/proto`, and server stubs and the fake's delegation to `testkit/src/proto`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::MessageDescriptor;

#[path = "codegen/fake.rs"]
mod fake;
#[path = "codegen/redacted.rs"]
mod redacted;
#[path = "codegen/table.rs"]
mod table;
#[path = "codegen/tree.rs"]
mod tree;

use fake::fake;
use redacted::{Fields, check, debug_impls};
use table::{Row, table};

const FILES: [&str; 6] = [
    "common.proto",
    "feder.proto",
    "milvus.proto",
    "msg.proto",
    "rg.proto",
    "schema.proto",
];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn generate() -> Result<()> {
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_files(FILES)?;
    let pool = compiler.descriptor_pool();
    let mut toml: toml::Table = toml::from_str(&fs::read_to_string("proto/rpcs.toml")?)?;
    let mut fields = |name| -> Result<Fields> {
        let table = toml
            .remove(name)
            .ok_or_else(|| format!("rpcs.toml has no [{name}]"))?;
        Ok(table.try_into()?)
    };
    let (redacted, printed) = (fields("redacted")?, fields("printed")?);
    check(&pool, &redacted, &printed)?;
    let rows: BTreeMap<String, BTreeMap<String, Row>> = toml::Value::Table(toml).try_into()?;

    fs::create_dir_all("src/proto")?;
    tonic_prost_build::configure()
        // Without this, a constructor would have the same name as the RPC `Connect`.
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
    for entry in fs::read_dir("src/proto")? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("milvus.proto.") {
            plain_enums(&file)?;
        }
    }
    share_bytes("src/proto/milvus.proto.schema.rs", "vector_field", "Data")?;
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

/// Encodes the `bytes` fields of a oneof by `crate::wire::sharing`. The option of prost applies to all messages or to none.
fn share_bytes(file: &str, message: &str, oneof: &str) -> Result<()> {
    let generated = fs::read_to_string(file)?;
    let module = format!("pub mod {message} {{\n");
    let oneof = format!("    pub enum {oneof} {{\n");
    let at = generated
        .find(&module)
        .and_then(|at| Some(at + generated.get(at..)?.find(&oneof)?))
        .ok_or_else(|| format!("{file} has no {message} with such data"))?;
    let (before, after) = generated.split_at(at);
    let path = "    #[prost(prost_path = \"crate::wire::sharing\")]\n";
    Ok(fs::write(file, [before, path, after].concat())?)
}

/// Replaces enum fields by plain integers, as they are on the wire. The getters of prost would return the first value of the
/// enum for a value that this version of the contract does not have.
fn plain_enums(file: &Path) -> Result<()> {
    const ENUM: &str = "#[prost(enumeration = \"";
    let generated = fs::read_to_string(file)?;
    let mut out = String::with_capacity(generated.len());
    for line in generated.lines() {
        let field = line
            .split_once(ENUM)
            .and_then(|(indent, rest)| Some((indent, rest.split_once('"')?)));
        match field {
            Some((indent, (name, rest))) => {
                writeln!(
                    out,
                    "{indent}/// A value of [`{name}`].\n{indent}#[prost(int32{rest}"
                )?;
            }
            None => writeln!(out, "{line}")?,
        }
    }
    if out.contains("enumeration") {
        return Err(format!("{} has an enum field in another form", file.display()).into());
    }
    Ok(fs::write(file, out)?)
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
