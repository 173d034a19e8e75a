use crate::error::named_enum;
use crate::proto::common::ConsistencyLevel;

named_enum! {
    /// The [consistency level](https://milvus.io/docs/consistency.md) of a search or query: which writes it must see.
    #[doc(alias = "ConsistencyLevel")]
    #[doc(alias = "consistency_level")]
    pub enum Consistency {
        /// All writes that were completed before, of all clients. The slowest level, as it waits for the data to
        /// arrive.
        Strong = "Strong",
        /// All writes that were made before through the connection of this client: by all of its clones, in all
        /// databases, and by [`send`](crate::Client::send) and [`raw`](crate::Client::raw). `Strong` is used after a
        /// write for which the server returned no timestamp, or that failed but may have happened.
        Session = "Session",
        /// All writes except those of the last few seconds. This is the level of new collections in pymilvus.
        Bounded = "Bounded",
        /// The data that has arrived. The fastest level.
        Eventually = "Eventually",
    }
}

impl Consistency {
    pub(crate) fn to_proto(self) -> i32 {
        let level = match self {
            Self::Strong => ConsistencyLevel::Strong,
            Self::Session => ConsistencyLevel::Session,
            Self::Bounded => ConsistencyLevel::Bounded,
            Self::Eventually => ConsistencyLevel::Eventually,
        };
        level as i32
    }

    /// `None` for other levels: `Customized`, and those of newer servers.
    pub(crate) fn from_proto(level: i32) -> Option<Self> {
        match ConsistencyLevel::try_from(level).ok()? {
            ConsistencyLevel::Strong => Some(Self::Strong),
            ConsistencyLevel::Session => Some(Self::Session),
            ConsistencyLevel::Bounded => Some(Self::Bounded),
            ConsistencyLevel::Eventually => Some(Self::Eventually),
            ConsistencyLevel::Customized => None,
        }
    }
}
