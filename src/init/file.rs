//! The exporter `otlp_file`: telemetry as lines of OTLP JSON in a file, for tools that read it later.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::delivery::Signal;
use super::env::Env;
use super::error::Error;
use super::variables;

/// The open files. Each is opened once, because signals may share a file.
#[derive(Debug)]
pub(super) struct Files {
    open: Vec<Lines>,
    /// The path to use if neither code nor environment sets one.
    default: PathBuf,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            default: variables::FILE_PATH.default_value().unwrap_or_default(),
        }
    }
}

impl Files {
    /// Opens the file set in code, else by the signal's variable, else by the general variable, else the default. A
    /// path in code that cannot be opened is an error; any other causes a warning, and the next one is tried. `None` if
    /// no file can be opened.
    pub(super) fn open(
        &mut self,
        env: &mut Env,
        signal: Signal,
        from_code: Option<&Path>,
    ) -> Result<Option<Lines>, Error> {
        let cannot = |path: &Path| format!("cannot write to {}", path.display());
        if let Some(path) = from_code {
            let file = self.open_path(path);
            return file
                .map(Some)
                .map_err(|error| Error::setting_from("file", cannot(path), error));
        }
        for (name, path) in env.all_for(&variables::FILE_PATH, signal) {
            match self.open_path(&path) {
                Ok(file) => return Ok(Some(file)),
                Err(error) => env.warn(&name, format!("{}: {error}, ignored", cannot(&path))),
            }
        }
        let path = self.default.clone();
        let file = self.open_path(&path);
        Ok(file
            .inspect_err(|error| {
                let reason = format!("{}: {error}, nothing is written", cannot(&path));
                env.warn(variables::exporters(signal).name, reason);
            })
            .ok())
    }

    fn open_path(&mut self, path: &Path) -> io::Result<Lines> {
        if let Some(open) = self.open.iter().find(|open| open.path == path) {
            return Ok(open.clone());
        }
        let file = File::options().create(true).append(true).open(path)?;
        let lines = Lines {
            path: path.to_owned(),
            file: Arc::new(Mutex::new(LineWriter::new(file))),
        };
        self.open.push(lines.clone());
        Ok(lines)
    }
}

/// A file to which whole lines are appended.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    path: PathBuf,
    file: Arc<Mutex<LineWriter<File>>>,
}

/// Terminates a line that was written only in part, so that the next line is still valid.
#[derive(Debug)]
struct LineWriter<W> {
    inner: W,
    incomplete: bool,
}

impl<W: Write> LineWriter<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            incomplete: false,
        }
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        if std::mem::replace(&mut self.incomplete, true) {
            self.inner.write_all(b"\n")?;
        }
        self.inner.write_all(line.as_bytes())?;
        self.incomplete = false;
        Ok(())
    }
}

impl Lines {
    pub(super) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Appends a line; the error is the cause for messages.
    pub(super) fn append(&self, line: &str) -> Result<(), String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.append(line)
            .map_err(|error| format!("cannot write to {}: {error}", self.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("milvus-otel-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// A disk with a fixed capacity in bytes.
    struct Disk {
        written: Vec<u8>,
        capacity: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.capacity - self.written.len());
            if fits == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.written.extend_from_slice(&bytes[..fits]);
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_partial_line_does_not_corrupt_later_lines() {
        let disk = Disk {
            written: Vec::new(),
            capacity: 10,
        };
        let mut lines = LineWriter::new(disk);
        lines.append("first\n").unwrap();
        lines.append("second\n").unwrap_err();
        lines.append("third\n").unwrap_err();
        lines.inner.capacity = 100;
        lines.append("fourth\n").unwrap();
        lines.append("fifth\n").unwrap();
        let written = String::from_utf8(lines.inner.written).unwrap();
        assert_eq!(written, "first\nseco\nfourth\nfifth\n");
    }

    #[test]
    fn code_precedes_the_signals_variable_which_precedes_the_general_one() {
        let folder = folder("precedence");
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let (general, own, from_code) = (path("general"), path("own"), path("from_code"));
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_FILE_PATH", &general),
            ("OTEL_EXPORTER_OTLP_TRACES_FILE_PATH", &own),
        ]);
        let mut files = Files::default();
        let mut path_for = |signal, from_code: Option<&str>| {
            let file = files.open(&mut env, signal, from_code.map(Path::new));
            file.unwrap().unwrap().path()
        };
        assert_eq!(path_for(Signal::Traces, None), own);
        assert_eq!(path_for(Signal::Metrics, None), general);
        assert_eq!(path_for(Signal::Logs, None), general);
        assert_eq!(path_for(Signal::Traces, Some(&from_code)), from_code);
        assert_eq!(files.open.len(), 3, "metrics and logs share one");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_unwritable_path_is_reported_and_the_next_one_is_used() {
        let folder = folder("unwritable");
        let good = folder.join("good").to_str().unwrap().to_owned();
        let mut env = Env::fixed([
            (
                "OTEL_EXPORTER_OTLP_TRACES_FILE_PATH",
                "/nonexistent/spans.jsonl",
            ),
            ("OTEL_EXPORTER_OTLP_FILE_PATH", &good),
        ]);
        let file = Files::default().open(&mut env, Signal::Traces, None);
        assert_eq!(file.unwrap().unwrap().path(), good);
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].variable(),
            "OTEL_EXPORTER_OTLP_TRACES_FILE_PATH"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_application_starts_without_a_writable_file() {
        let mut env = Env::fixed([("OTEL_EXPORTER_OTLP_FILE_PATH", "/nonexistent/all.jsonl")]);
        let mut files = Files {
            default: "/nonexistent/telemetry.otlp.jsonl".into(),
            ..Files::default()
        };
        let file = files.open(&mut env, Signal::Logs, None);
        assert!(file.unwrap().is_none());
        let warnings = env.into_warnings();
        let named: Vec<_> = warnings.iter().map(|w| w.variable()).collect();
        let expected = ["OTEL_EXPORTER_OTLP_FILE_PATH", "OTEL_LOGS_EXPORTER"];
        assert_eq!(named, expected);
    }

    #[test]
    fn an_unwritable_path_in_code_is_an_error() {
        let path = Path::new("/nonexistent/spans.jsonl");
        let error = Files::default()
            .open(&mut Env::fixed([]), Signal::Traces, Some(path))
            .unwrap_err();
        assert_eq!(error.setting_name(), Some("file"));
    }
}
