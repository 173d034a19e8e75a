//! Text for the columns of a terminal.

use std::time::Duration;

/// Three significant digits with a suitable unit.
pub(crate) fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let digits = |value: f64| match value {
        // A value that rounds up to the next power of ten has one decimal fewer.
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    };
    match nanos {
        0 => "0 ms".to_owned(),
        1..1_000 => format!("{nanos} ns"),
        1_000..999_500 => format!("{} µs", digits(nanos as f64 / 1e3)),
        999_500..999_500_000 => format!("{} ms", digits(nanos as f64 / 1e6)),
        999_500_000..60_000_000_000 => format!("{} s", digits(nanos as f64 / 1e9)),
        _ => {
            let seconds = duration.as_secs();
            format!("{}m {:02}s", seconds / 60, seconds % 60)
        }
    }
}

/// The columns of a text. East Asian wide characters and emoji take two, which is precise enough for span names.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Cuts a text to `limit` columns, marking the cut.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let mut taken = 0;
    let mut short: String = text
        .chars()
        .take_while(|c| {
            taken += width(*c);
            taken < limit
        })
        .collect();
    if limit > 0 {
        short.push('…');
    }
    short
}

/// Text from the network must not move the cursor, change colours or reverse the line.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '�',
            '\n' | '\t' => ' ',
            c if c.is_control() => '�',
            c => c,
        })
        .collect()
}

/// `milvus.proto.rootcoord.RootCoord/AllocID` as `RootCoord/AllocID`.
pub(crate) fn short_name(name: &str) -> String {
    let name = harmless(name.strip_prefix('/').unwrap_or(name));
    match name.split_once('/') {
        Some((service, method)) if !service.contains(' ') => {
            let service = service.rsplit('.').next().unwrap_or(service);
            format!("{service}/{method}")
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_a_fitting_unit() {
        let nanos = |nanos| duration(Duration::from_nanos(nanos));
        assert_eq!(nanos(0), "0 ms");
        assert_eq!(nanos(842), "842 ns");
        assert_eq!(nanos(1_000), "1.00 µs");
        assert_eq!(nanos(95_123), "95.1 µs");
        assert_eq!(nanos(999_499), "999 µs");
        assert_eq!(nanos(999_999), "1.00 ms");
        assert_eq!(nanos(9_999_000), "10.0 ms");
        assert_eq!(nanos(99_999_000), "100 ms");
        assert_eq!(nanos(2_596_730_000), "2.60 s");
        assert_eq!(nanos(65_000_000_000), "1m 05s");
    }

    #[test]
    fn cutting_respects_wide_characters() {
        assert_eq!(cut("search", 6), "search");
        assert_eq!(cut("search", 5), "sear…");
        assert_eq!(columns("書籍"), 4);
        assert_eq!(cut("書籍を探す", 5), "書籍…");
        assert_eq!(cut("search", 0), "");
    }

    #[test]
    fn names_cannot_control_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\nc\u{202e}"), "a�[2Jb c�");
    }

    #[test]
    fn rpc_names_lose_their_package() {
        assert_eq!(
            short_name("milvus.proto.rootcoord.RootCoord/AllocID"),
            "RootCoord/AllocID"
        );
        assert_eq!(
            short_name("/milvus.proto.milvus.MilvusService/Search"),
            "MilvusService/Search"
        );
        assert_eq!(short_name("search books"), "search books");
        assert_eq!(short_name("GET /v1/entities"), "GET /v1/entities");
    }
}
