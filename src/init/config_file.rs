//! Reads the file that `OTEL_CONFIG_FILE` names, in OpenTelemetry's declarative configuration format, and translates it
//! into the equivalent variables.
//!
//! The rest of `init` reads only variables, so that a file and the environment have the same effect. A key without a
//! counterpart is refused, never ignored.

mod exporters;
mod node;
mod providers;
mod refused;
mod resource;
mod sampler;
mod section;
mod substitute;
mod target;
mod views;

use node::Node;
use refused::Refused;
use section::Section;
use target::Target;

use super::file_settings::FileSettings;
use super::variables;

/// Reads a configuration file. `environment` returns the variables that the file refers to. The error is one line.
pub(super) fn load(
    path: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<FileSettings, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let mut settings =
        translate(&text, environment).map_err(|refused| format!("{path}: {refused}"))?;
    settings.file = path.to_owned();
    Ok(settings)
}

fn translate(
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<FileSettings, Refused> {
    let document = Node::parse(text, environment)?;
    let mut root = Section::new("", &document)?;
    let mut target = Target::default();
    match root.text("file_format")? {
        Some((_, version)) if is_supported(&version) => {}
        Some((key, version)) => {
            let reason = format!("expected 1.0 or a newer 1.x, got {version:?}");
            return Err(Refused::new(key, reason));
        }
        None => {
            return Err(Refused::new(
                "file_format",
                "is missing: write file_format: \"1.0\"",
            ));
        }
    }
    // It only permits unstable keys; those supported here are always permitted.
    root.text("stability")?;
    if let Some((key, disabled)) = root.text("disabled")? {
        target.set(&variables::SDK_DISABLED, &key, disabled)?;
    }
    if let Some((key, level)) = root.text("log_level")? {
        // `info2` to `info4` are finer than the levels here.
        let level = level.trim_end_matches(|c: char| c.is_ascii_digit());
        target.set(&variables::LOG_LEVEL, &key, level.to_owned())?;
    }
    if let Some(mut limits) = root.section("attribute_limits")? {
        for (key, variable) in [
            ("attribute_count_limit", &variables::ATTRIBUTES),
            ("attribute_value_length_limit", &variables::VALUE_LENGTH),
        ] {
            if let Some((key, limit)) = limits.text(key)? {
                target.set(variable, &key, limit)?;
            }
        }
        limits.end()?;
    }
    if let Some(section) = root.section("resource")? {
        resource::read(section, &mut target, environment)?;
    }
    providers::propagator(root.section("propagator")?, &mut target)?;
    providers::traces(root.section("tracer_provider")?, &mut target)?;
    providers::metrics(root.section("meter_provider")?, &mut target)?;
    providers::logs(root.section("logger_provider")?, &mut target)?;
    for key in ["instrumentation", "instrumentation/development"] {
        if root.node(key).is_some_and(|(_, node)| !node.is_empty()) {
            target.warn(format!(
                "{key} configures instrumentation libraries: it has no effect here"
            ));
        }
    }
    root.end()?;
    Ok(target.into_settings())
}

/// A minor version only adds keys, and unknown keys are refused.
fn is_supported(version: &str) -> bool {
    version
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
