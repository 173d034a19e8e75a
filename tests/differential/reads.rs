//! Random reads of a scenario.

use milvus_otel::{Metric, schema::DataType};

use crate::known::is_known;
use crate::scenario::{Find, Maker, Read};

impl Maker<'_> {
    fn output(&mut self) -> Option<Vec<String>> {
        match self.rng.u8(0..3) {
            0 => None,
            1 => Some(vec!["*".to_owned()]),
            _ => {
                let mut names = self.table.names();
                self.rng.shuffle(&mut names);
                names.truncate(self.rng.usize(1..=names.len()));
                Some(names)
            }
        }
    }

    fn output_of_hits(&mut self) -> Option<Vec<String>> {
        let output = self.output()?;
        let is_float = |kind: &DataType| matches!(kind, DataType::FloatVector { .. });
        let mut vectors = self.table.vectors().into_iter();
        let asked = |name: &String| output.iter().any(|asked| asked == name || asked == "*");
        if vectors.any(|column| !is_float(&column.kind) && asked(&column.name))
            && is_known("vectors in hits", self.server)
        {
            let mut names = self.table.names();
            names.retain(|name| {
                self.table
                    .column(name)
                    .is_none_or(|column| column.index.is_none())
            });
            return Some(names);
        }
        Some(output)
    }

    fn some(&mut self, most: u64) -> Option<u64> {
        self.rng.bool().then(|| self.rng.u64(1..=most))
    }

    pub(crate) fn read(&mut self) -> Read {
        match self.rng.u8(0..16) {
            0 => Read::Count {
                filter: self.filter(),
                how: self.how(),
            },
            1 | 2 => Read::Get {
                keys: self.some_keys(),
                output: self.output(),
            },
            3 | 4 => Read::Stream {
                filter: self.filter(),
                output: self.output(),
                batch: self.rng.u64(1..9),
                limit: self.some(20),
            },
            5 | 6 => {
                let mut find = self.find();
                find.limit = self.some(20);
                Read::SearchStream {
                    find,
                    batch: self.rng.u64(1..9),
                }
            }
            7..9 if self.server.has_hybrid() => self.hybrid(),
            7..12 => self.search(),
            _ => {
                let limit = self.some(10);
                // Milvus 2.3 ignores an offset without a limit.
                let offset = limit.and_then(|_| self.some(10));
                Read::Query {
                    filter: self.filter(),
                    how: self.how(),
                    output: self.output(),
                    limit,
                    offset,
                }
            }
        }
    }

    fn find(&mut self) -> Find {
        let vectors = self.table.vectors();
        let column = vectors[self.rng.usize(..vectors.len())];
        Find {
            field: column.name.clone(),
            vector: self.value(&column.kind),
            filter: self.filter(),
            how: self.how(),
            limit: None,
        }
    }

    fn search(&mut self) -> Read {
        let mut find = self.find();
        find.limit = self.some(15);
        let column = self.table.column(&find.field).unwrap();
        let more = (0..self.rng.usize(0..3))
            .map(|_| self.value(&column.kind))
            .collect();
        let range = match column.index.unwrap().1 {
            Metric::L2 => (self.rng.f64() * 8.0 + 1.0, self.rng.f64()),
            Metric::Hamming => (self.rng.f64() * 16.0 + 4.0, self.rng.f64() * 4.0),
            Metric::Jaccard => (self.rng.f64() * 0.5 + 0.5, self.rng.f64() * 0.5),
            _ => (self.rng.f64() * 0.5 - 0.5, self.rng.f64() * 2.0 + 0.2),
        };
        let range = (self.rng.u8(0..4) == 0).then(|| (range.0, self.rng.bool().then_some(range.1)));
        let groups = self.table.scalars().into_iter().filter(|column| {
            matches!(
                column.kind,
                DataType::Bool
                    | DataType::Int8
                    | DataType::Int16
                    | DataType::Int32
                    | DataType::Int64
                    | DataType::VarChar { .. }
            )
        });
        let groups: Vec<String> = groups.map(|column| column.name.clone()).collect();
        let grouping = self.server.has_grouping()
            && range.is_none()
            && !groups.is_empty()
            && self.rng.u8(0..3) == 0;
        let group = grouping.then(|| {
            let field = groups[self.rng.usize(..groups.len())].clone();
            let size = self.rng.bool().then(|| self.rng.u32(1..4));
            (field, size.filter(|_| !is_known("group size", self.server)))
        });
        Read::Search {
            find,
            more,
            offset: (self.rng.u8(0..3) == 0).then(|| self.rng.u64(0..8)),
            range,
            round: (self.rng.u8(0..4) == 0).then(|| self.rng.u32(1..5)),
            group,
            output: self.output_of_hits(),
        }
    }

    fn hybrid(&mut self) -> Read {
        let count = self.rng.usize(2..4);
        let mut searches: Vec<Find> = (0..count).map(|_| self.find()).collect();
        for search in &mut searches {
            search.limit = self.some(15);
        }
        let ranker = if self.rng.bool() {
            Err(self.rng.u32(1..100))
        } else {
            Ok((0..count)
                .map(|_| f64::from(self.rng.u8(0..=10)) / 10.0)
                .collect())
        };
        Read::Hybrid {
            searches,
            ranker,
            limit: self.rng.u64(1..12),
            offset: (self.rng.u8(0..3) == 0).then(|| self.rng.u64(0..8)),
            round: (self.rng.u8(0..5) == 0).then(|| self.rng.u32(1..5)),
            output: self.output_of_hits(),
        }
    }
}
