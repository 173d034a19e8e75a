//! The ways in which OTLP reaches a receiver.

use milvus_otel_testkit::receiver::{Receiver, Transport};
use opentelemetry_otlp::Protocol;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Grpc,
    GrpcGzip,
    HttpProtobuf,
    HttpProtobufGzip,
    HttpJson,
}

pub(crate) const WAYS: [Way; 5] = [
    Way::Grpc,
    Way::GrpcGzip,
    Way::HttpProtobuf,
    Way::HttpProtobufGzip,
    Way::HttpJson,
];

impl Way {
    pub(crate) fn transport(self) -> Transport {
        match self {
            Self::Grpc | Self::GrpcGzip => Transport::Grpc,
            Self::HttpProtobuf | Self::HttpProtobufGzip => Transport::HttpProtobuf,
            Self::HttpJson => Transport::HttpJson,
        }
    }

    pub(crate) fn protocol(self) -> Protocol {
        if self == Self::HttpJson {
            Protocol::HttpJson
        } else {
            Protocol::HttpBinary
        }
    }

    pub(crate) fn url(self, receiver: &Receiver, path: &str) -> String {
        match self.transport() {
            Transport::Grpc => receiver.grpc_endpoint(),
            _ => format!("{}{path}", receiver.http_endpoint()),
        }
    }
}
