#!/usr/bin/env python3
"""Writes the Grafana dashboard milvus-client.json, which is made from the panels listed here.

    deploy/grafana/milvus-client.py >deploy/grafana/milvus-client.json
"""

import json
import sys
import urllib.parse

SCOPE = 'job="$job", db_namespace=~"$database"'
CALLS = SCOPE + ', db_collection_name=~"$collection", db_operation_name=~"$operation"'
SPANS = 'service_name="$job"'
DURATION = "db_client_operation_duration_seconds"
SPAN_DURATION = "traces_span_metrics_duration_seconds"
BY_OPERATION, BY_COLLECTION = ("db_operation_name",), ("db_collection_name",)


def rate(metric, *by, where=CALLS):
    grouping = f" by ({', '.join(by)})" if by else ""
    return f"sum{grouping} (rate({metric}{{{where}}}[$__rate_interval]))"


def failed(*by):
    return rate(f"{DURATION}_count", *by, where=f'{CALLS}, error_type!=""')


def failed_share(*by):
    # Without a failure there is no such series; a group that only succeeds has to read 0.
    calls = rate(f"{DURATION}_count", *by)
    return f"({failed(*by)} or 0 * {calls}) / {calls}"


def quantile(q, metric, *by, where=CALLS):
    return f"histogram_quantile({q}, {rate(f'{metric}_bucket', 'le', *by, where=where)})"


def legend(*labels):
    return " ".join(f"{{{{{label}}}}}" for label in labels)


def explore(**search):
    """A link to a search for traces, in Grafana's Explore. Grafana fills in what stands in ${}."""
    query = {"refId": "A", "datasource": {"type": "jaeger", "uid": "${traces}"}, "queryType": "search",
             "limit": 20, **search}
    time_range = {"from": "${__from}", "to": "${__to}"}
    panes = {"a": {"datasource": "${traces}", "queries": [query], "range": time_range}}
    return "/explore?schemaVersion=1&panes=" + urllib.parse.quote(json.dumps(panes), safe="${}")


LABEL = "${__field.labels.%s}"
TRACES_OF_OPERATION = {
    "title": "Traces of this operation",
    "url": explore(service="$job", tags=f'db.operation.name={LABEL % "db_operation_name"}'),
}
FAILED_OF_OPERATION = {
    "title": "Failed traces of this operation",
    "url": explore(service="$job", tags=f'error=true db.operation.name={LABEL % "db_operation_name"}'),
}
SLOW_OF_COLLECTION = {
    "title": "Slow traces of this collection",
    "url": explore(
        service="$job", minDuration="500ms", tags=f'db.collection.name={LABEL % "db_collection_name"}'
    ),
}
SLOW = {"title": "Slow traces", "url": explore(service="$job", minDuration="500ms", tags="db.system.name=milvus")}

