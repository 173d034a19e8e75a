//! The tree of spans, and the selection of those that are shown.

use std::collections::HashMap;

use crate::receiver::Span;

/// Why a span is at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It has no parent.
    Root,
    /// It is below its parent.
    Child,
    /// Its parent is not among the spans.
    Orphan,
    /// It is its own ancestor, and the first to start in its cycle.
    Cycle,
}

/// The spans of a trace as a forest. Built without recursion, because traces come from the network.
pub(crate) struct Forest<'a> {
    pub(crate) spans: &'a [Span],
    roots: Vec<usize>,
    children: Vec<Vec<usize>>,
    place: Vec<Place>,
    /// Spans in the subtree, itself included.
    size: Vec<usize>,
    /// Whether a span in the subtree failed, itself included.
    failed: Vec<bool>,
}

/// The limits of what is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) depth: usize,
    /// Levels of a service other than the root's.
    pub(crate) foreign_depth: usize,
    pub(crate) fold: bool,
}

/// One line to draw.
#[derive(Debug)]
pub(crate) struct Row {
    /// More than one when similar siblings share the line.
    pub(crate) members: Vec<usize>,
    pub(crate) place: Place,
    /// For each level from the outermost: whether a later sibling follows.
    pub(crate) lines: Vec<bool>,
    /// Spans below that are not shown.
    pub(crate) hidden: usize,
    pub(crate) has_rows_below: bool,
}

impl<'a> Forest<'a> {
    pub(crate) fn new(spans: &'a [Span]) -> Self {
        let mut index = HashMap::with_capacity(spans.len());
        for (at, span) in spans.iter().enumerate() {
            index.entry(span.span_id.as_str()).or_insert(at);
        }
        let mut order: Vec<usize> = (0..spans.len()).collect();
        order.sort_by_key(|at| spans[*at].start);

        let mut below: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
        let mut place = vec![Place::Child; spans.len()];
        let mut tops = Vec::new();
        for at in &order {
            match spans[*at]
                .parent_span_id
                .as_deref()
                .map(|parent| index.get(parent))
            {
                None => place[*at] = Place::Root,
                Some(None) => place[*at] = Place::Orphan,
                Some(Some(parent)) => below[*parent].push(*at),
            }
            if place[*at] != Place::Child {
                tops.push(*at);
            }
        }
        let mut forest = Self {
            spans,
            roots: Vec::new(),
            children: vec![Vec::new(); spans.len()],
            place,
            size: vec![1; spans.len()],
            failed: spans.iter().map(Span::is_error).collect(),
        };
        let mut visited = vec![false; spans.len()];
        for top in tops {
            forest.plant(top, &below, &mut visited);
        }
        // The remaining spans are in cycles or below them.
        for at in order {
            if !visited[at] {
                forest.place[at] = Place::Cycle;
                forest.plant(at, &below, &mut visited);
            }
        }
        forest
    }

    fn plant(&mut self, top: usize, below: &[Vec<usize>], visited: &mut [bool]) {
        self.roots.push(top);
        visited[top] = true;
        let mut order = vec![(top, None)];
        let mut next = 0;
        while next < order.len() {
            let (at, _) = order[next];
            next += 1;
            for child in &below[at] {
                if !visited[*child] {
                    visited[*child] = true;
                    self.children[at].push(*child);
                    order.push((*child, Some(at)));
                }
            }
        }
        for (at, parent) in order.into_iter().rev() {
            if let Some(parent) = parent {
                self.size[parent] += self.size[at];
                self.failed[parent] |= self.failed[at];
            }
        }
    }

    /// The lines to draw, from top to bottom. Failed spans are always included.
    pub(crate) fn rows(&self, limits: Limits) -> Vec<Row> {
        let home = self
            .roots
            .first()
            .map_or("", |root| self.spans[*root].service.as_str());
        let mut rows = Vec::new();
        let mut stack: Vec<(Vec<usize>, Vec<bool>, usize)> = Vec::new();
        for group in self.groups(&self.roots, limits.fold).into_iter().rev() {
            stack.push((group, Vec::new(), 0));
        }
        while let Some((members, lines, foreign_above)) = stack.pop() {
            let at = members[0];
            let foreign = if self.spans[at].service == home {
                0
            } else {
                foreign_above + 1
            };
            let folded = members.len() > 1;
            let open = !folded
                && (self.failed_below(at)
                    || (lines.len() < limits.depth
                        && (foreign == 0 || foreign < limits.foreign_depth)));
            if open {
                let groups = self.groups(&self.children[at], limits.fold);
                let last = groups.len().saturating_sub(1);
                for (number, group) in groups.into_iter().enumerate().rev() {
                    let mut lines = lines.clone();
                    lines.push(number < last);
                    stack.push((group, lines, foreign));
                }
            }
            let hidden = if open {
                0
            } else {
                members.iter().map(|member| self.size[*member] - 1).sum()
            };
            rows.push(Row {
                place: self.place[at],
                has_rows_below: open && !self.children[at].is_empty(),
                members,
                lines,
                hidden,
            });
        }
        rows
    }

    fn failed_below(&self, at: usize) -> bool {
        self.children[at].iter().any(|child| self.failed[*child])
    }

    /// Groups consecutive siblings of the same name: three or more leaves, or four or more with spans below.
    fn groups(&self, siblings: &[usize], fold: bool) -> Vec<Vec<usize>> {
        let alike = |a: &usize, b: &usize| {
            let (left, right) = (&self.spans[*a], &self.spans[*b]);
            fold && (left.name == right.name
                && left.service == right.service
                && left.kind == right.kind)
                && !self.failed[*a]
                && !self.failed[*b]
        };
        let mut groups = Vec::new();
        for run in siblings.chunk_by(alike) {
            let leaves = run.iter().all(|at| self.size[*at] == 1);
            if run.len() >= if leaves { 3 } else { 4 } {
                groups.push(run.to_vec());
            } else {
                groups.extend(run.iter().map(|at| vec![*at]));
            }
        }
        groups
    }
}
