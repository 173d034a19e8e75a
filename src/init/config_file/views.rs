//! `meter_provider.views`.

use std::sync::Arc;

use opentelemetry_sdk::metrics::{Aggregation, Instrument, InstrumentKind, Stream};

use super::refused::Refused;
use super::section::Section;
use super::target::Target;

const KINDS: [(&str, InstrumentKind); 7] = [
    ("counter", InstrumentKind::Counter),
    ("up_down_counter", InstrumentKind::UpDownCounter),
    ("histogram", InstrumentKind::Histogram),
    ("gauge", InstrumentKind::Gauge),
    ("observable_counter", InstrumentKind::ObservableCounter),
    (
        "observable_up_down_counter",
        InstrumentKind::ObservableUpDownCounter,
    ),
    ("observable_gauge", InstrumentKind::ObservableGauge),
];

const WHOLE: &str = "a whole number";

pub(super) fn read(provider: &mut Section<'_>, target: &mut Target) -> Result<(), Refused> {
    for (key, node) in provider.list("views")? {
        let mut view = Section::new(key.clone(), node)?;
        let (Some(selector), Some(stream)) = (view.section("selector")?, view.section("stream")?)
        else {
            return Err(Refused::new(key, "expected a selector and a stream"));
        };
        view.end()?;
        let selector = Selector::read(selector)?;
        let stream = Settings::read(stream)?;
        // Checked now, rather than for the first instrument that it matches.
        stream.build().map_err(|reason| Refused::new(key, reason))?;
        target.view(Arc::new(move |instrument| {
            selector.matches(instrument).then(|| stream.build().ok())?
        }));
    }
    Ok(())
}

/// Which instruments a view applies to: those that have all of these properties.
#[derive(Debug, Default)]
struct Selector {
    /// With `*` for any characters and `?` for one.
    name: Option<String>,
    kind: Option<InstrumentKind>,
    unit: Option<String>,
    meter: Option<String>,
    version: Option<String>,
    schema_url: Option<String>,
}

impl Selector {
    fn read(mut section: Section<'_>) -> Result<Self, Refused> {
        let mut text = |key| section.text(key).map(|found| found.map(|(_, text)| text));
        let mut selector = Self {
            name: text("instrument_name")?,
            kind: None,
            unit: text("unit")?,
            meter: text("meter_name")?,
            version: text("meter_version")?,
            schema_url: text("meter_schema_url")?,
        };
        if let Some((key, kind)) = section.text("instrument_type")? {
            let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else {
                let names = KINDS.map(|(name, _)| name).join(", ");
                return Err(Refused::new(
                    key,
                    format!("expected one of {names}, got {kind:?}"),
                ));
            };
            selector.kind = Some(*kind);
        }
        section.end()?;
        Ok(selector)
    }

    fn matches(&self, instrument: &Instrument) -> bool {
        let scope = instrument.scope();
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
        };
        let name = self.name.as_deref();
        name.is_none_or(|pattern| is_match(pattern, instrument.name()))
            && self.kind.is_none_or(|kind| kind == instrument.kind())
            && is(&self.unit, Some(instrument.unit()))
            && is(&self.meter, Some(scope.name()))
            && is(&self.version, scope.version())
            && is(&self.schema_url, scope.schema_url())
    }
}

/// Whether a name matches a pattern. Instrument names are case-insensitive.
fn is_match(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else {
        return name.is_empty();
    };
    let rest = &pattern[first.len_utf8()..];
    let mut after = name.chars();
    match first {
        '*' => is_match(rest, name) || after.next().is_some() && is_match(pattern, after.as_str()),
        '?' => after.next().is_some() && is_match(rest, after.as_str()),
        _ => {
            after.next().is_some_and(|c| c.eq_ignore_ascii_case(&first))
                && is_match(rest, after.as_str())
        }
    }
}

