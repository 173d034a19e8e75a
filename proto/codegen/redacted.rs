//! `Debug` for messages that hold credentials, vectors, entities or filters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::DescriptorPool;

use super::{Result, rust_field, rust_type};

/// `Debug` for messages that hold what must not be printed.
pub(super) fn debug_impls(
    pool: &DescriptorPool,
    redacted: &BTreeMap<String, Vec<String>>,
) -> Result<String> {
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
