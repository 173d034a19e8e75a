//! `tracer_provider.sampler`.

use super::node::Node;
use super::refused::Refused;
use super::section::Section;
use super::target::Target;
use crate::init::variables;

pub(super) fn read(section: Section<'_>, target: &mut Target) -> Result<(), Refused> {
    let kinds = [
        "parent_based",
        "always_on",
        "always_off",
        "trace_id_ratio_based",
    ];
    let key = section.key().to_owned();
    let mut parent_based = false;
    let (mut kind, mut sampler) = section.kind(&kinds)?;
    if kind == "parent_based" {
        parent_based = true;
        let mut parts = sampler;
        for (part, fixed) in [
            ("remote_parent_sampled", "always_on"),
            ("remote_parent_not_sampled", "always_off"),
            ("local_parent_sampled", "always_on"),
            ("local_parent_not_sampled", "always_off"),
        ] {
            if let Some(part) = parts.section(part)? {
                part.kind(&[fixed])?.1.end()?;
            }
        }
        let root = parts.node("root");
        parts.end()?;
        (kind, sampler) = match root {
            Some((key, root)) => Section::new(key, root)?.kind(&kinds[1..])?,
            None => ("always_on", Section::new("", &Node::Null)?),
        };
    }
    let word = match kind {
        "trace_id_ratio_based" => {
            if let Some((key, ratio)) = sampler.text("ratio")? {
                target.set(&variables::SAMPLER_RATIO, &key, ratio)?;
            }
            "traceidratio"
        }
        word => word,
    };
    sampler.end()?;
    let prefix = if parent_based { "parentbased_" } else { "" };
    target.set(&variables::SAMPLER, &key, format!("{prefix}{word}"))
}