ROWS = [
    ("Overview", [
        ("stat", "Calls", "reqps", [(rate(f"{DURATION}_count"), "")], {}),
        ("stat", "Failed", "percentunit", [(failed_share(), "")], {"warn": 0.01, "alarm": 0.05}),
        ("stat", "p50", "s", [(quantile(0.5, DURATION), "")], {}),
        ("stat", "p95", "s", [(quantile(0.95, DURATION), "")], {}),
        ("stat", "p99", "s", [(quantile(0.99, DURATION), "")], {"warn": 0.5, "alarm": 1}),
        ("stat", "Retries per call", "percentunit",
         [(f"{rate('milvus_client_retries_total')} / {rate(f'{DURATION}_count')}", "")], {"warn": 0.01, "alarm": 0.1}),
        ("stat", "Rate limited", "reqps", [(rate("milvus_client_rate_limited_total"), "")], {"warn": 0.01, "alarm": 1}),
        ("stat", "Connections", "short",
         [('sum(db_client_connection_count{job="$job"})', "")], {}),
    ]),
    ("By operation", [
        ("timeseries", "Calls", "reqps", [(rate(f"{DURATION}_count", *BY_OPERATION), legend(*BY_OPERATION))],
         {"links": [TRACES_OF_OPERATION]}),
        ("timeseries", "Failed", "percentunit", [(failed_share(*BY_OPERATION), legend(*BY_OPERATION))],
         {"links": [FAILED_OF_OPERATION]}),
        ("timeseries", "p99", "s", [(quantile(0.99, DURATION, *BY_OPERATION), legend(*BY_OPERATION))],
         {"links": [TRACES_OF_OPERATION]}),
    ]),
    ("By collection", [
        ("timeseries", "Calls", "reqps", [(rate(f"{DURATION}_count", *BY_COLLECTION), legend(*BY_COLLECTION))],
         {"about": "Calls that address no collection have no name. `_OTHER` are the collections after the first 200."}),
        ("timeseries", "Failed", "percentunit", [(failed_share(*BY_COLLECTION), legend(*BY_COLLECTION))], {}),
        ("timeseries", "p99", "s", [(quantile(0.99, DURATION, *BY_COLLECTION), legend(*BY_COLLECTION))],
         {"links": [SLOW_OF_COLLECTION]}),
    ]),
    ("Latency and failures", [
        ("timeseries", "p50, p95 and p99", "s",
         [(quantile(0.5, DURATION), "p50"), (quantile(0.95, DURATION), "p95"), (quantile(0.99, DURATION), "p99")],
         {"links": [SLOW]}),
        ("timeseries", "p99 from spans, with traces as exemplars", "s",
         [(quantile(0.99, SPAN_DURATION, "db_operation_name", where=f'{SPANS}, db_system_name="milvus"'),
           legend(*BY_OPERATION))],
         {"exemplars": True, "about": "Each dot is a call; a click on it opens its trace. Needs the Collector of deploy/."}),
        ("timeseries", "Failures by kind", "reqps",
         [(failed("db_operation_name", "error_type"), legend("db_operation_name", "error_type"))],
         {"links": [FAILED_OF_OPERATION], "stack": True,
          "about": "`CANCELLED` are calls that the application itself gave up."}),
    ]),
    ("Retries and rate limits", [
        ("timeseries", "Retries", "reqps",
         [(rate("milvus_client_retries_total", *BY_OPERATION), legend(*BY_OPERATION))], {"links": [TRACES_OF_OPERATION]}),
        ("timeseries", "Rate limited, by collection", "reqps",
         [(rate("milvus_client_rate_limited_total", *BY_COLLECTION), legend(*BY_COLLECTION))], {}),
        ("timeseries", "Connections", "short",
         [('sum by (db_client_connection_pool_name, db_client_connection_state) (db_client_connection_count{job="$job"})',
           legend("db_client_connection_pool_name", "db_client_connection_state")),
          ('sum by (db_client_connection_pool_name) (db_client_connection_pending_requests{job="$job"})',
           legend("db_client_connection_pool_name") + " waiting"),
          ], {"about": "Open connections, and calls that wait until one is made."}),
        ("timeseries", "Time to connect, p95", "s",
         [(quantile(0.95, "db_client_connection_create_time_seconds", "db_client_connection_pool_name",
                    where='job="$job"'), legend("db_client_connection_pool_name"))], {}),
        ("timeseries", "Held back by the client", "reqps",
         [('sum(rate(milvus_client_suppressed_retries_total{job="$job"}[$__rate_interval])) or vector(0)', "retries beyond the budget"),
          ('sum(rate(milvus_client_refused_requests_total{job="$job"}[$__rate_interval])) or vector(0)', "calls beyond the concurrency limit")],
         {"about": "Retries that the budget did not permit, and calls that the client refused. Neither was sent."}),
        ("timeseries", "Calls that wait for the concurrency limit", "short",
         [('sum(milvus_client_queued_requests{job="$job"}) or vector(0)', "")], {}),
    ]),
    ("Rows", [
        ("timeseries", "Rows written", "rows",
         [(rate(f"milvus_client_rows_{how}_total", *BY_COLLECTION), legend(*BY_COLLECTION) + f" {how}")
          for how in ("inserted", "upserted", "deleted")], {}),
        ("timeseries", "Rows returned", "rows",
         [(rate("db_client_response_returned_rows_sum", *BY_COLLECTION), legend(*BY_COLLECTION))], {}),
        ("timeseries", "Rows per call, p50 and p99", "short",
         [(quantile(0.5, "db_client_response_returned_rows", *BY_OPERATION), legend(*BY_OPERATION) + " p50"),
          (quantile(0.99, "db_client_response_returned_rows", *BY_OPERATION), legend(*BY_OPERATION) + " p99")], {}),
    ]),
    ("Below the calls", [
        ("timeseries", "RPCs that fail", "reqps",
         [(rate("rpc_client_call_duration_seconds_count", "rpc_method", "rpc_status_code",
                where='job="$job", error_type!=""'), legend("rpc_method", "rpc_status_code"))],
         {"about": "Failures of gRPC alone. What Milvus refuses is a success to gRPC."}),
        ("timeseries", "Inside Milvus, p99", "s",
         [(quantile(0.99, SPAN_DURATION, "service_name", "span_name", where='span_kind="SPAN_KIND_SERVER", service_name!="$job"'),
           legend("service_name", "span_name"))],
         {"exemplars": True, "about": "Milvus' own spans. Needs the Collector of deploy/ and Milvus' tracing."}),
    ]),
    ("Answer quality: with OtelLayer::answer_quality", [
        ("timeseries", "Empty searches", "percentunit",
         [(f"{rate('milvus_client_search_empty_queries_total', *BY_COLLECTION)} / "
           f"{rate('milvus_client_search_queries_total', *BY_COLLECTION)}", legend(*BY_COLLECTION))],
         {"about": "Share of query vectors without a hit."}),
        ("timeseries", "Best score, median", "short",
         [(quantile(0.5, "milvus_client_search_top_score", "db_collection_name", "milvus_search_metric_type"),
           legend("db_collection_name", "milvus_search_metric_type"))],
         {"about": "A drift without a change of the data or the model is a loss of recall."}),
        ("timeseries", "From the best score to the last, median", "short",
         # Spreads of 0 are in the bucket from -0.5 to 0, where a median is interpolated.
         [(f"clamp_min({quantile(0.5, 'milvus_client_search_score_spread', 'db_collection_name', 'milvus_search_metric_type')}, 0)",
           legend("db_collection_name", "milvus_search_metric_type"))], {}),
        ("timeseries", "Weak hits", "reqps",
         [(rate("milvus_client_search_weak_hits_total", *BY_COLLECTION), legend(*BY_COLLECTION))], {}),
    ]),
    ("Details: with OtelLayer::detailed_metrics", [
        ("timeseries", "Calls in flight", "short",
         [('sum by (db_operation_name) (milvus_client_active_requests{job="$job", db_operation_name=~"$operation"})',
           legend(*BY_OPERATION))], {}),
        ("timeseries", "Request size, p99", "bytes",
         [(quantile(0.99, "milvus_client_request_size_bytes", "rpc_method", where='job="$job"'), legend("rpc_method"))], {}),
        ("timeseries", "Answer size, p99", "bytes",
         [(quantile(0.99, "milvus_client_response_size_bytes", "rpc_method", where='job="$job"'), legend("rpc_method"))], {}),
    ]),
]


