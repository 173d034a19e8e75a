//! Searches of vectors of each type, and hybrid searches of them.

use milvus_otel::search::Ranker;
use milvus_otel::{Client, Consistency, Field, Hit, Index, Metric, QueryVector, Schema};
use serde_json::{Value as Json, json};

use super::steps::Random;

const ROWS: usize = 20;

/// A vector field, its index, and how a row has its vector in JSON.
pub(super) struct Kind {
    pub(super) name: &'static str,
    field: fn(&str) -> Field,
    index: &'static str,
    metric: Metric,
    vector: fn(&mut Random) -> Json,
}

fn numbers(random: &mut Random) -> Json {
    // They fit into 8 bits of precision, so that all formats hold them exactly.
    let number = |random: &mut Random| random.below(255) as f64 / 64.0 - 2.0;
    (0..4).map(|_| number(random)).collect()
}

fn bits(random: &mut Random) -> Json {
    json!([random.below(256), random.below(256)])
}

fn words(random: &mut Random) -> Json {
    let weight = |random: &mut Random| (1 + random.below(1000)) as f64 / 256.0;
    let (first, second) = (random.below(6), 6 + random.below(6));
    json!([[first, weight(random)], [second, weight(random)]])
}

const fn dense(name: &'static str, field: fn(&str) -> Field, metric: Metric) -> Kind {
    Kind {
        name,
        field,
        index: "FLAT",
        metric,
        vector: numbers,
    }
}

const fn binary(name: &'static str, metric: Metric) -> Kind {
    Kind {
        name,
        field: |name| Field::binary_vector(name, 16),
        index: "BIN_FLAT",
        metric,
        vector: bits,
    }
}

const fn half(name: &'static str, metric: Metric) -> Kind {
    dense(name, |name| Field::float16_vector(name, 4), metric)
}

const fn brain(name: &'static str, metric: Metric) -> Kind {
    dense(name, |name| Field::bfloat16_vector(name, 4), metric)
}

/// All kinds that Milvus Lite has, in collections of as many as one may have.
pub(super) const KINDS: [[Kind; 4]; 2] = [
    [
        half("half_l2", Metric::L2),
        half("half_ip", Metric::InnerProduct),
        dense("float", |name| Field::float_vector(name, 4), Metric::Cosine),
        Kind {
            name: "sparse",
            field: |name| Field::sparse_vector(name),
            index: "SPARSE_INVERTED_INDEX",
            metric: Metric::InnerProduct,
            vector: words,
        },
    ],
    [
        brain("brain_l2", Metric::L2),
        brain("brain_cosine", Metric::Cosine),
        binary("hamming", Metric::Hamming),
        binary("jaccard", Metric::Jaccard),
    ],
];

/// Pairs of fields for hybrid searches.
const PAIRS: [(&str, &str); 3] = [
    ("float", "sparse"),
    ("half_l2", "half_ip"),
    ("hamming", "brain_l2"),
];

/// Hits with their scores, in the order of their keys: those of the same score have no order.
fn scores(hits: &[Hit]) -> Vec<(i64, f64)> {
    let score = |hit: &Hit| {
        let score = (f64::from(hit.score) * 1e3).round() / 1e3;
        (hit.id.as_int().unwrap(), score)
    };
    let mut scores: Vec<_> = hits.iter().map(score).collect();
    scores.sort_by_key(|(id, _)| *id);
    scores
}

/// What a server finds, by the name of the search.
pub(super) async fn found(client: &Client, kinds: &[Kind]) -> Vec<(String, Vec<(i64, f64)>)> {
    let mut schema = Schema::builder().field(Field::int64("id").primary_key());
    for kind in kinds {
        schema = schema.field((kind.field)(kind.name));
    }
    let mut create = client.create_collection("kinds", schema.build().unwrap());
    for kind in kinds {
        create = create.index(kind.name, Index::new(kind.index).metric(kind.metric));
    }
    create.consistency(Consistency::Strong).await.unwrap();
    let mut random = Random(23);
    let rows: Vec<Json> = (0..ROWS)
        .map(|id| {
            let mut row = json!({ "id": id });
            for kind in kinds {
                row[kind.name] = (kind.vector)(&mut random);
            }
            row
        })
        .collect();
    client.insert("kinds", &rows).await.unwrap();
    let first = client.get("kinds", [0]).consistency(Consistency::Strong);
    let first = first.await.unwrap().swap_remove(0);
    let query = |name: &str| QueryVector::try_from(first.get(name).unwrap()).unwrap();
    let mut all = Vec::new();
    for kind in kinds {
        let search = client.search("kinds", query(kind.name)).field(kind.name);
        let search = search.limit(ROWS).consistency(Consistency::Strong);
        all.push((kind.name.to_owned(), scores(&search.await.unwrap())));
    }
    for (one, other) in PAIRS {
        let is_here = |name: &str| kinds.iter().any(|kind| kind.name == name);
        if !is_here(one) || !is_here(other) {
            continue;
        }
        let rankers = [
            ("rrf", Ranker::rrf(60)),
            ("weighted", Ranker::weighted([0.3, 0.9])),
        ];
        for (ranking, ranker) in rankers {
            // Ranks of rows with the same distance have no order.
            if (one, ranking) == ("hamming", "rrf") {
                continue;
            }
            let search = client
                .hybrid_search("kinds")
                .vector(one, query(one))
                .vector(other, query(other))
                .ranker(ranker)
                .limit(ROWS)
                .consistency(Consistency::Strong);
            let name = format!("{ranking} of {one} and {other}");
            all.push((name, scores(&search.await.unwrap())));
        }
    }
    client.drop_collection("kinds").await.unwrap();
    all
}
