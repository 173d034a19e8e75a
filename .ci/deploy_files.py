"""What the files of deploy/ promise, beyond naming what exists.

    deploy_files.py DIR       checks DIR/deploy, beside DIR/milvus.yaml and DIR/src
"""

import json
import pathlib
import re
import sys

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

# The settings of each component of the Collector that are used here, from the READMEs of the components. No registry has a
# Collector to check them with.
ENDPOINT = {"endpoint": str}
COMPONENTS = {
    "receivers/otlp": {"protocols": {"grpc": ENDPOINT, "http": ENDPOINT}},
    "processors/memory_limiter": {"check_interval": str, "limit_percentage": int, "spike_limit_percentage": int},
    "processors/tail_sampling": {
        "decision_wait": str, "num_traces": int,
        "decision_cache": {"sampled_cache_size": int, "non_sampled_cache_size": int},
        "policies": [{
            "name": str, "type": str,
            "status_code": {"status_codes": [str]},
            "latency": {"threshold_ms": int},
            "numeric_attribute": {"key": str, "min_value": int, "max_value": int},
            "probabilistic": {"sampling_percentage": int},
        }],
    },
    "processors/batch": {},
    "connectors/spanmetrics": {
        "namespace": str, "histogram": {"unit": str, "explicit": {"buckets": [str]}}, "dimensions": [{"name": str}],
        "exemplars": {"enabled": bool}, "metrics_expiration": str, "aggregation_cardinality_limit": int,
    },
    "exporters/otlp_grpc": {"endpoint": str, "tls": {"insecure": bool}},
    "exporters/prometheus": {
        "endpoint": str, "enable_open_metrics": bool, "metric_expiration": str, "translation_strategy": str,
    },
    "extensions/health_check": ENDPOINT,
}
# The time that spans wait in an application or in Milvus before they are sent, with a margin.
EXPORT_SECONDS = 10


def fits(value, form, where):
    """Faults of a setting that is not of the form."""
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return [f"{where}: is not a mapping"]
        return [fault for key, inner in value.items() for fault in (
            fits(inner, form[key], f"{where}.{key}") if key in form else [f"{where}: has no setting {key!r}"])]
    if isinstance(form, list):
        if not isinstance(value, list) or not value:
            return [f"{where}: is not a list"]
        return [fault for inner in value for fault in fits(inner, form[0], where)]
    return [] if type(value) is form else [f"{where}: {value!r} is no {form.__name__}"]


def seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s|m)", text).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60}[unit]


def collector_faults(config, deadline):
    for section in ("receivers", "processors", "connectors", "exporters", "extensions"):
        for name, settings in config[section].items():
            form = COMPONENTS.get(f"{section}/{name.split('/')[0]}")
            yield from fits(settings, form, f"{section}.{name}") if form is not None else [f"{section}: {name} is unknown"]
    pipelines = config["service"]["pipelines"]
    for name, pipeline in pipelines.items():
        for section in ("receivers", "processors", "exporters"):
            there = set(config[section]) | (set(config["connectors"]) if section != "processors" else set())
            yield from (f"pipeline {name}: there is no {part!r} in {section}" for part in pipeline[section] if part not in there)
        if pipeline["processors"][0] != "memory_limiter":
            yield f"pipeline {name}: memory_limiter is not its first processor"
        if "spanmetrics" in pipeline["exporters"] and "tail_sampling" in pipeline["processors"]:
            yield f"pipeline {name}: measures what is left after sampling"
    for section in ("receivers", "processors", "exporters"):
        used = {part for pipeline in pipelines.values() for part in pipeline[section]}
        yield from (f"{section}: {name} is used by no pipeline" for name in config[section] if name not in used)
    for name in config["connectors"]:
        for end in ("receivers", "exporters"):
            if not any(name in pipeline[end] for pipeline in pipelines.values()):
                yield f"connectors: {name} is in no pipeline's {end}"
    sampling = config["processors"]["tail_sampling"]
    if not any("ERROR" in policy.get("status_code", {}).get("status_codes", []) for policy in sampling["policies"]):
        yield "tail_sampling: failed traces are not kept"
    for policy in sampling["policies"]:
        if set(policy) != {"name", "type", policy["type"]}:
            yield f"tail_sampling: the policy {policy['name']!r} has no settings of its type"
    if seconds(sampling["decision_wait"]) < deadline + EXPORT_SECONDS:
        yield f"tail_sampling: decides before a call that takes its whole deadline of {deadline} s is there"
    if config["connectors"]["spanmetrics"]["exemplars"]["enabled"] and not config["exporters"]["prometheus"]["enable_open_metrics"]:
        yield "exporters.prometheus: exemplars are made and not served"


