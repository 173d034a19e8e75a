//! Installs server builds once in the user's cache directory.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Unavailable;

/// A package to install.
#[derive(Debug, Clone)]
pub(super) struct Package {
    /// The name in messages: `Milvus 2.3.5`.
    pub(super) name: &'static str,
    /// The download size: `58 MB`.
    pub(super) size: &'static str,
    /// The folder in the cache. It exists only if the package is complete.
    pub(super) folder: String,
}

/// `$XDG_CACHE_HOME/milvus-otel`, or the same below `~/.cache`.
pub(super) fn root() -> Result<PathBuf, Unavailable> {
    let xdg = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::home_dir().map(|home| home.join(".cache"));
    let base = xdg.filter(|path| path.is_absolute()).or_else(home);
    let base = base.ok_or_else(|| {
        Unavailable::new("no place to keep Milvus: set HOME or XDG_CACHE_HOME to a directory")
    })?;
    Ok(base.join("milvus-otel"))
}

/// The folder of `package`, filled by `fill` unless a process has already done so.
///
/// A failure is cached for the life of this process, so that without a network only one test waits for the download to fail.
pub(super) fn install(
    package: &Package,
    fill: impl FnOnce(&Path) -> Result<(), Unavailable>,
) -> Result<PathBuf, Unavailable> {
    static FAILED: Mutex<BTreeMap<String, Unavailable>> = Mutex::new(BTreeMap::new());

    let root = root()?;
    let folder = root.join(&package.folder);
    if folder.is_dir() {
        return Ok(folder);
    }
    let cannot = |doing: &str, path: &Path, error: io::Error| {
        Unavailable::new(format!("cannot {doing} {}: {error}", path.display()))
    };
    fs::create_dir_all(&root).map_err(|error| cannot("create", &root, error))?;
    // The system releases it when the process ends, even if it is killed.
    let lock_path = root.join(format!("{}.lock", package.folder));
    let lock = File::create(&lock_path).map_err(|error| cannot("create", &lock_path, error))?;
    wait_for(&lock, package).map_err(|error| cannot("lock", &lock_path, error))?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let failed = || FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = failed().get(&package.folder) {
        return Err(failure.clone());
    }

    let partial = root.join(format!("{}.partial-{}", package.folder, std::process::id()));
    let result = remove_partials(&root, package)
        .and_then(|()| fs::create_dir(&partial))
        .map_err(|error| cannot("prepare", &partial, error))
        .and_then(|()| announced(package, || fill(&partial)))
        .and_then(|()| {
            fs::rename(&partial, &folder).map_err(|error| cannot("create", &folder, error))
        });
    if let Err(failure) = result {
        // Leftover files do no harm: the next attempt removes them.
        let _ = fs::remove_dir_all(&partial);
        failed().insert(package.folder.clone(), failure.clone());
        return Err(failure);
    }
    Ok(folder)
}

fn wait_for(lock: &File, package: &Package) -> io::Result<()> {
    match lock.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            say(&format!(
                "waiting for the download of {} to end",
                package.name
            ));
            lock.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes the files of processes that were killed during a download.
fn remove_partials(root: &Path, package: &Package) -> io::Result<()> {
    let prefix = format!("{}.partial-", package.folder);
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn announced(
    package: &Package,
    fill: impl FnOnce() -> Result<(), Unavailable>,
) -> Result<(), Unavailable> {
    let Package { name, size, .. } = package;
    let start = Instant::now();
    say(&format!("downloading {name} ({size}, once) ..."));
    let result = fill();
    let seconds = start.elapsed().as_secs_f64();
    match &result {
        Ok(()) => say(&format!("{name} is installed, after {seconds:.1} s")),
        Err(_) => say(&format!("{name} could not be had, after {seconds:.1} s")),
    }
    result
}

/// Writes directly to standard error, because the test harness captures `eprintln!` and the user is waiting.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &str) -> Package {
        Package {
            name: "nothing",
            size: "0 MB",
            folder: format!("test-{folder}-{}", std::process::id()),
        }
    }

    fn forget(package: &Package) {
        let root = root().unwrap();
        let _ = fs::remove_dir_all(root.join(&package.folder));
        fs::remove_file(root.join(format!("{}.lock", package.folder))).unwrap();
    }

    #[test]
    fn concurrent_installs_run_once() {
        let package = package("once");
        let filled = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let folder = install(&package, |partial| {
                        filled.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(50));
                        fs::write(partial.join("server"), "complete").unwrap();
                        Ok(())
                    });
                    let server = folder.unwrap().join("server");
                    assert_eq!(fs::read_to_string(server).unwrap(), "complete");
                });
            }
        });
        forget(&package);
        assert_eq!(filled.into_inner(), 1);
    }

    #[test]
    fn a_half_finished_download_is_started_over() {
        let package = package("half");
        let root = root().unwrap();
        let left = root.join(format!("{}.partial-1", package.folder));
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("server"), "half").unwrap();
        let folder = install(&package, |partial| {
            assert_eq!(fs::read_dir(partial).unwrap().count(), 0);
            Ok(())
        });
        assert!(folder.unwrap().is_dir());
        assert!(!left.exists());
        forget(&package);
    }

    #[test]
    fn a_failure_is_not_repeated_and_leaves_nothing() {
        let package = package("failure");
        let fail = |_: &Path| Err(Unavailable::new("no network"));
        assert_eq!(
            install(&package, fail).unwrap_err().to_string(),
            "no network"
        );
        let again = install(&package, |_| panic!("tried again"));
        assert_eq!(again.unwrap_err().to_string(), "no network");
        let partial = format!("{}.partial-{}", package.folder, std::process::id());
        assert!(!root().unwrap().join(partial).exists());
        forget(&package);
    }
}
