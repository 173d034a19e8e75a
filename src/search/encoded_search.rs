use std::borrow::Cow;

use bytes::{Buf, BufMut, BytesMut};
use prost::encoding::{DecodeContext, WireType, encode_key, encode_varint};
use prost::{DecodeError, Message};

use super::QueryVectors;
use super::query_vector::{encode_bytes, field_len};
use crate::proto::Request;
use crate::proto::common::KeyValuePair;
use crate::proto::milvus::{SearchRequest, SearchResults, search_request::SearchInput};
use crate::schema::Schema;
use crate::wire::Short;

/// The tags of the fields of a [`SearchRequest`] that are encoded here, and not by prost.
const COLLECTION: u32 = 3;
const PLACEHOLDER_GROUP: u32 = 6;
const SEARCH_PARAMS: u32 = 9;

/// A [`SearchRequest`] whose vectors and names are encoded without an intermediate copy.
#[derive(Debug)]
pub(crate) struct EncodedSearch<'a> {
    pub(crate) collection: &'a str,
    pub(crate) settings: SearchSettings,
    /// All other fields. The search parameters in it are sent after the settings.
    pub(crate) request: SearchRequest,
    pub(crate) query_vectors: QueryVectors,
}

/// The search parameters that have setters. `None` is not sent.
#[derive(Debug, Default)]
pub(crate) struct SearchSettings {
    pub(crate) limit: Option<u64>,
    /// Parameters of the index, as JSON.
    pub(crate) index: Option<Cow<'static, str>>,
    pub(crate) ignore_growing: Option<&'static str>,
    pub(crate) metric: Option<&'static str>,
    pub(crate) field: Option<String>,
}

impl SearchSettings {
    fn each(&self, mut set: impl FnMut(&'static str, &str)) {
        let limit = self
            .limit
            .and_then(|limit| Short::of(format_args!("{limit}")));
        for (key, value) in [
            ("topk", limit.as_ref().map(Short::as_str)),
            ("params", self.index.as_deref()),
            ("ignore_growing", self.ignore_growing),
            ("metric_type", self.metric),
            ("anns_field", self.field.as_deref()),
        ] {
            if let Some(value) = value {
                set(key, value);
            }
        }
    }
}

/// The length of a `KeyValuePair`.
fn pair_len(key: &str, value: &str) -> usize {
    field_len(key.len()) + field_len(value.len())
}

impl EncodedSearch<'_> {
    /// Checks that the vectors fit the field of the schema that is searched. The error names the field.
    pub(crate) fn check_schema(&self, schema: &Schema) -> Result<(), String> {
        if self.query_vectors.len() == 0 {
            return Ok(());
        }
        let mut parameters = self.request.search_params.iter();
        let field = parameters.find(|pair| pair.key == "anns_field");
        let field = field.map(|pair| pair.value.as_str());
        self.query_vectors
            .check_schema(schema, field.or(self.settings.field.as_deref()))
    }

    /// Converts it to a message, for requests that contain several searches.
    pub(crate) fn into_proto(self) -> SearchRequest {
        let mut request = self.request;
        self.collection.clone_into(&mut request.collection_name);
        let mut pairs = Vec::with_capacity(5 + request.search_params.len());
        self.settings.each(|key, value| {
            pairs.push(KeyValuePair {
                key: key.to_owned(),
                value: value.to_owned(),
            });
        });
        pairs.append(&mut request.search_params);
        request.search_params = pairs;
        if self.query_vectors.len() > 0 {
            let mut group = BytesMut::with_capacity(self.query_vectors.encoded_len());
            self.query_vectors.encode(&mut group);
            request.search_input = Some(SearchInput::PlaceholderGroup(group.freeze()));
        }
        request
    }
}

impl Message for EncodedSearch<'_> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        encode_bytes(COLLECTION, self.collection.as_bytes(), buffer);
        self.settings.each(|key, value| {
            encode_key(SEARCH_PARAMS, WireType::LengthDelimited, buffer);
            encode_varint(pair_len(key, value) as u64, buffer);
            encode_bytes(1, key.as_bytes(), buffer);
            encode_bytes(2, value.as_bytes(), buffer);
        });
        self.request.encode_raw(buffer);
        if self.query_vectors.len() > 0 {
            encode_key(PLACEHOLDER_GROUP, WireType::LengthDelimited, buffer);
            encode_varint(self.query_vectors.encoded_len() as u64, buffer);
            self.query_vectors.encode(buffer);
        }
    }

    fn encoded_len(&self) -> usize {
        let mut length = field_len(self.collection.len());
        self.settings
            .each(|key, value| length += field_len(pair_len(key, value)));
        if self.query_vectors.len() > 0 {
            length += field_len(self.query_vectors.encoded_len());
        }
        length + self.request.encoded_len()
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
        self.collection = "";
        self.settings = SearchSettings::default();
        self.request.clear();
        self.query_vectors = QueryVectors::default();
    }
}

impl Request for EncodedSearch<'_> {
    type Answer = SearchResults;
    const PATH: &'static str = SearchRequest::PATH;

    fn database_mut(&mut self) -> Option<&mut String> {
        self.request.database_mut()
    }

    fn collection(&self) -> Option<&str> {
        Some(self.collection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_a_search_request() {
        let vectors = [[0.5_f32; 200], [1.0; 200]];
        let all = || SearchSettings {
            limit: Some(u64::MAX),
            index: Some("{}".into()),
            ignore_growing: Some("True"),
            metric: Some("COSINE"),
            field: Some("embedding".into()),
        };
        for query_vectors in [
            QueryVectors::default(),
            QueryVectors::One(vectors[0].into()),
            vectors.into_iter().collect(),
        ] {
            for settings in [SearchSettings::default, all] {
                let search = |query_vectors: QueryVectors| EncodedSearch {
                    collection: "books",
                    settings: settings(),
                    request: SearchRequest {
                        nq: 2,
                        search_params: vec![KeyValuePair {
                            key: "offset".into(),
                            value: "3".into(),
                        }],
                        ..SearchRequest::default()
                    },
                    query_vectors,
                };
                let sent = search(query_vectors.clone()).encode_to_vec();
                let message = search(query_vectors.clone()).into_proto();
                assert_eq!(sent.len(), message.encoded_len());
                assert_eq!(SearchRequest::decode(&sent[..]).unwrap(), message);
            }
        }
    }

    #[test]
    fn settings_have_the_names_of_milvus() {
        let settings = SearchSettings {
            limit: Some(10),
            index: Some(r#"{"ef":64}"#.into()),
            ignore_growing: Some("True"),
            metric: Some("L2"),
            field: Some("embedding".into()),
        };
        let mut pairs = String::new();
        settings.each(|key, value| pairs += &format!("{key}={value} "));
        assert_eq!(
            pairs,
            r#"topk=10 params={"ef":64} ignore_growing=True metric_type=L2 anns_field=embedding "#
        );
    }
}
