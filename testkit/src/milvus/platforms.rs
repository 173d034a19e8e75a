//! Which server runs on which platform.

use super::Unavailable;

/// A kind of server, in the order of the columns of [`TABLE`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Standalone,
    Lite,
    LitePython,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Standalone, Self::Lite, Self::LitePython];

    fn name(self) -> &'static str {
        match self {
            Self::Standalone => "Milvus 2.3.5",
            Self::Lite => "Milvus Lite 2.5.1",
            Self::LitePython => "Milvus Lite 3.2.2",
        }
    }

    fn constructor(self) -> &'static str {
        match self {
            Self::Standalone => "Milvus::standalone",
            Self::Lite => "Milvus::lite",
            Self::LitePython => "Milvus::lite_python",
        }
    }
}

/// System and processor, as in `std::env::consts`, with the servers that have a build for them. The README shows it.
const TABLE: [(&str, &str, [bool; 3]); 4] = [
    ("linux", "x86_64", [true, true, true]),
    ("linux", "aarch64", [false, true, true]),
    ("macos", "aarch64", [true, true, true]),
    ("macos", "x86_64", [true, true, true]),
];

/// Fails, before anything is downloaded, if `kind` does not run here.
pub(super) fn check(kind: Kind) -> Result<(), Unavailable> {
    check_on(kind, std::env::consts::OS, std::env::consts::ARCH)
}

fn check_on(kind: Kind, os: &str, arch: &str) -> Result<(), Unavailable> {
    let row = TABLE.iter().find(|row| (row.0, row.1) == (os, arch));
    let builds = row.map_or([false; 3], |row| row.2);
    if builds[kind as usize] {
        return Ok(());
    }
    let others: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|other| builds[*other as usize])
        .map(|other| format!("{} (`{}`)", other.name(), other.constructor()))
        .collect();
    let (name, others) = (kind.name(), others.join(", "));
    Err(Unavailable::new(if others.is_empty() {
        format!(
            "{name} does not run on {os} {arch}, nor does Milvus Lite: use the fake (`Fake`), or connect to a Milvus that \
             runs elsewhere"
        )
    } else {
        format!("{name} does not run on {os} {arch}: use {others} or the fake (`Fake`)")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_build_is_refused_with_what_to_use_instead() {
        let refused = |kind, os, arch| check_on(kind, os, arch).unwrap_err().to_string();
        assert_eq!(
            refused(Kind::Standalone, "linux", "aarch64"),
            "Milvus 2.3.5 does not run on linux aarch64: use Milvus Lite 2.5.1 (`Milvus::lite`), Milvus Lite 3.2.2 \
             (`Milvus::lite_python`) or the fake (`Fake`)"
        );
        assert_eq!(
            refused(Kind::Lite, "windows", "x86_64"),
            "Milvus Lite 2.5.1 does not run on windows x86_64, nor does Milvus Lite: use the fake (`Fake`), or connect to a \
             Milvus that runs elsewhere"
        );
    }

    #[test]
    fn the_readme_shows_this_table() {
        let platforms = [
            "Linux x86_64",
            "Linux aarch64",
            "macOS aarch64",
            "macOS x86_64",
            "Windows",
        ];
        let readme = include_str!("../../README.md");
        let header = format!("| | {} |", platforms.join(" | "));
        assert!(readme.contains(&header), "no line {header}");
        for kind in Kind::ALL {
            let start = format!("| {}", kind.name());
            let row = readme
                .lines()
                .find(|line| line.starts_with(&start))
                .unwrap();
            let cells = row.trim_matches('|').split('|').skip(1);
            assert_eq!(cells.clone().count(), platforms.len(), "{row}");
            for (platform, cell) in platforms.iter().zip(cells) {
                let (os, arch) = platform.split_once(' ').unwrap_or((platform, "x86_64"));
                let builds = check_on(kind, &os.to_lowercase(), arch).is_ok();
                assert_eq!(cell.trim() != "-", builds, "{platform}: {row}");
            }
        }
    }
}
