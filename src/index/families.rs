//! The kinds of indexes in Milvus, with the parameters that each requires.

use super::{Index, Metric};
use crate::error::named_enum;

named_enum! {
    /// The number format of a scalar-quantized index: fewer bits take less memory and are less exact.
    pub enum ScalarQuantizer {
        /// 4 bits (Milvus 2.6.8).
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

/// Constructors of indexes: the name of each in Milvus, its arguments, and the parameters that it is sent with.
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
    /// Lets the server choose the index for the field's type (`AUTOINDEX`).
    auto "AUTOINDEX" (metric: Metric) metric(metric);
    /// Compares every vector and misses nothing (`FLAT`).
    flat "FLAT" (metric: Metric) metric(metric);
    /// Clusters vectors into `nlist` clusters (1 to 65536), of which a search reads some (`IVF_FLAT`).
    ivf_flat "IVF_FLAT" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Like [`ivf_flat`](Self::ivf_flat), with 8 bits per number (`IVF_SQ8`).
    ivf_sq8 "IVF_SQ8" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Like [`ivf_flat`](Self::ivf_flat), with each vector cut into `m` pieces of 8 bits (`IVF_PQ`). `m` must divide the
    /// dimension.
    ivf_pq "IVF_PQ" (metric: Metric, nlist: u32, m: u32)
        metric(metric) parameter("nlist", nlist) parameter("m", m) parameter("nbits", 8);
    /// Like [`ivf_flat`](Self::ivf_flat), with one bit per number (`IVF_RABITQ`, Milvus 2.6).
    ivf_rabitq "IVF_RABITQ" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// Clusters quantized vectors and compares them by SIMD instructions (`SCANN`, Milvus 2.3).
    scann "SCANN" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// A graph of neighbours (`HNSW`) with `m` edges per vector (2 to 2048). While it is built, `ef_construction`
    /// candidates are compared for each vector.
    hnsw "HNSW" (metric: Metric, m: u32, ef_construction: u32) metric(metric) graph(m, ef_construction);
    /// Like [`hnsw`](Self::hnsw), with fewer bits per number (`HNSW_SQ`, Milvus 2.6).
    hnsw_sq "HNSW_SQ" (metric: Metric, m: u32, ef_construction: u32, quantizer: ScalarQuantizer)
        metric(metric) graph(m, ef_construction) parameter("sq_type", quantizer.name());
    /// Like [`hnsw`](Self::hnsw), with each vector cut into `pieces` of 8 bits (`HNSW_PQ`, Milvus 2.6). `pieces` must
    /// divide the dimension.
    hnsw_pq "HNSW_PQ" (metric: Metric, m: u32, ef_construction: u32, pieces: u32)
        metric(metric) graph(m, ef_construction) parameter("m", pieces) parameter("nbits", 8);
    /// Like [`hnsw_pq`](Self::hnsw_pq), with the rest quantized again `rounds` times (`HNSW_PRQ`, Milvus 2.6).
    hnsw_prq "HNSW_PRQ" (metric: Metric, m: u32, ef_construction: u32, pieces: u32, rounds: u32)
        metric(metric) graph(m, ef_construction) parameter("m", pieces) parameter("nbits", 8) parameter("nrq", rounds);
    /// A graph on disk, for more vectors than fit into memory (`DISKANN`).
    disk_ann "DISKANN" (metric: Metric) metric(metric);
}

// Indexes on a GPU, which the server must have.
indexes! {
    /// A graph on a GPU (`GPU_CAGRA`): while it is built, each vector has `intermediate_degree` edges, of which `degree`
    /// are kept.
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
    /// Maps each dimension of sparse vectors to the rows that have it (`SPARSE_INVERTED_INDEX`, Milvus 2.4). The metric is
    /// [`Metric::InnerProduct`], or [`Metric::Bm25`] if a function generates the vectors.
    sparse_inverted "SPARSE_INVERTED_INDEX" (metric: Metric) metric(metric);
    /// Like [`sparse_inverted`](Self::sparse_inverted), and skips rows that cannot be near enough (`SPARSE_WAND`).
    sparse_wand "SPARSE_WAND" (metric: Metric) metric(metric);
    /// Compares every binary vector (`BIN_FLAT`).
    bin_flat "BIN_FLAT" (metric: Metric) metric(metric);
    /// Clusters binary vectors into `nlist` clusters, of which a search reads some (`BIN_IVF_FLAT`).
    bin_ivf_flat "BIN_IVF_FLAT" (metric: Metric, nlist: u32) metric(metric) parameter("nlist", nlist);
    /// For binary vectors of a MinHash function (`MINHASH_LSH`, Milvus 2.6): vectors are near if they agree in one of
    /// `bands` groups of hashes. `element_bits` is 8, 16, 32 or 64.
    minhash_lsh "MINHASH_LSH" (element_bits: u32, bands: u32)
        metric(Metric::MinHashJaccard) parameter("mh_element_bit_width", element_bits) parameter("mh_lsh_band", bands);
}

// Scalars: these make filters faster.
indexes! {
    /// Maps each value to its rows, for any scalar, arrays and texts (`INVERTED`, Milvus 2.4).
    inverted "INVERTED" ();
    /// One bit per row for each value, for fields with few different values (`BITMAP`, Milvus 2.5).
    bitmap "BITMAP" ();
    /// For texts and their prefixes (`Trie`).
    trie "Trie" ();
    /// Sorted numbers, for ranges (`STL_SORT`).
    stl_sort "STL_SORT" ();
    /// For `LIKE` with text in the middle: all runs of `min` to `max` letters (`NGRAM`, Milvus 2.6.2).
    ngram "NGRAM" (min: u32, max: u32) parameter("min_gram", min) parameter("max_gram", max);
    /// For geometries (`RTREE`, Milvus 2.6.4).
    rtree "RTREE" ();
    /// For one path in a JSON field, such as `meta["year"]`, with its values as one type: `bool`, `double`, `varchar` or
    /// an `array_` of these (`INVERTED`, Milvus 2.5.11).
    json_path "INVERTED" (path: impl Into<String>, cast_type: impl Into<String>)
        parameter("json_path", path.into()) parameter("json_cast_type", cast_type.into());
}

impl Index {
    fn graph(self, m: u32, ef_construction: u32) -> Self {
        self.parameter("M", m)
            .parameter("efConstruction", ef_construction)
    }
}
