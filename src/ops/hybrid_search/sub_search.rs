use super::super::ann::{AnnSearch, Target, ann_setters};
use crate::search::IntoQueryVector;

/// One of the searches of a [`HybridSearch`](super::HybridSearch).
#[derive(Debug, Clone)]
#[must_use = "it is part of a hybrid search"]
pub struct SubSearch {
    pub(super) ann: AnnSearch,
}

impl SubSearch {
    /// A search of this vector field. Without its own limit, it finds as many hits as the limit and the offset of the
    /// hybrid search together.
    pub fn new<K>(field: impl Into<String>, vector: impl IntoQueryVector<K>) -> Self {
        let vectors = std::iter::once(vector.into_query_vector()).collect();
        Self {
            ann: AnnSearch {
                field: Some(field.into()),
                target: Target::Vectors(vectors),
                ..AnnSearch::default()
            },
        }
    }

    fn ann(&mut self) -> &mut AnnSearch {
        &mut self.ann
    }
}

ann_setters!([] SubSearch);
