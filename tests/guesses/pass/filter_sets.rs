use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use milvus_otel::{Filter, Hit};

pub fn filters(ids: &HashSet<i64>, name: Cow<'_, str>, tags: &[String], hits: &[Hit]) -> Filter {
    let mut filter = Filter::default();
    for id in ids {
        filter |= Filter::eq("id", id);
    }
    filter &= Filter::eq("name", name);
    filter &= Filter::is_in("id", ids);
    filter &= Filter::is_in("id", ids.iter().map(|id| id + 1));
    filter &= Filter::is_in("year", BTreeSet::from([1965, 1968]));
    filter &= Filter::not_in("id", hits.iter().map(|hit| &hit.id));
    filter &= Filter::array_contains_any("tags", tags);
    filter &= Filter::array_contains_all("tags", tags.iter().filter(|tag| !tag.is_empty()));
    filter &= Filter::is_in("level", serde_json::json!([1, 2]));
    filter & Filter::text_match("text", "desert planet")
}

fn main() {}
