//! Conversion between 32-bit and 16-bit floats, so that reading and writing rows does not depend on the crate `half`.

/// A format of 16-bit floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Ieee,
    Brain,
}

impl Half {
    pub(super) fn widen(self, bits: u16) -> f32 {
        match self {
            Self::Ieee => f32_from_f16(bits),
            Self::Brain => f32_from_bf16(bits),
        }
    }

    pub(super) fn narrow(self, value: f32) -> u16 {
        match self {
            Self::Ieee => f16_from_f32(value),
            Self::Brain => bf16_from_f32(value),
        }
    }
}

/// Decodes little-endian 32-bit floats.
pub(super) fn floats(bytes: &[u8]) -> impl ExactSizeIterator<Item = f32> + '_ {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
}

/// Decodes little-endian 16-bit floats.
pub(super) fn halves(bytes: &[u8], half: Half) -> impl ExactSizeIterator<Item = f32> + '_ {
    let widen = move |bytes: &[u8; 2]| half.widen(u16::from_le_bytes(*bytes));
    bytes.as_chunks::<2>().0.iter().map(widen)
}

/// The IEEE 16-bit float nearest to `value`, ties to even.
#[expect(
    clippy::cast_possible_truncation,
    reason = "each part is masked or shifted to 16 bits first"
)]
pub(super) fn f16_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xff) as i32;
    let fraction = bits & 0x007f_ffff;
    if exponent == 0xff {
        // A NaN keeps the upper bits of its payload. If these are zero, a bit is set so that it does not become
        // infinity.
        let payload = (fraction >> 13) as u16;
        let quiet = u16::from(fraction != 0 && payload == 0) << 9;
        return sign | 0x7c00 | payload | quiet;
    }
    let exponent = exponent - 127 + 15;
    if exponent >= 0x1f {
        return sign | 0x7c00;
    }
    if exponent <= 0 {
        if exponent < -10 {
            return sign;
        }
        let shift = (14 - exponent) as u32;
        return sign | round_even(fraction | 0x0080_0000, shift) as u16;
    }
    // If rounding carries into the exponent, the result is correct, too.
    let magnitude = ((exponent as u32) << 23) | fraction;
    sign | round_even(magnitude, 13) as u16
}

/// `value >> shift`, rounded to nearest, ties to even.
fn round_even(value: u32, shift: u32) -> u32 {
    let kept = value >> shift;
    let rest = value & ((1 << shift) - 1);
    let half = 1 << (shift - 1);
    kept + u32::from(rest > half || (rest == half && kept & 1 == 1))
}

/// The value of an IEEE 16-bit float.
pub(super) fn f32_from_f16(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10) & 0x1f;
    let fraction = u32::from(half & 0x03ff);
    let magnitude = match (exponent, fraction) {
        (0, 0) => 0,
        (0, _) => {
            // A subnormal f16, fraction * 2^-24, is a normal f32.
            let lead = 31 - fraction.leading_zeros();
            ((lead + 127 - 24) << 23) | ((fraction << (23 - lead)) & 0x007f_ffff)
        }
        (0x1f, _) => 0x7f80_0000 | (fraction << 13),
        _ => ((exponent + 127 - 15) << 23) | (fraction << 13),
    };
    f32::from_bits(sign | magnitude)
}

/// The brain float nearest to `value`, ties to even.
pub(super) fn bf16_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    if value.is_nan() {
        return (bits >> 16) as u16 | u16::from(bits & 0x007f_0000 == 0) << 6;
    }
    let rounded = bits + 0x7fff + ((bits >> 16) & 1);
    (rounded >> 16) as u16
}

/// The value of a brain float.
pub(super) fn f32_from_bf16(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_16_bit_floats_round_trip() {
        for bits in 0..=u16::MAX {
            assert_eq!(f16_from_f32(f32_from_f16(bits)), bits, "f16 {bits:#06x}");
            assert_eq!(bf16_from_f32(f32_from_bf16(bits)), bits, "bf16 {bits:#06x}");
        }
    }

    #[test]
    fn conversion_rounds_to_nearest_even() {
        for (value, f16, bf16) in [
            (1.0, 0x3c00, 0x3f80),
            (-2.0, 0xc000, 0xc000),
            (65504.0, 0x7bff, 0x4780),
            (65520.0, 0x7c00, 0x4780),
            (1.0e30, 0x7c00, 0x714a),
            (5.960_464_5e-8, 0x0001, 0x3380),
            (2.9e-8, 0x0000, 0x32f9),
            (1.000_488_3, 0x3c00, 0x3f80),
            (1.001_464_8, 0x3c02, 0x3f80),
            (f32::INFINITY, 0x7c00, 0x7f80),
        ] {
            assert_eq!(f16_from_f32(value), f16, "{value} as f16");
            assert_eq!(bf16_from_f32(value), bf16, "{value} as bf16");
        }
        assert!(f32_from_f16(f16_from_f32(f32::NAN)).is_nan());
        assert!(f32_from_bf16(bf16_from_f32(f32::from_bits(0x7f80_0001))).is_nan());
    }
}
