//! Milvus' kinds of indexes, with the parameters they cannot do without.

use super::{Index, Metric};

/// How a quantized index stores numbers: the fewer bits, the smaller and the less exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScalarQuantizer {
    /// 4 bits (Milvus 2.6.8).
    Sq4U,
    /// 6 bits.
    Sq6,
    /// 8 bits.
    Sq8,
    /// Brain floats of 16 bits.
    Bf16,
    /// IEEE floats of 16 bits.
    Fp16,
}

impl ScalarQuantizer {
    fn name(self) -> &'static str {
        match self {
            Self::Sq4U => "SQ4U",
            Self::Sq6 => "SQ6",
            Self::Sq8 => "SQ8",
            Self::Bf16 => "BF16",
            Self::Fp16 => "FP16",
        }
    }
}

/// Vectors in clusters, of which a search looks at some.
impl Index {
    /// As [`ivf_flat`](Self::ivf_flat), with 8 bits per number (`IVF_SQ8`).
    pub fn ivf_sq8(metric: Metric, nlist: u32) -> Self {
        Self::new("IVF_SQ8")
            .metric(metric)
            .parameter("nlist", nlist)
    }

    /// As [`ivf_flat`](Self::ivf_flat), with vectors cut into `m` pieces, which must divide the dimension, of 8 bits
    /// each (`IVF_PQ`).
    pub fn ivf_pq(metric: Metric, nlist: u32, m: u32) -> Self {
        let index = Self::new("IVF_PQ").metric(metric);
        index
            .parameter("nlist", nlist)
            .parameter("m", m)
            .parameter("nbits", 8)
    }

    /// As [`ivf_flat`](Self::ivf_flat), with one bit per number (`IVF_RABITQ`, Milvus 2.6).
    pub fn ivf_rabitq(metric: Metric, nlist: u32) -> Self {
        Self::new("IVF_RABITQ")
            .metric(metric)
            .parameter("nlist", nlist)
    }

    /// Clusters of quantized vectors, compared by wide instructions (`SCANN`, Milvus 2.3).
    pub fn scann(metric: Metric, nlist: u32) -> Self {
        Self::new("SCANN").metric(metric).parameter("nlist", nlist)
    }
}

/// Graphs to walk from neighbour to neighbour.
impl Index {
    /// As [`hnsw`](Self::hnsw), with numbers of fewer bits (`HNSW_SQ`, Milvus 2.6).
    pub fn hnsw_sq(
        metric: Metric,
        m: u32,
        ef_construction: u32,
        quantizer: ScalarQuantizer,
    ) -> Self {
        graph("HNSW_SQ", metric, m, ef_construction).parameter("sq_type", quantizer.name())
    }

    /// As [`hnsw`](Self::hnsw), with vectors cut into `pieces`, which must divide the dimension, of 8 bits each
    /// (`HNSW_PQ`, Milvus 2.6).
    pub fn hnsw_pq(metric: Metric, m: u32, ef_construction: u32, pieces: u32) -> Self {
        let index = graph("HNSW_PQ", metric, m, ef_construction);
        index.parameter("m", pieces).parameter("nbits", 8)
    }

    /// As [`hnsw_pq`](Self::hnsw_pq), with what is lost quantized again `rounds` times (`HNSW_PRQ`, Milvus 2.6).
    pub fn hnsw_prq(
        metric: Metric,
        m: u32,
        ef_construction: u32,
        pieces: u32,
        rounds: u32,
    ) -> Self {
        let index = graph("HNSW_PRQ", metric, m, ef_construction);
        index
            .parameter("m", pieces)
            .parameter("nbits", 8)
            .parameter("nrq", rounds)
    }

    /// A graph on disk, for more vectors than fit into memory (`DISKANN`).
    pub fn disk_ann(metric: Metric) -> Self {
        Self::new("DISKANN").metric(metric)
    }
}

fn graph(kind: &str, metric: Metric, m: u32, ef_construction: u32) -> Index {
    let index = Index::new(kind).metric(metric);
    index
        .parameter("M", m)
        .parameter("efConstruction", ef_construction)
}

/// Indexes on a graphics card, which the server must have.
impl Index {
    /// A graph (`GPU_CAGRA`): `degree` edges per vector are kept of `intermediate_degree` found when building.
    pub fn gpu_cagra(metric: Metric, intermediate_degree: u32, degree: u32) -> Self {
        let index = Self::new("GPU_CAGRA").metric(metric);
        index
            .parameter("intermediate_graph_degree", intermediate_degree)
            .parameter("graph_degree", degree)
    }

