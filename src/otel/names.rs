//! Which databases and collections metrics tell apart.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, RwLock};

use super::series::Identity;

/// Each name is a time series for each operation and each error, and an SDK keeps no more than 2000 series of an
/// instrument: what comes after those goes into one that says nothing, not even which operation failed.
pub(super) const DEFAULT_LIMIT: usize = 200;
/// So many series by name there are for each name, on average.
const SERIES_PER_NAME: usize = 5;

/// Stands for all names that came too late.
pub(super) const OTHER: &str = "_OTHER";

/// The first names and the first series with a name, up to a limit. Clones share them.
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

    /// Whether this series may have its names: those that may, may for ever.
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
    fn the_first_names_are_kept_and_others_never_take_their_place() {
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
    fn a_name_has_no_series_without_end() {
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
