//! Regenerates the generated code from `proto/`. Does nothing unless built with `--cfg milvus_otel_codegen`:
//!
//! ```text
//! RUSTFLAGS='--cfg milvus_otel_codegen' cargo check && cargo fmt
//! ```
//!
//! The result is checked in, so that users of the crate compile no code generator and need no `protoc`.

#[cfg(milvus_otel_codegen)]
#[path = "proto/codegen.rs"]
mod codegen;

fn main() {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(milvus_otel_codegen)]
    if let Err(error) = codegen::generate() {
        println!("cargo::error=src/proto could not be generated: {error}");
    }
}
