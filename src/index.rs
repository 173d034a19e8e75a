//! How vectors and scalars are indexed.

mod families;

pub use families::ScalarQuantizer;

use std::fmt;

use crate::proto::Parameters;
use crate::proto::common::KeyValuePair;

/// How near two vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// The cosine of the angle; larger is nearer.
    Cosine,
    /// The Euclidean distance; smaller is nearer.
    L2,
    /// The inner product; larger is nearer.
    InnerProduct,
    /// Bits that differ, for binary vectors; smaller is nearer.
    Hamming,
    /// Share of bits that differ, for binary vectors; smaller is nearer.
    Jaccard,
    /// Relevance of a text, for sparse vectors made by a BM25 function; larger is nearer.
    Bm25,
    /// Share of hashes that differ, for binary vectors made by a MinHash function; larger is nearer (Milvus 2.6).
    MinHashJaccard,
    /// Whether one structure is part of the other, for binary vectors of molecules.
    Substructure,
    /// Whether one structure contains the other, for binary vectors of molecules.
    Superstructure,
    /// For lists of vectors: as [`MaxSimCosine`](Self::MaxSimCosine), by the similarity that the server takes for its
    /// default; larger is nearer.
    MaxSim,
    /// For lists of vectors: the sum over one's vectors of the largest cosine with any of the other's (Milvus 2.6.4).
    MaxSimCosine,
    /// For lists of vectors: as [`MaxSimCosine`](Self::MaxSimCosine), by inner product.
    MaxSimInnerProduct,
    /// For lists of vectors: as [`MaxSimCosine`](Self::MaxSimCosine), by Euclidean distance; smaller is nearer.
    MaxSimL2,
    /// For lists of binary vectors: as [`MaxSimCosine`](Self::MaxSimCosine), by bits that differ; smaller is nearer.
    MaxSimHamming,
    /// For lists of binary vectors: as [`MaxSimCosine`](Self::MaxSimCosine), by the share of bits that differ; smaller
    /// is nearer.
    MaxSimJaccard,
}

impl Metric {
    /// Milvus' name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "COSINE",
            Self::L2 => "L2",
            Self::InnerProduct => "IP",
            Self::Hamming => "HAMMING",
            Self::Jaccard => "JACCARD",
            Self::Bm25 => "BM25",
            Self::MinHashJaccard => "MHJACCARD",
            Self::Substructure => "SUBSTRUCTURE",
            Self::Superstructure => "SUPERSTRUCTURE",
            Self::MaxSim => "MAX_SIM",
            Self::MaxSimCosine => "MAX_SIM_COSINE",
            Self::MaxSimInnerProduct => "MAX_SIM_IP",
            Self::MaxSimL2 => "MAX_SIM_L2",
            Self::MaxSimHamming => "MAX_SIM_HAMMING",
            Self::MaxSimJaccard => "MAX_SIM_JACCARD",
        }
    }
}

impl Metric {
    const ALL: [Self; 15] = [
        Self::Cosine,
        Self::L2,
        Self::InnerProduct,
        Self::Hamming,
        Self::Jaccard,
        Self::Bm25,
        Self::MinHashJaccard,
        Self::Substructure,
        Self::Superstructure,
        Self::MaxSim,
        Self::MaxSimCosine,
        Self::MaxSimInnerProduct,
        Self::MaxSimL2,
        Self::MaxSimHamming,
        Self::MaxSimJaccard,
    ];

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An index to build on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    kind: String,
    metric: Option<Metric>,
    parameters: Parameters,
}

impl Index {
    /// An index by Milvus' name of its kind: `IVF_SQ8`, `INVERTED`. Parameters go by [`parameter`](Self::parameter).
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            metric: None,
            parameters: Parameters::default(),
        }
    }

    /// Whatever the server thinks best for the field (`AUTOINDEX`).
    pub fn auto(metric: Metric) -> Self {
        Self::new("AUTOINDEX").metric(metric)
    }

    /// No index: every vector is looked at, nothing is missed (`FLAT`).
    pub fn flat(metric: Metric) -> Self {
        Self::new("FLAT").metric(metric)
    }

    /// A graph to walk from neighbour to neighbour (`HNSW`): `m` edges per vector (2 to 2048), `ef_construction`
    /// candidates looked at for each when building.
    pub fn hnsw(metric: Metric, m: u32, ef_construction: u32) -> Self {
        Self::new("HNSW")
            .metric(metric)
            .parameter("M", m)
            .parameter("efConstruction", ef_construction)
    }

    /// Vectors in `nlist` clusters (1 to 65536), of which a search looks at some (`IVF_FLAT`).
    pub fn ivf_flat(metric: Metric, nlist: u32) -> Self {
        Self::new("IVF_FLAT")
            .metric(metric)
            .parameter("nlist", nlist)
    }

    /// Milvus' name of its kind: `HNSW`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// How near vectors are to each other; searches of the field must use the same.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metric = Some(metric);
        self.parameters.remove("metric_type");
        self
    }

    /// A parameter in Milvus' own words: `("nlist", 128)`. The last one of a name counts.
    #[must_use]
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.set_checked(key, value);
        self
    }

    /// The error says which parameter is no number.
    pub(crate) fn check(&self) -> Result<(), String> {
        let named = |why| format!("index: {why}");
        self.parameters.check().map_err(named)
    }

    pub(crate) fn to_proto(&self) -> Vec<KeyValuePair> {
        let metric = self.metric.map(|metric| ("metric_type", metric.name()));
        let named = [("index_type", self.kind.as_str())]
            .into_iter()
            .chain(metric);
        let named = named.map(|(key, value)| KeyValuePair {
            key: key.to_owned(),
            value: value.to_owned(),
        });
        self.parameters.clone().over(named.collect())
    }
}
