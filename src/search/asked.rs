use bytes::{Buf, BufMut, BytesMut};
use prost::encoding::{
    DecodeContext, WireType, encode_key, encode_varint, encoded_len_varint, key_len,
};
use prost::{DecodeError, Message};

use super::Needles;
use crate::proto::Request;
use crate::proto::milvus::{SearchRequest, SearchResults, search_request::SearchInput};

/// The field of a [`SearchRequest`] that holds what is searched for.
const PLACEHOLDER_GROUP: u32 = 6;

/// A search as it is sent: vectors go from where the caller has them into the frame.
#[derive(Debug)]
pub(crate) struct Asked {
    /// All but the needles.
    pub(crate) request: SearchRequest,
    pub(crate) needles: Needles,
}

impl Asked {
    /// The same as one message, for a request that has it as a part.
    pub(crate) fn into_proto(mut self) -> SearchRequest {
        if self.needles.len() > 0 {
            let mut group = BytesMut::with_capacity(self.needles.encoded_len());
            self.needles.encode(&mut group);
            self.request.search_input = Some(SearchInput::PlaceholderGroup(group.freeze()));
        }
        self.request
    }
}

impl Message for Asked {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        self.request.encode_raw(buffer);
        if self.needles.len() > 0 {
            encode_key(PLACEHOLDER_GROUP, WireType::LengthDelimited, buffer);
            encode_varint(self.needles.encoded_len() as u64, buffer);
            self.needles.encode(buffer);
        }
    }

    fn encoded_len(&self) -> usize {
        let group = match self.needles.len() {
            0 => 0,
            _ => {
                let length = self.needles.encoded_len();
                key_len(PLACEHOLDER_GROUP) + encoded_len_varint(length as u64) + length
            }
        };
        self.request.encoded_len() + group
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        self.request.merge_field(tag, wire_type, buffer, context)
    }

    fn clear(&mut self) {
        self.request.clear();
        self.needles = Needles::default();
    }
}

impl Request for Asked {
    type Answer = SearchResults;
    const PATH: &'static str = SearchRequest::PATH;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sent_as_the_contract_says() {
        let ask = |needles: Needles| Asked {
            request: SearchRequest {
                collection_name: "books".into(),
                nq: 2,
                ..SearchRequest::default()
            },
            needles,
        };
        let vectors = [[0.5_f32; 200], [1.0; 200]];
        for needles in [
            Needles::default(),
            Needles::One(vectors[0].into()),
            vectors.into_iter().collect(),
        ] {
            let sent = ask(needles.clone()).encode_to_vec();
            let message = ask(needles).into_proto();
            assert_eq!(sent.len(), message.encoded_len());
            assert_eq!(SearchRequest::decode(&sent[..]).unwrap(), message);
        }
    }
}
