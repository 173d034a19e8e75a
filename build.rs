//! Regenerates `src/proto` from `proto/`. Does nothing unless built with `--cfg milvus_otel_codegen`.
fn main() {}
