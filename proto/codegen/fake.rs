//! The server implementation of testkit's fake.

use std::fmt::Write as _;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::DescriptorPool;

use super::{Result, rust_type};

/// The fake's implementation of the server traits: every RPC goes to one method.
pub(super) fn fake(pool: &DescriptorPool) -> Result<String> {
    let mut out = String::from("// Generated from the descriptors. Do not edit.\n\n");
    // Two services have the same one.
    let mut rpcs = Vec::new();
    for service in pool.services() {
        let module = format!("{}_server", service.name().to_snake_case());
        writeln!(
            out,
            "#[tonic::async_trait]\nimpl super::server::{module}::{} for super::super::fake::Fake {{",
            service.name()
        )?;
        for method in service.methods() {
            let name = method.name().to_owned();
            if !rpcs.contains(&name) {
                rpcs.push(name);
            }
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
    writeln!(
        out,
        "/// The names of all RPCs.\npub(crate) const RPCS: [&str; {}] = {rpcs:?};",
        rpcs.len()
    )?;
    Ok(out)
}
