//! The exact files that servers consist of: see `pins/README.md`.

/// Requirements of pip, with the SHA-256 of every file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pins {
    /// The name in messages: `Milvus 2.3.5`.
    pub(super) name: &'static str,
    /// A file of requirements.
    pub(super) requirements: &'static str,
}

pub(super) const STANDALONE: Pins = Pins {
    name: "Milvus 2.3.5",
    requirements: include_str!("../../pins/milvus-2.3.5.txt"),
};

pub(super) const LITE: Pins = Pins {
    name: "Milvus Lite 2.5.1",
    requirements: include_str!("../../pins/milvus-lite-2.5.1.txt"),
};

pub(super) const LITE_PYTHON: Pins = Pins {
    name: "Milvus Lite 3.2.2",
    requirements: include_str!("../../pins/milvus-lite-3.2.2.txt"),
};

impl Pins {
    /// Part of the folder names in the cache, so that what was installed for other pins is not used. FNV-1a, because
    /// the standard library's hashes may change with its version; it guards against nothing but mistakes.
    pub(super) fn tag(&self) -> String {
        let hash = self
            .requirements
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{:08x}", hash >> 32)
    }
}

/// Explains pip's complaint about a file whose SHA-256 is not a pinned one; `None` if it complains about something
/// else.
pub(super) fn refused_file(complaint: &str) -> Option<String> {
    let (_, list) = complaint.split_once("DO NOT MATCH THE HASHES")?;
    let mut lines = list.lines().skip(1).map(str::trim);
    // `milvus==2.3.5 from https://../milvus-2.3.5-py3-none-manylinux2014_x86_64.whl (from -r ..):`
    let source = lines.next()?.split(" from ").nth(1)?;
    let source = source.split([' ', '#']).next()?;
    let file = source.trim_end_matches(':').rsplit('/').next()?;
    let got = lines.find_map(|line| line.strip_prefix("Got"))?.trim();
    Some(format!(
        "{file} is not the file that this version was tested with and was not installed: its SHA-256 is {got}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement, and the number of its hashes.
    fn requirements(pins: Pins) -> Vec<(&'static str, usize)> {
        let mut found: Vec<(&str, usize)> = Vec::new();
        for line in pins.requirements.lines() {
            let line = line.trim_end_matches('\\').trim();
            match (line.strip_prefix("--hash=sha256:"), found.last_mut()) {
                (Some(hash), Some(last)) => {
                    assert!(
                        hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()),
                        "{hash}"
                    );
                    last.1 += 1;
                }
                _ => found.push((line, 0)),
            }
        }
        found
    }

    #[test]
    fn every_requirement_is_an_exact_version_with_hashes() {
        for pins in [STANDALONE, LITE, LITE_PYTHON] {
            for (requirement, hashes) in requirements(pins) {
                assert!(requirement.contains("==") && hashes > 0, "{requirement}");
            }
        }
    }

    #[test]
    fn the_pins_are_those_of_the_named_server() {
        let has = |pins, wanted| {
            requirements(pins)
                .iter()
                .any(|(requirement, _)| *requirement == wanted)
        };
        assert!(has(STANDALONE, "milvus==2.3.5"));
        assert!(has(LITE, "milvus-lite==2.5.1"));
        assert!(has(LITE_PYTHON, "milvus-lite==3.2.2"));
        assert!(has(LITE_PYTHON, "pymilvus==3.0.2"));
        assert_ne!(STANDALONE.tag(), LITE.tag());
    }
}
