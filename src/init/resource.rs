//! The resource that all spans, metrics and log records carry.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

use super::env::{Env, percent_decode};
use super::variables;

pub(super) const DEFAULT_SERVICE_NAME: &str = "milvus-client";

/// Merges the attributes of this module, those of added detectors, those of the environment and those set in code;
/// later ones take precedence.
pub(super) fn resource(
    env: &mut Env,
    detected: Vec<KeyValue>,
    service_name: Option<String>,
    attributes: Vec<KeyValue>,
) -> Resource {
    let mut named = environment(env);
    named.extend_from_slice(env.attributes());
    if let Some(name) = env.get(&variables::SERVICE_NAME) {
        named.push(KeyValue::new("service.name", name));
    }
    if let Some(name) = service_name {
        named.push(KeyValue::new("service.name", name));
    }
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(of_process())
        .with_attributes(detected)
        .with_attributes(named)
        .with_attributes(attributes)
        .build()
}

/// Parses `key=value,key=value`, both percent-encoded. One malformed entry discards all of them, as the specification
/// requires.
fn environment(env: &mut Env) -> Vec<KeyValue> {
    let Some(text) = env.get(&variables::RESOURCE_ATTRIBUTES) else {
        return Vec::new();
    };
    let mut attributes = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|e| !e.is_empty()) {
        let decoded = entry.split_once('=').and_then(|(key, value)| {
            let key = percent_decode(key.trim())?;
            Some((key, percent_decode(value.trim())?)).filter(|(key, _)| !key.is_empty())
        });
        let Some((key, value)) = decoded else {
            env.warn(
                variables::RESOURCE_ATTRIBUTES.name,
                format!("{entry:?} is not a percent-encoded key=value, all entries are ignored"),
            );
            return Vec::new();
        };
        attributes.push(KeyValue::new(key, value));
    }
    attributes
}

/// Attributes detected from the process. The command line is omitted because it may contain secrets.
fn of_process() -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("service.name", DEFAULT_SERVICE_NAME),
        KeyValue::new("service.instance.id", uuid()),
        KeyValue::new("process.pid", i64::from(std::process::id())),
        KeyValue::new("process.runtime.name", "rustc"),
        KeyValue::new("os.type", os_type()),
        KeyValue::new("host.arch", host_arch()),
    ];
    if let Ok(executable) = std::env::current_exe() {
        if let Some(name) = executable.file_name() {
            let name = name.to_string_lossy().into_owned();
            attributes.push(KeyValue::new("process.executable.name", name));
        }
        let path = executable.to_string_lossy().into_owned();
        attributes.push(KeyValue::new("process.executable.path", path));
    }
    if let Some(name) = host_name() {
        attributes.push(KeyValue::new("host.name", name));
    }
    attributes
}

/// A random (version 4) UUID from the SDK's trace id generator, which the operating system seeds.
fn uuid() -> String {
    let mut bytes = RandomIdGenerator::default().new_trace_id().to_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Reads the host name from files on Linux and from environment variables elsewhere, because `gethostname` needs unsafe
/// code.
fn host_name() -> Option<String> {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .into_iter()
        .find_map(|path| std::fs::read_to_string(path).ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// The name from the semantic conventions, which sometimes differs from Rust's.
fn os_type() -> &'static str {
    match std::env::consts::OS {
        "macos" | "ios" => "darwin",
        "dragonfly" => "dragonflybsd",
        other => other,
    }
}

fn host_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::Key;

    fn get(resource: &Resource, key: &'static str) -> Option<String> {
        resource
            .get(&Key::from_static_str(key))
            .map(|v| v.to_string())
    }

    #[test]
    fn code_precedes_the_environment_which_precedes_the_default() {
        let none = resource(&mut Env::fixed([]), vec![], None, vec![]);
        assert_eq!(get(&none, "service.name").as_deref(), Some("milvus-client"));

        let mut env = Env::fixed([
            ("OTEL_SERVICE_NAME", "named"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "service.name=listed,team=search",
            ),
        ]);
        let from_env = resource(&mut env, vec![], None, vec![KeyValue::new("team", "books")]);
        assert_eq!(get(&from_env, "service.name").as_deref(), Some("named"));
        assert_eq!(get(&from_env, "team").as_deref(), Some("books"));

        let from_code = resource(&mut env, vec![], Some("coded".into()), vec![]);
        assert_eq!(get(&from_code, "service.name").as_deref(), Some("coded"));
        assert_eq!(get(&from_code, "team").as_deref(), Some("search"));
        assert_eq!(env.into_warnings(), []);
    }

    #[test]
    fn entries_are_percent_decoded() {
        let mut env = Env::fixed([(
            "OTEL_RESOURCE_ATTRIBUTES",
            "note=a%2Cb%3Dc , service.instance.id=one,",
        )]);
        let resource = resource(&mut env, vec![], None, vec![]);
        assert_eq!(get(&resource, "note").as_deref(), Some("a,b=c"));
        assert_eq!(
            get(&resource, "service.instance.id").as_deref(),
            Some("one")
        );
    }

    #[test]
    fn one_malformed_entry_discards_all_and_causes_a_warning() {
        for text in ["team=search,oops", "team=search,x=%zz", "team=search,=y"] {
            let mut env = Env::fixed([("OTEL_RESOURCE_ATTRIBUTES", text)]);
            let resource = resource(&mut env, vec![], None, vec![]);
            assert_eq!(get(&resource, "team"), None, "{text}");
            let warnings = env.into_warnings();
            assert_eq!(warnings[0].variable(), "OTEL_RESOURCE_ATTRIBUTES");
        }
    }

    #[test]
    fn the_instance_id_is_a_fresh_version_4_uuid() {
        let (one, two) = (uuid(), uuid());
        assert_ne!(one, two);
        let groups: Vec<_> = one.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{one}");
        assert_eq!(&one[14..15], "4", "{one}");
        assert!("89ab".contains(&one[19..20]), "{one}");
    }

    #[test]
    fn the_resource_describes_the_process() {
        let resource = resource(&mut Env::fixed([]), vec![], None, vec![]);
        let pid = std::process::id().to_string();
        assert_eq!(get(&resource, "process.pid"), Some(pid));
        for key in [
            "process.executable.name",
            "process.runtime.name",
            "os.type",
            "host.arch",
            "telemetry.sdk.name",
            "telemetry.sdk.language",
            "telemetry.sdk.version",
        ] {
            assert!(get(&resource, key).is_some(), "{key}");
        }
    }
}
