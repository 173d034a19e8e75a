//! How near vectors are.

use milvus_otel::proto::common::KeyValuePair;
use serde_json::Value as Json;

use super::fail::{Fail, Outcome};
use super::store::value;
use super::vector::Vector;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    /// The square of the distance, as in Milvus.
    L2,
    Ip,
    Cosine,
    /// The number of bits that differ.
    Hamming,
    /// The part of the bits in either vector that are not in both.
    Jaccard,
}

impl Metric {
    pub(super) fn new(name: &str) -> Outcome<Self> {
        match name.to_ascii_uppercase().as_str() {
            "L2" => Ok(Self::L2),
            "IP" => Ok(Self::Ip),
            "COSINE" => Ok(Self::Cosine),
            "HAMMING" => Ok(Self::Hamming),
            "JACCARD" => Ok(Self::Jaccard),
            other => Err(Fail::missing(format_args!(
                "search with the metric {other}"
            ))),
        }
    }

    /// Whether the smallest score is the nearest.
    pub(super) fn is_distance(self) -> bool {
        matches!(self, Self::L2 | Self::Hamming | Self::Jaccard)
    }

    /// The score of a vector; `None` if it is not found, as sparse vectors without a common dimension are not.
    pub(super) fn score(self, query: &Vector, vector: &Vector) -> Option<f32> {
        match (query, vector) {
            (Vector::Dense(one), Vector::Dense(other)) => Some(self.of_numbers(one, other) as f32),
            (Vector::Bits(one), Vector::Bits(other)) => Some(self.of_bits(one, other) as f32),
            (Vector::Sparse(one), Vector::Sparse(other)) => {
                let product = sparse_product(one, other);
                (product > 0.0).then_some(product as f32)
            }
            _ => None,
        }
    }

    fn of_numbers(self, one: &[f64], other: &[f64]) -> f64 {
        let product = |one: &[f64], other: &[f64]| -> f64 {
            one.iter().zip(other).map(|(one, other)| one * other).sum()
        };
        match self {
            Self::Ip => product(one, other),
            Self::Cosine => {
                let lengths = product(one, one).sqrt() * product(other, other).sqrt();
                if lengths == 0.0 {
                    0.0
                } else {
                    product(one, other) / lengths
                }
            }
            _ => {
                let squares = one
                    .iter()
                    .zip(other)
                    .map(|(one, other)| (one - other).powi(2));
                squares.sum()
            }
        }
    }

    fn of_bits(self, one: &[u8], other: &[u8]) -> f64 {
        let count = |of: fn(u8, u8) -> u8| -> f64 {
            let bytes = one.iter().zip(other);
            bytes
                .map(|(one, other)| f64::from(of(*one, *other).count_ones()))
                .sum()
        };
        let differing = count(|one, other| one ^ other);
        if self != Self::Jaccard {
            return differing;
        }
        let in_either = count(|one, other| one | other);
        if in_either == 0.0 {
            1.0
        } else {
            differing / in_either
        }
    }
}

fn sparse_product(one: &[(u32, f64)], other: &[(u32, f64)]) -> f64 {
    let products = one.iter().filter_map(|(dimension, value)| {
        let place = other.binary_search_by_key(dimension, |(dimension, _)| *dimension);
        let (_, factor) = other.get(place.ok()?)?;
        Some(value * factor)
    });
    products.sum()
}

/// The bounds of a range search.
#[derive(Debug, Default)]
pub(super) struct Range {
    /// The bound on the far side.
    radius: Option<f32>,
    /// The bound on the near side.
    filter: Option<f32>,
}

impl Range {
    pub(super) fn new(in_params: &Json, parameters: &[KeyValuePair]) -> Outcome<Self> {
        let bound = |key: &str| -> Outcome<Option<f32>> {
            let number = match (in_params.get(key), value(parameters, key)) {
                (Some(number), _) => number.as_f64(),
                (None, Some(text)) => text.parse().ok(),
                (None, None) => return Ok(None),
            };
            let wrong = || Fail::invalid(format_args!("{key} must be a number"));
            number.map(|number| Some(number as f32)).ok_or_else(wrong)
        };
        let range = Self {
            radius: bound("radius")?,
            filter: bound("range_filter")?,
        };
        if range.radius.is_none() && range.filter.is_some() {
            // Like Milvus, which then ignores it.
            return Ok(Self::default());
        }
        Ok(range)
    }

    /// Whether a score is within the bounds.
    pub(super) fn holds(&self, metric: Metric, score: f32) -> bool {
        if metric.is_distance() {
            self.radius.is_none_or(|radius| score < radius)
                && self.filter.is_none_or(|filter| score >= filter)
        } else {
            self.radius.is_none_or(|radius| score > radius)
                && self.filter.is_none_or(|filter| score <= filter)
        }
    }
}
