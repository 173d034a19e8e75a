//! What a query may be told beyond which rows it is about.

use super::super::read::pair;
use super::Query;
use crate::search::Order;

impl<T> Query<T> {
    /// The order of the rows: fields, each with [`Order`], or `true` for the smallest first (Milvus 3.0).
    pub fn order_by<F: AsRef<str>, O: Into<Order>>(
        mut self,
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Self {
        match Order::list(fields) {
            Ok(fields) if fields.is_empty() => self,
            Ok(fields) => self.set("order_by_fields", fields),
            Err(why) => {
                self.refused.get_or_insert(why);
                self
            }
        }
    }

    /// Aggregates over rows that agree in these fields (Milvus 3.0); the output then names aggregates: `count(*)`.
    pub fn group_by<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        let fields: Vec<String> = fields
            .into_iter()
            .map(|field| field.as_ref().to_owned())
            .collect();
        if fields.is_empty() {
            return self;
        }
        self.set("group_by_fields", fields.join(","))
    }

    /// Of timestamptz fields returns these parts only, as numbers: `["year", "month"]` (Milvus 2.6.6).
    pub fn time_fields<P: AsRef<str>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        let parts: Vec<String> = parts
            .into_iter()
            .map(|part| part.as_ref().to_owned())
            .collect();
        self.set("time_fields", parts.join(","))
    }

    /// The time zone in which timestamptz fields are returned: `Europe/Berlin` (Milvus 2.6.6).
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.set("timezone", timezone.into())
    }

    /// Says it once: the last one of a name counts.
    fn set(mut self, key: &str, value: String) -> Self {
        self.parameters.retain(|known| known.key != key);
        self.parameter(key, value)
    }

    /// A parameter in Milvus' own words.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts go in as they are"
    )]
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.push(pair(&key.into(), value.to_string()));
        self
    }
}
