//! Python with pymilvus 3.0.2, whose data and answers this client's are compared with.

use std::process::Command;

use crate::milvus::{Unavailable, lite_python};

/// A command that runs the Python program `script` with pymilvus 3.0.2.
///
/// It is downloaded once, together with Milvus Lite 3.2.2, which needs it too. If it cannot be downloaded,
/// [`require`](crate::require) decides what a test does, as for servers. Blocks during the download.
pub fn pymilvus(script: &str) -> Result<Command, Unavailable> {
    let (python, home) = lite_python::install()?;
    let mut command = Command::new(python);
    // -S: none of the modules installed on this machine.
    command.args(["-S", "-u", "-c", script]);
    command.env("PYTHONPATH", home);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::require;

    #[test]
    fn the_installed_pymilvus_has_the_documented_version() {
        let script = "import pymilvus; print(pymilvus.__version__)";
        let Some(mut python) = require(pymilvus(script)) else {
            return;
        };
        let output = python.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "3.0.2");
    }
}
