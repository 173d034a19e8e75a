//! Which of the matching rows a query gives: by limit and offset, whichever of them was said.

use super::Query;

/// Which of the rows an answer has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Page {
    /// As it was said, or all.
    Limit(Option<u64>),
    /// All from there on. Milvus ignores an offset without a limit, so the largest limit is asked for.
    After { offset: u64 },
}

impl Page {
    /// The rows that Milvus gives from the first on.
    const WINDOW: u64 = 16384;

    pub(super) fn limit(self) -> Option<u64> {
        match self {
            Self::Limit(limit) => limit,
            Self::After { offset } => Some(Self::WINDOW.saturating_sub(offset)),
        }
    }

    /// Refuses what may not be all rows.
    pub(super) fn check(self, rows: usize) -> Result<(), String> {
        match self {
            Self::After { offset } if Some(rows as u64) >= self.limit() => Err(format!(
                "offset is {offset}, without a limit: more rows may follow than the {} that Milvus gives from the \
                 first on: set .limit(..), or use .stream()",
                Self::WINDOW
            )),
            _ => Ok(()),
        }
    }
}

impl<T> Query<T> {
    pub(super) fn has_page(&self) -> bool {
        let says = |key: &str| self.parameters.says(key);
        self.limit.is_some() || self.offset.is_some() || says("limit") || says("offset")
    }

    /// The error says that Milvus has no such page.
    pub(super) fn page(&self) -> Result<Page, String> {
        let zero = |number: &str| number.trim().parse() == Ok(0_u64);
        let said = self.parameters.get("limit");
        if said.map_or_else(|| self.limit == Some(0), zero) {
            return Err("limit is 0: it must be at least 1".to_owned());
        }
        let offset = match self.parameters.get("offset") {
            // What is no number is the server's to refuse.
            Some(offset) => offset.trim().parse().ok(),
            None => self.offset,
        };
        match offset {
            Some(offset @ Page::WINDOW..) if said.is_none() && self.limit.is_none() => {
                Err(format!(
                    "offset is {offset}: it must be below {}, with the limit: use .stream() for rows beyond",
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
