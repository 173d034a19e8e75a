//! The `python3` of this machine, which downloads packages and runs the server written in Python.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::NamedTempFile;

use super::pins::{Pins, refused_file};
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
    /// Copies the files below `folder` of the pinned wheel to `destination`.
    pub(super) fn fetch(
        &self,
        pins: Pins,
        folder: &str,
        destination: &Path,
    ) -> Result<(), Unavailable> {
        let cannot = |error| {
            Unavailable::new(format!(
                "cannot keep the download of {}: {error}",
                pins.name
            ))
        };
        let wheels = tempfile::tempdir_in(destination).map_err(cannot)?;
        let wheel = {
            let dest = [OsStr::new("--dest"), wheels.path().as_ref()];
            self.pip("download", pins, dest)?;
            let mut files = std::fs::read_dir(wheels.path()).map_err(cannot)?;
            let Some(wheel) = files.next() else {
                let nothing = format!("pip downloaded nothing for {}", pins.name);
                return Err(Unavailable::new(nothing));
            };
            wheel.map_err(cannot)?.path()
        };
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

    /// Installs all pinned packages into `destination`.
    pub(super) fn install(&self, pins: Pins, destination: &Path) -> Result<(), Unavailable> {
        let target = [OsStr::new("--target"), destination.as_ref()];
        self.pip("install", pins, target)
    }

    fn pip(&self, what: &str, pins: Pins, options: [&OsStr; 2]) -> Result<(), Unavailable> {
        let name = pins.name;
        let requirements = written(pins.requirements)
            .map_err(|error| Unavailable::new(format!("cannot {what} {name}: {error}")))?;
        let general = ["-m", "pip", what, "--quiet", "--retries", "2"];
        // No package's own code runs, and nothing but the pinned files is accepted.
        let pinned = ["--only-binary", ":all:", "--no-deps", "--require-hashes"];
        let arguments = general.into_iter().chain(pinned).map(OsStr::new);
        let arguments = arguments.chain(options);
        let arguments =
            arguments.chain([OsStr::new("--requirement"), requirements.path().as_ref()]);
        let mut command = Command::new(&self.path);
        command.args(arguments);
        without_habits(&mut command);
        output(command).map_err(|failure| {
            let complaint = &failure.complaint;
            Unavailable::new(match refused_file(complaint) {
                Some(refused) => format!("cannot {what} {name}: {refused}"),
                None => format!("cannot {what} {name}: {}; {failure}", why(complaint)),
            })
        })?;
        Ok(())
    }
}

fn written(text: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::with_suffix(".txt")?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Explains a pip error: without a network, pip reports a missing package.
fn why(complaint: &str) -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if complaint.contains("No module named pip") {
        "python3 has no pip: install pip".to_owned()
    } else if complaint.contains("Retrying") || complaint.contains("Max retries") {
        "the package index cannot be reached".to_owned()
    } else if complaint.contains("No matching distribution") {
        format!("there is no build for this version of {os}, or of its python3, on {arch}")
    } else {
        "pip failed".to_owned()
    }
}

/// A program that could not be run, or that failed.
#[derive(Debug)]
struct Failure {
    what: String,
    /// All of its standard error.
    complaint: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match tail(&self.complaint, 4) {
            text if text.is_empty() => Ok(()),
            text => write!(f, ": {text}"),
        }
    }
}

impl From<Failure> for Unavailable {
    fn from(failure: Failure) -> Self {
        Self::new(failure.to_string())
    }
}

