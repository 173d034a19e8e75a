//! The `python3` of this machine, which downloads packages and runs the server written in Python.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Unavailable, tail};

const UNPACK: &str = include_str!("unpack.py");

/// A working interpreter.
#[derive(Debug)]
pub(super) struct Python {
    /// The interpreter itself rather than a version manager's wrapper around it.
    pub(super) path: PathBuf,
    /// The tag of compiled modules: `cpython-311`.
    pub(super) tag: String,
    /// Major and minor version.
    pub(super) version: (u32, u32),
}

/// Finds the interpreter behind `python3`.
pub(super) fn find() -> Result<Python, Unavailable> {
    const ASK: &str = "import sys; \
        print(sys.executable, sys.implementation.cache_tag, *sys.version_info[:2], sep='\\n')";
    let answer = run(Path::new("python3"), ["-c", ASK])?;
    let lines: Vec<&str> = answer.lines().collect();
    let version = |line: usize| lines.get(line).and_then(|text| text.parse().ok());
    match (lines.as_slice(), version(2), version(3)) {
        ([path, tag, ..], Some(major), Some(minor)) => Ok(Python {
            path: PathBuf::from(path),
            tag: (*tag).to_owned(),
            version: (major, minor),
        }),
        _ => Err(Unavailable::new(format!(
            "python3 does not say what it is, it says: {answer}"
        ))),
    }
}

impl Python {
    /// Copies the files below `folder` of the wheel of `requirement` to `destination`.
    pub(super) fn fetch(
        &self,
        requirement: &str,
        folder: &str,
        destination: &Path,
    ) -> Result<(), Unavailable> {
        let cannot = |error| Unavailable::new(format!("cannot download {requirement}: {error}"));
        let wheels = tempfile::tempdir_in(destination).map_err(cannot)?;
        self.pip(
            "download",
            requirement,
            [
                OsStr::new("--no-deps"),
                "--dest".as_ref(),
                wheels.path().as_ref(),
            ],
        )?;
        let mut files = std::fs::read_dir(wheels.path()).map_err(cannot)?;
        let Some(wheel) = files.next() else {
            return Err(Unavailable::new(format!(
                "pip downloaded nothing for {requirement}"
            )));
        };
        let wheel = wheel.map_err(cannot)?.path();
        let arguments = [
            OsStr::new("-c"),
            UNPACK.as_ref(),
            wheel.as_ref(),
            folder.as_ref(),
            destination.as_ref(),
        ];
        run(&self.path, arguments)?;
        Ok(())
    }

    /// Installs `requirements`, separated by spaces, and their dependencies into `destination`.
    pub(super) fn install(
        &self,
        requirements: &str,
        destination: &Path,
    ) -> Result<(), Unavailable> {
        self.pip(
            "install",
            requirements,
            [OsStr::new("--target"), destination.as_ref()],
        )
    }

    fn pip<const N: usize>(
        &self,
        what: &str,
        requirements: &str,
        options: [&OsStr; N],
    ) -> Result<(), Unavailable> {
        let general = [
            "-m",
            "pip",
            what,
            "--quiet",
            "--retries",
            "2",
            "--only-binary",
            ":all:",
        ];
        let arguments = general.into_iter().map(OsStr::new).chain(options);
        let arguments = arguments.chain(requirements.split(' ').map(OsStr::new));
        run(&self.path, arguments).map_err(|failure| {
            let why = why(&failure.to_string());
            Unavailable::new(format!("cannot {what} {requirements}: {why}; {failure}"))
        })?;
        Ok(())
    }
}

/// Explains an error of pip, which reports a missing package if the network is missing.
fn why(complaint: &str) -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if complaint.contains("No module named pip") {
        "python3 has no pip, install it".to_owned()
    } else if complaint.contains("Retrying") || complaint.contains("Max retries") {
        "the package index cannot be reached".to_owned()
    } else if complaint.contains("No matching distribution") {
        format!("there is no build for {os} {arch}")
    } else {
        "pip failed".to_owned()
    }
}

/// Returns the output of `program`. The error contains the last lines of its standard error.
fn run(
    program: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<String, Unavailable> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    let output = command.output().map_err(|error| {
        Unavailable::new(format!(
            "cannot run {}, which gets and runs Milvus: {error}",
            program.display()
        ))
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    let complaint = tail(&String::from_utf8_lossy(&output.stderr), 4);
    Err(Unavailable::new(format!(
        "{} failed with {}: {complaint}",
        program.display(),
        output.status
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_quoted() {
        let failure = run(Path::new("sh"), ["-c", "echo one; echo two >&2; exit 3"]).unwrap_err();
        assert_eq!(failure.to_string(), "sh failed with exit status: 3: two");
    }

    #[test]
    fn a_network_failure_is_not_reported_as_a_missing_build() {
        let missing = "ERROR: No matching distribution found for milvus==2.3.5";
        let offline =
            format!("WARNING: Retrying (Retry(total=0)) after connection broken\n{missing}");
        assert!(why(missing).starts_with("there is no build for "));
        assert_eq!(why(&offline), "the package index cannot be reached");
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(Path::new("no-such-python"), ["-c"]).unwrap_err();
        assert!(
            failure.to_string().starts_with("cannot run no-such-python"),
            "{failure}"
        );
    }
}
