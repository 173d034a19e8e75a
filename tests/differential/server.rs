//! The three servers, and what each of them can do.

use testkit::{Milvus, Unavailable};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Milvus 2.3.5.
    Full,
    /// Milvus Lite 2.5.1.
    Lite25,
    /// Milvus Lite 3.2.2.
    Lite32,
}

impl Kind {
    pub(crate) async fn start(self) -> Result<Milvus, Unavailable> {
        match self {
            Self::Full => Milvus::standalone().start().await,
            Self::Lite25 => Milvus::lite().start().await,
            Self::Lite32 => Milvus::lite_python().start().await,
        }
    }

    /// How the test of this server is called.
    pub(crate) fn test(self) -> &'static str {
        match self {
            Self::Full => "milvus_2_3_5",
            Self::Lite25 => "milvus_lite_2_5_1",
            Self::Lite32 => "milvus_lite_3_2_2",
        }
    }

    /// How many cases a plain `cargo test` compares.
    pub(crate) fn default_cases(self) -> u64 {
        match self {
            Self::Full => 120,
            Self::Lite25 | Self::Lite32 => 400,
        }
    }

    /// How many scenarios run at the same time: Milvus 2.3.5 mostly waits, and Milvus Lite 2.5 ends now and then.
    pub(crate) fn workers(self) -> usize {
        match self {
            Self::Full => 6,
            Self::Lite25 => 1,
            Self::Lite32 => 2,
        }
    }

    pub(crate) fn has_nullable(self) -> bool {
        self == Self::Lite32
    }

    pub(crate) fn has_partition_key(self) -> bool {
        self != Self::Lite25
    }

    pub(crate) fn has_geometry_and_time(self) -> bool {
        self == Self::Lite32
    }

    pub(crate) fn has_sparse(self) -> bool {
        self != Self::Full
    }

    pub(crate) fn has_binary(self) -> bool {
        self != Self::Lite32
    }

    pub(crate) fn has_float16(self) -> bool {
        self == Self::Lite25
    }

    /// Several vector fields, and hybrid searches over them.
    pub(crate) fn has_hybrid(self) -> bool {
        self != Self::Full
    }

    pub(crate) fn has_partial_upsert(self) -> bool {
        self == Self::Lite32
    }

    pub(crate) fn has_aliases(self) -> bool {
        self != Self::Lite25
    }

    pub(crate) fn has_grouping(self) -> bool {
        self != Self::Full
    }
}
