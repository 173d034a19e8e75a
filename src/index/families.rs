//! Constructors for the types of indexes in Milvus, with their required parameters.

use super::{Index, Metric};
use crate::error::named_enum;

named_enum! {
    /// The number format of a scalar-quantized index. Fewer bits take less memory, and are less accurate.
    pub enum ScalarQuantizer {
        /// 4 bits (since Milvus 2.6.8).
        Sq4U = "SQ4U",
        /// 6 bits.
        Sq6 = "SQ6",
        /// 8 bits.
        Sq8 = "SQ8",
        /// Brain floats of 16 bits.
        Bf16 = "BF16",
        /// IEEE floats of 16 bits.
        Fp16 = "FP16",
    }
}

/// Constructors of indexes: the name of the constructor, the index type in Milvus, the arguments, and the setters that
/// are called.
macro_rules! indexes {
    ($($(#[$doc:meta])* $name:ident $kind:literal ($($argument:ident: $type:ty),*) $($set:ident($($value:expr),*))*;)*) => {
        impl Index {
            $(
                $(#[$doc])*
                pub fn $name($($argument: $type),*) -> Self {
                    Self::new($kind) $(.$set($($value),*))*
                }
            )*
        }
    };
}

// Dense vectors.
indexes! {
    /// Lets the server choose an index that fits the type of the field (`AUTOINDEX`).
    auto "AUTOINDEX" (metric: Metric) metric(metric);
    /// Compares the query with all vectors, so results are exact (`FLAT`).
    flat "FLAT" (metric: Metric) metric(metric);
    /// Divides vectors into `nlist` clusters (1 to 65536). A search reads the `nprobe` nearest clusters (`IVF_FLAT`).
    ivf_flat "IVF_FLAT" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Like [`ivf_flat`](Self::ivf_flat), but stores 8 bits per number (`IVF_SQ8`).
    ivf_sq8 "IVF_SQ8" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Like [`ivf_flat`](Self::ivf_flat), but divides each vector into `m` parts, and stores 8 bits for each
    /// (`IVF_PQ`). The dimension must be a multiple of `m`.
    ivf_pq "IVF_PQ" (metric: Metric, nlist: u32, m: u32)
        metric(metric) parameter("nlist", nlist) parameter("m", m) parameter("nbits", 8);
    /// Like [`ivf_flat`](Self::ivf_flat), but stores one bit per number (`IVF_RABITQ`, since Milvus 2.6).
    ivf_rabitq "IVF_RABITQ" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Like [`ivf_pq`](Self::ivf_pq), with a format that SIMD instructions compare quickly (`SCANN`, since Milvus 2.3).
    scann "SCANN" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// A graph of neighbours with at most `m` edges per vector (2 to 2048). The build considers `ef_construction`
    /// candidates for each vector (`HNSW`).
    hnsw "HNSW" (metric: Metric, m: u32, ef_construction: u32) metric(metric) graph(m, ef_construction);
    /// Like [`hnsw`](Self::hnsw), but stores fewer bits per number (`HNSW_SQ`, since Milvus 2.6).
    hnsw_sq "HNSW_SQ" (metric: Metric, m: u32, ef_construction: u32, quantizer: ScalarQuantizer)
        metric(metric) graph(m, ef_construction) parameter("sq_type", quantizer.name());
    /// Like [`hnsw`](Self::hnsw), but divides each vector into `parts`, and stores 8 bits for each (`HNSW_PQ`, since
    /// Milvus 2.6). The dimension must be a multiple of `parts`.
    hnsw_pq "HNSW_PQ" (metric: Metric, m: u32, ef_construction: u32, parts: u32)
        metric(metric) graph(m, ef_construction) parameter("m", parts) parameter("nbits", 8);
    /// Like [`hnsw_pq`](Self::hnsw_pq), but also quantizes the remaining difference, `rounds` times (`HNSW_PRQ`, since
    /// Milvus 2.6).
    hnsw_prq "HNSW_PRQ" (metric: Metric, m: u32, ef_construction: u32, parts: u32, rounds: u32)
        metric(metric) graph(m, ef_construction) parameter("m", parts) parameter("nbits", 8) parameter("nrq", rounds);
    /// A graph on disk, for more vectors than fit into the memory of the server (`DISKANN`).
    disk_ann "DISKANN" (metric: Metric) metric(metric);
}

// Indexes on a GPU, for servers that have one.
indexes! {
    /// A graph of neighbours on a GPU. Each vector has `intermediate_degree` edges during the build, and `degree` edges
    /// after it (`GPU_CAGRA`).
    gpu_cagra "GPU_CAGRA" (metric: Metric, intermediate_degree: u32, degree: u32)
        metric(metric) parameter("intermediate_graph_degree", intermediate_degree) parameter("graph_degree", degree);
    /// [`ivf_flat`](Self::ivf_flat) on a GPU (`GPU_IVF_FLAT`).
    gpu_ivf_flat "GPU_IVF_FLAT" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// [`ivf_pq`](Self::ivf_pq) on a GPU (`GPU_IVF_PQ`).
    gpu_ivf_pq "GPU_IVF_PQ" (metric: Metric, nlist: u32, m: u32)
        metric(metric) parameter("nlist", nlist) parameter("m", m) parameter("nbits", 8);
    /// [`flat`](Self::flat) on a GPU (`GPU_BRUTE_FORCE`).
    gpu_brute_force "GPU_BRUTE_FORCE" (metric: Metric) metric(metric);
}

// Sparse and binary vectors.
indexes! {
    /// Maps each dimension to the sparse vectors that have it (`SPARSE_INVERTED_INDEX`, since Milvus 2.4). The metric must be
    /// [`Metric::InnerProduct`], or [`Metric::Bm25`] if a BM25 function generates the vectors.
    sparse_inverted "SPARSE_INVERTED_INDEX" (metric: Metric) metric(metric);
    /// Like [`sparse_inverted`](Self::sparse_inverted), with a search that skips vectors that cannot be among the
    /// nearest (`SPARSE_WAND`, since Milvus 2.4).
    sparse_wand "SPARSE_WAND" (metric: Metric) metric(metric);
    /// Compares the query with all binary vectors, so results are exact (`BIN_FLAT`).
    bin_flat "BIN_FLAT" (metric: Metric) metric(metric);
    /// Divides binary vectors into `nlist` clusters (1 to 65536). A search reads the `nprobe` nearest clusters
    /// (`BIN_IVF_FLAT`).
    bin_ivf_flat "BIN_IVF_FLAT" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// For binary vectors of a MinHash function: finds vectors that are equal in one of `bands` groups of hashes. The
    /// size of a hash, `element_bits`, is 8, 16, 32 or 64 (`MINHASH_LSH`, since Milvus 2.6).
    minhash_lsh "MINHASH_LSH" (element_bits: u32, bands: u32)
        metric(Metric::MinHashJaccard) parameter("mh_element_bit_width", element_bits) parameter("mh_lsh_band", bands);
}

// Indexes of scalars, which make filters faster.
indexes! {
    /// Maps each value to its rows. For all scalars, and for the elements of arrays (`INVERTED`, since Milvus 2.4).
    inverted "INVERTED" ();
    /// Stores one bit per row for each value. For fields with few different values (`BITMAP`, since Milvus 2.5).
    bitmap "BITMAP" ();
    /// A prefix tree of texts. For comparisons with texts, and for prefixes (`Trie`).
    trie "Trie" ();
    /// Sorts the values. For ranges of numbers (`STL_SORT`).
    stl_sort "STL_SORT" ();
    /// Maps all substrings of `min` to `max` letters to their rows. For `LIKE "%text%"` (`NGRAM`, since Milvus 2.6.2).
    ngram "NGRAM" (min: u32, max: u32) parameter("min_gram", min) parameter("max_gram", max);
    /// A tree of bounding boxes. For geometries (`RTREE`, since Milvus 2.6.4).
    rtree "RTREE" ();
    /// Indexes one path in a JSON field, such as `meta["year"]`. Values are converted to `cast_type`: `bool`, `double`,
    /// `varchar`, `array_bool`, `array_double` or `array_varchar` (`INVERTED`, since Milvus 2.5.11).
    json_path "INVERTED" (path: impl Into<String>, cast_type: impl Into<String>)
        parameter("json_path", path.into()) parameter("json_cast_type", cast_type.into());
}

impl Index {
    /// The types that have a constructor.
    pub(super) const KINDS: &'static [&'static str] = &[
        "AUTOINDEX",
        "FLAT",
        "IVF_FLAT",
        "IVF_SQ8",
        "IVF_PQ",
        "IVF_RABITQ",
        "SCANN",
        "HNSW",
        "HNSW_SQ",
        "HNSW_PQ",
        "HNSW_PRQ",
        "DISKANN",
        "GPU_CAGRA",
        "GPU_IVF_FLAT",
        "GPU_IVF_PQ",
        "GPU_BRUTE_FORCE",
        "SPARSE_INVERTED_INDEX",
        "SPARSE_WAND",
        "BIN_FLAT",
        "BIN_IVF_FLAT",
        "MINHASH_LSH",
        "INVERTED",
        "BITMAP",
        "Trie",
        "STL_SORT",
        "NGRAM",
        "RTREE",
    ];

    fn graph(self, m: u32, ef_construction: u32) -> Self {
        self.parameter("M", m)
            .parameter("efConstruction", ef_construction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_with_a_constructor_is_listed() {
        let source = include_str!("families.rs");
        let row = |line: &'static str| {
            line.strip_prefix("    ")?
                .split(' ')
                .nth(1)?
                .strip_prefix('"')
        };
        let rows = source
            .lines()
            .filter(|line| line.contains(" (") && !line.contains("//"));
        let kinds: Vec<&str> = rows
            .filter_map(row)
            .filter_map(|kind| kind.strip_suffix('"'))
            .collect();
        assert!(kinds.len() > 20, "{kinds:?}");
        for kind in kinds {
            assert!(Index::KINDS.contains(&kind), "{kind}");
        }
    }
}
