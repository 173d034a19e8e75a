//! Inserts that are encoded in advance, so that only sending them is measured.

use std::future::poll_fn;

use bytes::{BufMut, Bytes};
use http_body_util::{BodyExt, Full};
use prost::Message;
use tonic::Status;
use tonic::client::GrpcService;
use tonic::codec::{Codec, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic_prost::ProstDecoder;

use super::{Client, INSERT, Raw, written};
use crate::measure::Prepare;
use crate::messages::MutationResult;

impl Raw {
    /// From bytes that were encoded in advance.
    pub fn insert_encoded(&self) -> Prepare {
        let message = Bytes::from(self.request().encode_to_vec());
        self.operation(
            move |_| message.clone(),
            async |mut client: Client, message| {
                written(client.call_with(Encoded, INSERT, message).await);
            },
        )
    }

    /// The same bytes as a request body for tonic's channel, which does not copy them.
    pub fn insert_uncopied(&self) -> Prepare {
        let message = self.request().encode_to_vec();
        let mut frame = vec![0];
        frame.extend((message.len() as u32).to_be_bytes());
        frame.extend(message);
        let frame = Bytes::from(frame);
        let channel = self.channel.clone();
        self.operation(
            move |_| (channel.clone(), frame.clone()),
            async |_, (mut channel, frame): (Channel, Bytes)| {
                let request = http::Request::post(format!("http://milvus.test{INSERT}"))
                    .header("content-type", "application/grpc")
                    .header("te", "trailers")
                    .body(tonic::body::Body::new(
                        Full::new(frame).map_err(|never| match never {}),
                    ));
                poll_fn(|context| channel.poll_ready(context))
                    .await
                    .unwrap();
                let answer = channel.call(request.unwrap()).await.unwrap();
                let answer = answer.into_body().collect().await.unwrap().to_bytes();
                written(MutationResult::decode(answer.slice(5..)).unwrap());
            },
        )
    }
}

/// Sends encoded messages.
struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = MutationResult;
    type Encoder = Self;
    type Decoder = ProstDecoder<MutationResult>;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> ProstDecoder<MutationResult> {
        ProstDecoder::default()
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(item.len());
        buffer.put(item);
        Ok(())
    }
}
