//! Filters made of other filters.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

use super::{Filter, Shape, names};

/// A condition of a composed [`Filter`]: a filter, an expression as text, or an `Option` of these. `None` is left out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition of a filter",
    label = "expected a `Filter`, an expression as text, or an `Option` of these",
    note = "compare a field with a value by `Filter::eq(\"field\", value)`, or bind it: `Filter::new(\"field == {{v}}\").bind(\"v\", value)`"
)]
pub trait Condition {
    /// The filter; `None` if there is no condition.
    fn into_condition(self) -> Option<Filter>;
}

macro_rules! conditions {
    ($($type:ty),*) => {
        $(impl Condition for $type {
            fn into_condition(self) -> Option<Filter> {
                Some(self.into())
            }
        })*
    };
}
conditions!(Filter, &Filter, &str, String, &String);

impl<C: Condition> Condition for Option<C> {
    fn into_condition(self) -> Option<Filter> {
        self.and_then(C::into_condition)
    }
}

impl Filter {
    /// Selects the rows that both filters select.
    ///
    /// An empty filter selects all rows, so it changes nothing here.
    #[must_use]
    pub fn and(self, other: impl Condition) -> Self {
        match other.into_condition() {
            Some(other) => self.joined(other, Shape::And),
            None => self,
        }
    }

    /// Selects the rows that one of the filters selects, or both.
    ///
    /// An empty filter selects all rows, so the result is empty if one of the filters is. Pass `None` to leave a
    /// condition out.
    #[must_use]
    pub fn or(self, other: impl Condition) -> Self {
        match other.into_condition() {
            Some(other) => self.joined(other, Shape::Or),
            None => self,
        }
    }

    /// Selects the rows that all conditions select. Without any, the filter is empty, and selects all rows.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let (year, title) = (Some(1965), None::<&str>);
    /// let filter = Filter::all([
    ///     year.map(|year| Filter::eq("year", year)),
    ///     title.map(|title| Filter::starts_with("title", title)),
    /// ]);
    /// assert_eq!(filter.inlined().to_string(), "year == 1965");
    /// ```
    #[doc(alias = "must")]
    pub fn all<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Self {
        let conditions = conditions.into_iter();
        conditions.fold(Self::default(), Self::and)
    }

    /// Selects the rows that at least one of the conditions selects. Without any, the filter matches nothing: reads
    /// then return no rows, and nothing is sent.
    ///
    /// ```
    /// use milvus_otel::Filter;
    ///
    /// let genres = ["sf", "crime"];
    /// let filter = Filter::any(genres.map(|genre| Filter::array_contains("genres", genre)));
    /// assert_eq!(
    ///     filter.inlined().to_string(),
    ///     r#"array_contains(genres, "sf") or array_contains(genres, "crime")"#
    /// );
    /// ```
    #[doc(alias = "should")]
    pub fn any<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Self {
        let conditions = conditions.into_iter();
        conditions.fold(Self::nothing(), Self::or)
    }

    /// A filter that no row matches.
    pub(super) fn nothing() -> Self {
        Self {
            nothing: true,
            ..Self::default()
        }
    }

    /// Whether it is known without the server that no row matches.
    pub(crate) fn matches_nothing(&self) -> bool {
        self.nothing && self.fault.is_none()
    }

    fn joined(self, other: Self, shape: Shape) -> Self {
        let fault = self.fault.clone().or_else(|| other.fault.clone());
        if fault.is_some() {
            return Self {
                fault,
                ..Self::default()
            };
        }
        let is_and = shape == Shape::And;
        match (&self, &other) {
            // One that selects nothing, or all rows.
            (one, _) if one.nothing => return if is_and { self } else { other },
            (_, one) if one.nothing => return if is_and { other } else { self },
            (one, _) if one.is_empty() => return if is_and { other } else { self },
            (_, one) if one.is_empty() => return if is_and { self } else { other },
            _ => {}
        }
        let (mut one, other) = self.renamed(other);
        let (first, second) = (one.operand(shape), other.operand(shape));
        let word = if is_and { "and" } else { "or" };
        one.template = format!("{first} {word} {second}");
        one.line_break |= other.line_break;
        one.literals |= other.literals;
        one.shape = shape;
        for (name, value) in other.values {
            if one.value_of(&name).is_none() {
                one.values.push((name, value));
            }
        }
        one
    }

    /// The text as an operand of this operator, in parentheses if it needs them.
    fn operand(&self, shape: Shape) -> String {
        let text = self.template.trim();
        if self.shape == Shape::Atom || self.shape == shape {
            text.to_owned()
        } else {
            format!("({text})")
        }
    }

    /// The filters with names such that each refers to the same value in both. A name that both bind to the same value, or
    /// neither binds, is shared.
    fn renamed(mut self, mut other: Self) -> (Self, Self) {
        let used = |filter: &Self| {
            let mut used = names::names(&filter.template);
            for (name, _) in &filter.values {
                if !used.contains(name) {
                    used.push(name.clone());
                }
            }
            used
        };
        let (mut first, second) = (used(&self), used(&other));
        let shared: Vec<String> = second
            .iter()
            .filter(|name| first.contains(name))
            .cloned()
            .collect();
        first.extend(second);
        for name in shared {
            let changed = match (self.value_of(&name), other.value_of(&name)) {
                (one, another) if one == another => continue,
                (_, Some(_)) => &mut other,
                (_, None) => &mut self,
            };
            let free = |name: &String| !first.contains(name);
            let new = (2_u64..).map(|number| format!("{name}_{number}"));
            let new = new.into_iter().find(free).unwrap_or_default();
            changed.rename(&name, &new);
            first.push(new);
        }
        (self, other)
    }

    fn rename(&mut self, name: &str, new: &str) {
        self.template = names::replaced(&self.template, |found| {
            (found == name).then(|| format!("{{{new}}}"))
        });
        for (bound, _) in &mut self.values {
            if bound == name {
                new.clone_into(bound);
            }
        }
    }
}

impl Not for Filter {
    type Output = Self;

    /// Selects the rows that the filter does not select. Rows in which a compared field is null match neither the
    /// filter nor its negation. Milvus Lite 2.5 does not support negation.
    fn not(mut self) -> Self {
        if self.fault.is_some() {
            return self;
        }
        if self.nothing {
            return Self::default();
        }
        if self.is_empty() {
            return Self::nothing();
        }
        self.template = format!("not ({})", self.template.trim());
        self.shape = Shape::Atom;
        self
    }
}

impl Not for &Filter {
    type Output = Filter;

    fn not(self) -> Filter {
        !self.clone()
    }
}

impl<C: Condition> BitAnd<C> for Filter {
    type Output = Self;

    /// As [`and`](Self::and).
    fn bitand(self, other: C) -> Self {
        self.and(other)
    }
}

impl<C: Condition> BitOr<C> for Filter {
    type Output = Self;

    /// As [`or`](Self::or).
    fn bitor(self, other: C) -> Self {
        self.or(other)
    }
}

impl<C: Condition> BitAndAssign<C> for Filter {
    /// As [`and`](Self::and).
    fn bitand_assign(&mut self, other: C) {
        *self = std::mem::take(self).and(other);
    }
}

impl<C: Condition> BitOrAssign<C> for Filter {
    /// As [`or`](Self::or).
    fn bitor_assign(&mut self, other: C) {
        *self = std::mem::take(self).or(other);
    }
}
