//! The features that some servers silently ignore: one table for schemas and reads.
//!
//! A server ignores fields of a request that it does not know. So it creates a collection without a declared feature, or
//! returns other rows than a read asked for. Features that servers refuse are not listed. The versions were tested with
//! Milvus 2.3.5 and Milvus Lite 2.5.1 and 3.2.2 (tests/it/servers/features.rs), and are otherwise those of Milvus' release
//! notes.

use crate::client::{Call, Client, Server, Version};
use crate::error::{Error, Result};
use crate::proto::Parameters;
use crate::schema::{DataType, Field, FunctionKind, Schema};

/// A feature that some servers do not have.
#[derive(Debug)]
pub(super) struct Feature {
    what: &'static str,
    milvus: Version,
    lite: Lite,
}

/// The versions of Milvus Lite that have a feature.
#[derive(Debug, Clone, Copy)]
enum Lite {
    Since(Version),
    /// Versions before 3, which were not written in Python.
    Before3,
    /// No version up to 3.2.
    No,
}

/// The newest version that was tested. Newer ones may have more features.
const LAST_LITE: Version = Version(3, 2, u32::MAX);
const LITE_2: Lite = Lite::Since(Version(2, 4, 0));
const LITE_3: Lite = Lite::Since(Version(3, 0, 0));

macro_rules! features {
    ($($name:ident: $what:literal, $milvus:expr, $lite:expr;)*) => {
        $(
            pub(super) const $name: Feature = Feature {
                what: $what,
                milvus: $milvus,
                lite: $lite,
            };
        )*
    };
}

