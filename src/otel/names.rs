//! Limits the names of databases and collections in metrics.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, RwLock};

use super::series::Identity;

/// The default limit of names. Each name adds a time series per operation and error. By default, an SDK keeps 2000
/// series per instrument and merges the rest into one without their attributes, not even the operation.
pub(super) const DEFAULT_LIMIT: usize = 200;
/// The limit of series with a name, as a multiple of the limit of names.
const SERIES_PER_NAME: usize = 5;

/// Replaces all names beyond the limit.
pub(super) const OTHER: &str = "_OTHER";

/// The names and the series with a name that were seen first, up to a limit. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Names {
    limit: usize,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    hasher: RandomState,
    /// Hashes of names and of series.
    known: RwLock<(HashSet<u64>, HashSet<u64>)>,
}

impl Names {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            shared: Arc::default(),
        }
    }

    /// Whether this series may keep its names. A series that was admitted once is always admitted.
    pub(super) fn admit(&self, series: &Identity<'_>) -> bool {
        if series.namespace.is_none() && series.collection.is_none() {
            return true;
        }
        let name = (series.namespace, series.collection);
        let operation = series.rpc.map(|rpc| rpc.path);
        let hasher = &self.shared.hasher;
        let hash_of_series = hasher.hash_one((name, operation, series.error, series.milvus_code));
        let hash_of_name = hasher.hash_one(name);
        if let Ok(known) = self.shared.known.read()
            && known.1.contains(&hash_of_series)
        {
            return true;
        }
        let Ok(mut known) = self.shared.known.write() else {
            return false;
        };
        let (names, all) = &mut *known;
        let fits = all.len() < self.limit.saturating_mul(SERIES_PER_NAME)
            && (names.contains(&hash_of_name) || names.len() < self.limit);
        if fits {
            names.insert(hash_of_name);
            all.insert(hash_of_series);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;

    fn series<'a>(rpc: &str, collection: &'a str) -> Identity<'a> {
        Identity {
            rpc: proto::rpc(&format!("/milvus.proto.milvus.MilvusService/{rpc}")),
            authority: None,
            namespace: Some("default"),
            collection: Some(collection),
            error: None,
            milvus_code: None,
        }
    }

    #[test]
    fn the_first_names_are_never_replaced() {
        let names = Names::new(2);
        assert!(names.admit(&series("Search", "a")) && names.admit(&series("Search", "b")));
        assert!(!names.clone().admit(&series("Search", "c")));
        assert!(
            names.admit(&series("Insert", "a")),
            "another series of a name"
        );
        assert!(names.admit(&series("Search", "b")));
    }

    #[test]
    fn the_number_of_series_is_limited() {
        let names = Names::new(2);
        let codes = (0..100).map(|code| Identity {
            milvus_code: Some(code),
            ..series("Search", "a")
        });
        let admitted = codes.filter(|series| names.admit(series)).count();
        assert_eq!(admitted, 2 * SERIES_PER_NAME);
        assert!(!Names::new(0).admit(&series("Search", "a")));
    }
}
