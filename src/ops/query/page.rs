//! Which of the matching rows a query returns: limit and offset.

use super::super::page::WINDOW;
use crate::proto::Parameters;

/// The part of the matching rows that a query returns.
#[derive(Debug, Clone, Copy)]
pub(super) enum Page {
    /// The first rows: as many as the limit, or all.
    Limit(Option<u64>),
    /// All rows after an offset. Milvus ignores an offset without a limit, so the largest limit is requested.
    After { offset: u64 },
}

impl Page {
    /// The part of the rows that a query with these settings returns. The error says that Milvus does not return it.
    pub(super) fn new(
        limit: Option<u64>,
        offset: Option<u64>,
        parameters: &Parameters,
    ) -> Result<Self, String> {
        let zero = |number: &str| number.trim().parse() == Ok(0_u64);
        let parameter = parameters.get("limit");
        if parameter.map_or_else(|| limit == Some(0), zero) {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        let offset = match parameters.get("offset") {
            // The server refuses what is not a number.
            Some(offset) => offset.trim().parse().ok(),
            None => offset,
        };
        let has_limit = parameter.is_some() || limit.is_some();
        match offset {
            Some(offset @ WINDOW..) if !has_limit => Err(format!(
                "offset is {offset}: it must be below {WINDOW}; use .stream() to read more rows"
            )),
            Some(offset @ 1..) if !has_limit => Ok(Self::After { offset }),
            _ => Ok(Self::Limit(limit)),
        }
    }

    pub(super) fn limit(self) -> Option<u64> {
        match self {
            Self::Limit(limit) => limit,
            Self::After { offset } => Some(WINDOW.saturating_sub(offset)),
        }
    }

    /// Refuses an answer that may not have all rows.
    pub(super) fn check(self, rows: usize) -> Result<(), String> {
        match self {
            Self::After { offset } if Some(rows as u64) >= self.limit() => Err(format!(
                "offset is {offset} without a limit: Milvus returns at most {} rows, including those \
                 skipped: set .limit(..), or use .stream()",
                WINDOW
            )),
            _ => Ok(()),
        }
    }
}