def panel(kind, title, unit, queries, options):
    targets = [
        {"refId": chr(ord("A") + at), "expr": expr, "legendFormat": name or "__auto", "editorMode": "code",
         "range": True, "exemplar": options.get("exemplars", False)}
        for at, (expr, name) in enumerate(queries)
    ]
    defaults = {"unit": unit, "min": 0} if unit != "short" else {"unit": unit}
    if unit == "rows":
        defaults["unit"] = "suffix: rows/s"
    if "links" in options:
        defaults["links"] = options["links"]
    out = {"type": kind, "title": title, "datasource": {"type": "prometheus", "uid": "${metrics}"}, "targets": targets}
    if "about" in options:
        out["description"] = options["about"]
    if kind == "stat":
        steps = [{"color": "green", "value": None}]
        steps += [{"color": color, "value": options[at]} for at, color in (("warn", "orange"), ("alarm", "red")) if at in options]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
        out["options"] = {"graphMode": "area", "colorMode": "value", "reduceOptions": {"calcs": ["lastNotNull"]}}
    else:
        custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}
        if options.get("stack"):
            custom["stacking"] = {"mode": "normal"}
        defaults["custom"] = custom
        table = {"displayMode": "table", "placement": "bottom", "calcs": ["mean", "max"], "sortBy": "Max", "sortDesc": True}
        out["options"] = {"legend": table, "tooltip": {"mode": "multi", "sort": "desc"}}
    out["fieldConfig"] = {"defaults": defaults, "overrides": []}
    return out


def panels():
    y, number = 0, 0
    for name, row in ROWS:
        yield {"type": "row", "title": name, "collapsed": False, "id": (number := number + 1), "panels": [],
               "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}}
        y += 1
        width, height = 24 // len(row), 4 if row[0][0] == "stat" else 8
        for at, (kind, title, unit, queries, options) in enumerate(row):
            place = {"x": at * width, "y": y, "w": width, "h": height}
            yield {"id": (number := number + 1), "gridPos": place, **panel(kind, title, unit, queries, options)}
        y += height


def variable(name, label, of, where="", every=True):
    query = f"label_values({DURATION}_count{where}, {of})"
    return {"name": name, "label": label, "type": "query", "datasource": {"type": "prometheus", "uid": "${metrics}"},
            "query": {"query": query, "refId": name}, "refresh": 2, "sort": 1,
            **({"multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}} if every else {})}


def dashboard():
    variables = [
        {"name": "metrics", "label": "Metrics", "type": "datasource", "query": "prometheus", "current": {}},
        {"name": "traces", "label": "Traces", "type": "datasource", "query": "jaeger", "current": {}},
        variable("job", "Service", "job", every=False),
        variable("database", "Database", "db_namespace", '{job="$job"}'),
        variable("collection", "Collection", "db_collection_name", f"{{{SCOPE}}}"),
        variable("operation", "Operation", "db_operation_name", f"{{{SCOPE}}}"),
    ]
    return {
        "uid": "milvus-client", "title": "Milvus client", "tags": ["milvus", "opentelemetry"], "schemaVersion": 39,
        "description": "Calls to Milvus as the application sees them: rate, failures and duration by operation and collection.",
        "editable": True, "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-1h", "to": "now"}, "timezone": "browser",
        "templating": {"list": variables}, "annotations": {"list": []}, "panels": list(panels()),
    }


# One panel a line, so that a change of one is a change of its line.
whole = dashboard()
lines = ",\n".join(json.dumps(panel) for panel in whole.pop("panels"))
head = json.dumps(whole, indent=1).removesuffix("\n}")
sys.stdout.write(f'{head},\n "panels": [\n{lines}\n ]\n}}\n')
