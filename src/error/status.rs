//! The status in the answers of Milvus.

use crate::proto::common;
use crate::wire::{Fact, Sink};

/// The key of `extra_info` under which Milvus reports that the request was at fault.
const INPUT_ERROR: &str = "is_input_error";

/// The `common.Status` of an answer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct MilvusStatus {
    pub(crate) code: i32,
    /// `error_code`: all that servers before 2.3 send.
    pub(crate) legacy_code: i32,
    pub(crate) reason: String,
    pub(crate) detail: String,
    pub(crate) retriable: bool,
    /// Whether the server reports that the request was at fault (since Milvus 2.5).
    pub(crate) input_error: bool,
    /// Whether the next value belongs to `input_error`.
    pub(crate) at_input_error: bool,
}

impl MilvusStatus {
    /// Whether the call failed. Milvus Lite 2.5 sets only `code`, servers before 2.3 only `error_code`.
    pub(crate) fn is_error(&self) -> bool {
        self.code != 0 || self.legacy_code != 0
    }

    /// The code, or the legacy code if there is no other.
    pub(crate) fn number(&self) -> i32 {
        if self.code == 0 {
            self.legacy_code
        } else {
            self.code
        }
    }
}

impl Sink for MilvusStatus {
    fn text(&mut self, fact: Fact, text: &[u8]) {
        let owned = || String::from_utf8_lossy(text).into_owned();
        match fact {
            Fact::Reason => self.reason = owned(),
            Fact::Detail => self.detail = owned(),
            Fact::InfoKey => self.at_input_error = text == INPUT_ERROR.as_bytes(),
            Fact::InfoValue if self.at_input_error => self.input_error = text == b"true",
            _ => {}
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "protobuf sends an int32 as the low half of its varint"
    )]
    fn number(&mut self, fact: Fact, number: u64) {
        match fact {
            Fact::Code => self.code = number as i32,
            Fact::LegacyCode => self.legacy_code = number as i32,
            Fact::Retriable => self.retriable = number != 0,
            _ => {}
        }
    }
}

impl From<&common::Status> for MilvusStatus {
    fn from(status: &common::Status) -> Self {
        #[expect(deprecated, reason = "servers before 2.3 send nothing else")]
        let legacy_code = status.error_code;
        Self {
            code: status.code,
            legacy_code,
            reason: status.reason.clone(),
            detail: status.detail.clone(),
            retriable: status.retriable,
            input_error: (status.extra_info.get(INPUT_ERROR)).is_some_and(|is| is == "true"),
            at_input_error: false,
        }
    }
}
