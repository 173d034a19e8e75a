"""Every metric, label and attribute that the dashboard, the rules and the recipes of deploy/ name exists.

    deploy_names.py DIR       checks DIR/deploy against DIR/docs/telemetry.md, whose tables a test compares with the code
"""

import json
import pathlib
import re
import sys

import yaml
from promql_parser import (
    AggModifierType, AggregateExpr, BinaryExpr, Call, LabelModifierType, MatrixSelector, ParenExpr, SubqueryExpr,
    UnaryExpr, VectorSelector, parse,
)

# Labels that Prometheus and the exporter add to every series, and the one of buckets.
TARGET = {"job", "instance"}
# Labels that the Collector's spanmetrics connector adds to every series, in addition to the configured dimensions.
SPAN_LABELS = {"service_name", "span_name", "span_kind", "status_code"}
# Resource attributes, which are on target_info, are set by the user, so any name is accepted.
RESOURCE_METRIC = "target_info"
SUFFIX_OF_UNIT = {"s": "_seconds", "By": "_bytes"}


def prometheus(name):
    return re.sub(r"[^a-zA-Z0-9_:]", "_", name)


def table(text, place):
    """The rows of a table of docs/telemetry.md, as lists of cells."""
    body = text.split(f"<!-- {place}, from the code -->")[1].split("<!-- end -->")[0]
    rows = [line for line in body.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


def known(text):
    """The series there are: their labels by their names in Prometheus; the metric that each is of; all attributes."""
    series, metric_of = {}, {}
    for name_cell, kind_cell, _, attribute_cell, _ in table(text, "metrics"):
        name, unit = code(name_cell)[0], code(kind_cell)[0]
        kind = kind_cell.split(",")[0]
        base = prometheus(name) + SUFFIX_OF_UNIT.get(unit, "")
        labels = {prometheus(key) for key in code(attribute_cell)} | TARGET
        if kind == "histogram":
            forms = {f"{base}_bucket": {"le"}, f"{base}_sum": set(), f"{base}_count": set()}
        else:
            forms = {base + ("_total" if kind == "counter" else ""): set()}
        for form, more in forms.items():
            series[form], metric_of[form] = labels | more, name
    return series, metric_of, {code(row[0])[0] for row in table(text, "attributes")}


def of_spans(collector):
    connector = collector["connectors"]["spanmetrics"]
    labels = SPAN_LABELS | {prometheus(dimension["name"]) for dimension in connector["dimensions"]} | TARGET
    base = prometheus(connector["namespace"])
    seconds = f"{base}_duration_{ {'s': 'seconds', 'ms': 'milliseconds'}[connector['histogram']['unit']] }"
    return {f"{base}_calls_total": labels, f"{seconds}_bucket": labels | {"le"}, f"{seconds}_sum": labels,
            f"{seconds}_count": labels}


class Query:
    """One expression: the faults in it, the series it names, and the labels of what it returns (None: any)."""

    def __init__(self, text, series):
        self.series, self.faults, self.names = series, [], set()
        try:
            self.labels = self.walk(parse(text))
        except ValueError as error:
            self.faults, self.labels = [f"does not parse: {error}"], None

    def need(self, labels, there, what):
        if there is not None:
            self.faults += [f"{what} {label!r} is on no series of it" for label in labels if label not in there]

    def walk(self, expr):
        if isinstance(expr, (ParenExpr, UnaryExpr, SubqueryExpr)):
            return self.walk(expr.expr)
        if isinstance(expr, MatrixSelector):
            return self.walk(expr.vector_selector)
        if isinstance(expr, VectorSelector):
            return self.selector(expr)
        if isinstance(expr, Call):
            return self.call(expr)
        if isinstance(expr, AggregateExpr):
            return self.aggregate(expr)
        if isinstance(expr, BinaryExpr):
            return self.binary(expr)
        return set()

    def selector(self, expr):
        self.names.add(expr.name)
        there = None if expr.name == RESOURCE_METRIC else self.series.get(expr.name)
        if there is None and expr.name != RESOURCE_METRIC:
            self.faults.append(f"there is no series {expr.name!r}")
        self.need([matcher.name for matcher in expr.matchers.matchers], there, "the label")
        return there

    def call(self, expr):
        inner = [self.walk(argument) for argument in expr.args]
        texts = [argument.val for argument in expr.args if hasattr(argument, "val") and isinstance(argument.val, str)]
        vector = next((labels for labels in inner if labels != set()), set())
        if expr.func.name == "label_join":
            self.need(texts[2:], vector, "the label")
            return vector and vector | {texts[0]}
        if expr.func.name == "histogram_quantile":
            self.need(["le"], vector, "the label")
            return vector and vector - {"le"}
        return vector

    def aggregate(self, expr):
        inner = self.walk(expr.expr)
        if expr.modifier is None:
            return set()
        self.need(expr.modifier.labels, inner, "the label")
        by = set(expr.modifier.labels)
        if expr.modifier.type == AggModifierType.By:
            return by
        return inner and inner - by

    def binary(self, expr):
        left, right = self.walk(expr.lhs), self.walk(expr.rhs)
        matching = expr.modifier and expr.modifier.matching
        if matching:
            self.need(matching.labels, left, "the label")
            self.need(matching.labels, right, "the label")
            if matching.type == LabelModifierType.Include and str(expr.op) not in ("and", "or", "unless"):
                left = set(matching.labels)
        if expr.modifier and expr.modifier.group_labels:
            self.need(expr.modifier.group_labels, right, "the label")
            return left and left | set(expr.modifier.group_labels)
        # A number on the left has no labels.
        return left if left or left is None else right


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def undefined(text, variables):
    """Grafana's variables that nobody defines."""
    names = set(re.findall(r"\$(\w+)", text)) - variables - {"__rate_interval", "__range", "__interval"}
    return [f"the variable ${name} is not defined" for name in sorted(names)]


def substitute(text):
    return re.sub(r"\$(\w+)", "anything", re.sub(r"\$__(rate_interval|range|interval)", "5m", text))


def check_dashboard(dashboard, series, attributes):
    """The faults in it, and the series it names."""
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    faults, used = [], set()
    for variable in dashboard["templating"]["list"]:
        asked = variable["query"]["query"] if variable["type"] == "query" else ""
        values = re.fullmatch(r"label_values\((.*), (\w+)\)", asked)
        if values:
            query = Query(substitute(values[1]), series)
            query.need([values[2]], query.labels, "the label")
            faults += [f"variable {variable['name']}: {fault}" for fault in query.faults]
    for panel in panels(dashboard):
        links = [link["url"] for link in panel.get("fieldConfig", {}).get("defaults", {}).get("links", [])]
        for target in panel.get("targets", []):
            query = Query(substitute(target["expr"]), series)
            query.faults += undefined(target["expr"], variables)
            query.need(re.findall(r"{{(\w+)}}", target["legendFormat"]), query.labels, "the legend's label")
            for link in links:
                query.need(re.findall(r"\$\{__field\.labels\.(\w+)\}", link), query.labels, "the link's label")
                tags = re.findall(r"((?:db|milvus|rpc)\.[a-z._]+)%3D", link)
                query.faults += [f"no span has {tag!r}, which the link asks for" for tag in tags if tag not in attributes]
            used |= query.names
            faults += [f"panel {panel['title']!r}: {fault}: {target['expr']}" for fault in query.faults]
    return faults, used


def check_rules(rules, tests, runbook, series):
    tested = {
        case["alertname"] for test in tests["tests"] for case in test.get("alert_rule_test", []) if case["exp_alerts"]
    }
    for group in rules["groups"]:
        for rule in group["rules"]:
            name = rule.get("record") or rule["alert"]
            query = Query(rule["expr"], series)
            if "record" in rule:
                series[name] = query.labels
            else:
                for text in rule["annotations"].values():
                    query.need(re.findall(r"\$labels\.(\w+)", text), query.labels, "the annotation's label")
                if f"## {name}\n" not in runbook:
                    yield f"{name}: runbook.md does not say what to do"
                if not rule["annotations"].get("runbook_url", "").endswith(f"/runbook.md#{name.lower()}"):
                    yield f"{name}: has no link to its part of the runbook"
                if name not in tested:
                    yield f"{name}: no test makes it fire"
            yield from (f"{name}: {fault}" for fault in query.faults)
    for heading in re.findall(r"^## (\w+)$", runbook, re.M):
        if f"alert: {heading}\n" not in yaml.safe_dump(rules):
            yield f"runbook.md: there is no alert {heading!r}"


def check_collector(collector, attributes):
    keys = [dimension["name"] for dimension in collector["connectors"]["spanmetrics"]["dimensions"]]
    for policy in collector["processors"]["tail_sampling"]["policies"]:
        keys += [part["key"] for part in policy.values() if isinstance(part, dict) and "key" in part]
    yield from (f"collector/config.yaml: no span has {key!r}" for key in keys if key not in attributes)


def check_prose(path, attributes, metrics):
    for name in re.findall(r"`((?:db|milvus|rpc)\.[a-z_.]+[a-z_])(?:\.\*)?`", path.read_text()):
        prefix = [key for key in attributes if key.startswith(f"{name}.")]
        if name not in attributes | metrics and not prefix and name != "milvus.yaml":
            yield f"{path.name}: {name!r} does not exist"


def main():
    root = pathlib.Path(sys.argv[1])
    deploy = root / "deploy"
    series, metric_of, attributes = known((root / "docs/telemetry.md").read_text())
    assert len(metric_of) > 30 and len(attributes) > 40, "the tables of docs/telemetry.md were not found"
    collector = yaml.safe_load((deploy / "collector/config.yaml").read_text())
    series |= of_spans(collector)
    dashboard = json.loads((deploy / "grafana/milvus-client.json").read_text())
    rules = yaml.safe_load((deploy / "prometheus/milvus-client.rules.yaml").read_text())
    tests = yaml.safe_load((deploy / "prometheus/milvus-client.test.yaml").read_text())
    runbook = (deploy / "prometheus/runbook.md").read_text()

    faults, used = check_dashboard(dashboard, series, attributes)
    shown = {metric_of[name] for name in used if name in metric_of}
    faults += [f"the dashboard shows nothing of {metric!r}" for metric in sorted(set(metric_of.values()) - shown)]
    faults += check_rules(rules, tests, runbook, series)
    faults += check_collector(collector, attributes)
    for name in ("README.md", "prometheus/runbook.md"):
        faults += check_prose(deploy / name, attributes, set(metric_of.values()))
    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))
    print(f"{len(used)} series of the dashboard, {sum(len(group['rules']) for group in rules['groups'])} rules: all there")


main()
