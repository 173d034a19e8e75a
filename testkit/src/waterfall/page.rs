//! The lines of one trace.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use super::bar::Bar;
use super::text::{self, columns, cut, harmless, short_name};
use super::tree::{Forest, Place, Row};
use crate::receiver::{Span, Status};

const GLYPHS: [char; 8] = ['●', '◆', '▲', '■', '○', '◇', '△', '□'];
const COLORS: [&str; 8] = ["36", "35", "33", "32", "34", "96", "95", "93"];
const RED: &str = "31";
const DIM: &str = "2";
const BOLD: &str = "1";
const DURATION_COLUMNS: usize = 9;

/// The dimensions that all lines of one trace share.
pub(super) struct Page<'a> {
    spans: &'a [Span],
    services: Vec<&'a str>,
    start: SystemTime,
    total: Duration,
    color: bool,
    width: usize,
    names: usize,
    bars: usize,
    /// Columns of the bars at which the ruler has a tick.
    ticks: Vec<usize>,
}

impl<'a> Page<'a> {
    pub(super) fn new(width: usize, color: bool, forest: &Forest<'a>, rows: &[Row]) -> Self {
        let spans = forest.spans;
        let start = spans
            .iter()
            .map(|span| span.start)
            .min()
            .unwrap_or(SystemTime::UNIX_EPOCH);
        let end = spans.iter().map(|span| span.end).max().unwrap_or(start);
        let mut services: Vec<&str> = Vec::new();
        for row in rows {
            let service = spans[row.members[0]].service.as_str();
            if !services.contains(&service) {
                services.push(service);
            }
        }
        for span in spans {
            if !services.contains(&span.service.as_str()) {
                services.push(&span.service);
            }
        }
        let mut page = Self {
            spans,
            services,
            start,
            total: end.duration_since(start).unwrap_or_default(),
            color,
            width,
            names: 0,
            bars: 0,
            ticks: Vec::new(),
        };
        let wanted = rows
            .iter()
            .map(|row| page.label_columns(row))
            .max()
            .unwrap_or(0);
        page.names = wanted.min(width * 9 / 20).max(12);
        page.bars = width.saturating_sub(page.names + 2 + 1 + DURATION_COLUMNS);
        let divisions = match page.bars {
            56.. => 4,
            24.. => 2,
            _ => 1,
        };
        page.ticks = (0..divisions)
            .map(|tick| tick * page.bars / divisions)
            .collect();
        page
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn service(&self, span: &Span) -> (char, &'static str) {
        let number = self
            .services
            .iter()
            .position(|service| *service == span.service)
            .unwrap_or(0);
        (GLYPHS[number % GLYPHS.len()], COLORS[number % COLORS.len()])
    }

    pub(super) fn header(&self, out: &mut String, id: &str) {
        let mut facts = vec![
            counted(self.spans.len(), "span"),
            counted(self.services.len(), "service"),
        ];
        let errors = self.spans.iter().filter(|span| span.is_error()).count();
        facts.push(text::duration(self.total));
        let facts = facts.join(" · ");
        let errors = if errors > 0 {
            format!(" · {}", self.paint(RED, &counted(errors, "error")))
        } else {
            String::new()
        };
        let _ = writeln!(out, "{} {id}  {facts}{errors}\n", self.paint(BOLD, "trace"));
    }

    pub(super) fn ruler(&self, out: &mut String) {
        let mut labels = vec![' '; self.bars];
        let divisions = self.ticks.len() as u32;
        let mut put = |at: usize, label: &str| {
            for (offset, c) in label.chars().enumerate() {
                if let Some(cell) = labels.get_mut(at + offset) {
                    *cell = c;
                }
            }
        };
        for (number, column) in (0u32..).zip(&self.ticks) {
            let label = if number == 0 {
                "0".to_owned()
            } else {
                text::duration(self.total * number / divisions)
            };
            put(*column, &label);
        }
        let end = text::duration(self.total);
        put(self.bars.saturating_sub(columns(&end)), &end);
        let labels: String = labels.into_iter().collect();
        let line = format!("{}  {}", " ".repeat(self.names), labels.trim_end());
        let _ = writeln!(out, "{}", self.paint(DIM, &line));
    }

    /// Box-drawing characters to the left of a row; `below` gives those of a line under it.
    fn tree(row: &Row, below: bool) -> String {
        let mut lines = String::new();
        let depth = row.lines.len();
        for (level, follows) in row.lines.iter().enumerate() {
            let own = level + 1 == depth && !below;
            lines.push_str(match (own, follows) {
                (true, true) => "├─",
                (true, false) => "└─",
                (false, true) => "│ ",
                (false, false) => "  ",
            });
        }
        if below {
            lines.push_str(if row.has_rows_below { "│ " } else { "  " });
        }
        lines
    }

    fn suffix(row: &Row) -> String {
        let mut suffix = String::new();
        if row.members.len() > 1 {
            let _ = write!(suffix, " × {}", row.members.len());
        }
        if row.hidden > 0 {
            let _ = write!(suffix, " (+{})", counted(row.hidden, "span"));
        }
        suffix
    }

    fn label_columns(&self, row: &Row) -> usize {
        let span = &self.spans[row.members[0]];
        row.lines.len() * 2 + 2 + columns(&short_name(&span.name)) + columns(&Self::suffix(row))
    }

    pub(super) fn row(&self, out: &mut String, row: &Row) {
        let span = &self.spans[row.members[0]];
        let (glyph, color) = self.service(span);

        // A very deep row keeps the end of its tree lines and room for a name.
        let mut tree = Self::tree(row, false);
        let room = self.names / 2;
        if columns(&tree) > room {
            let kept: String = tree.chars().skip(columns(&tree) - room + 1).collect();
            tree = format!("⋯{kept}");
        }
        let suffix = Self::suffix(row);
        let space = self.names.saturating_sub(columns(&tree) + 2);
        let suffix = cut(&suffix, space);
        let name = cut(&short_name(&span.name), space - columns(&suffix));
        let used = columns(&tree) + 2 + columns(&name) + columns(&suffix);
        let name = match (span.is_error(), row.lines.is_empty()) {
            (true, _) => self.paint(RED, &name),
            (false, true) => self.paint(BOLD, &name),
            (false, false) => name,
        };
        let _ = write!(
            out,
            "{}{} {name}{}{}  ",
            self.paint(DIM, &tree),
            self.paint(color, &glyph.to_string()),
            self.paint(DIM, &suffix),
            " ".repeat(self.names.saturating_sub(used)),
        );
        self.bar(out, row, if span.is_error() { RED } else { color });
        let taken: Duration = row
            .members
            .iter()
            .map(|member| self.spans[*member].duration())
            .sum();
        let sum = if row.members.len() > 1 { "Σ " } else { "" };
        let taken = format!("{sum}{}", text::duration(taken));
        let pad = " ".repeat((DURATION_COLUMNS + 1).saturating_sub(columns(&taken)));
        let taken = if span.is_error() {
            self.paint(RED, &taken)
        } else {
            taken
        };
        let _ = writeln!(out, "{pad}{taken}");
        for (style, note) in notes(span, row.place) {
            let lead = Self::tree(row, true);
            let note = cut(&note, self.width.saturating_sub(columns(&lead)));
            let _ = writeln!(
                out,
                "{}{}",
                self.paint(DIM, &lead),
                self.paint(style, &note)
            );
        }
    }

    fn bar(&self, out: &mut String, row: &Row, color: &str) {
        let mut bar = Bar::new(self.bars);
        let total = self.total.as_secs_f64();
        for member in &row.members {
            let span = &self.spans[*member];
            let at = |time: SystemTime| {
                let since = time
                    .duration_since(self.start)
                    .unwrap_or_default()
                    .as_secs_f64();
                if total > 0.0 { since / total } else { 0.0 }
            };
            bar.fill(at(span.start), if total > 0.0 { at(span.end) } else { 1.0 });
        }
        let cells = bar.cells();
        for run in cells.chunk_by(|a, b| (*a == ' ') == (*b == ' ')) {
            let _ = if run[0] == ' ' {
                write!(out, "{}", " ".repeat(run.len()))
            } else {
                write!(
                    out,
                    "{}",
                    self.paint(color, &run.iter().collect::<String>())
                )
            };
        }
    }

    pub(super) fn legend(&self, out: &mut String, rows: &[Row]) {
        let mut parts: Vec<String> = Vec::new();
        for (number, service) in self.services.iter().enumerate() {
            let count = self
                .spans
                .iter()
                .filter(|span| span.service == *service)
                .count();
            let glyph = GLYPHS[number % GLYPHS.len()].to_string();
            let name = if service.is_empty() {
                "(no service.name)".to_owned()
            } else {
                harmless(service)
            };
            let glyph = self.paint(COLORS[number % COLORS.len()], &glyph);
            parts.push(format!(
                "{glyph} {name} {}",
                self.paint(DIM, &counted(count, "span"))
            ));
        }
        let hidden: usize = rows.iter().map(|row| row.hidden).sum();
        if hidden > 0 {
            parts.push(self.paint(DIM, &format!("(+{}) not drawn", counted(hidden, "span"))));
        }
        let _ = writeln!(out, "\n{}", parts.join("   "));
    }
}

/// Notes under a row.
fn notes(span: &Span, place: Place) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Status::Error(message) = &span.status {
        let told = [
            Some(message.as_str()),
            span.text("exception.message"),
            span.text("error.type"),
        ];
        let message = told
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .unwrap_or("failed");
        notes.push((RED, format!("✗ {}", harmless(message))));
    }
    let parent = span.parent_span_id.as_deref().unwrap_or_default();
    match place {
        Place::Root | Place::Child => {}
        Place::Orphan => notes.push((
            DIM,
            format!("? its parent {parent} is not among these spans"),
        )),
        Place::Cycle => notes.push((DIM, format!("? its parent {parent} is also its descendant"))),
    }
    notes
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
