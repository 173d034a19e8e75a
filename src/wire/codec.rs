//! The generated client's codec: encoding allocates once, exactly what the message needs.

use std::fmt;
use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder, EncodeBuf, Encoder};

use super::PREFIX;

/// Encodes and decodes protobuf messages.
///
/// Unlike tonic's own codec, which starts from 8 KiB and doubles, it reserves the exact length of the message first: a
/// 3 MB insert is then one allocation of 3 MB and one frame.
pub(crate) struct Codec<T, U>(PhantomData<fn(T) -> U>);

impl<T, U> fmt::Debug for Codec<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> tonic::codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = Encoding<T>;
    type Decoder = Decoding<U>;

    fn encoder(&mut self) -> Encoding<T> {
        Encoding(PhantomData)
    }

    fn decoder(&mut self) -> Decoding<U> {
        Decoding(PhantomData)
    }
}

/// The encoder of [`Codec`].
#[derive(Debug)]
pub(crate) struct Encoding<T>(PhantomData<fn(T)>);

/// The decoder of [`Codec`].
#[derive(Debug)]
pub(crate) struct Decoding<T>(PhantomData<fn() -> T>);

impl<T: Message> Encoder for Encoding<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(item.encoded_len());
        item.encode_raw(buffer);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        // `encode` reserves the rest.
        BufferSettings::new(PREFIX, usize::MAX)
    }
}

impl<T: Message + Default> Decoder for Decoding<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        T::decode(buffer)
            .map(Some)
            .map_err(|error| Status::internal(format!("the answer could not be decoded: {error}")))
    }
}
