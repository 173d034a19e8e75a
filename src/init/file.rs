//! `otlp_file`: telemetry as lines of OTLP's JSON in a file, for tools that read it later.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::delivery::Signal;
use super::env::Env;
use super::error::Error;
use super::variables;

/// The files that are open, each once: the signals of one application may share a file.
#[derive(Debug)]
pub(super) struct Files {
    open: Vec<Lines>,
    /// Where to write if nothing says otherwise.
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
    /// The file that code names, else the signal's variable, else the general one, else the default. What the
    /// environment asks for and cannot have is warned about, and there is no file.
    pub(super) fn open(
        &mut self,
        env: &mut Env,
        signal: Signal,
        coded: Option<&Path>,
    ) -> Result<Option<Lines>, Error> {
        let cannot = |path: &Path| format!("cannot write to {}", path.display());
        if let Some(path) = coded {
            let file = self.at(path);
            return file
                .map(Some)
                .map_err(|error| Error::setting_from("file", cannot(path), error));
        }
        for (name, path) in env.all_for(&variables::FILE_PATH, signal) {
            match self.at(&path) {
                Ok(file) => return Ok(Some(file)),
                Err(error) => env.warn(&name, format!("{}: {error}, ignored", cannot(&path))),
            }
        }
        let path = self.default.clone();
        let file = self.at(&path);
        Ok(file
            .inspect_err(|error| {
                let reason = format!("{}: {error}, nothing is written", cannot(&path));
                env.warn(variables::exporters(signal).name, reason);
            })
            .ok())
    }

    fn at(&mut self, path: &Path) -> io::Result<Lines> {
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

/// A file that whole lines are added to.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    path: PathBuf,
    file: Arc<Mutex<LineWriter<File>>>,
}

/// Ends each line, also one that could not be written in full, so that the next is not lost with it.
#[derive(Debug)]
struct LineWriter<W> {
    inner: W,
    torn: bool,
}

impl<W: Write> LineWriter<W> {
    fn new(inner: W) -> Self {
        Self { inner, torn: false }
    }

    fn add(&mut self, line: &str) -> io::Result<()> {
        if std::mem::replace(&mut self.torn, true) {
            self.inner.write_all(b"\n")?;
        }
        self.inner.write_all(line.as_bytes())?;
        self.torn = false;
        Ok(())
    }
}

impl Lines {
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Adds a line; the error is a cause to be shown.
    pub(super) fn add(&self, line: &str) -> Result<(), String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.add(line)
            .map_err(|error| format!("cannot write to {}: {error}", self.shown()))
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

    /// A disk that has room for so many bytes.
    struct Disk {
        written: Vec<u8>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.room - self.written.len());
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
    fn half_a_line_spoils_no_other() {
        let disk = Disk {
            written: Vec::new(),
            room: 10,
        };
        let mut lines = LineWriter::new(disk);
        lines.add("first\n").unwrap();
        lines.add("second\n").unwrap_err();
        lines.add("third\n").unwrap_err();
        lines.inner.room = 100;
        lines.add("fourth\n").unwrap();
        lines.add("fifth\n").unwrap();
        let written = String::from_utf8(lines.inner.written).unwrap();
        assert_eq!(written, "first\nseco\nfourth\nfifth\n");
    }

    #[test]
    fn code_beats_the_signals_variable_beats_the_general_one() {
        let folder = folder("precedence");
        let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let (general, own, coded) = (path("general"), path("own"), path("coded"));
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_FILE_PATH", &general),
            ("OTEL_EXPORTER_OTLP_TRACES_FILE_PATH", &own),
        ]);
        let mut files = Files::default();
        let mut shown = |signal, coded: Option<&str>| {
            let file = files.open(&mut env, signal, coded.map(Path::new));
            file.unwrap().unwrap().shown()
        };
        assert_eq!(shown(Signal::Traces, None), own);
        assert_eq!(shown(Signal::Metrics, None), general);
        assert_eq!(shown(Signal::Logs, None), general);
        assert_eq!(shown(Signal::Traces, Some(&coded)), coded);
        assert_eq!(files.open.len(), 3, "metrics and logs share one");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_path_that_cannot_be_written_is_named_and_the_next_used() {
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
        assert_eq!(file.unwrap().unwrap().shown(), good);
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].variable(),
            "OTEL_EXPORTER_OTLP_TRACES_FILE_PATH"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_any_file_to_write_to_the_application_starts_all_the_same() {
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
    fn a_wrong_path_in_code_is_an_error() {
        let path = Path::new("/nonexistent/spans.jsonl");
        let error = Files::default()
            .open(&mut Env::fixed([]), Signal::Traces, Some(path))
            .unwrap_err();
        assert_eq!(error.setting_name(), Some("file"));
    }
}
