//! The SDKs of the variants.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter, SpanProcessor,
};

/// The SDK of a variant.
#[derive(Clone)]
pub(super) struct Sdk {
    pub(super) provider: SdkTracerProvider,
}

impl Sdk {
    pub(super) fn unsampled() -> Self {
        let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOff));
        Self {
            provider: SdkTracerProvider::builder()
                .with_sampler(sampler)
                .with_span_processor(Ignore)
                .build(),
        }
    }

    pub(super) fn null() -> Self {
        Self {
            provider: SdkTracerProvider::builder()
                .with_span_processor(Ignore)
                .build(),
        }
    }

    pub(super) fn batch() -> Self {
        let processor = BatchSpanProcessor::builder(Discard).build();
        Self {
            provider: SdkTracerProvider::builder()
                .with_span_processor(processor)
                .build(),
        }
    }
}

#[derive(Debug)]
struct Ignore;

impl SpanProcessor for Ignore {
    fn on_start(&self, _: &mut opentelemetry_sdk::trace::Span, _: &Context) {}
    fn on_end(&self, _: SpanData) {}
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[derive(Debug)]
struct Discard;

impl SpanExporter for Discard {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}
