/// Which way something is ordered; `true` is ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

impl Order {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// Fields and their order as requests say it. The error says what is wrong with one.
    pub(crate) fn list<F: AsRef<str>, O: Into<Self>>(
        fields: impl IntoIterator<Item = (F, O)>,
    ) -> Result<String, String> {
        let one = |(field, order): (F, O)| match field.as_ref() {
            "" => Err("order_by: the name of a field is empty".to_owned()),
            field => Ok(format!("{field}:{}", order.into().name())),
        };
        let fields: Vec<String> = fields.into_iter().map(one).collect::<Result<_, _>>()?;
        Ok(fields.join(","))
    }
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