/// Returns the output of `program`.
fn run(
    program: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<String, Failure> {
    let mut command = Command::new(program);
    command.args(arguments);
    output(command)
}

/// Takes back what users set for their own installations: pip refuses some of it for a folder, and does nothing or something
/// else with the rest. Indexes, proxies and certificates are used as they are.
fn without_habits(pip: &mut Command) {
    // Variables take precedence over pip's configuration files.
    for off in ["PIP_REQUIRE_VIRTUALENV", "PIP_USER", "PIP_DRY_RUN"] {
        pip.env(off, "0");
    }
    for variable in [
        "PIP_ABI",
        "PIP_CONSTRAINT",
        "PIP_IMPLEMENTATION",
        "PIP_PLATFORM",
        "PIP_PREFIX",
        "PIP_PYTHON",
        "PIP_PYTHON_VERSION",
        "PIP_REPORT",
        "PIP_REQUIREMENT",
        "PIP_ROOT",
    ] {
        pip.env_remove(variable);
    }
}

/// Returns the output of a program.
fn output(mut command: Command) -> Result<String, Failure> {
    let program = PathBuf::from(command.get_program());
    command.stdin(Stdio::null());
    let output = command.output().map_err(|error| Failure {
        what: format!(
            "cannot run {}, which gets and runs Milvus: {error}",
            program.display()
        ),
        complaint: String::new(),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(Failure {
        what: format!("{} failed with {}", program.display(), output.status),
        complaint: text(&output.stderr),
    })
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

    /// A wheel that pip installs, with one file below `tiny/`.
    const WHEEL: &str = r#"
import hashlib, sys, zipfile
path = sys.argv[1] + "/tiny-1.0-py3-none-any.whl"
with zipfile.ZipFile(path, "w") as wheel:
    wheel.writestr("tiny/server", "complete")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")
print(hashlib.sha256(open(path, "rb").read()).hexdigest())
"#;

    /// Makes the wheel in a folder, and pins it.
    fn tiny(python: &Python, folder: &Path) -> Pins {
        let make = [OsStr::new("-c"), WHEEL.as_ref(), folder.as_ref()];
        let hash = run(&python.path, make).unwrap();
        // What `include_str!` gives the real ones.
        let requirements = Box::leak(Box::new(format!(
            "--no-index\n--find-links {}\ntiny==1.0 --hash=sha256:{hash} --hash=sha256:{}\n",
            folder.display(),
            "0".repeat(64)
        )));
        Pins {
            name: "Tiny 1.0",
            requirements,
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_users_set_for_their_own_installations_does_not_matter() {
        use std::os::unix::fs::PermissionsExt;

        let Some(python) = crate::require(find()) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let pins = tiny(&python, folder.path());
        let file = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let settings = "[global]\nrequire-virtualenv = true\nuser = true\n";
        let settings = file("pip.conf", settings.to_owned());
        // A python3 of a user with these settings.
        let path = file(
            "python3",
            format!(
                "#!/bin/sh\nexport PIP_CONFIG_FILE={}\nexec {} \"$@\"\n",
                settings.display(),
                python.path.display()
            ),
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let python = Python { path, ..python };
        let installed = tempfile::tempdir().unwrap();
        python.install(pins, installed.path()).unwrap();
        assert!(installed.path().join("tiny/server").is_file());
        let fetched = tempfile::tempdir().unwrap();
        python.fetch(pins, "tiny/", fetched.path()).unwrap();
        assert!(fetched.path().join("server").is_file());
    }

    #[test]
    fn a_changed_byte_is_refused_by_the_name_of_its_file() {
        let Some(python) = crate::require(find()) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let pins = tiny(&python, folder.path());
        let fetched = tempfile::tempdir().unwrap();
        python.fetch(pins, "tiny/", fetched.path()).unwrap();
        let server = fetched.path().join("server");
        assert_eq!(std::fs::read_to_string(server).unwrap(), "complete");
        let installed = tempfile::tempdir().unwrap();
        python.install(pins, installed.path()).unwrap();
        assert!(installed.path().join("tiny/server").is_file());

        let wheel = folder.path().join("tiny-1.0-py3-none-any.whl");
        let mut bytes = std::fs::read(&wheel).unwrap();
        let at = bytes
            .windows(8)
            .position(|part| part == b"complete")
            .unwrap();
        bytes[at] ^= 1;
        std::fs::write(&wheel, bytes).unwrap();
        let empty = tempfile::tempdir().unwrap();
        for result in [
            python.fetch(pins, "tiny/", empty.path()),
            python.install(pins, empty.path()),
        ] {
            let refusal = result.unwrap_err().to_string();
            let expected = "Tiny 1.0: tiny-1.0-py3-none-any.whl is not the file that this version was tested with";
            assert!(refusal.contains(expected), "{refusal}");
        }
        assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
    }
}
