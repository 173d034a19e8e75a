//! What an application adds to `milvus_otel::init`: metric readers, views, processors, resource detectors and others, each
//! with the library that people use.

mod detectors;
mod json_logs;
mod processors;
mod readers;
mod traces;

use crate::support::child;
use crate::support::collector;

use milvus_otel::init::{self, Builder};

fn to(endpoint: String) -> Builder {
    init::otlp("tests").endpoint(endpoint).global(false)
}
