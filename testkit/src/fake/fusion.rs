//! How the hits of several searches are merged, as Milvus 2.6 does it.

use std::cmp::Ordering;
use std::f32::consts::PI;

use milvus_otel::proto::common::KeyValuePair;
use serde_json::Value as Json;

use super::ask::index_parameters;
use super::distance::Metric;
use super::fail::{Fail, Outcome};
use super::store::value;

/// Milvus' default for reciprocal rank fusion.
const K: f64 = 60.0;

/// A ranker.
#[derive(Debug)]
pub(super) enum Ranking {
    Rrf {
        k: f32,
    },
    Weighted {
        /// The weight of each search, and how its scores are scaled.
        searches: Vec<(f32, Scale)>,
        /// Whether the largest sum is the nearest.
        is_descending: bool,
    },
}

/// How a score is made comparable with those of other searches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    None,
    /// Of a similarity between -1 and 1.
    Cosine,
    /// Of a similarity without bounds.
    Product,
    /// Of a distance. The smallest becomes the largest.
    Distance,
}

impl Scale {
    fn of(metric: Metric) -> Self {
        match metric {
            Metric::Cosine => Self::Cosine,
            Metric::Ip => Self::Product,
            Metric::L2 | Metric::Hamming | Metric::Jaccard => Self::Distance,
        }
    }

    fn apply(self, score: f32) -> f32 {
        match self {
            Self::None => score,
            Self::Cosine => (1.0 + score) * 0.5,
            Self::Product => 0.5 + score.atan() / PI,
            Self::Distance => 1.0 - 2.0 * score.atan() / PI,
        }
    }
}

impl Ranking {
    /// The ranker of these parameters, for searches with these metrics.
    pub(super) fn new(parameters: &[KeyValuePair], metrics: &[Metric]) -> Outcome<Self> {
        let settings = Json::Object(index_parameters(parameters)?);
        match value(parameters, "strategy").unwrap_or("rrf") {
            "rrf" => Self::rrf(&settings),
            "weighted" => Self::weighted(&settings, metrics),
            other => Err(Fail::invalid(format_args!("unsupported rank type {other}"))),
        }
    }

    fn rrf(settings: &Json) -> Outcome<Self> {
        let k = settings.get("k").map_or(Some(K), Json::as_f64);
        match k {
            Some(k) if k > 0.0 && k < 16384.0 => Ok(Self::Rrf { k: k as f32 }),
            _ => Err(Fail::invalid(
                "The rank params k should be in range (0, 16384)",
            )),
        }
    }

    fn weighted(settings: &Json, metrics: &[Metric]) -> Outcome<Self> {
        let weights = settings.get("weights").and_then(Json::as_array);
        let weights = weights.ok_or_else(|| Fail::invalid("the ranker has no weights"))?;
        if weights.len() != metrics.len() {
            return Err(Fail::invalid(format_args!(
                "the length of weights param mismatch with ann search requests: expected {}, found {}",
                metrics.len(),
                weights.len()
            )));
        }
        let is_scaled = settings
            .get("norm_score")
            .and_then(Json::as_bool)
            .unwrap_or(true);
        let mixed = metrics.iter().any(|metric| {
            let first = metrics.first();
            first.is_some_and(|first| first.is_distance() != metric.is_distance())
        });
        let mut searches = Vec::with_capacity(metrics.len());
        for (weight, metric) in weights.iter().zip(metrics) {
            let weight = weight
                .as_f64()
                .filter(|weight| (0.0..=1.0).contains(weight));
            let weight = weight
                .ok_or_else(|| Fail::invalid("rank param weight should be in range [0, 1]"))?;
            let scale = match is_scaled {
                true => Scale::of(*metric),
                // Distances cannot be added to similarities.
                false if mixed && metric.is_distance() => Scale::Distance,
                false => Scale::None,
            };
            searches.push((weight as f32, scale));
        }
        let are_distances = !mixed && metrics.first().is_some_and(|metric| metric.is_distance());
        Ok(Self::Weighted {
            searches,
            is_descending: is_scaled || !are_distances,
        })
    }

    /// What a hit of a search adds to the score of its row. The first has rank 0.
    pub(super) fn share(&self, search: usize, rank: usize, score: f32) -> f32 {
        match self {
            Self::Rrf { k } => 1.0 / (k + rank as f32 + 1.0),
            Self::Weighted { searches, .. } => searches
                .get(search)
                .map_or(0.0, |(weight, scale)| weight * scale.apply(score)),
        }
    }

    /// The order of two scores, from near to far.
    pub(super) fn compare(&self, one: f32, other: f32) -> Ordering {
        let ascending = one.partial_cmp(&other).unwrap_or(Ordering::Equal);
        match self {
            Self::Weighted {
                is_descending: false,
                ..
            } => ascending,
            _ => ascending.reverse(),
        }
    }
}
