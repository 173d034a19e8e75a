use proptest::prelude::*;

use super::*;

/// The same message as prost would generate it.
#[derive(Clone, PartialEq, prost::Message)]
struct Plain {
    #[prost(float, repeated, tag = "1")]
    data: Vec<f32>,
}

/// The unpacked form, which an old encoder may write.
#[derive(Clone, PartialEq, prost::Message)]
struct Unpacked {
    #[prost(double, repeated, packed = "false", tag = "1")]
    data: Vec<f64>,
}

#[test]
fn taking_a_vec_copies_nothing() {
    let numbers = vec![1.0_f32, 2.0];
    let address = numbers.as_ptr().cast::<u8>();
    assert_eq!(FloatArray::from(numbers).as_le_bytes().as_ptr(), address);
}

#[test]
fn decoding_shares_the_received_bytes() {
    let bytes = Bytes::from(FloatArray::from(vec![1.0, 2.0]).encode_to_vec());
    let decoded = FloatArray::decode(bytes.clone()).unwrap();
    assert_eq!(decoded.as_le_bytes().as_ptr(), bytes[2..].as_ptr());
}

#[test]
fn pieces_of_an_array_are_joined() {
    let mut bytes = FloatArray::from(vec![1.0, 2.0]).encode_to_vec();
    bytes.extend(FloatArray::from(vec![3.0]).encode_to_vec());
    assert_eq!(
        FloatArray::decode(&bytes[..]).unwrap().to_vec(),
        [1.0, 2.0, 3.0]
    );
    let unpacked = Unpacked {
        data: vec![1.0, 2.0, 3.0],
    }
    .encode_to_vec();
    assert_eq!(
        DoubleArray::decode(&unpacked[..]).unwrap().to_vec(),
        [1.0, 2.0, 3.0]
    );
}

#[test]
fn a_wrong_length_is_an_error() {
    for (bytes, why) in [
        (&[0x0a, 0xff, 0xff, 0xff, 0x7f][..], "past the end"),
        (&[0x0a, 3, 0, 0, 0][..], "in the middle of a number"),
        (&[0x08, 3][..], "another wire type"),
    ] {
        let error = FloatArray::decode(bytes).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn debug_shows_no_numbers() {
    assert_eq!(
        format!("{:?}", FloatArray::from(vec![0.25, 7.5])),
        "FloatArray(2 values)"
    );
}

proptest! {
    #[test]
    fn encoding_equals_that_of_prost_and_decodes_again(bits in proptest::collection::vec(any::<u32>(), 0..64)) {
        let numbers: Vec<f32> = bits.iter().copied().map(f32::from_bits).collect();
        let ours = FloatArray::from(numbers.as_slice());
        let encoded = ours.encode_to_vec();
        prop_assert_eq!(&encoded, &Plain { data: numbers }.encode_to_vec());
        prop_assert_eq!(encoded.len(), ours.encoded_len());
        let back: Vec<u32> = FloatArray::decode(&encoded[..]).unwrap().iter().map(f32::to_bits).collect();
        prop_assert_eq!(back, bits);
    }

    #[test]
    fn any_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        if let Ok(array) = FloatArray::decode(&bytes[..]) {
            prop_assert!(array.as_le_bytes().len() <= bytes.len());
        }
    }
}
