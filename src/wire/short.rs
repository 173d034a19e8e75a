use std::fmt;
use std::io::Write;

/// A text of at most 20 bytes, enough for every 64-bit number, without an allocation.
#[derive(Debug)]
pub(crate) struct Short {
    bytes: [u8; 20],
    length: usize,
}

impl Short {
    /// `None` if the text is longer.
    pub(crate) fn of(text: fmt::Arguments<'_>) -> Option<Self> {
        let mut bytes = [0; 20];
        let mut left = &mut bytes[..];
        left.write_fmt(text).ok()?;
        let length = 20 - left.len();
        Some(Self { bytes, length })
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_fits_and_longer_texts_do_not() {
        for number in [i64::MIN.into(), 0, u64::MAX.into()] {
            let number: i128 = number;
            let short = Short::of(format_args!("{number}")).unwrap();
            assert_eq!(short.as_str(), number.to_string());
        }
        assert!(Short::of(format_args!("{}0", u64::MAX)).is_none());
    }
}
