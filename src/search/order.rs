use crate::error::named_enum;

named_enum! {
    /// The direction of an order. Also converted by `into()` from a `bool`: `true` is ascending.
    pub enum Order {
        /// Smallest first.
        Ascending = "asc",
        /// Largest first.
        Descending = "desc",
    }
}

impl Order {
    /// The parameter for an order by several fields.
    ///
    /// # Errors
    ///
    /// A name cannot be an element of the list.
    pub(crate) fn list<F: AsRef<str>, O: Into<Self>>(
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Result<String, String> {
        let one = |(field, order): (F, O)| {
            let field = check_list_item("order_by", field.as_ref())?;
            Ok(format!("{field}:{}", order.into().name()))
        };
        let fields: Vec<String> = fields.into_iter().map(one).collect::<Result<_, String>>()?;
        Ok(fields.join(","))
    }
}

/// Refuses a name that cannot be an element of a comma-separated list.
pub(crate) fn check_list_item<'a>(argument: &str, name: &'a str) -> Result<&'a str, String> {
    if name.is_empty() {
        return Err(format!("{argument}: a field name is empty"));
    }
    if name.contains(',') {
        return Err(format!(
            "{argument}: the field name {name:?} contains a comma, which separates names"
        ));
    }
    Ok(name)
}

impl From<bool> for Order {
    fn from(ascending: bool) -> Self {
        if ascending {
            Self::Ascending
        } else {
            Self::Descending
        }
    }
}
