//! Enums of the server, times and durations.

use std::time::{Duration, SystemTime};

/// An enum of the server. Values that this version of the crate does not know are kept by their number.
macro_rules! server_enum {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A value that this version of the crate does not know, by its number in the contract.
            Unknown(i32),
        }

        impl $name {
            pub(super) fn from_proto(number: i32) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    _ => Self::Unknown(number),
                }
            }

            /// Returns the number in the contract.
            pub fn number(self) -> i32 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Unknown(number) => number,
                }
            }
        }

        /// The default is the contract's: the value 0.
        impl Default for $name {
            fn default() -> Self {
                Self::from_proto(0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.pad($text),)*
                    Self::Unknown(number) => number.fmt(f),
                }
            }
        }

        /// Reads what `Display` writes, in any case.
        impl std::str::FromStr for $name {
            type Err = crate::error::Error;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                $(if name.eq_ignore_ascii_case($text) {
                    return Ok(Self::$variant);
                })*
                name.parse().map(Self::from_proto).map_err(|_| {
                    let names = [$($text),*].join(", ");
                    let why = format!("{name:?} is not a {}: expected {names}", stringify!($name));
                    crate::error::Error::invalid_argument("parse", why)
                })
            }
        }

        crate::error::by_name!($name);
    };
}
pub(super) use server_enum;

/// The time in a hybrid timestamp of Milvus: milliseconds since 1970, above 18 bits of a counter.
pub(super) fn hybrid_time(timestamp: u64) -> Option<SystemTime> {
    millisecond(i64::try_from(timestamp >> 18).ok()?)
}

/// The time that is `milliseconds` after the beginning of 1970; `None` for 0, which stands for no time, and before.
pub(super) fn millisecond(milliseconds: i64) -> Option<SystemTime> {
    let since = u64::try_from(milliseconds)
        .ok()
        .filter(|since| *since > 0)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(since))
}

/// Rounds up, because 0 mostly stands for "no limit".
pub(super) fn whole_seconds(duration: Duration) -> i64 {
    let seconds = duration
        .as_secs()
        .saturating_add(u64::from(duration.subsec_nanos() > 0));
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
