use bytes::Bytes;
use proptest::prelude::*;
use prost::Message as _;

use crate::proto::schema::{VectorField, vector_field::Data};

/// Vectors as prost would generate them.
#[derive(Clone, PartialEq, prost::Message)]
struct Plain {
    #[prost(int64, tag = "1")]
    dim: i64,
    #[prost(oneof = "PlainData", tags = "3, 4, 5, 7")]
    data: Option<PlainData>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum PlainData {
    #[prost(bytes = "vec", tag = "3")]
    Binary(Vec<u8>),
    #[prost(bytes = "vec", tag = "4")]
    Float16(Vec<u8>),
    #[prost(bytes = "vec", tag = "5")]
    Bfloat16(Vec<u8>),
    #[prost(bytes = "vec", tag = "7")]
    Int8(Vec<u8>),
}

/// Vectors of one type, ours and prost's.
type Pair = (fn(Bytes) -> Data, fn(Vec<u8>) -> PlainData);

const TYPES: [Pair; 4] = [
    (Data::BinaryVector, PlainData::Binary),
    (Data::Float16Vector, PlainData::Float16),
    (Data::Bfloat16Vector, PlainData::Bfloat16),
    (Data::Int8Vector, PlainData::Int8),
];

#[test]
fn decoding_shares_the_received_bytes() {
    let data = Some(Data::Int8Vector(Bytes::from_static(&[1, 2, 3])));
    let received = Bytes::from(VectorField { dim: 3, data }.encode_to_vec());
    let decoded = VectorField::decode(received.clone()).unwrap();
    let Some(Data::Int8Vector(bytes)) = decoded.data else {
        panic!("other vectors")
    };
    assert_eq!(bytes.as_ptr(), received[4..].as_ptr());
}

proptest! {
    #[test]
    fn encoding_equals_that_of_prost_and_decodes_again(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        dim in 0_i64..4,
        number in 0..TYPES.len(),
    ) {
        let (ours, plain) = TYPES[number];
        let plain = Plain { dim, data: Some(plain(bytes.clone())) };
        let ours = VectorField { dim, data: Some(ours(bytes.into())) };
        let encoded = ours.encode_to_vec();
        prop_assert_eq!(&encoded, &plain.encode_to_vec());
        prop_assert_eq!(encoded.len(), ours.encoded_len());
        prop_assert!(VectorField::decode(&encoded[..]).unwrap() == ours);
    }
}
