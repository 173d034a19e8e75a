/// Rounds scores for [`round_decimals`](crate::ops::Search::round_decimals), because some servers do not. A score that
/// the server has rounded is not changed.
pub(crate) fn round_scores(scores: &mut [f32], digits: u32) {
    for score in scores {
        // Formatting rounds the exact decimal digits. Multiplying by a power of ten would not be exact.
        let rounded = format!("{:.*}", digits as usize, f64::from(*score));
        *score = rounded.parse().unwrap_or(*score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_rounded_as_in_pymilvus() {
        for (score, digits, rounded) in [
            (3.125, 2, 3.12),
            (0.505_241_4, 2, 0.51),
            (1.258_329_4, 0, 1.0),
            (-2.675, 2, -2.67),
            (1e30, 3, 1e30),
            (f32::NEG_INFINITY, 2, f32::NEG_INFINITY),
        ] {
            let mut scores = [score];
            round_scores(&mut scores, digits);
            assert_eq!(scores, [rounded], "{score} to {digits}");
            // Rounding again changes nothing.
            round_scores(&mut scores, digits);
            assert_eq!(scores, [rounded], "{score} to {digits}");
        }
        let mut nothing = [f32::NAN];
        round_scores(&mut nothing, 2);
        assert!(nothing[0].is_nan());
    }
}
