//! The setters that searches and sub-searches have, for what their index and their text are to do.

/// They go by parameters of the search, and by those of the index, where servers before 2.5.2 look for them.
macro_rules! refining {
    ([$($generic:ident),*] $name:ty) => {
        impl<$($generic),*> $name {
            /// How a filter is applied: `iterative_filter` looks at it while it walks the index, which is faster where
            /// it is costly (Milvus 2.5.2). Default: before.
            pub fn hints(self, hints: impl Into<String>) -> Self {
                self.in_both("hints", hints.into())
            }

            /// Which of the analyzers of a field breaks the text that is searched for into words, where the field has
            /// one per language (Milvus 2.6).
            pub fn analyzer_name(self, name: impl Into<String>) -> Self {
                self.in_both("analyzer_name", name.into())
            }

            /// Whether hits of the same score keep their order from page to page of [`offset`](crate::ops::Search::offset)s
            /// (Milvus 2.5). Default off.
            pub fn page_retain_order(self, retain: bool) -> Self {
                self.index_parameter("page_retain_order", retain)
            }

            fn in_both(mut self, key: &str, value: String) -> Self {
                self.find.parameters.set(key, &value);
                self.index_parameter(key, value)
            }
        }
    };
}
pub(super) use refining;
