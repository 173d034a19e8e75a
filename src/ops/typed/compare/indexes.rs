//! Compares indexes.

use crate::index::Index;
use crate::ops::IndexInfo;
use crate::ops::typed::differences::Differences;
use crate::schema::{Schema, split_path};

/// The path in a JSON field that an index covers. A field can have an index for each path.
const JSON_PATH: &str = "json_path";

/// The collection's index that corresponds to a declared one.
pub(super) fn find<'a>(path: &str, index: &Index, all: &'a [IndexInfo]) -> Option<&'a IndexInfo> {
    let parameters = index.to_proto();
    let wanted = parameters.iter().find(|pair| pair.key == JSON_PATH);
    let wanted = wanted.map(|pair| pair.value.as_str());
    let mut all = all.iter().filter(|info| info.field == path);
    all.find(|info| of(info, JSON_PATH) == wanted)
}

/// Whether a field has an index, whichever it is.
pub(super) fn has_any(path: &str, all: &[IndexInfo]) -> bool {
    all.iter().any(|info| info.field == path)
}

/// Checks the vectors of a field that no index is declared for.
pub(super) fn check_any(
    path: &str,
    all: &[IndexInfo],
    schema: &Schema,
    differences: &mut Differences,
) {
    // A field that is missing has been reported.
    if schema.has_path(path) && !has_any(path, all) {
        differences.refuse(Some(path), "has no index");
    }
}

fn of<'a>(info: &'a IndexInfo, key: &str) -> Option<&'a str> {
    let mut all = info.parameters.iter();
    all.find_map(|(name, value)| (name == key).then_some(value.as_str()))
}

pub(super) fn compare(
    path: &str,
    index: &Index,
    all: &[IndexInfo],
    schema: &Schema,
    differences: &mut Differences,
) {
    let field = Some(path);
    let Some(info) = find(path, index, all) else {
        // Without an index, filters are merely slower, but vectors cannot be searched.
        let scalar = schema
            .field(path)
            .is_some_and(|field| !field.data_type().is_vector());
        let is_allowed = scalar || split_path(path).is_none() && schema.field(path).is_none();
        return differences.add(field, "has no index", is_allowed);
    };
    for pair in index.to_proto() {
        let wanted = pair.value.as_str();
        match pair.key.as_str() {
            "index_type" if info.kind == wanted => {}
            "index_type" => {
                let what = format!("has an index of type {}, not {wanted}", info.kind);
                differences.allow(field, what);
            }
            "metric_type" => {
                let metric = info.metric.map(|metric| metric.name());
                match metric.or_else(|| of(info, "metric_type")) {
                    Some(metric) if !metric.eq_ignore_ascii_case(wanted) => {
                        let what = format!("has an index with the metric {metric}, not {wanted}");
                        differences.refuse(field, what);
                    }
                    _ => {}
                }
            }
            // A different type of index has different parameters.
            _ if info.kind != index.kind() => {}
            key => match of(info, key) {
                Some(found) if found != wanted => {
                    let what = format!("has an index with {key} = {found}, not {wanted}");
                    differences.allow(field, what);
                }
                _ => {}
            },
        }
    }
}
