//! Enums whose values have a name in Milvus.

/// Defines a public enum of plain variants, each with its name in Milvus: `name()`, `ALL`, `Display`,
/// `FromStr`, `Serialize` and `Deserialize`.
macro_rules! named_enum {
    (
        $(#[$doc:meta])*
        pub enum $type:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)*
        }
    ) => {
        $(#[$doc])*
        ///
        /// `Display` writes the name that Milvus uses, and `FromStr` reads it in any case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $type {
            /// All values that this version of the crate supports.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that Milvus uses.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        /// As the name that Milvus uses.
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        $crate::error::by_name!(deserialize $type);

        impl std::str::FromStr for $type {
            type Err = $crate::error::Error;

            /// # Errors
            ///
            /// [`is_invalid_argument`](crate::Error::is_invalid_argument): no value has this name. The message lists the
            /// names.
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter().copied();
                all.find(|value| value.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
                    let names = [$($name),*].join(", ");
                    let why = format!("{name:?} is not a {}: expected {names}", stringify!($type));
                    $crate::error::Error::invalid_argument("parse", why)
                })
            }
        }
    };
}

/// Implements `Deserialize` with `FromStr`, and `Serialize` with `Display`.
macro_rules! by_name {
    (deserialize $type:ident) => {
        /// From what `FromStr` reads.
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                name.parse()
                    .map_err(|error: $crate::error::Error| serde::de::Error::custom(error.message()))
            }
        }
    };
    ($type:ident) => {
        $crate::error::by_name!(deserialize $type);

        /// As the name that Milvus uses.
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

pub(crate) use {by_name, named_enum};

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    use crate::error::Error;
    use crate::index::{Metric, ScalarQuantizer};
    use crate::schema::DecayFunction;
    use crate::search::{
        AggregationMetric, Consistency, FunctionChainStage, GroupScorer, JsonType, Order,
        ScoreMode, XgboostOutput,
    };

    fn check<T>(all: &[T])
    where
        T: FromStr<Err = Error> + Copy + Debug + Display + PartialEq,
    {
        assert!(!all.is_empty());
        for value in all {
            let name = value.to_string();
            assert_eq!(name.parse::<T>().unwrap(), *value);
            assert_eq!(name.to_lowercase().parse::<T>().unwrap(), *value);
        }
        let error = "nonsense".parse::<T>().unwrap_err();
        assert!(error.is_invalid_argument());
        for value in all {
            assert!(error.message().contains(&value.to_string()), "{error}");
        }
    }

    #[test]
    fn every_value_is_read_from_its_name() {
        check(Metric::ALL);
        check(ScalarQuantizer::ALL);
        check(DecayFunction::ALL);
        check(AggregationMetric::ALL);
        check(Consistency::ALL);
        check(FunctionChainStage::ALL);
        check(GroupScorer::ALL);
        check(JsonType::ALL);
        check(Order::ALL);
        check(ScoreMode::ALL);
        check(XgboostOutput::ALL);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_names_there_are() {
        let error = "median".parse::<GroupScorer>().unwrap_err();
        assert_eq!(
            error.message(),
            "\"median\" is not a GroupScorer: expected max, avg, sum"
        );
    }

    #[test]
    fn names_are_padded_like_text() {
        assert_eq!(format!("{:>4}", Metric::L2), "  L2");
    }
}
