//! The propagators and the providers of the signals.

use super::refused::Refused;
use super::section::Section;
use super::target::Target;
use super::{exporters, sampler, views};
use crate::init::delivery::Signal;
use crate::init::variable::Variable;
use crate::init::variables;
use std::time::Duration;

const NONE: &str = "none";

/// Without this section, context is not propagated.
pub(super) fn propagator(section: Option<Section<'_>>, target: &mut Target) -> Result<(), Refused> {
    let name = variables::PROPAGATOR.name;
    let Some(mut section) = section else {
        target.put(name, "propagator", NONE.to_owned());
        return Ok(());
    };
    let mut kinds = Vec::new();
    for (key, node) in section.list("composite")? {
        let (kind, options) = Section::new(key, node)?.kind(&["tracecontext", "baggage"])?;
        options.end()?;
        kinds.push(kind.to_owned());
    }
    if let Some((key, list)) = section.text("composite_list")? {
        for kind in list
            .split(',')
            .map(str::trim)
            .filter(|kind| !kind.is_empty())
        {
            if kind != NONE && variables::PROPAGATOR.parse(kind).is_none() {
                let reason = format!(
                    "expected {}, got {kind:?}",
                    variables::PROPAGATOR.allowed("")
                );
                return Err(Refused::new(key, reason));
            }
            kinds.push(kind.to_owned());
        }
    }
    if kinds.is_empty() {
        kinds.push(NONE.to_owned());
    }
    target.put(name, section.key(), kinds.join(","));
    section.end()
}

pub(super) fn traces(section: Option<Section<'_>>, target: &mut Target) -> Result<(), Refused> {
    let Some(mut section) = only("processors", section, Signal::Traces, target)? else {
        return Ok(());
    };
    if let Some(sampler) = section.provider.section("sampler")? {
        sampler::read(sampler, target)?;
    }
    limits(
        section.provider.section("limits")?,
        &[
            ("attribute_count_limit", &variables::SPAN_ATTRIBUTES),
            (
                "attribute_value_length_limit",
                &variables::SPAN_VALUE_LENGTH,
            ),
            ("event_count_limit", &variables::SPAN_EVENTS),
            ("link_count_limit", &variables::SPAN_LINKS),
            ("event_attribute_count_limit", &variables::EVENT_ATTRIBUTES),
            ("link_attribute_count_limit", &variables::LINK_ATTRIBUTES),
        ],
        target,
    )?;
    section.provider.end()?;
    batch(
        section.processor,
        Signal::Traces,
        [&variables::SPAN_QUEUE, &variables::SPAN_BATCH],
        [&variables::SPAN_DELAY, &variables::SPAN_TIMEOUT],
        target,
    )
}

pub(super) fn logs(section: Option<Section<'_>>, target: &mut Target) -> Result<(), Refused> {
    let Some(mut section) = only("processors", section, Signal::Logs, target)? else {
        return Ok(());
    };
    limits(
        section.provider.section("limits")?,
        &[
            ("attribute_count_limit", &variables::LOG_ATTRIBUTES),
            ("attribute_value_length_limit", &variables::LOG_VALUE_LENGTH),
        ],
        target,
    )?;
    section.provider.end()?;
    batch(
        section.processor,
        Signal::Logs,
        [&variables::LOG_QUEUE, &variables::LOG_BATCH],
        [&variables::LOG_DELAY, &variables::LOG_TIMEOUT],
        target,
    )
}

pub(super) fn metrics(section: Option<Section<'_>>, target: &mut Target) -> Result<(), Refused> {
    let Some(mut section) = only("readers", section, Signal::Metrics, target)? else {
        return Ok(());
    };
    if let Some((key, filter)) = section.provider.text("exemplar_filter")?
        && filter != "always_off"
    {
        target.warn(format!(
            "{key}: the SDK records no exemplars, {filter:?} is treated as always_off"
        ));
    }
    views::read(&mut section.provider, target)?;
    section.provider.end()?;
    let reader = section.processor;
    let key = reader.key().to_owned();
    let (_, mut reader) = reader.kind(&["periodic"])?;
    for (key, variable) in [
        ("interval", &variables::METRIC_INTERVAL),
        ("timeout", &variables::METRIC_TIMEOUT),
    ] {
        if let Some((key, time)) = reader.text(key)? {
            target.set(variable, &key, time)?;
        }
    }
    exporters::read(reader.section("exporter")?, &key, Signal::Metrics, target)?;
    reader.end()
}

struct Provider<'n> {
    provider: Section<'n>,
    /// Its only processor or reader.
    processor: Section<'n>,
}

/// The only processor or reader of a provider; without a provider, the signal is not exported.
fn only<'n>(
    list: &'static str,
    section: Option<Section<'n>>,
    signal: Signal,
    target: &mut Target,
) -> Result<Option<Provider<'n>>, Refused> {
    let Some(mut provider) = section else {
        let exporter = variables::exporters(signal).name;
        target.put(exporter, "", NONE.to_owned());
        return Ok(None);
    };
    let entries = provider.list(list)?;
    let key = format!("{}.{list}", provider.key());
    match &entries[..] {
        [(key, node)] => Ok(Some(Provider {
            processor: Section::new(key.clone(), node)?,
            provider,
        })),
        [] => Err(Refused::new(key, "expected one entry")),
        _ => Err(Refused::new(
            key,
            "only one entry is supported: add others in code, with `Builder::span_processor`, `log_processor` or \
             `metric_reader`",
        )),
    }
}

fn limits(
    section: Option<Section<'_>>,
    variables: &[(&'static str, &Variable<usize>)],
    target: &mut Target,
) -> Result<(), Refused> {
    let Some(mut section) = section else {
        return Ok(());
    };
    for (key, variable) in variables {
        if let Some((key, limit)) = section.text(key)? {
            target.set(variable, &key, limit)?;
        }
    }
    section.end()
}

fn batch(
    processor: Section<'_>,
    signal: Signal,
    [queue, size]: [&Variable<usize>; 2],
    [delay, timeout]: [&Variable<Duration>; 2],
    target: &mut Target,
) -> Result<(), Refused> {
    let (_, mut batch) = processor.kind(&["batch"])?;
    for (key, variable) in [("max_queue_size", queue), ("max_export_batch_size", size)] {
        if let Some((key, count)) = batch.text(key)? {
            target.set(variable, &key, count)?;
        }
    }
    for (key, variable) in [("schedule_delay", delay), ("export_timeout", timeout)] {
        if let Some((key, time)) = batch.text(key)? {
            target.set(variable, &key, time)?;
        }
    }
    let key = batch.key().to_owned();
    exporters::read(batch.section("exporter")?, &key, signal, target)?;
    batch.end()
}
