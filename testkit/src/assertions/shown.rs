//! What a failed assertion shows.

use std::fmt::Write as _;

use crate::receiver::{Attributes, Log, Point, Receiver, Value};
use crate::waterfall::Waterfall;

pub(super) fn listed(attributes: &Attributes) -> String {
    let each = attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
}

pub(super) fn line(log: &Log) -> String {
    log.body.as_ref().map_or_else(String::new, Value::to_string)
}

impl Receiver {
    pub(super) fn received_spans(&self) -> String {
        let spans = self.spans();
        let drawn = Waterfall::new(&spans).width(120).render();
        received(spans.len(), "spans", &drawn)
    }

    pub(super) fn received_metrics(&self) -> String {
        let metrics = self.metrics();
        let mut list = String::new();
        for metric in &metrics {
            let _ = writeln!(list, "{}", metric.name);
            for Point {
                attributes, value, ..
            } in &metric.points
            {
                let number = match value.count() {
                    Some(count) => format!("{count} measurements"),
                    None => value
                        .total()
                        .map_or_else(String::new, |total| total.to_string()),
                };
                let _ = writeln!(list, "    {number} {}", listed(attributes));
            }
        }
        received(metrics.len(), "metrics", &list)
    }

    pub(super) fn received_logs(&self) -> String {
        let logs = self.logs();
        let mut list = String::new();
        for log in &logs {
            let _ = writeln!(list, "{:5} {}", log.severity_text, line(log));
        }
        received(logs.len(), "log records", &list)
    }
}

fn received(count: usize, what: &str, list: &str) -> String {
    match count {
        0 => format!("no {what} were received"),
        _ => format!("{count} {what} were received:\n{list}"),
    }
}
