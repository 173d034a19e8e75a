//! Which of the matching rows a query returns: limit and offset.

use super::QuerySpec;

/// The part of the matching rows that a query returns.
#[derive(Debug, Clone, Copy)]
pub(super) enum Page {
    /// The first rows: as many as the limit, or all.
    Limit(Option<u64>),
    /// All rows after an offset. Milvus ignores an offset without a limit, so the largest limit is requested.
    After { offset: u64 },
}

impl Page {
    /// The number of rows, from the first on, that Milvus returns at most.
    const WINDOW: u64 = 16384;

    pub(super) fn limit(self) -> Option<u64> {
        match self {
            Self::Limit(limit) => limit,
            Self::After { offset } => Some(Self::WINDOW.saturating_sub(offset)),
        }
    }

    /// Refuses an answer that may not have all rows.
    pub(super) fn check(self, rows: usize) -> Result<(), String> {
        match self {
            Self::After { offset } if Some(rows as u64) >= self.limit() => Err(format!(
                "offset is {offset} without a limit: Milvus returns at most {} rows, including those \
                 skipped: set .limit(..), or use .stream()",
                Self::WINDOW
            )),
            _ => Ok(()),
        }
    }
}

impl QuerySpec {
    pub(super) fn has_page(&self) -> bool {
        let says = |key: &str| self.parameters.contains(key);
        self.limit.is_some() || self.offset.is_some() || says("limit") || says("offset")
    }

    /// The error says that Milvus does not return such a page.
    pub(super) fn page(&self) -> Result<Page, String> {
        let zero = |number: &str| number.trim().parse() == Ok(0_u64);
        let said = self.parameters.get("limit");
        if said.map_or_else(|| self.limit == Some(0), zero) {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        let offset = match self.parameters.get("offset") {
            // The server refuses what is no number.
            Some(offset) => offset.trim().parse().ok(),
            None => self.offset,
        };
        match offset {
            Some(offset @ Page::WINDOW..) if said.is_none() && self.limit.is_none() => {
                Err(format!(
                    "offset is {offset}: together with the limit, it must be below {}: use .stream() to read more rows",
                    Page::WINDOW
                ))
            }
            Some(offset @ 1..) if said.is_none() && self.limit.is_none() => {
                Ok(Page::After { offset })
            }
            _ => Ok(Page::Limit(self.limit)),
        }
    }
}
