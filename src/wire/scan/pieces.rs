//! Reads a message in pieces of any size.

use super::fields::{MAX_DEPTH, Sink, TEXT_LIMIT, Varint, varints, wanted};
use crate::wire::PREFIX;
use crate::wire::rpc::{Fact, Field, Read};

/// The state of reading a message in pieces.
#[derive(Debug)]
pub(crate) struct Message {
    step: Step,
    /// The messages around the current one: their fields to read, and their remaining lengths.
    levels: [Level; MAX_DEPTH],
    depth: usize,
    held: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    fields: &'static [Field],
    left: u64,
    /// Whether it is embedded in a field of type bytes.
    embedded: bool,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The 5 bytes before the message: a compression flag and a length.
    Prefix {
        seen: usize,
        length: u64,
    },
    Tag(Varint),
    Length {
        wanted: Option<&'static Read>,
        varint: Varint,
    },
    Number {
        fact: Option<Fact>,
        varint: Varint,
    },
    Packed {
        fact: Fact,
        left: u64,
        varint: Varint,
    },
    Text {
        fact: Fact,
        left: u64,
    },
    Skip {
        left: u64,
    },
    Floats {
        fact: Fact,
        left: u64,
    },
    /// Bytes of packed varints that are only counted.
    Count {
        fact: Fact,
        left: u64,
        count: u64,
    },
    /// The message was read to its end.
    Ended,
    /// The message cannot be read further.
    Done,
}

impl Message {
    pub(super) fn new(fields: &'static [Field]) -> Self {
        Self {
            step: Step::Prefix { seen: 0, length: 0 },
            levels: [Level {
                fields,
                left: 0,
                embedded: false,
            }; MAX_DEPTH],
            depth: 0,
            held: Vec::new(),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.step, Step::Ended | Step::Done)
    }

    pub(super) fn is_complete(&self) -> bool {
        matches!(self.step, Step::Ended)
    }

    pub(super) fn feed(&mut self, mut piece: &[u8], sink: &mut impl Sink) {
        loop {
            if !matches!(self.step, Step::Prefix { .. } | Step::Ended | Step::Done) {
                self.leave_finished_levels();
            }
            let Some(&byte) = piece.first() else {
                return;
            };
            match &mut self.step {
                Step::Ended | Step::Done => return,
                Step::Prefix { seen, length } => {
                    if *seen == 0 && byte != 0 {
                        // Compressed. It would have to be decompressed a second time to be read.
                        self.step = Step::Done;
                        return;
                    }
                    *length = *length << 8 | u64::from(byte);
                    *seen += 1;
                    piece = &piece[1..];
                    if *seen == PREFIX {
                        self.levels[0].left = *length;
                        self.step = Step::Tag(Varint::default());
                    }
                }
                Step::Skip { left }
                | Step::Text { left, .. }
                | Step::Floats { left, .. }
                | Step::Count { left, .. } => {
                    let taken =
                        usize::try_from(*left).map_or(piece.len(), |left| left.min(piece.len()));
                    let (bytes, after) = piece.split_at(taken);
                    *left -= taken as u64;
                    let ended = *left == 0;
                    match &mut self.step {
                        Step::Text { fact, .. } => {
                            let fact = *fact;
                            self.text(fact, bytes, ended, sink);
                        }
                        Step::Floats { fact, .. } => sink.floats(*fact, bytes),
                        Step::Count { fact, count, .. } => {
                            *count += varints(bytes);
                            if ended {
                                sink.number(*fact, *count);
                            }
                        }
                        _ => {}
                    }
                    piece = after;
                    if self.consume(taken as u64) && ended {
                        self.step = Step::Tag(Varint::default());
                    }
                }
                Step::Tag(varint)
                | Step::Length { varint, .. }
                | Step::Number { varint, .. }
                | Step::Packed { varint, .. } => {
                    let end = usize::try_from(self.levels[self.depth].left).unwrap_or(usize::MAX);
                    let (mut used, mut pushed) = (0, None);
                    for byte in &piece[..end.min(piece.len())] {
                        used += 1;
                        pushed = varint.push(*byte);
                        if pushed.is_some() {
                            break;
                        }
                    }
                    if let Step::Packed { left, .. } = &mut self.step {
                        // A varint must not continue after its array.
                        match left.checked_sub(used as u64) {
                            Some(0) if pushed.is_none() => pushed = Some(Err(())),
                            Some(rest) => *left = rest,
                            None => pushed = Some(Err(())),
                        }
                    }
                    piece = &piece[used..];
                    if !self.consume(used as u64) {
                        return;
                    }
                    match pushed {
                        None => {}
                        Some(Ok(value)) => self.varint(value, sink),
                        Some(Err(())) => self.fail(),
                    }
                }
            }
        }
    }

