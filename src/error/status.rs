//! Milvus' own status, read while the answer passes by.

use crate::proto::common;
use crate::wire::{Fact, Sink};

/// `common.Status` of an answer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct MilvusStatus {
    pub(crate) code: i32,
    /// `error_code`: all that servers before 2.3 send.
    pub(crate) legacy_code: i32,
    pub(crate) reason: String,
    pub(crate) detail: String,
    pub(crate) retriable: bool,
    /// Whether the server says that the request was at fault (Milvus 2.5).
    pub(crate) input_error: bool,
}

impl MilvusStatus {
    /// Whether the call failed. Milvus Lite 2.5 sets only `code`, servers before 2.3 only `error_code`.
    pub(crate) fn is_error(&self) -> bool {
        self.code != 0 || self.legacy_code != 0
    }

    /// The code, or the legacy one where there is no other.
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
        let text = String::from_utf8_lossy(text).into_owned();
        match fact {
            Fact::Reason => self.reason = text,
            Fact::Detail => self.detail = text,
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
            input_error: (status.extra_info.get("is_input_error")).is_some_and(|is| is == "true"),
        }
    }
}
