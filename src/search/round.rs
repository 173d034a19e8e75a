/// Scores as [`round_decimals`](crate::ops::Search::round_decimals) wants them, where the server left them as they are.
/// One that the server has rounded stays the same.
pub(crate) fn round_scores(scores: &mut [f32], digits: u32) {
    for score in scores {
        // By way of the decimal digits, which are exact; powers of ten are not.
        let rounded = format!("{:.*}", digits as usize, f64::from(*score));
        *score = rounded.parse().unwrap_or(*score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_rounded_as_pymilvus_does() {
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
            // Twice is as once.
            round_scores(&mut scores, digits);
            assert_eq!(scores, [rounded], "{score} to {digits}");
        }
        let mut nothing = [f32::NAN];
        round_scores(&mut nothing, 2);
        assert!(nothing[0].is_nan());
    }
}
