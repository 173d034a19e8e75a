/// The values of a scalar column, one per row. Rows of a nullable field can be null.
///
/// Converted by `into()` from a `Vec`, slice or array of values, or of `Option`s for a nullable field. For text, `&str`
/// can be used in place of `String`.
#[derive(Clone, PartialEq)]
pub struct Scalars<T> {
    /// The values that are not null.
    pub(super) values: Vec<T>,
    /// Whether each row has a value; empty if all have one.
    pub(super) valid: Vec<bool>,
}

impl<T> Scalars<T> {
    pub(super) fn rows(&self) -> usize {
        if self.valid.is_empty() {
            self.values.len()
        } else {
            self.valid.len()
        }
    }

    pub(super) fn map<U>(self, change: impl FnMut(T) -> U) -> Scalars<U> {
        Scalars {
            values: self.values.into_iter().map(change).collect(),
            valid: self.valid,
        }
    }
}

impl<T> std::fmt::Debug for Scalars<T> {
    /// The count only: values are user data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scalars({} rows)", self.rows())
    }
}

impl<T> From<Vec<T>> for Scalars<T> {
    fn from(values: Vec<T>) -> Self {
        Self {
            values,
            valid: Vec::new(),
        }
    }
}

impl<T> From<Vec<Option<T>>> for Scalars<T> {
    fn from(values: Vec<Option<T>>) -> Self {
        let valid = values.iter().map(Option::is_some).collect();
        Self {
            values: values.into_iter().flatten().collect(),
            valid,
        }
    }
}

impl<T, const N: usize> From<[T; N]> for Scalars<T> {
    fn from(values: [T; N]) -> Self {
        Vec::from(values).into()
    }
}

impl<T, const N: usize> From<[Option<T>; N]> for Scalars<T> {
    fn from(values: [Option<T>; N]) -> Self {
        Vec::from(values).into()
    }
}

impl<T: Clone> From<&[T]> for Scalars<T> {
    fn from(values: &[T]) -> Self {
        values.to_vec().into()
    }
}

impl<T: Clone> From<&Vec<T>> for Scalars<T> {
    fn from(values: &Vec<T>) -> Self {
        values.clone().into()
    }
}

impl From<Vec<&str>> for Scalars<String> {
    fn from(values: Vec<&str>) -> Self {
        Scalars::<&str>::from(values).map(str::to_owned)
    }
}

impl From<Vec<Option<&str>>> for Scalars<String> {
    fn from(values: Vec<Option<&str>>) -> Self {
        Scalars::<&str>::from(values).map(str::to_owned)
    }
}

impl<const N: usize> From<[&str; N]> for Scalars<String> {
    fn from(values: [&str; N]) -> Self {
        Vec::from(values).into()
    }
}

impl<const N: usize> From<[Option<&str>; N]> for Scalars<String> {
    fn from(values: [Option<&str>; N]) -> Self {
        Vec::from(values).into()
    }
}

impl From<&[&str]> for Scalars<String> {
    fn from(values: &[&str]) -> Self {
        values.to_vec().into()
    }
}
