//! The names of error codes, and how servers use them.

use std::fmt;

use super::codes::{Code, Row, TABLE};
use super::status::MilvusStatus;
use crate::proto::common;

impl Code {
    /// Returns the name of the code, such as `CollectionNotFound`; `None` for a code that Milvus 3.0 does not have.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    fn row(self) -> Option<&'static Row> {
        let index = TABLE.binary_search_by_key(&self.0, |row| row.number).ok()?;
        TABLE.get(index)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl MilvusStatus {
    /// Whether a rate limit, or a full queue, rejected the call: codes 4, 8 and 1807, or legacy code 49 of servers before 2.3.
    ///
    /// Milvus Lite 3 puts legacy codes into `code`, where 4 is a missing collection and 8 a wrong index type, so both fields
    /// are checked.
    pub(crate) fn is_rate_limit(&self) -> bool {
        match (Code(self.code), self.legacy_code) {
            (_, 49) | (Code::HTTP_RATE_LIMIT, _) => true,
            (Code::RATE_LIMIT, legacy) => legacy == 0,
            (Code::TOO_MANY_REQUESTS, legacy) => legacy < 2,
            _ => false,
        }
    }

    /// The name that the server uses for the code. Below 100, Milvus Lite 3 puts legacy codes, and some of its own, into both
    /// fields, which Milvus never does. It puts 1, for anything unexpected, into `code` alone.
    pub(crate) fn name(&self) -> Option<&'static str> {
        if (self.code, self.legacy_code) == (1, 0) {
            return None;
        }
        if self.code == 0 || self.code < 100 && self.code == self.legacy_code {
            let legacy = common::ErrorCode::try_from(self.legacy_code);
            legacy.ok().map(|legacy| legacy.as_str_name())
        } else {
            Code(self.code).name()
        }
    }

    /// Whether the server has the RPC, but not the requested feature. In Milvus Lite, 10 is a file error.
    pub(crate) fn is_unimplemented(&self) -> bool {
        self.code == Code::UNIMPLEMENTED.0 && self.legacy_code == 1
    }

    /// Whether Milvus marks the failure as retriable, or always does so for this code.
    pub(crate) fn is_retriable(&self) -> bool {
        let always = match self.code {
            // Below 100, Milvus Lite 3 has other meanings. Milvus sends these legacy codes as well.
            1 => self.legacy_code == 56,
            2 | 12 => self.legacy_code == 1,
            0..100 => false,
            code => Code(code).row().is_some_and(|row| row.is_retriable),
        };
        self.retriable || always
    }

    /// Whether a call with this code may have changed something: Milvus stopped halfway, or reports no cause.
    pub(crate) fn may_have_happened(&self) -> bool {
        const HALFWAY: [Code; 4] = [
            Code::SERVICE_INTERNAL,
            Code::CANCELED,
            Code::TIMEOUT,
            Code::UNEXPECTED,
        ];
        let unexpected = self.code == 0 && self.legacy_code == 1;
        !self.is_rate_limit()
            && (self.is_retriable() || unexpected || HALFWAY.contains(&Code(self.code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_codes_of_milvus() {
        assert!(TABLE.is_sorted_by(|a, b| a.number < b.number));
        let milvus = include_str!("../../tests/data/error_codes.tsv");
        let milvus: Vec<&str> = milvus.lines().filter(|row| !row.starts_with('#')).collect();
        let table = TABLE.iter().map(|row| {
            let Row {
                number,
                name,
                is_retriable,
            } = row;
            format!("{number}\t{name}\t{is_retriable}")
        });
        assert_eq!(table.collect::<Vec<_>>(), milvus);
    }

    #[test]
    fn a_code_is_shown_with_its_name() {
        assert_eq!(
            Code::COLLECTION_NOT_FOUND.to_string(),
            "100 CollectionNotFound"
        );
        assert_eq!(Code(4711).to_string(), "4711");
    }

    #[test]
    fn small_codes_of_milvus_lite_have_their_own_meaning() {
        let status = |code, legacy_code| MilvusStatus {
            code,
            legacy_code,
            ..Default::default()
        };
        assert!(status(1, 56).is_retriable(), "not ready");
        assert!(!status(1, 1).is_retriable(), "Lite's unexpected error");
        assert!(status(8, 49).is_rate_limit());
        assert!(!status(8, 8).is_rate_limit(), "Lite's wrong index type");
        assert!(status(4, 1).is_rate_limit(), "a full queue");
        assert!(!status(4, 4).is_rate_limit(), "Lite's missing collection");
        assert!(status(10, 1).is_unimplemented());
        assert!(
            !status(10, 10).is_unimplemented(),
            "Lite cannot create a file"
        );
        assert!(status(103, 1).is_retriable(), "still loading");
        assert!(!status(100, 4).is_retriable());
    }

    #[test]
    fn a_refused_call_has_not_happened() {
        let may = |code, legacy_code| {
            let status = MilvusStatus {
                code,
                legacy_code,
                ..Default::default()
            };
            status.may_have_happened()
        };
        for (code, legacy_code) in [
            (8, 49),
            (0, 49),
            (100, 4),
            (1100, 5),
            (1401, 1),
            (9, 48),
            (4, 1),
            (1807, 1),
        ] {
            assert!(!may(code, legacy_code), "{code}/{legacy_code}");
        }
        for (code, legacy_code) in [(2, 1), (1, 56), (5, 1), (10001, 1), (65535, 1), (0, 1)] {
            assert!(may(code, legacy_code), "{code}/{legacy_code}");
        }
    }
}