features! {
    // Features of schemas.
    ARRAY: "arrays", Version(2, 3, 2), LITE_2;
    STRUCTS: "arrays of structs", Version(2, 6, 4), Lite::No;
    NULLABLE_STRUCTS: "nullable arrays of structs", Version(3, 0, 0), Lite::No;
    NULLABLE: "nullable fields", Version(2, 5, 0), LITE_3;
    // Milvus Lite 3 returns zeros.
    // New in 3.0, and in recent versions of 2.6; older ones refuse them.
    NULLABLE_VECTORS: "nullable vectors", Version(2, 6, 0), Lite::No;
    // Milvus Lite 2.5 crashes on a row without the value.
    DEFAULTS: "default values", Version(2, 5, 0), LITE_3;
    // Milvus Lite 2.5 refuses filters for such a collection.
    PARTITION_KEY: "partition keys", Version(2, 2, 9), LITE_3;
    CLUSTERING_KEY: "clustering keys", Version(2, 4, 7), Lite::Before3;
    ANALYZER: "analyzers", Version(2, 5, 0), LITE_2;
    TEXT_MATCH: "text matches", Version(2, 5, 0), LITE_3;
    // Milvus 2.3 crashes when a collection with fields of these types is loaded.
    GEOMETRY: "geometries", Version(2, 6, 4), LITE_3;
    TIMESTAMPTZ: "timestamptz fields", Version(2, 6, 6), LITE_3;
    TEXT: "text fields", Version(3, 0, 0), Lite::No;
    DATE: "date fields", Version(3, 0, 0), Lite::No;
    TIME: "time fields", Version(3, 0, 0), Lite::No;
    MOL: "mol fields", Version(3, 0, 0), Lite::No;
    BINARY: "binary vectors", Version(2, 0, 0), Lite::Before3;
    // Milvus 2.3 stores them, does not find the nearest ones, and crashes on some after an upsert.
    FLOAT16: "float16 vectors", Version(2, 4, 0), Lite::Before3;
    BFLOAT16: "bfloat16 vectors", Version(2, 4, 0), Lite::Before3;
    INT8: "int8 vectors", Version(2, 6, 0), Lite::No;
    SPARSE: "sparse vectors", Version(2, 4, 0), LITE_2;
    VECTORS: "several vector fields", Version(2, 4, 0), LITE_2;
    BM25: "BM25 functions", Version(2, 5, 0), LITE_2;
    EMBEDDING: "text embedding functions", Version(2, 6, 0), LITE_3;
    MIN_HASH: "MinHash functions", Version(3, 0, 0), Lite::No;
    NAMESPACES: "namespaces", Version(3, 0, 0), Lite::No;
    EXTERNAL: "external sources", Version(3, 0, 0), Lite::No;
    // Features of reads and writes.
    PARTITIONS: "partitions", Version(2, 0, 0), LITE_3;
    // Older servers write nulls, or refuse the rows for a reason that does not say so.
    PARTIAL: "partial upserts", Version(2, 6, 2), LITE_3;
    // Older servers and Milvus Lite replace the arrays.
    ARRAY_CHANGES: "append_to and remove_from", Version(2, 6, 17), Lite::No;
    HYBRID: "a hybrid search", Version(2, 4, 0), LITE_2;
    // Older servers use RRF, or always normalize.
    HYBRID_RANKER: "a function as the ranker", Version(2, 6, 0), LITE_3;
    UNNORMALIZED: "a ranker without normalization", Version(2, 5, 9), LITE_3;
    // Milvus Lite merges the hits without regard to these.
    HYBRID_GROUP_BY: "group_by in a hybrid search", Version(2, 5, 0), LITE_3;
    HYBRID_STRICT: "strict_group_size in a hybrid search", Version(2, 5, 0), Lite::No;
    HYBRID_RADIUS: "radius in a hybrid search", Version(2, 4, 0), Lite::No;
    GROUP_SCORER: "rank_group_scorer", Version(2, 5, 0), Lite::No;
    // Milvus Lite 3 counts the whole collection.
    COUNT_PARTITIONS: "the count of a partition without a filter", Version(2, 0, 0), Lite::No;
    // Older servers read with their own level before they delete.
    DELETE_CONSISTENCY: "the consistency of a delete", Version(2, 4, 0), LITE_2;
    GROUP_BY: "group_by", Version(2, 4, 0), LITE_2;
    GROUP_BY_FIELDS: "group_by_fields", Version(3, 0, 0), Lite::No;
    GROUP_SIZE: "group_size", Version(2, 5, 0), LITE_3;
    JSON_PATH: "json_path", Version(2, 6, 2), Lite::No;
    JSON_TYPE: "json_type", Version(2, 6, 2), Lite::No;
    STRICT_CAST: "strict_cast", Version(2, 6, 2), Lite::No;
    // Milvus Lite 3 returns the hits in the order of their scores.
    ORDER_BY: "order_by", Version(3, 0, 0), Lite::No;
    ANALYZER_NAME: "analyzer_name", Version(2, 5, 11), Lite::No;
    QUERY_ORDER_BY: "order_by", Version(3, 0, 0), Lite::No;
    QUERY_GROUP_BY: "group_by", Version(3, 0, 0), Lite::No;
    RANKER: "rankers of a search", Version(2, 6, 0), LITE_3;
    CHAINS: "function_chains", Version(3, 0, 0), LITE_3;
    HIGHLIGHTER: "highlighters", Version(2, 6, 8), Lite::No;
    AGGREGATION: "search_aggregation", Version(3, 0, 0), Lite::No;
    // Older servers refuse the search, for a reason that does not say so.
    SEARCH_BY_IDS: "searches by ids", Version(2, 6, 9), Lite::No;
    // Features of other operations.
    LOAD_FIELDS: "partial loads", Version(2, 5, 0), Lite::No;
    MOVE: "to_database", Version(2, 3, 2), Lite::No;
    DATABASE_PROPERTIES: "database properties", Version(2, 4, 8), LITE_3;
    // Milvus Lite stores these, and ignores them.
    DATABASE_LIMITS: "limits of a database", Version(2, 4, 8), Lite::No;
    DENY_READS: "deny_reads", Version(2, 4, 10), Lite::No;
    // Older servers store these as properties without a meaning.
    ALTER_CONSISTENCY: "a new consistency_level", Version(2, 5, 5), LITE_2;
    ENABLE_DYNAMIC: "the property dynamicfield.enabled", Version(2, 6, 2), Lite::No;
    // Older servers crash.
    CLUSTERING_KEY_ADDED: "a clustering key that is added later", Version(2, 6, 14), Lite::No;
    DESCRIPTIONS: "descriptions of users and roles", Version(3, 0, 0), Lite::No;
    GROUP_CONFIG: "resource group configurations", Version(2, 4, 1), Lite::No;
    NODE_LABELS: "node_labels", Version(2, 4, 17), Lite::No;
    FORCE_PROMOTE: "force_promote", Version(2, 6, 14), Lite::No;
    ANALYZERS_OF_FIELDS: "field and analyzer_names", Version(2, 5, 13), Lite::No;
    CLUSTERING_COMPACTION: "clustering compactions", Version(2, 4, 7), Lite::No;
    L0_COMPACTION: "L0 compactions", Version(2, 6, 3), Lite::No;
    TARGET_SIZE: "target_size_mb", Version(2, 6, 10), Lite::No;
    COMPACTION_TASKS: "compaction lists", Version(3, 0, 0), Lite::No;
    SEGMENT_STATES: "segment state filters", Version(3, 0, 0), Lite::No;
    IDEMPOTENCY_KEYS: "idempotency keys", Version(3, 0, 0), Lite::No;
}