    /// As [`ivf_flat`](Self::ivf_flat) (`GPU_IVF_FLAT`).
    pub fn gpu_ivf_flat(metric: Metric, nlist: u32) -> Self {
        Self::new("GPU_IVF_FLAT")
            .metric(metric)
            .parameter("nlist", nlist)
    }

    /// As [`ivf_pq`](Self::ivf_pq) (`GPU_IVF_PQ`).
    pub fn gpu_ivf_pq(metric: Metric, nlist: u32, m: u32) -> Self {
        let index = Self::new("GPU_IVF_PQ").metric(metric);
        index
            .parameter("nlist", nlist)
            .parameter("m", m)
            .parameter("nbits", 8)
    }

    /// As [`flat`](Self::flat) (`GPU_BRUTE_FORCE`).
    pub fn gpu_brute_force(metric: Metric) -> Self {
        Self::new("GPU_BRUTE_FORCE").metric(metric)
    }
}

/// Indexes of sparse and of binary vectors.
impl Index {
    /// For sparse vectors: for each dimension the rows that have it (`SPARSE_INVERTED_INDEX`, Milvus 2.4). By
    /// [`Metric::InnerProduct`], or [`Metric::Bm25`] where a function makes the vectors.
    pub fn sparse_inverted(metric: Metric) -> Self {
        Self::new("SPARSE_INVERTED_INDEX").metric(metric)
    }

    /// As [`sparse_inverted`](Self::sparse_inverted), passing over rows that cannot be near enough (`SPARSE_WAND`).
    pub fn sparse_wand(metric: Metric) -> Self {
        Self::new("SPARSE_WAND").metric(metric)
    }

    /// For binary vectors: every vector is looked at (`BIN_FLAT`).
    pub fn bin_flat(metric: Metric) -> Self {
        Self::new("BIN_FLAT").metric(metric)
    }

    /// For binary vectors: in `nlist` clusters, of which a search looks at some (`BIN_IVF_FLAT`).
    pub fn bin_ivf_flat(metric: Metric, nlist: u32) -> Self {
        Self::new("BIN_IVF_FLAT")
            .metric(metric)
            .parameter("nlist", nlist)
    }

    /// For binary vectors of a MinHash function (`MINHASH_LSH`, Milvus 2.6): those that agree in one of `bands` groups
    /// of hashes are near. `element_bits` is 8, 16, 32 or 64.
    pub fn minhash_lsh(element_bits: u32, bands: u32) -> Self {
        let index = Self::new("MINHASH_LSH").metric(Metric::MinHashJaccard);
        index
            .parameter("mh_element_bit_width", element_bits)
            .parameter("mh_lsh_band", bands)
    }
}

/// Indexes of fields that are no vectors, which make filters fast.
impl Index {
    /// For each value the rows that have it: for any scalar, arrays, and texts (`INVERTED`, Milvus 2.4).
    pub fn inverted() -> Self {
        Self::new("INVERTED")
    }

    /// For each of few different values a bit per row (`BITMAP`, Milvus 2.5).
    pub fn bitmap() -> Self {
        Self::new("BITMAP")
    }

    /// For texts and their beginnings (`Trie`).
    pub fn trie() -> Self {
        Self::new("Trie")
    }

    /// Sorted numbers, for ranges (`STL_SORT`).
    pub fn stl_sort() -> Self {
        Self::new("STL_SORT")
    }

    /// For `LIKE` with text in the middle: all runs of `min` to `max` letters (`NGRAM`, Milvus 2.6.2).
    pub fn ngram(min: u32, max: u32) -> Self {
        Self::new("NGRAM")
            .parameter("min_gram", min)
            .parameter("max_gram", max)
    }

    /// For geometries (`RTREE`, Milvus 2.6.4).
    pub fn rtree() -> Self {
        Self::new("RTREE")
    }

    /// For one path in a JSON field, taken as one type: `("meta[\"year\"]", "double")`, the type being `bool`,
    /// `double`, `varchar` or an `array_` of these (Milvus 2.5.11).
    pub fn json_path(path: impl Into<String>, cast_type: impl Into<String>) -> Self {
        Self::inverted()
            .parameter("json_path", path.into())
            .parameter("json_cast_type", cast_type.into())
    }
}
