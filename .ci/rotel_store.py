"""A processor of Rotel's: adds each span it sees to stored.jsonl in ROTEL_STORE, one JSON per line, and likewise log
records to logs.jsonl and metrics to metrics.jsonl.

ROTEL_FAULT names something to store wrong, to see that the comparison notices.
"""

import json
import os

STORE = os.environ["ROTEL_STORE"]
FAULT = os.environ.get("ROTEL_FAULT")


def value(any_value):
    if any_value is None:
        return None
    content = any_value.value
    if content is None or isinstance(content, (str, int, float, bool)):
        return content
    return [value(item) for item in content]


def attributes(pairs):
    return {pair.key: value(pair.value) for pair in pairs}


def span_row(resource, scoped, span):
    scope = scoped.scope
    status = span.status
    return {
        "resource": resource,
        "scope": [scope.name, scope.version, scoped.schema_url] if scope else None,
        "trace_id": bytes(span.trace_id).hex(),
        "span_id": bytes(span.span_id).hex(),
        "parent": bytes(span.parent_span_id).hex(),
        "trace_state": span.trace_state,
        "name": span.name,
        "kind": int(span.kind),
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "attrs": attributes(span.attributes),
        "events": [[event.name, event.time_unix_nano, attributes(event.attributes)] for event in span.events],
        "links": [[bytes(link.trace_id).hex(), bytes(link.span_id).hex(), attributes(link.attributes)] for link in span.links],
        "status": [int(status.code), status.message] if status else [0, ""],
    }


def fault(row):
    if FAULT == "attribute":
        row["attrs"].pop("db.system.name", None)
    elif FAULT == "name":
        row["name"] = row["name"].lower() + "!"
    elif FAULT == "status":
        row["status"] = [0, ""]
    elif FAULT == "resource":
        row["resource"] = {k: v for k, v in row["resource"].items() if k != "host.name"}
    elif FAULT == "scope":
        row["scope"] = row["scope"] and [row["scope"][0], "", ""]
    return row


def of(resource):
    return attributes(resource.attributes) if resource else {}


def file(name):
    return open(os.path.join(STORE, name), "a")


def process_spans(resource_spans):
    resource = of(resource_spans.resource)
    with file("stored.jsonl") as store:
        for scoped in resource_spans.scope_spans:
            for span in scoped.spans:
                store.write(json.dumps(fault(span_row(resource, scoped, span))) + "\n")


def process_logs(resource_logs):
    resource = of(resource_logs.resource)
    with file("logs.jsonl") as store:
        for scoped in resource_logs.scope_logs:
            for record in scoped.log_records:
                row = {
                    "resource": resource,
                    "scope": scoped.scope.name if scoped.scope else None,
                    "body": value(record.body),
                    "severity": 0 if FAULT == "log" else int(record.severity_number),
                    "trace_id": bytes(record.trace_id).hex(),
                    "span_id": bytes(record.span_id).hex(),
                    "attrs": attributes(record.attributes),
                }
                store.write(json.dumps(row) + "\n")


def process_metrics(resource_metrics):
    resource = of(resource_metrics.resource)
    with file("metrics.jsonl") as store:
        for scoped in resource_metrics.scope_metrics:
            for metric in scoped.metrics:
                # The variant with the message.
                points = metric.data._0.data_points
                row = {
                    "resource": resource,
                    "name": metric.name,
                    "unit": "" if FAULT == "metric" else metric.unit,
                    # With the number of measurements, which histograms have.
                    "points": [[attributes(point.attributes), getattr(point, "count", None)] for point in points],
                }
                store.write(json.dumps(row) + "\n")