impl Feature {
    /// Whether a server is known not to have the feature.
    fn lacks(&self, server: Server) -> bool {
        match (server, self.lite) {
            (Server::Milvus(version), _) => version < self.milvus,
            (Server::Lite(version), Lite::Since(since)) => version < since,
            (Server::Lite(version), Lite::Before3) => {
                version >= Version(3, 0, 0) && version <= LAST_LITE
            }
            (Server::Lite(version), Lite::No) => version <= LAST_LITE,
            (Server::Unknown, _) => false,
        }
    }

    fn needs(&self) -> String {
        let Self { what, milvus, lite } = self;
        let is_plural = what.ends_with('s') || what.contains(" and ");
        let need = if is_plural { "need" } else { "needs" };
        match lite {
            Lite::Since(version) => {
                format!("{what} {need} Milvus {milvus} or Milvus Lite {version}")
            }
            Lite::Before3 => format!("{what} {need} Milvus {milvus} or Milvus Lite 2"),
            Lite::No => format!("{what} {need} Milvus {milvus}"),
        }
    }
}

/// Refuses features that the server is known not to have, before anything is sent. The server's version is only requested
/// if one of them is used.
pub(super) async fn check(
    client: &Client,
    call: Call<'_>,
    used: impl IntoIterator<Item = &'static Feature>,
) -> Result<()> {
    let used: Vec<&Feature> = used.into_iter().collect();
    if used.is_empty() {
        return Ok(());
    }
    let server = client.server(call).await;
    match used.into_iter().find(|feature| feature.lacks(server)) {
        Some(feature) => {
            let why = format!("{}: this is {server}", feature.needs());
            Err(Error::unsupported(call.operation, why).on(call.collection))
        }
        None => Ok(()),
    }
}

/// Refuses an operation that the server is known not to have. The server would refuse it as well, so its version is not
/// requested for this.
pub(super) fn check_operation(client: &Client, call: Call<'_>, operation: &Feature) -> Result<()> {
    match client.known_server() {
        Some(server) if operation.lacks(server) => {
            let why = format!("{}: this is {server}", operation.needs());
            Err(Error::unsupported(call.operation, why).on(call.collection))
        }
        _ => Ok(()),
    }
}

/// The features that searches and queries have in common.
pub(super) fn of_rows<'a>(
    partitions: impl IntoIterator<Item = &'a String>,
    namespace: Option<&String>,
) -> impl Iterator<Item = &'static Feature> {
    // A server without partitions has all rows in this one.
    let has_partitions = partitions.into_iter().any(|name| name != "_default");
    let used = [
        (has_partitions, &PARTITIONS),
        (namespace.is_some(), &NAMESPACES),
    ];
    used_of(used)
}

