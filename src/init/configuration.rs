//! Where settings come from: the environment, or the file that `OTEL_CONFIG_FILE` names.

use opentelemetry::KeyValue;

use super::env::Env;
use super::error::Error;
use super::extensions::View;
use super::variables;

/// The environment to use.
pub(super) struct Configured {
    pub(super) env: Env,
    /// The path of the configuration file, if there is one.
    pub(super) file: Option<String>,
    /// The attributes that the file lets `init` detect.
    pub(super) detected: Vec<KeyValue>,
    /// The views of the file.
    pub(super) views: Vec<View>,
}

/// Reads the configuration file, if the environment names one. A file that cannot be used is an error: with it, telemetry
/// would go elsewhere than intended.
pub(super) fn read(mut env: Env) -> Result<Configured, Error> {
    let Some(path) = env.get(&variables::CONFIG_FILE) else {
        return Ok(Configured {
            env,
            file: None,
            detected: Vec::new(),
            views: Vec::new(),
        });
    };
    let refused = |reason: String| Error::setting(variables::CONFIG_FILE.name, reason);
    #[cfg(feature = "config-file")]
    {
        let mut file =
            super::config_file::load(&path, &|name| env.lookup(name)).map_err(refused)?;
        let detected = std::mem::take(&mut file.detected);
        let views = std::mem::take(&mut file.views);
        Ok(Configured {
            env: env.replaced_by(file),
            file: Some(path),
            detected,
            views,
        })
    }
    #[cfg(not(feature = "config-file"))]
    Err(refused(format!(
        "{path} is not read without the feature `config-file` of milvus-otel: enable it, or unset the variable and use \
         the variables for each setting"
    )))
}

/// Fails if a setting of the file could not be used.
pub(super) fn check(env: &Env, file: Option<&str>) -> Result<(), Error> {
    match (file, env.refused()) {
        (Some(file), Some(refused)) => {
            let reason = format!("{file}: {refused}");
            Err(Error::setting(variables::CONFIG_FILE.name, reason))
        }
        _ => Ok(()),
    }
}

/// Names the file and the key in an error about a variable that the file sets.
pub(super) fn locate(error: Error, env: &Env, file: Option<&str>) -> Error {
    error.renamed(|variable| {
        let (file, key) = (file?, env.key(variable)?);
        Some((variables::CONFIG_FILE.name, format!("{file}: {key}")))
    })
}
