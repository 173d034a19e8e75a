//! The optional arguments of a query.

use super::super::read::names;
use super::Query;
use crate::search::Order;

impl<T> Query<T> {
    /// The order of the rows: fields, each with an [`Order`], or `true` for ascending. Since Milvus 3.0.
    pub fn order_by<F: AsRef<str>, O: Into<Order>>(
        self,
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Self {
        self.listed("order_by_fields", Order::list(fields))
    }

    /// Groups the rows by these fields. The [`output`](Self::output) then names aggregates, such as `count(*)`. Since
    /// Milvus 3.0.
    pub fn group_by<F: AsRef<str>>(self, fields: impl IntoIterator<Item = F>) -> Self {
        self.listed("group_by_fields", names("group_by", fields))
    }

    /// Returns only these parts of timestamptz fields, as numbers: `["year", "month"]`. Since Milvus 2.6.6.
    pub fn time_fields<P: AsRef<str>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        self.listed("time_fields", names("time_fields", parts))
    }

    /// The time zone that timestamptz fields are returned in: `Europe/Berlin`. Since Milvus 2.6.6.
    pub fn timezone(self, timezone: impl Into<String>) -> Self {
        self.set("timezone", timezone.into())
    }

    /// Sets a parameter, unless the list is empty.
    fn listed(mut self, key: &str, list: Result<String, String>) -> Self {
        match list {
            Ok(list) if list.is_empty() => self,
            Ok(list) => self.set(key, list),
            Err(why) => {
                self.spec().refusal.get_or_insert(why);
                self
            }
        }
    }

    fn set(mut self, key: &str, value: String) -> Self {
        self.parameters().set(key, value);
        self
    }

    /// A parameter by its Milvus name. The last value of a name counts, whether it was set by this method or by another
    /// setter.
    pub fn parameter(mut self, key: impl Into<String>, value: impl ToString) -> Self {
        self.parameters().set_checked(key, value);
        self
    }
}
