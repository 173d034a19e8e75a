use crate::error::named_enum;

named_enum! {
    /// Which way something is ordered; `true` is ascending.
    pub enum Order {
        /// The smallest first.
        Ascending = "asc",
        /// The largest first.
        Descending = "desc",
    }
}

impl Order {
    /// Fields and their order as requests say it. The error says what is wrong with one.
    pub(crate) fn list<F: AsRef<str>, O: Into<Self>>(
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Result<String, String> {
        let one = |(field, order): (F, O)| {
            let field = listed("order_by", field.as_ref())?;
            Ok(format!("{field}:{}", order.into().name()))
        };
        let fields: Vec<String> = fields.into_iter().map(one).collect::<Result<_, String>>()?;
        Ok(fields.join(","))
    }
}

/// The name of a field in a list that has commas between names. The error says that it is none there.
pub(crate) fn listed<'a>(argument: &str, name: &'a str) -> Result<&'a str, String> {
    if name.is_empty() {
        return Err(format!("{argument}: the name of a field is empty"));
    }
    if name.contains(',') {
        return Err(format!(
            "{argument}: the name of a field is {name:?}: a comma makes two names of it"
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
