"""What docker-compose.yaml, milvus.yaml and embedEtcd.yaml promise, beyond being well-formed.

    compose_rules.py DIR                            checks the three files in DIR
    compose_rules.py --images FILE NAME=IMAGE ...   checks the images in what `docker-compose config` printed
"""

import pathlib
import sys

import yaml

DEFAULTS = {
    "milvus": "${MILVUS_IMAGE:-milvusdb/milvus:v2.5.26}",
    "jaeger": "${JAEGER_IMAGE:-jaegertracing/jaeger:2.20.0}",
}
# Ports that programs on this machine use: the defaults of the client, the exporters and the web pages.
PORTS = {"milvus": {"19530", "9091"}, "jaeger": {"16686", "4317", "4318"}}
ENVIRONMENT = {
    "ETCD_USE_EMBED": "true",
    "ETCD_DATA_DIR": "/var/lib/milvus/etcd",
    "ETCD_CONFIG_PATH": "/milvus/configs/embedEtcd.yaml",
    "COMMON_STORAGETYPE": "local",
    "DEPLOY_MODE": "STANDALONE",
}
TRACE = {
    "exporter": "otlp",
    "sampleFraction": 0,
    "otlp": {"endpoint": "jaeger:4317", "method": "grpc", "secure": False},
    "initTimeoutSeconds": 10,
}


class UniqueKeys(yaml.SafeLoader):
    """YAML as usual, except that a key given twice is an error instead of the last one winning."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"key {key!r} is given twice, {node.start_mark}")
        return super().construct_mapping(node, deep)


def load(path):
    return yaml.load(pathlib.Path(path).read_text(), UniqueKeys)


def compose_faults(compose, directory):
    services, volumes = compose.get("services", {}), compose.get("volumes") or {}
    if "version" in compose:
        yield "version: is obsolete, Compose warns about it"
    if set(services) != set(DEFAULTS):
        yield f"the services are {sorted(services)}, not {sorted(DEFAULTS)}"
        return
    for name, service in services.items():
        if service.get("image") != DEFAULTS[name]:
            yield f"{name}: image is {service.get('image')}, not {DEFAULTS[name]}"
        published = set()
        for port in service.get("ports", []):
            host, _, rest = str(port).partition(":")
            outside, _, inside = rest.partition(":")
            published.add(outside)
            if host != "127.0.0.1" or not inside:
                yield f"{name}: port {port} is published beyond 127.0.0.1"
            if outside != inside:
                yield f"{name}: port {port} changes its number"
        if published != PORTS[name]:
            yield f"{name}: publishes {sorted(published)}, not {sorted(PORTS[name])}"
        health = service.get("healthcheck", {})
        if not health.get("test") or health.get("disable"):
            yield f"{name}: no health check, so `up --wait` cannot tell when it serves"
        for key in ("interval", "timeout", "retries", "start_period"):
            if key not in health:
                yield f"{name}: the health check leaves {key} to its default"
        for other, how in dict_or_list(service.get("depends_on")).items():
            if how.get("condition") != "service_healthy":
                yield f"{name}: waits for {other} to be started, not to be healthy"
    milvus = services["milvus"]
    if "jaeger" not in dict_or_list(milvus.get("depends_on")):
        yield "milvus: does not wait for jaeger, where it sends its spans"
    environment = milvus.get("environment", {})
    for key, value in ENVIRONMENT.items():
        if environment.get(key) != value:
            yield f"milvus: {key} is {environment.get(key)!r}, not {value!r}"
    mounts = dict(mount.split(":", 1) for mount in milvus.get("volumes", []))
    data = [source for source, target in mounts.items() if target == "/var/lib/milvus"]
    if not data or data[0] not in volumes:
        yield "milvus: /var/lib/milvus is not on a named volume, so its data goes with the container"
    for file, target in {"./milvus.yaml": "user.yaml", "./embedEtcd.yaml": "embedEtcd.yaml"}.items():
        if mounts.get(file) != f"/milvus/configs/{target}:ro":
            yield f"milvus: {file} is not mounted read-only as /milvus/configs/{target}"
        if not (directory / file).is_file():
            yield f"{file} is missing, and Compose would make an empty directory in its place"


def dict_or_list(depends_on):
    if isinstance(depends_on, list):
        return {name: {"condition": "service_started"} for name in depends_on}
    return depends_on or {}


def overlay_faults(overlay, text):
    if set(overlay) != {"trace"}:
        yield f"milvus.yaml sets {sorted(overlay)}: it is meant to be an overlay with a trace section only"
    if overlay.get("trace") != TRACE:
        yield f"milvus.yaml: trace is {overlay.get('trace')}, not {TRACE}"
    lines = text.splitlines()
    for before, line in zip(lines, lines[1:]):
        key = line.strip().partition(":")[0]
        if line.startswith("  ") and ":" in line and not line.strip().startswith("#") and key != "otlp":
            if not before.strip().startswith("#"):
                yield f"milvus.yaml: no comment above {key}"


def etcd_faults(etcd):
    for key in ("listen-client-urls", "advertise-client-urls"):
        if not str(etcd.get(key, "")).endswith(":2379"):
            yield f"embedEtcd.yaml: {key} is not on port 2379, where Milvus looks"
    if etcd.get("auto-compaction-mode") != "revision" or etcd.get("auto-compaction-retention") != "1000":
        yield "embedEtcd.yaml: the metadata grows without compaction"
    if etcd.get("quota-backend-bytes") != 4 << 30:
        yield "embedEtcd.yaml: quota-backend-bytes is not 4 GiB"


def image_faults(file, expected):
    services = load(file)["services"]
    for pair in expected:
        name, image = pair.split("=", 1)
        if services[name]["image"] != image:
            yield f"{name} would run {services[name]['image']}, not {image}"


def main(arguments):
    if arguments[:1] == ["--images"] and len(arguments) > 2:
        faults = list(image_faults(arguments[1], arguments[2:]))
    elif len(arguments) == 1:
        directory = pathlib.Path(arguments[0])
        overlay = directory / "milvus.yaml"
        faults = [
            *compose_faults(load(directory / "docker-compose.yaml"), directory),
            *overlay_faults(load(overlay), overlay.read_text()),
            *etcd_faults(load(directory / "embedEtcd.yaml")),
        ]
    else:
        sys.exit(__doc__)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
