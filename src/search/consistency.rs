use crate::error::named_enum;
use crate::proto::common::ConsistencyLevel;

named_enum! {
    /// Which writes a search or query must see.
    pub enum Consistency {
        /// Everything written before, by anyone. The slowest: it waits for the data to arrive.
        Strong = "Strong",
        /// Everything that was written before through this client's connection: by any of its handles, in any database, and
        /// by [`send`](crate::Client::send) and [`raw`](crate::Client::raw). As strong after a write of which the server did
        /// not say when it was, or that failed and may have happened.
        Session = "Session",
        /// Everything but the last few seconds. What pymilvus gives a new collection.
        Bounded = "Bounded",
        /// Whatever has arrived. The fastest.
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

    /// `None` for a level that is none of these (`Customized`, or one of a newer server).
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
