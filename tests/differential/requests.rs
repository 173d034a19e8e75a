//! Reads as requests to pymilvus.

use serde_json::{Value as Json, json};

use crate::filters::literal;
use crate::known::is_known;
use crate::run::Run;
use crate::scenario::{Find, Read};

impl Run<'_> {
    /// What pymilvus is asked for these keys.
    pub(crate) fn by_keys(&self, keys: &[Json]) -> Json {
        if keys.iter().any(needs_quoting) && is_known("keys that need quoting", self.bench.server) {
            let keys = literal(&Json::from(keys));
            return json!({ "filter": format!("{} in {keys}", self.table.key) });
        }
        json!({ "ids": keys })
    }

    /// Whether any row has a key that pymilvus' query iterator fails at.
    fn has_odd_keys(&self) -> bool {
        let keys = self.expected.keys();
        let mut keys = keys.map(|key| serde_json::from_str::<Json>(key).unwrap());
        keys.any(|key| needs_quoting(&key)) && is_known("keys that need quoting", self.bench.server)
    }

    /// The request for pymilvus, and whether the rows must be sorted because the server may give them in any order.
    pub(crate) fn request(&self, read: &Read) -> (&'static str, Json, bool) {
        let mut request = json!({ "types": self.types });
        let mut say = |name: &str, value: Json| {
            if !value.is_null() {
                request[name] = value;
            }
        };
        let (action, sorted) = match read {
            Read::Describe => unreachable!("descriptions are compared apart"),
            Read::Query {
                filter,
                output,
                limit,
                offset,
                ..
            } => {
                say("filter", filter.text().into());
                say("output", json!(output));
                say("limit", json!(limit));
                say("offset", json!(offset));
                ("query", limit.is_none())
            }
            Read::Get { keys, output } => {
                say("output", json!(output));
                let which = self.by_keys(keys);
                let action = if which.get("ids").is_some() {
                    "get"
                } else {
                    "query"
                };
                for (name, value) in which.as_object().unwrap() {
                    say(name, value.clone());
                }
                (action, true)
            }
            Read::Count { filter, .. } => {
                request = json!({ "filter": filter.text() });
                ("count", false)
            }
            Read::Stream {
                filter,
                output,
                batch,
                limit,
            } => {
                say("filter", filter.text().into());
                say("output", json!(output));
                if self.has_odd_keys() {
                    request["key"] = self.table.key.as_str().into();
                    request["limit"] = json!(limit);
                    return ("query_sorted", request, false);
                }
                request["batch"] = json!(batch);
                request["limit"] = json!(limit);
                ("iterate", false)
            }
            Read::Search {
                find,
                more,
                offset,
                range,
                round,
                group,
                output,
            } => {
                let vectors: Vec<&Json> = std::iter::once(&find.vector).chain(more).collect();
                say("key", self.table.key.as_str().into());
                say("field", find.field.as_str().into());
                say("vectors", json!(vectors));
                say("filter", find.filter.text().into());
                say("limit", json!(find.limit));
                say("offset", json!(offset));
                say("round_decimal", json!(round));
                say("output", json!(output));
                let params = match range {
                    None => json!({}),
                    Some((radius, None)) => json!({ "radius": radius }),
                    Some((radius, Some(inner))) => {
                        json!({ "radius": radius, "range_filter": inner })
                    }
                };
                say("params", params);
                if let Some((field, size)) = group {
                    say("group_by_field", field.as_str().into());
                    say("group_size", json!(size));
                }
                ("search", false)
            }
            Read::SearchStream { find, batch } => {
                say("key", self.table.key.as_str().into());
                say("field", find.field.as_str().into());
                say("vectors", json!([find.vector]));
                say("filter", find.filter.text().into());
                say("params", json!({}));
                request["batch"] = json!(batch);
                request["limit"] = json!(find.limit);
                assert!(is_known("search iterator", self.bench.server));
                ("search_pages", false)
            }
            Read::Hybrid {
                searches,
                ranker,
                limit,
                offset,
                round,
                output,
            } => {
                let all = offset.unwrap_or(0) + limit;
                let each = |find: &Find| {
                    json!({
                        "field": find.field, "vector": find.vector, "filter": find.filter.text(),
                        "limit": find.limit.unwrap_or(all),
                    })
                };
                say("key", self.table.key.as_str().into());
                say("searches", searches.iter().map(each).collect());
                let ranker = match ranker {
                    Err(k) => json!(["rrf", k]),
                    Ok(weights) => {
                        let mut ranker = vec![json!("weighted")];
                        ranker.extend(weights.iter().map(|weight| json!(weight)));
                        ranker.into()
                    }
                };
                say("ranker", ranker);
                say("limit", json!(limit));
                say("offset", json!(offset));
                say("round_decimal", json!(round));
                say("output", json!(output));
                ("hybrid", false)
            }
        };
        (action, request, sorted)
    }
}

fn needs_quoting(key: &Json) -> bool {
    key.as_str()
        .is_some_and(|key| key.contains(['"', '\'', '\\', '\n']))
}
