//! A trace as a waterfall in the terminal.

mod bar;
mod page;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::receiver::{Span, Trace};
use page::Page;
use tree::{Forest, Limits, Row};

/// Draws every trace among the spans, `width` columns wide, with the defaults of [`Waterfall`].
pub fn waterfall(spans: &[Span], width: usize, color: bool) -> String {
    Waterfall::new(spans).width(width).color(color).render()
}

/// How to draw a waterfall.
///
/// Failed spans are always shown. Each line has the number of spans that are left out below it.
#[derive(Clone, Debug)]
pub struct Waterfall<'a> {
    spans: &'a [Span],
    width: usize,
    color: bool,
    lines: usize,
    depth: usize,
    foreign_depth: Option<usize>,
    fold: bool,
}

impl<'a> Waterfall<'a> {
    /// 100 columns, no colour, about 60 lines per trace.
    pub fn new(spans: &'a [Span]) -> Self {
        Self {
            spans,
            width: 100,
            color: false,
            lines: 60,
            depth: usize::MAX,
            foreign_depth: None,
            fold: true,
        }
    }

    /// Columns to fill, at least 40.
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns.max(40);
        self
    }

    /// Whether to use ANSI colours.
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// The preferred number of lines. In longer traces, the deeper levels of other services than the root's are hidden, as far
    /// as needed.
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines;
        self
    }

    /// Levels to show below the root.
    pub fn max_depth(mut self, levels: usize) -> Self {
        self.depth = levels;
        self
    }

    /// Levels to show of services other than the root's, regardless of [`lines`](Self::lines); 1 shows only their first span.
    pub fn server_depth(mut self, levels: usize) -> Self {
        self.foreign_depth = Some(levels);
        self
    }

    /// Whether consecutive siblings of the same name share a line, such as `GetLoadingProgress × 20`.
    pub fn fold(mut self, fold: bool) -> Self {
        self.fold = fold;
        self
    }

    /// Draws it. Every line ends with a line feed.
    pub fn render(&self) -> String {
        let mut ids: Vec<&str> = Vec::new();
        for span in self.spans {
            if !ids.contains(&span.trace_id.as_str()) {
                ids.push(&span.trace_id);
            }
        }
        let traces: Vec<String> = ids
            .into_iter()
            .map(|id| {
                let spans: Vec<Span> = self
                    .spans
                    .iter()
                    .filter(|span| span.trace_id == id)
                    .cloned()
                    .collect();
                self.trace(id, &spans)
            })
            .collect();
        traces.join("\n")
    }

    fn rows(&self, forest: &Forest<'_>) -> Vec<Row> {
        let rows = |foreign_depth| {
            forest.rows(Limits {
                depth: self.depth,
                foreign_depth,
                fold: self.fold,
            })
        };
        if let Some(levels) = self.foreign_depth {
            return rows(levels);
        }
        let everything = rows(usize::MAX);
        if everything.len() <= self.lines {
            return everything;
        }
        (2..=8)
            .rev()
            .map(rows)
            .find(|rows| rows.len() <= self.lines)
            .unwrap_or_else(|| rows(1))
    }

    fn trace(&self, id: &str, spans: &[Span]) -> String {
        let forest = Forest::new(spans);
        let rows = self.rows(&forest);
        let page = Page::new(self.width, self.color, &forest, &rows);
        let mut out = String::new();
        page.header(&mut out, id);
        page.ruler(&mut out);
        for row in &rows {
            page.row(&mut out, row);
        }
        page.legend(&mut out, &rows);
        out
    }
}

/// As a [`Waterfall`].
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Waterfall::new(&self.spans).width(120).render())
    }
}
