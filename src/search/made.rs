//! Hits made of values, for test doubles and for results of your own.

use super::bucket::{AggregationBucket, AggregationHit};
use super::hit::{Highlight, Hit};
use crate::data::{Id, Row, Value};

impl Hit {
    /// A hit with this primary key and score, without fields, for the tests of your program.
    ///
    /// ```
    /// use milvus_otel::Hit;
    ///
    /// let hit = Hit::new(1, 0.9).with_field("title", "Dune").with_field("year", 1965);
    /// assert_eq!(hit.entity.get("title"), Some("Dune".into()));
    ///
    /// // A hit with typed fields.
    /// # #[derive(Debug, PartialEq)]
    /// struct Book { title: String }
    /// let hit: Hit<Book> = Hit::new(1, 0.9).with_entity(Book { title: "Dune".into() });
    /// assert_eq!(hit.entity.title, "Dune");
    /// ```
    pub fn new(id: impl Into<Id>, score: f32) -> Self {
        Self {
            id: id.into(),
            score,
            groups: Vec::new(),
            highlights: Vec::new(),
            element: None,
            entity: Row::default(),
        }
    }

    /// The hit with this field added or replaced.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.entity = self.entity.with_field(name, value);
        self
    }
}

impl<T> Hit<T> {
    /// The hit with other fields.
    #[must_use]
    pub fn with_entity<U>(self, entity: U) -> Hit<U> {
        self.map(|_| entity)
    }

    /// The hit with this field and value to group by added.
    #[must_use]
    pub fn with_group(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.groups.push((field.into(), value.into()));
        self
    }

    /// The hit with this highlight added.
    #[must_use]
    pub fn with_highlight(mut self, highlight: Highlight) -> Self {
        self.highlights.push(highlight);
        self
    }

    /// Converts the fields of the hit.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Hit<U> {
        Hit {
            id: self.id,
            score: self.score,
            groups: self.groups,
            highlights: self.highlights,
            element: self.element,
            entity: convert(self.entity),
        }
    }
}

impl Highlight {
    /// Fragments of a field.
    pub fn new<F: Into<String>>(
        field: impl Into<String>,
        fragments: impl IntoIterator<Item = F>,
    ) -> Self {
        Self {
            field: field.into(),
            fragments: fragments.into_iter().map(Into::into).collect(),
            scores: Vec::new(),
        }
    }
}

impl AggregationBucket {
    /// A bucket with these fields and values as its key, and this number of rows.
    pub fn new<N: Into<String>, V: Into<Value>>(
        key: impl IntoIterator<Item = (N, V)>,
        count: u64,
    ) -> Self {
        let key = key.into_iter();
        Self {
            key: key
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            count,
            ..Self::default()
        }
    }

    /// The bucket with this metric added.
    #[must_use]
    pub fn with_metric(mut self, alias: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metrics.push((alias.into(), value.into()));
        self.metrics.sort_by(|(a, _), (b, _)| a.cmp(b));
        self
    }

    /// The bucket with this row added.
    #[must_use]
    pub fn with_hit(mut self, hit: AggregationHit) -> Self {
        self.hits.push(hit);
        self
    }

    /// The bucket with this smaller bucket added.
    #[must_use]
    pub fn with_sub_group(mut self, bucket: Self) -> Self {
        self.sub_groups.push(bucket);
        self
    }
}

impl AggregationHit {
    /// A row with this primary key and score, without fields.
    pub fn new(id: impl Into<Id>, score: f32) -> Self {
        Self {
            id: Some(id.into()),
            score,
            fields: Vec::new(),
        }
    }

    /// The row with this field added.
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}
