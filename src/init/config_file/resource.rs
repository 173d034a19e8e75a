//! `resource`: attributes and detectors.

use opentelemetry::{Array, KeyValue, StringValue, Value};

use super::node::Node;
use super::refused::Refused;
use super::section::Section;
use super::target::Target;
use crate::init::variables;

pub(super) fn read(
    mut section: Section<'_>,
    target: &mut Target,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(), Refused> {
    if let Some((key, list)) = section.text("attributes_list")? {
        target.set(&variables::RESOURCE_ATTRIBUTES, &key, list)?;
    }
    for (key, node) in section.list("attributes")? {
        attribute(Section::new(key, node)?, target)?;
    }
    // The name without the suffix is that of format 1.1.
    for name in ["detection", "detection/development"] {
        if let Some(detection) = section.section(name)? {
            detectors(detection, target, environment)?;
        }
    }
    section.end()
}

fn attribute(mut section: Section<'_>, target: &mut Target) -> Result<(), Refused> {
    let (_, name) = section
        .text("name")?
        .ok_or_else(|| Refused::new(section.key(), "expected a name and a value"))?;
    let kind = section.text("type")?;
    let kind = kind.as_ref().map_or("string", |(_, kind)| kind.as_str());
    let node = section.node("value");
    section.end()?;
    if let Some((key, node)) = node
        && let Some(value) = value(&key, node, kind)?
    {
        target.attribute(KeyValue::new(name, value));
    }
    Ok(())
}

/// The value of an attribute; `None` if it is null.
fn value(key: &str, node: &Node, kind: &str) -> Result<Option<Value>, Refused> {
    let wrong = || Refused::new(key, format!("expected a value of the type {kind}"));
    let texts = match (node, kind.strip_suffix("_array")) {
        (Node::Null, _) => return Ok(None),
        (Node::Scalar(text), None) => vec![text.as_str()],
        (Node::List(nodes), Some(_)) => {
            let texts = nodes.iter().map(|node| match node {
                Node::Scalar(text) => Ok(text.as_str()),
                _ => Err(wrong()),
            });
            texts.collect::<Result<_, _>>()?
        }
        _ => return Err(wrong()),
    };
    fn all<T: std::str::FromStr>(texts: &[&str]) -> Option<Vec<T>> {
        texts.iter().map(|text| text.parse().ok()).collect()
    }
    let array = match kind.strip_suffix("_array").unwrap_or(kind) {
        "string" => {
            let texts = texts
                .iter()
                .map(|text| StringValue::from((*text).to_owned()));
            Some(Array::String(texts.collect()))
        }
        "bool" => all(&texts).map(Array::Bool),
        "int" => all(&texts).map(Array::I64),
        "double" => all(&texts).map(Array::F64),
        _ => {
            let kinds = "string, bool, int, double or one of these with _array";
            return Err(Refused::new(
                key,
                format!("expected the type {kinds}, got {kind:?}"),
            ));
        }
    };
    let array = array.ok_or_else(wrong)?;
    if kind.ends_with("_array") {
        return Ok(Some(Value::Array(array)));
    }
    Ok(match array {
        Array::String(values) => values.into_iter().next().map(Value::String),
        Array::Bool(values) => values.first().copied().map(Value::Bool),
        Array::I64(values) => values.first().copied().map(Value::I64),
        Array::F64(values) => values.first().copied().map(Value::F64),
        _ => None,
    })
}

/// `init` always detects host, process and instance.
fn detectors(
    mut section: Section<'_>,
    target: &mut Target,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<(), Refused> {
    for (key, node) in section.list("detectors")? {
        let kinds = ["service", "host", "process", "container"];
        let (kind, detector) = Section::new(key, node)?.kind(&kinds)?;
        let key = detector.key().to_owned();
        detector.end()?;
        match kind {
            "service" => {
                let name = environment(variables::SERVICE_NAME.name);
                if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
                    target.detected(KeyValue::new("service.name", name.trim().to_owned()));
                }
            }
            "container" => target.warn(format!(
                "{key}: not detected; add ContainerResourceDetector of opentelemetry-resource-detectors with \
                 `Builder::resource_detector`"
            )),
            _ => {}
        }
    }
    section.end()
}
