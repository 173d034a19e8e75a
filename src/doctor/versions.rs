//! The versions of OpenTelemetry in the application's `Cargo.lock`.

use std::path::Path;

use super::report::{Finding, Subject};

/// The version that this crate uses.
const OURS: &str = "0.33.";

pub(super) fn check(lockfile: &Path) -> Finding {
    let subject = Subject::Versions;
    let shown = lockfile.display();
    let text = match std::fs::read_to_string(lockfile) {
        Ok(text) => text,
        Err(error) => return Finding::skipped(subject, format!("cannot read {shown}: {error}")),
    };
    let versions = versions(&text);
    if !versions.iter().any(|version| version.starts_with(OURS)) {
        return Finding::skipped(
            subject,
            format!("{shown} has no opentelemetry {OURS}*: it belongs to another program"),
        );
    }
    match &versions[..] {
        [only] => Finding::ok(subject, format!("{shown} has opentelemetry {only} only")),
        several => {
            let found = format!(
                "{shown} has opentelemetry {}: each version has its own globals, and this client uses those of {OURS}*",
                several.join(" and ")
            );
            let others = several.iter().filter(|version| !version.starts_with(OURS));
            let commands: Vec<_> = others
                .map(|other| format!("`cargo tree -i opentelemetry@{other}`"))
                .collect();
            Finding::warning(subject, found).fix(format!(
                "find the crates that need another version with {}, and set telemetry up with \
                 `milvus_otel::opentelemetry_sdk`, which always fits",
                commands.join(" and ")
            ))
        }
    }
}

/// The versions of the package `opentelemetry`, in which each `[[package]]` has `name` and then `version`.
fn versions(lockfile: &str) -> Vec<&str> {
    let mut lines = lockfile.lines().map(str::trim);
    let mut versions = Vec::new();
    while let Some(line) = lines.next() {
        if line == "name = \"opentelemetry\""
            && let Some(version) = lines.next().and_then(|l| l.strip_prefix("version = \""))
        {
            versions.push(version.trim_end_matches('"'));
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    fn finding(lockfile: &str) -> Finding {
        let path = std::env::temp_dir().join(format!(
            "milvus-otel-{}-{}.lock",
            std::process::id(),
            lockfile.len()
        ));
        std::fs::write(&path, lockfile).unwrap();
        let finding = check(&path);
        std::fs::remove_file(&path).unwrap();
        finding
    }

    fn package(name: &str, version: &str) -> String {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
    }

    #[test]
    fn several_versions_are_a_warning() {
        let ours = package("opentelemetry", "0.33.1") + &package("opentelemetry_sdk", "0.32.0");
        assert_eq!(finding(&ours).state, State::Ok);
        let other = package("opentelemetry", "0.32.0");
        let both = finding(&(ours + &other));
        assert_eq!(both.state, State::Warning);
        assert!(both.fixes[0].contains("with `cargo tree -i opentelemetry@0.32.0`, and"));
        assert_eq!(finding(&other).state, State::Skipped);
        assert_eq!(check(Path::new("/nowhere")).state, State::Skipped);
    }

    #[test]
    fn the_version_is_that_of_the_manifest() {
        let ours = OURS.trim_end_matches('.');
        let line = format!("\nopentelemetry = {{ version = \"{ours}\"");
        assert!(include_str!("../../Cargo.toml").contains(&line));
    }
}
