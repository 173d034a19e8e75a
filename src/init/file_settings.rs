//! What a configuration file sets: the same variables as the environment.

use std::collections::HashMap;

use opentelemetry::KeyValue;

use super::extensions::View;

/// The settings of a configuration file. They replace the environment.
#[derive(Default)]
pub(super) struct FileSettings {
    /// The path of the file, for messages.
    pub(super) file: String,
    /// The value of each variable that the file sets, by the name of the variable.
    pub(super) variables: HashMap<String, String>,
    /// Where the file sets these variables, such as `tracer_provider.limits.event_count_limit`.
    pub(super) keys: HashMap<String, String>,
    /// Attributes of the resource, with their types.
    pub(super) attributes: Vec<KeyValue>,
    /// The attributes that the file lets `init` detect.
    pub(super) detected: Vec<KeyValue>,
    pub(super) views: Vec<View>,
    /// Keys without effect, with the reason.
    pub(super) warnings: Vec<String>,
}
