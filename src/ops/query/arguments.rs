//! What a query may be told beyond which rows it is about.

use super::super::read::names;
use super::Query;
use crate::search::Order;

impl<T> Query<T> {
    /// The order of the rows: fields, each with [`Order`], or `true` for the smallest first (Milvus 3.0).
    pub fn order_by<F: AsRef<str>, O: Into<Order>>(
        self,
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Self {
        self.listed("order_by_fields", Order::list(fields))
    }

    /// Aggregates over rows that agree in these fields (Milvus 3.0); the output then names aggregates: `count(*)`.
    pub fn group_by<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.listed("group_by_fields", names("group_by", fields))
    }

    /// Of timestamptz fields returns these parts only, as numbers: `["year", "month"]` (Milvus 2.6.6).
    pub fn time_fields<P: AsRef<str>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        self.listed("time_fields", names("time_fields", parts))
    }

    /// The time zone in which timestamptz fields are returned: `Europe/Berlin` (Milvus 2.6.6).
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.set("timezone", timezone.into())
    }

    /// Says nothing where nothing is listed.
    fn listed(mut self, key: &str, list: Result<String, String>) -> Self {
        match list {
            Ok(list) if list.is_empty() => self,
            Ok(list) => self.set(key, list),
            Err(why) => {
                self.refused.get_or_insert(why);
                self
            }
        }
    }

    fn set(mut self, key: &str, value: String) -> Self {
        self.parameters.set(key, value);
        self
    }

    /// A parameter in Milvus' own words. The last one of a name counts, and so does what a setter said before or says
    /// later of the same.
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters.say(key, value);
        self
    }
}