/// Of these features, those that are used.
pub(super) fn used_of<const N: usize>(
    features: [(bool, &'static Feature); N],
) -> impl Iterator<Item = &'static Feature> + use<N> {
    let features = features.into_iter();
    features.filter_map(|(is_used, feature)| is_used.then_some(feature))
}

/// The features that the parameters of a search or hybrid search use.
pub(super) fn of_search(parameters: &Parameters) -> impl Iterator<Item = &'static Feature> + use<> {
    let has = |key: &str| parameters.contains(key);
    let used = [
        (has("group_by_field"), &GROUP_BY),
        (has("group_by_fields"), &GROUP_BY_FIELDS),
        (has("group_size") || has("strict_group_size"), &GROUP_SIZE),
        (has("json_path"), &JSON_PATH),
        (has("json_type"), &JSON_TYPE),
        (has("strict_cast"), &STRICT_CAST),
        (has("analyzer_name"), &ANALYZER_NAME),
        (has("order_by_fields"), &ORDER_BY),
    ];
    used_of(used)
}

/// The features that the parameters of a query use.
pub(super) fn of_query(parameters: &Parameters) -> impl Iterator<Item = &'static Feature> + use<> {
    let used = [
        (parameters.contains("order_by_fields"), &QUERY_ORDER_BY),
        (parameters.contains("group_by_fields"), &QUERY_GROUP_BY),
    ];
    used_of(used)
}

/// The features that adding a field to a collection uses.
pub(super) fn of_added(field: &Field) -> impl Iterator<Item = &'static Feature> {
    let key = field.is_clustering_key();
    of_field(field)
        .into_iter()
        .chain(used_of([(key, &CLUSTERING_KEY_ADDED)]))
}

/// The features that a schema uses, with the fields and functions that use them.
pub(super) struct Used<'a>(Vec<(Option<&'a str>, &'static Feature)>);

