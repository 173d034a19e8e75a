//! The product and version of a server.

use std::fmt;

/// A version of a server. If it has no patch number, as in `2.6`, the patch is `u32::MAX`, the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// The product and version that a server reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Milvus(Version),
    Lite(Version),
    /// A build without a version, or not Milvus.
    Unknown,
}

impl Server {
    /// The server with this answer to `GetVersion`, or these build tags: `v2.5.4`, `2.6-20251020-ab12cd3`,
    /// `milvus_lite-3.2.2`, `Compatible with Milvus 2.5`. `v2.3.5-lite` from PyPI is a complete Milvus.
    pub(crate) fn of_tags(tags: &str) -> Self {
        let words = tags.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let version = words.filter_map(Version::parse).next();
        let lite = tags
            .to_ascii_lowercase()
            .replace('-', "_")
            .contains("milvus_lite");
        match version {
            Some(version) if lite => Self::Lite(version),
            Some(version) => Self::Milvus(version),
            None => Self::Unknown,
        }
    }
}

impl Server {
    /// Milvus Lite before 3.0, which does not report its version.
    pub(crate) const LITE_2_5: Self = Self::Lite(Version(2, 5, u32::MAX));

    pub(crate) fn is_lite_3(self) -> bool {
        matches!(self, Self::Lite(Version(3, ..)))
    }
}

impl Version {
    fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.split('.').map(|number| number.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        let patch = numbers.next().flatten();
        Some(Self(major, minor, patch.unwrap_or(u32::MAX)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(major, minor, patch) = self;
        match patch {
            0 | &u32::MAX => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Milvus(version) => write!(f, "Milvus {version}"),
            Self::Lite(version) => write!(f, "Milvus Lite {version}"),
            Self::Unknown => f.write_str("a server without a version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_recognised_by_their_tags() {
        let patch = u32::MAX;
        for (tags, server, shown) in [
            (
                "v2.3.5-lite",
                Server::Milvus(Version(2, 3, 5)),
                "Milvus 2.3.5",
            ),
            ("v2.6.0", Server::Milvus(Version(2, 6, 0)), "Milvus 2.6"),
            (
                "2.6-20251020-ab12cd3",
                Server::Milvus(Version(2, 6, patch)),
                "Milvus 2.6",
            ),
            (
                "v3.0.1-gpu",
                Server::Milvus(Version(3, 0, 1)),
                "Milvus 3.0.1",
            ),
            (
                "Compatible with Milvus 2.5",
                Server::Milvus(Version(2, 5, patch)),
                "Milvus 2.5",
            ),
            (
                "milvus_lite-3.2.2",
                Server::Lite(Version(3, 2, 2)),
                "Milvus Lite 3.2.2",
            ),
            ("milvus_lite", Server::Unknown, "a server without a version"),
            (
                "master-20240522-ab12cd3",
                Server::Unknown,
                "a server without a version",
            ),
            ("", Server::Unknown, "a server without a version"),
            ("v2", Server::Unknown, "a server without a version"),
        ] {
            assert_eq!(Server::of_tags(tags), server, "{tags}");
            assert_eq!(server.to_string(), shown, "{tags}");
        }
    }
}
