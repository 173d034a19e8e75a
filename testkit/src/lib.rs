//! Real Milvus without Docker, an OTLP receiver, a fake Milvus and a trace viewer.

pub mod html;
pub mod jsonl;
pub mod receiver;
pub mod waterfall;