impl<'a> Used<'a> {
    pub(super) fn by(schema: &'a Schema) -> Self {
        let mut used = Vec::new();
        let mut vectors = 0;
        for field in schema.fields() {
            let mut uses = |feature| used.push((Some(field.name()), feature));
            of_field(field).into_iter().for_each(&mut uses);
            vectors += u32::from(field.data_type().is_vector());
            if vectors == 2 && field.data_type().is_vector() {
                uses(&VECTORS);
            }
        }
        for function in schema.functions() {
            let feature = match function.kind() {
                FunctionKind::Bm25 => &BM25,
                FunctionKind::TextEmbedding => &EMBEDDING,
                FunctionKind::MinHash => &MIN_HASH,
                FunctionKind::Rerank | FunctionKind::Unknown(_) => continue,
            };
            used.push((Some(function.name()), feature));
        }
        if schema.has_namespaces() {
            used.push((None, &NAMESPACES));
        }
        if schema.external_source().is_some() {
            used.push((None, &EXTERNAL));
        }
        Self(used)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses to create the collection on a server that is known not to have a feature.
    pub(super) fn check(&self, call: Call<'_>, server: Server) -> Result<()> {
        let Some((name, feature)) = self.0.iter().find(|(_, feature)| feature.lacks(server)) else {
            return Ok(());
        };
        let needs = feature.needs();
        let why = match name {
            Some(name) => format!(
                "{server} would create the collection without {name:?} as it is declared: {needs}"
            ),
            None => format!("{server} would create another collection than declared: {needs}"),
        };
        Err(Error::unsupported(call.operation, why).on(call.collection))
    }

    /// Compares a collection with its schema after a server without a version created it.
    pub(super) fn check_created(
        &self,
        call: Call<'_>,
        declared: &Schema,
        created: &Schema,
    ) -> Result<()> {
        let is_lost = |name: &str| match (declared.field(name), created.field(name)) {
            // These are not among the other fields of a request, so an older server ignores them.
            (Some(field), None) => matches!(field.data_type(), DataType::StructArray { .. }),
            // Servers describe them differently.
            (Some(field), Some(_)) if matches!(field.data_type(), DataType::StructArray { .. }) => {
                false
            }
            (Some(field), Some(there)) => {
                field.is_nullable() != there.is_nullable()
                    || field.has_default() != there.has_default()
                    || field.is_clustering_key() != there.is_clustering_key()
                    || field.is_partition_key() != there.is_partition_key()
                    || field.is_function_output() != there.is_function_output()
            }
            (None, _) => false,
        };
        for (name, feature) in &self.0 {
            if let Some(name) = name.filter(|name| is_lost(name)) {
                let as_declared = match created.field(name) {
                    Some(_) => " as it is declared",
                    None => "",
                };
                let why = format!(
                    "the server created the collection without {name:?}{as_declared}: {}",
                    feature.needs()
                );
                return Err(call.invalid_response(why));
            }
        }
        Ok(())
    }
}

fn of_field(field: &Field) -> Vec<&'static Feature> {
    let mut features: Vec<_> = of_type(field).into_iter().collect();
    if field.is_nullable() {
        features.push(match field.data_type() {
            DataType::StructArray { .. } => &NULLABLE_STRUCTS,
            data_type if data_type.is_vector() => &NULLABLE_VECTORS,
            _ => &NULLABLE,
        });
    }
    let is = |key: &str| field.parameters().any(|pair| pair == (key, "true"));
    features.extend(used_of([
        (field.has_default(), &DEFAULTS),
        (field.is_partition_key(), &PARTITION_KEY),
        (field.is_clustering_key(), &CLUSTERING_KEY),
        (is("enable_analyzer"), &ANALYZER),
        (is("enable_match"), &TEXT_MATCH),
    ]));
    features
}

/// The feature that the type of a field needs.
fn of_type(field: &Field) -> Option<&'static Feature> {
    Some(match field.data_type() {
        DataType::Array { .. } => &ARRAY,
        DataType::StructArray { .. } => &STRUCTS,
        DataType::Geometry => &GEOMETRY,
        DataType::Timestamptz => &TIMESTAMPTZ,
        DataType::Text => &TEXT,
        DataType::Date => &DATE,
        DataType::Time => &TIME,
        DataType::Mol => &MOL,
        DataType::BinaryVector { .. } => &BINARY,
        DataType::Float16Vector { .. } => &FLOAT16,
        DataType::BFloat16Vector { .. } => &BFLOAT16,
        DataType::Int8Vector { .. } => &INT8,
        DataType::SparseFloatVector => &SPARSE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_lack_features_according_to_the_table() {
        let (old, new) = (
            Server::Milvus(Version(2, 3, 5)),
            Server::Milvus(Version(2, 6, 4)),
        );
        let lite = |major, minor, patch| Server::Lite(Version(major, minor, patch));
        for (feature, server, lacks) in [
            (&NULLABLE, old, true),
            (&NULLABLE, new, false),
            (&NULLABLE, lite(2, 5, u32::MAX), true),
            (&NULLABLE, lite(3, 2, 2), false),
            (&FLOAT16, old, true),
            (&FLOAT16, lite(2, 5, 1), false),
            (&FLOAT16, lite(3, 2, 2), true),
            (&FLOAT16, lite(3, 3, 0), false),
            (&STRUCTS, new, false),
            (&STRUCTS, Server::Milvus(Version(2, 6, 3)), true),
            (&STRUCTS, Server::Milvus(Version(2, 6, u32::MAX)), false),
            (&STRUCTS, lite(3, 2, 2), true),
            (&STRUCTS, lite(3, 3, 0), false),
            (&STRUCTS, Server::Unknown, false),
        ] {
            assert_eq!(feature.lacks(server), lacks, "{feature:?} on {server}");
        }
    }
}
