//! Bars, drawn with block characters to an eighth of a column.

const EIGHTHS: usize = 8;
const FROM_LEFT: [char; EIGHTHS + 1] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// One line of bars.
pub(crate) struct Bar {
    filled: Vec<bool>,
}

impl Bar {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            filled: vec![false; columns * EIGHTHS],
        }
    }

    /// Fills from `start` to `end`, fractions of the whole line; at least an eighth of a column.
    pub(crate) fn fill(&mut self, start: f64, end: f64) {
        let length = self.filled.len();
        if length == 0 {
            return;
        }
        let at = |fraction: f64| (fraction.clamp(0.0, 1.0) * length as f64).round() as usize;
        let first = at(start).min(length - 1);
        let last = at(end).clamp(first + 1, length);
        self.filled[first..last].fill(true);
    }

    /// One character per column; a space where nothing is filled.
    pub(crate) fn cells(&self) -> Vec<char> {
        self.filled.chunks(EIGHTHS).map(cell).collect()
    }
}

/// The nearest block. Fonts have eighths that grow from the left, but only a half and an eighth
/// that grow from the right.
fn cell(eighths: &[bool]) -> char {
    let count = eighths.iter().filter(|filled| **filled).count();
    if count == 0 || count == EIGHTHS {
        return FROM_LEFT[count];
    }
    let left = eighths.iter().take_while(|filled| **filled).count();
    if left == count {
        return FROM_LEFT[count];
    }
    let weight: usize = eighths
        .iter()
        .enumerate()
        .filter(|(_, filled)| **filled)
        .map(|(index, _)| index)
        .sum();
    match (count, weight * 2 >= count * (EIGHTHS - 1)) {
        (7.., _) => '█',
        (3.., true) => '▐',
        (_, true) => '▕',
        (_, false) => FROM_LEFT[count],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(columns: usize, start: f64, end: f64) -> String {
        let mut bar = Bar::new(columns);
        bar.fill(start, end);
        bar.cells().into_iter().collect()
    }

    #[test]
    fn ends_are_drawn_to_an_eighth() {
        assert_eq!(drawn(4, 0.0, 1.0), "████");
        assert_eq!(drawn(4, 0.0, 0.5), "██  ");
        assert_eq!(drawn(4, 0.0, 17.0 / 32.0), "██▏ ");
        assert_eq!(drawn(4, 0.0, 23.0 / 32.0), "██▉ ");
    }

    #[test]
    fn starts_are_drawn_to_a_half() {
        assert_eq!(drawn(4, 4.0 / 32.0, 1.0), "▐███");
        assert_eq!(drawn(4, 7.0 / 32.0, 1.0), "▕███");
        assert_eq!(drawn(4, 1.0 / 32.0, 1.0), "████");
    }

    #[test]
    fn nothing_is_too_short_to_be_seen_or_leaves_the_line() {
        assert_eq!(drawn(4, 0.25, 0.25), " ▏  ");
        assert_eq!(drawn(4, 1.0, 1.0), "   ▕");
        assert_eq!(drawn(4, -3.0, 9.0), "████");
        assert_eq!(drawn(0, 0.0, 1.0), "");
    }
}