/// What a view changes.
#[derive(Debug)]
struct Settings {
    name: Option<String>,
    description: Option<String>,
    cardinality: Option<usize>,
    aggregation: Option<Aggregation>,
}

impl Settings {
    fn read(mut section: Section<'_>) -> Result<Self, Refused> {
        let mut text = |key| section.text(key).map(|found| found.map(|(_, text)| text));
        let (name, description) = (text("name")?, text("description")?);
        let cardinality = value(&mut section, "aggregation_cardinality_limit", WHOLE)?;
        let aggregation = section.section("aggregation")?;
        let aggregation = aggregation.map(aggregation_of).transpose()?;
        section.end()?;
        Ok(Self {
            name,
            description,
            cardinality,
            aggregation,
        })
    }

    fn build(&self) -> Result<Stream, String> {
        let mut stream = Stream::builder();
        if let Some(name) = &self.name {
            stream = stream.with_name(name.clone());
        }
        if let Some(description) = &self.description {
            stream = stream.with_description(description.clone());
        }
        if let Some(limit) = self.cardinality {
            stream = stream.with_cardinality_limit(limit);
        }
        if let Some(aggregation) = &self.aggregation {
            stream = stream.with_aggregation(aggregation.clone());
        }
        stream
            .build()
            .map_err(|error| error.to_string().to_lowercase())
    }
}

fn aggregation_of(section: Section<'_>) -> Result<Aggregation, Refused> {
    let kinds = [
        "default",
        "drop",
        "sum",
        "last_value",
        "explicit_bucket_histogram",
        "base2_exponential_bucket_histogram",
    ];
    let (kind, mut options) = section.kind(&kinds)?;
    let aggregation = match kind {
        "drop" => Aggregation::Drop,
        "sum" => Aggregation::Sum,
        "last_value" => Aggregation::LastValue,
        "explicit_bucket_histogram" => Aggregation::ExplicitBucketHistogram {
            boundaries: boundaries(&mut options)?,
            record_min_max: value(&mut options, "record_min_max", "true or false")?.unwrap_or(true),
        },
        "base2_exponential_bucket_histogram" => Aggregation::Base2ExponentialHistogram {
            max_size: value(&mut options, "max_size", WHOLE)?.unwrap_or(160),
            max_scale: value(&mut options, "max_scale", WHOLE)?.unwrap_or(20),
            record_min_max: value(&mut options, "record_min_max", "true or false")?.unwrap_or(true),
        },
        _ => Aggregation::Default,
    };
    options.end()?;
    Ok(aggregation)
}

/// The bucket boundaries; by default, the specification's.
fn boundaries(options: &mut Section<'_>) -> Result<Vec<f64>, Refused> {
    const DEFAULT: [f64; 15] = [
        0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0,
        7500.0, 10000.0,
    ];
    let Some(texts) = options.texts("boundaries")? else {
        return Ok(DEFAULT.to_vec());
    };
    let parse = |(key, text): (String, &str)| {
        let bound = text.parse();
        bound.map_err(|_| Refused::new(key, format!("expected a number, got {text:?}")))
    };
    texts.into_iter().map(parse).collect()
}

/// A value of an option; `expected` describes the valid ones.
fn value<T: std::str::FromStr>(
    section: &mut Section<'_>,
    key: &'static str,
    expected: &str,
) -> Result<Option<T>, Refused> {
    let Some((key, text)) = section.text(key)? else {
        return Ok(None);
    };
    match text.parse() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(Refused::new(
            key,
            format!("expected {expected}, got {text:?}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, matches) in [
            ("db.client.*", "db.client.operation.duration", true),
            ("*", "anything", true),
            ("*.duration", "db.client.operation.duration", true),
            ("db.*.duration", "db.client.operation.count", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("ABC", "abc", true),
            ("ab", "abc", false),
            ("", "abc", false),
        ] {
            assert_eq!(is_match(pattern, name), matches, "{pattern} {name}");
        }
    }
}