    /// Processes a complete varint, which determines the next step.
    fn varint(&mut self, value: u64, sink: &mut impl Sink) {
        let next = Step::Tag(Varint::default());
        self.step = match self.step {
            Step::Tag(_) => match self.field(value) {
                Step::Skip { left } if left > self.levels[self.depth].left => Step::Done,
                step => step,
            },
            Step::Number { fact, .. } => {
                if let Some(fact) = fact {
                    sink.number(fact, value);
                }
                next
            }
            Step::Packed { fact, left, .. } => {
                sink.number(fact, value);
                if left == 0 {
                    next
                } else {
                    Step::Packed {
                        fact,
                        left,
                        varint: Varint::default(),
                    }
                }
            }
            Step::Length { wanted, .. } if value <= self.levels[self.depth].left => match wanted {
                Some(
                    read @ &(Read::Message(fields)
                    | Read::Pair(fields)
                    | Read::Embedded(fields)
                    | Read::QueryVectors(fields)),
                ) if self.depth + 1 < MAX_DEPTH => {
                    self.levels[self.depth].left -= value;
                    self.depth += 1;
                    self.levels[self.depth] = Level {
                        fields,
                        left: value,
                        embedded: matches!(read, Read::Embedded(_) | Read::QueryVectors(_)),
                    };
                    next
                }
                Some(&Read::First(fact)) => {
                    sink.number(fact, value);
                    match self.levels[self.depth].left {
                        0 => next,
                        left => Step::Skip { left },
                    }
                }
                Some(&Read::Floats(fact)) if value > 0 => Step::Floats { fact, left: value },
                Some(&Read::NonEmpty(fact)) if value > 0 => {
                    sink.number(fact, 1);
                    Step::Skip { left: value }
                }
                Some(&Read::Text(fact)) if value == 0 => {
                    sink.text(fact, &[]);
                    next
                }
                Some(&Read::Text(fact)) => Step::Text { fact, left: value },
                Some(&Read::Number(fact)) if value > 0 => Step::Packed {
                    fact,
                    left: value,
                    varint: Varint::default(),
                },
                Some(&Read::Varints(fact)) if value > 0 => Step::Count {
                    fact,
                    left: value,
                    count: 0,
                },
                Some(&Read::Present(fact)) => {
                    sink.number(fact, 1);
                    if value == 0 {
                        next
                    } else {
                        Step::Skip { left: value }
                    }
                }
                _ if value == 0 => next,
                _ => Step::Skip { left: value },
            },
            _ => Step::Done,
        };
        if matches!(self.step, Step::Done) {
            self.fail();
        }
    }

    /// Stops reading the message, or only the rest of the embedded message that contains the bytes.
    fn fail(&mut self) {
        let levels = &mut self.levels[..=self.depth];
        let Some(embedded) = levels.iter().rposition(|level| level.embedded) else {
            self.step = Step::Done;
            return;
        };
        let left = levels[embedded..].iter().map(|level| level.left).sum();
        levels[embedded].left = left;
        self.depth = embedded;
        self.held.clear();
        self.step = match left {
            0 => Step::Tag(Varint::default()),
            left => Step::Skip { left },
        };
    }

    /// The step after a tag.
    fn field(&self, tag: u64) -> Step {
        let wanted = wanted(self.levels[self.depth].fields, &mut 0, tag);
        match tag & 7 {
            0 => Step::Number {
                fact: match wanted {
                    Some(Read::Number(fact)) => Some(*fact),
                    _ => None,
                },
                varint: Varint::default(),
            },
            1 => Step::Skip { left: 8 },
            2 => Step::Length {
                wanted,
                varint: Varint::default(),
            },
            5 => Step::Skip { left: 4 },
            _ => Step::Done,
        }
    }

    fn text(&mut self, fact: Fact, bytes: &[u8], ended: bool, sink: &mut impl Sink) {
        if ended && self.held.is_empty() {
            sink.text(fact, &bytes[..bytes.len().min(TEXT_LIMIT)]);
            return;
        }
        let room = TEXT_LIMIT - self.held.len();
        self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if ended {
            sink.text(fact, &self.held);
            self.held.clear();
        }
    }

    /// Subtracts bytes from the remaining length of the current message; false if they exceed it.
    fn consume(&mut self, bytes: u64) -> bool {
        let level = &mut self.levels[self.depth];
        match level.left.checked_sub(bytes) {
            Some(left) => {
                level.left = left;
                true
            }
            None => {
                self.step = Step::Done;
                false
            }
        }
    }

    /// Leaves messages that have ended.
    fn leave_finished_levels(&mut self) {
        while self.levels[self.depth].left == 0 {
            match self.step {
                Step::Tag(Varint { shift: 0, .. }) if self.depth > 0 => self.depth -= 1,
                Step::Tag(Varint { shift: 0, .. }) => {
                    self.step = Step::Ended;
                    return;
                }
                _ => {
                    self.fail();
                    if matches!(self.step, Step::Done) {
                        return;
                    }
                }
            }
        }
    }
}
