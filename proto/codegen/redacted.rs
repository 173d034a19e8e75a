//! `Debug` for messages with credentials, vectors, entities or filters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::{DescriptorPool, FieldDescriptor, Kind};

use super::{Result, rust_field, rust_type};

/// The names of fields by their message.
pub(super) type Fields = BTreeMap<String, Vec<String>>;

/// Returns an error if a field looks like a secret or like user data, but is in neither table.
pub(super) fn check(pool: &DescriptorPool, redacted: &Fields, printed: &Fields) -> Result<()> {
    let is_listed = |table: &Fields, field: &FieldDescriptor| {
        let fields = table.get(field.parent_message().full_name());
        fields.is_some_and(|fields| fields.iter().any(|listed| listed == label(field).as_str()))
    };
    for message in pool.all_messages() {
        if !message.package_name().starts_with("milvus.") {
            continue;
        }
        for field in message.fields().filter(is_suspicious) {
            if !is_listed(redacted, &field) && !is_listed(printed, &field) {
                let (message, field) = (message.full_name(), field.name());
                return Err(format!(
                    "rpcs.toml: add {field} of {message} to [redacted] or to [printed]"
                )
                .into());
            }
        }
    }
    Ok(())
}

fn is_suspicious(field: &FieldDescriptor) -> bool {
    const NAMES: [&str; 7] = [
        "password",
        "token",
        "secret",
        "credential",
        "spec",
        "expr",
        "dsl",
    ];
    match field.kind() {
        Kind::Bytes => true,
        Kind::String => {
            let name = field.name().to_lowercase();
            NAMES.iter().any(|part| name.contains(part))
        }
        _ => false,
    }
}

/// The name of a field, or of the `oneof` that it is in.
fn label(field: &FieldDescriptor) -> String {
    let oneof = field
        .containing_oneof()
        .filter(|oneof| !oneof.is_synthetic());
    oneof.map_or_else(|| field.name().to_owned(), |oneof| oneof.name().to_owned())
}

/// Implements `Debug` for the messages of `redacted` without the values of those fields.
pub(super) fn debug_impls(pool: &DescriptorPool, redacted: &Fields) -> Result<String> {
    let mut out = String::from("// Generated from proto/rpcs.toml [redacted]. Do not edit.\n\n");
    for (name, secret) in redacted {
        let message = pool
            .get_message_by_name(name)
            .ok_or_else(|| format!("rpcs.toml: no message {name}"))?;
        let mut fields: Vec<String> = Vec::new();
        for field in message.fields() {
            let shown = label(&field);
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
        // Without the `Debug` of a message, prost does not derive that of its oneofs either.
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
