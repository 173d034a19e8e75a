//! [`Hits`] made of single hits.

use std::convert::Infallible;

use serde::{Serialize, Serializer};

use super::bucket::AggregationBucket;
use super::hit::{Hit, Hits};
use crate::data::{Row, Table, Value, table_of};
use crate::proto::common::{HighlightData, HighlightResult};

impl Hits {
    /// The hits of each query vector, row by row.
    pub fn to_rows(&self) -> Vec<Vec<Hit>> {
        let read = |table: &_, row| Ok::<_, Infallible>(Row::of_table(table, row));
        match self.clone().hits(read) {
            Ok(hits) => hits,
            Err(never) => match never {},
        }
    }

    /// The hits with these buckets, one list for each query vector.
    #[must_use]
    pub fn with_buckets(mut self, buckets: Vec<Vec<AggregationBucket>>) -> Self {
        self.buckets = buckets;
        self
    }

    /// The hits with these estimated recalls, one for each query vector.
    #[must_use]
    pub fn with_recalls(mut self, recalls: Vec<f32>) -> Self {
        self.recalls = recalls;
        self
    }

    /// The hits with these costs.
    #[must_use]
    pub fn with_costs(mut self, costs: Vec<(String, String)>) -> Self {
        self.costs = costs;
        self
    }
}

impl FromIterator<Vec<Hit>> for Hits {
    /// The hits of each query vector, for the tests of your program.
    fn from_iter<I: IntoIterator<Item = Vec<Hit>>>(queries: I) -> Self {
        let mut counts = Vec::new();
        let mut all: Vec<Hit> = Vec::new();
        for hits in queries {
            counts.push(hits.len());
            all.extend(hits);
        }
        let elements = if all.iter().any(|hit| hit.element.is_some()) {
            let element = |hit: &Hit| hit.element.and_then(|element| element.try_into().ok());
            all.iter().map(|hit| element(hit).unwrap_or(-1)).collect()
        } else {
            Vec::new()
        };
        Self {
            groups: groups(&all),
            highlights: highlights(&all),
            elements,
            counts,
            ids: all.iter().map(|hit| hit.id.clone()).collect(),
            scores: all.iter().map(|hit| hit.score).collect(),
            table: Table::from_iter(all.into_iter().map(|hit| hit.entity)).into(),
            ..Self::default()
        }
    }
}

impl From<Vec<Vec<Hit>>> for Hits {
    fn from(queries: Vec<Vec<Hit>>) -> Self {
        queries.into_iter().collect()
    }
}

impl FromIterator<Hit> for Hits {
    /// The hits of one query vector, for the tests of your program.
    fn from_iter<I: IntoIterator<Item = Hit>>(hits: I) -> Self {
        [hits.into_iter().collect::<Vec<Hit>>()]
            .into_iter()
            .collect()
    }
}

/// As a list for each query vector, with its hits.
impl Serialize for Hits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_rows().serialize(serializer)
    }
}

/// The names that occur, in order.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn groups(hits: &[Hit]) -> Option<Table> {
    let groups = hits.iter().flat_map(|hit| &hit.groups);
    let columns = names(groups.map(|(name, _)| name.as_str())).into_iter();
    let column = |name: &str| {
        let value = |hit: &Hit| {
            let found = hit.groups.iter().find(|(known, _)| known == name);
            found.map_or(Value::Null, |(_, value)| value.clone())
        };
        (name.to_owned(), hits.iter().map(value).collect())
    };
    let columns: Vec<_> = columns.map(column).collect();
    (!columns.is_empty()).then(|| table_of(hits.len(), columns))
}

fn highlights(hits: &[Hit]) -> Vec<HighlightResult> {
    let all = hits.iter().flat_map(|hit| &hit.highlights);
    let names = names(all.map(|highlight| highlight.field.as_str()));
    let of_field = |name: &str| {
        let data = |hit: &Hit| {
            let found = hit.highlights.iter().find(|found| found.field == name);
            found.map_or_else(HighlightData::default, |found| HighlightData {
                fragments: found.fragments.clone(),
                scores: found.scores.clone(),
            })
        };
        HighlightResult {
            field_name: name.to_owned(),
            datas: hits.iter().map(data).collect(),
        }
    };
    names.into_iter().map(of_field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Highlight;

    #[test]
    fn hits_in_columns_are_made_of_single_hits() {
        let first = Hit::new(1, 0.5)
            .with_field("id", 1)
            .with_field("title", "Dune");
        let first = first.with_group("lang", "en");
        let mut second = Hit::new(2, 0.25)
            .with_field("id", 2)
            .with_field("title", "Emma");
        second = second.with_group("lang", "de");
        second.element = Some(3);
        let second = second.with_highlight(Highlight::new("title", ["<em>Emma</em>"]));
        let hits = Hits::from(vec![vec![first.clone()], vec![], vec![second.clone()]]);
        assert_eq!(hits.counts(), [1, 0, 1]);
        assert_eq!(hits.scores(), [0.5, 0.25]);
        assert_eq!(
            hits.table().column("title").unwrap().texts().unwrap(),
            ["Dune", "Emma"]
        );
        assert_eq!(hits.groups().unwrap().value(1), Value::from("de"));
        assert_eq!((hits.element(0), hits.element(1)), (None, Some(3)));
        let mut rows = hits.to_rows();
        assert_eq!(rows[2][0].highlights, second.highlights);
        // Fields with highlights have an empty one where nothing was found, as from servers.
        assert_eq!(rows[0][0].highlights, [Highlight::new("title", [""; 0])]);
        rows[0][0].highlights.clear();
        let entity = |hit: &Hit| serde_json::to_string(&hit).unwrap();
        assert_eq!(entity(&rows[0][0]), entity(&first));
        assert_eq!(entity(&rows[2][0]), entity(&second));
    }
}
