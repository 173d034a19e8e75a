"""Evaluates every query of the dashboard and every rule of deploy/ in a real Prometheus that scrapes a real service.

    deploy_live.py DIR PROGRAM              DIR/deploy against what PROGRAM, tests/mixed_load.rs, exposes
    deploy_live.py DIR PROGRAM SECONDS OUT  lets them run so long, and writes what each panel shows to OUT, as JSON
"""

import contextlib
import json
import math
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

JOB = "book-service"
# Rates are computed over four scrapes, as by default in Grafana.
SCRAPE, RATE_INTERVAL = 1, "15s"
PATIENCE = int(os.environ.get("PATIENCE", 75))
# Derived from spans by the Collector, which does not run here.
FROM_SPANS = "traces_span_metrics_"
# The alerts that the load makes pending, and those that it does not.
PENDING = {"MilvusClientRateLimited", "MilvusClientRetries"}
INACTIVE = {"MilvusClientNoConnection", "MilvusClientCollectionsUnnamed"}


def get(url, **parameters):
    query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
    try:
        with urllib.request.urlopen(url + query, timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"error: {parameters}: {error.read().decode()}") from None


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        else:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def prometheus(rules, target):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        config = {
            "global": {"scrape_interval": f"{SCRAPE}s", "evaluation_interval": f"{SCRAPE}s"},
            "rule_files": [str(rules.resolve())],
            "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": [target]}]}],
        }
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
        command = ["prometheus", f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address={address}", "--log.level=warn"]
        with running(command) as process:
            for _ in range(200):
                time.sleep(0.1)
                if process.poll() is not None:
                    raise SystemExit("error: Prometheus has ended")
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://{address}/-/ready", timeout=1).close()
                    break
            yield f"http://{address}/api/v1"


def filled(text):
    text = re.sub(r"\$__(rate_interval|range|interval)", RATE_INTERVAL, text)
    return re.sub(r"\$job\b", JOB, re.sub(r"\$(database|collection|operation)\b", ".*", text))


def queries(dashboard):
    """What it is, and the query, of all panels and variables."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']!r} {target['refId']}", filled(target["expr"])
    for variable in dashboard["templating"]["list"]:
        asked = variable["query"]["query"] if variable["type"] == "query" else ""
        values = re.fullmatch(r"label_values\((.*), (\w+)\)", asked)
        if values:
            yield f"variable {variable['name']}", f"count by ({values[2]}) ({filled(values[1])})"


def has_data(result):
    return any(not math.isnan(float(sample["value"][1])) for sample in result)


def without_data(api, wanted):
    return {where for where, query in wanted if not has_data(get(f"{api}/query", query=query)["result"])}


def evaluate(api, dashboard):
    wanted = list(queries(dashboard))
    from_spans = {where for where, query in wanted if FROM_SPANS in query}
    give_up = time.monotonic() + PATIENCE
    while True:
        empty = without_data(api, wanted) - from_spans
        groups = get(f"{api}/rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        broken = {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] == "err"}
        if broken:
            raise SystemExit(f"error: these rules fail: {broken}")
        records = {rule["name"] for rule in rules if rule["type"] == "recording"}
        empty |= {f"rule {name}" for name in without_data(api, [(name, name) for name in records])}
        states = {rule["name"]: rule["state"] for rule in rules if rule["type"] == "alerting"}
        waiting = {f"alert {name}" for name in PENDING if states[name] == "inactive"}
        if not empty | waiting:
            break
        if time.monotonic() > give_up:
            raise SystemExit("error: without data after %d s: %s" % (PATIENCE, "; ".join(sorted(empty | waiting))))
        time.sleep(1)
    false_alarms = {name for name in INACTIVE if states[name] != "inactive"}
    if false_alarms:
        raise SystemExit(f"error: these alerts have no reason to fire: {sorted(false_alarms)}")
    print(f"{len(wanted) - len(from_spans)} queries of the dashboard and {len(rules)} rules have data in Prometheus; "
          f"{len(from_spans)} queries need the Collector, and are valid")
    print("alerts on their way:", ", ".join(sorted(name for name, state in states.items() if state != "inactive")))


def record(api, dashboard, seconds, out):
    time.sleep(seconds)
    end = time.time()
    shown = {}
    for panel in dashboard["panels"]:
        shown[panel["id"]] = [
            get(f"{api}/query_range", query=filled(target["expr"]), start=end - seconds + 20, end=end, step=2)["result"]
            for target in panel.get("targets", [])
        ]
    pathlib.Path(out).write_text(json.dumps({"dashboard": dashboard, "shown": shown}))


def main():
    root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    dashboard = json.loads((root / "deploy/grafana/milvus-client.json").read_text())
    with running([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        address = service.stdout.readline().strip()
        target = re.fullmatch(r"http://([^/]+)/metrics", address)
        if not target:
            raise SystemExit(f"error: {program} serves no metrics")
        with prometheus(root / "deploy/prometheus/milvus-client.rules.yaml", target[1]) as api:
            if len(sys.argv) > 3:
                record(api, dashboard, int(sys.argv[3]), sys.argv[4])
            else:
                evaluate(api, dashboard)


main()