def lost(given, kept, where):
    """What is not the same after it was read and written."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return [fault for key, value in given.items() for fault in (
            lost(value, kept[key], f"{where}.{key}") if key in kept else [f"{where}: Grafana has no {key!r} there"])]
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        return [fault for at, value in enumerate(given) for fault in lost(value, kept[at], f"{where}[{at}]")]
    return [] if given == kept else [f"{where}: Grafana takes {given!r} for {kept!r}"]


def dashboard_faults(dashboard):
    """The dashboard read and written by the types that Grafana publishes: what they do not know is lost."""
    register_default_plugins()
    yield from lost(dashboard, json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard))), "milvus-client.json")
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    taken = [(x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
    if len(set(taken)) < len(taken) or any(x >= 24 for x, _ in taken):
        yield "milvus-client.json: panels lie over each other, or beside the page"


def ports(config):
    """What the Collector listens on, by number."""
    text = yaml.safe_dump(config)
    return {int(port) for port in re.findall(r"endpoint: 0\.0\.0\.0:(\d+)", text)}


def kubernetes_faults(documents, config, source):
    objects = {(document["kind"], document["metadata"]["name"]): document for document in documents}
    services = {name: {port["port"] for port in service["spec"]["ports"]}
                for (kind, name), service in objects.items() if kind == "Service"}
    for (kind, name), deployment in objects.items():
        if kind != "Deployment":
            continue
        template = deployment["spec"]["template"]
        if deployment["spec"]["selector"]["matchLabels"].items() - template["metadata"]["labels"].items():
            yield f"{name}: does not select its own pods"
        if ("Service", name) not in objects:
            yield f"{name}: has no service"
        elif objects["Service", name]["spec"]["selector"].items() - template["metadata"]["labels"].items():
            yield f"{name}: its service selects other pods"
        for container in template["spec"]["containers"]:
            seen = set()
            for variable in container["env"]:
                value = variable.get("value", "")
                yield from (f"{name}: $({other}) is not set above {variable['name']}"
                            for other in re.findall(r"\$\((\w+)\)", value) if other not in seen)
                seen.add(variable["name"])
                if variable["name"].startswith("OTEL_") and variable["name"] not in source:
                    yield f"{name}: the library does not read {variable['name']}"
                address = re.fullmatch(r"http://([a-z-]+):(\d+)", value)
                if address and address[1] in services and int(address[2]) not in services[address[1]]:
                    yield f"{name}: {address[1]} does not listen on {address[2]}"
            listened = {port["containerPort"] for port in container["ports"]}
            if name == "otel-collector" and not listened | {13133} >= ports(config):
                yield f"{name}: the configuration listens on {sorted(ports(config))}, the container on {sorted(listened)}"


def shape(settings):
    return {key: shape(value) for key, value in settings.items()} if isinstance(settings, dict) else None


def main():
    root = pathlib.Path(sys.argv[1])
    deploy = root / "deploy"

    def load(path):
        return yaml.safe_load((root / path).read_text())

    builder = (root / "src/client/builder.rs").read_text()
    deadline = int(re.search(r"const TIMEOUT: Duration = Duration::from_secs\((\d+)\)", builder)[1])
    config = load("deploy/collector/config.yaml")
    faults = list(collector_faults(config, deadline))

    faults += dashboard_faults(json.loads((deploy / "grafana/milvus-client.json").read_text()))

    documents = [document for path in sorted((deploy / "kubernetes").glob("*.yaml")) if path.name != "milvus-values.yaml"
                 for document in yaml.safe_load_all(path.read_text())]
    source = "".join(path.read_text() for path in (root / "src/init").rglob("*.rs"))
    faults += kubernetes_faults(documents, config, source)

    # Milvus' settings are those of the top-level compose file, which the tests use, except for the address.
    values = load("deploy/kubernetes/milvus-values.yaml")["extraConfigFiles"]["user.yaml"]
    trace, tested = yaml.safe_load(values)["trace"], load("milvus.yaml")["trace"]
    if shape(trace) != shape(tested):
        faults.append("milvus-values.yaml: does not set what milvus.yaml sets")
    compose = load("deploy/compose.yaml")
    in_compose = compose["services"]["milvus"]["environment"]["TRACE_OTLP_ENDPOINT"]
    for where, address in (("milvus-values.yaml", trace["otlp"]["endpoint"]), ("compose.yaml", in_compose)):
        if address != "otel-collector:4317":
            faults.append(f"{where}: Milvus sends its spans to {address}, past the Collector")
    for name, service in compose["services"].items():
        faults += [f"compose.yaml: {name} publishes {port} beyond 127.0.0.1" for port in service.get("ports", [])
                   if not port.startswith("127.0.0.1:")]
        faults += [f"compose.yaml: {name} mounts {mount}, which is not there" for mount in service.get("volumes", [])
                   if mount.startswith("./") and not (root / mount.split(":")[0]).exists()]
    targets = {target for job in load("deploy/prometheus/prometheus.yaml")["scrape_configs"]
               for static in job["static_configs"] for target in static["targets"]}
    for target in targets:
        name, port = target.split(":")
        if name == "otel-collector" and int(port) not in ports(config):
            faults.append(f"prometheus.yaml: the Collector serves no metrics on {port}")

    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))
    print(f"dashboard, Collector, Compose and {len(documents)} Kubernetes objects: ok")


main()
