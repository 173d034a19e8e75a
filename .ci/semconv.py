"""Compares the names of attributes, metrics and events in the sources with the registry of the semantic conventions.

    semconv.py REGISTRY DEVELOPMENT [--seen STORED]... SOURCES

REGISTRY holds the files of the npm package @opentelemetry/semantic-conventions. DEVELOPMENT lists the names that may be
used although they are not stable, each with its reason. STORED are spans or metrics that a collector stored, one JSON per line.
"""

import json
import pathlib
import re
import sys

NAME = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"
# Strings of that form that are not names of telemetry.
OTHER = {"milvus.proto.milvus", "collection.insert.idempotency.enabled"}
# A file whose strings are the names of Milvus' own properties.
PROPERTIES = "ops/properties.rs"


def registry(folder):
    """Name to (kind, stability) of everything published."""
    known = {}
    for kind, prefix in (("attribute", "ATTR"), ("metric", "METRIC"), ("event", "EVENT")):
        for stability in ("stable", "experimental"):
            path = folder / f"{stability}_{kind}s.mjs"
            text = path.read_text()
            pattern = rf'(/\*\*(?:(?!\*/).)*\*/)\s*const {prefix}_\w+ = "([^"]+)";'
            for comment, name in re.findall(pattern, text, re.S):
                state = "deprecated" if "@deprecated" in comment else stability
                # A name that became stable may still be listed as deprecated.
                if known.get((kind, name)) != "stable":
                    known[kind, name] = state
    if len(known) < 500:
        sys.exit(f"error: {folder} holds only {len(known)} names: has the package changed its layout?")
    return known


def code(text):
    """Rust source without comments and without its tests."""
    text = re.split(r"^#\[cfg\(test\)\]\nmod tests", text, maxsplit=1, flags=re.M)[0]
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("//"))


def names_in_sources(folder):
    """(kind, name) to the first file that has it."""
    found = {}
    files = [*folder.glob("otel/**/*.rs"), *folder.glob("client/**/*.rs"), *folder.glob("ops/**/*.rs")]
    files += [folder / "otel.rs", folder / "client.rs", folder / "init/resource.rs", folder / "init/builder.rs"]
    files.remove(folder / PROPERTIES)
    for path in sorted(files):
        kind = "metric" if path.name == "metrics.rs" else "attribute"
        for event, name in re.findall(rf'(\bname: )?"({NAME})"', code(path.read_text())):
            found.setdefault(("event" if event else kind, name), path)
    return found


def names_in_document(path, known):
    """The names in a page: what stands in backticks and begins as names of the registry do."""
    spaces = {name.split(".")[0] for _, name in known}
    for name in re.findall(rf"`({NAME})`", path.read_text()):
        if name.split(".")[0] in spaces:
            kinds = [kind for kind in ("attribute", "metric", "event") if (kind, name) in known]
            yield (kinds[0] if kinds else "attribute", name)


def names_seen(path):
    """The names on stored spans and metrics of ours."""
    for line in path.read_text().splitlines():
        row = json.loads(line)
        names = []
        if "points" in row:
            yield ("metric", row["name"])
            names = [name for attributes, _ in row["points"] for name in attributes]
        elif row["scope"] and row["scope"][0] == "milvus-otel":
            names = [*row["attrs"], *row["resource"]]
        for name in names:
            yield ("attribute", name)


def main(arguments):
    arguments = list(arguments)
    seen = []
    while "--seen" in arguments:
        at = arguments.index("--seen")
        seen.append(pathlib.Path(arguments[at + 1]))
        del arguments[at : at + 2]
    folder, development, sources = map(pathlib.Path, arguments)
    known = registry(folder)
    allowed = {}
    for line in development.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            if not reason.strip():
                sys.exit(f"error: {development} gives no reason for {name}")
            allowed[name] = reason.strip()

    found = names_in_sources(sources)
    page = sources.parent / "docs/telemetry.md"
    if page.exists():
        for key in names_in_document(page, known):
            found.setdefault(key, page)
    for path in seen:
        for key in names_seen(path):
            found.setdefault(key, path)

    wrong = []
    counts = {"stable": 0, "development": 0, "our own": 0}
    for (kind, name), where in sorted(found.items()):
        if name in OTHER:
            continue
        if name.startswith("milvus."):
            counts["our own"] += 1
            continue
        state = known.get((kind, name))
        if state == "stable":
            counts["stable"] += 1
        elif state == "experimental" and name in allowed:
            counts["development"] += 1
        elif state == "experimental":
            wrong.append(f"{where}: the {kind} {name} is in development: list it in {development}, or leave it out")
        elif state == "deprecated":
            wrong.append(f"{where}: the {kind} {name} is deprecated")
        else:
            wrong.append(f"{where}: no {kind} {name} is registered")
    used = {name for _, name in found}
    for name in sorted(allowed):
        if name not in used:
            wrong.append(f"{development}: {name} is not emitted any more")
        elif "stable" in [known.get((kind, name)) for kind in ("attribute", "metric", "event")]:
            wrong.append(f"{development}: {name} is stable now")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    if not counts["stable"]:
        sys.exit("error: no name was found in the sources")
    print(", ".join(f"{number} {state}" for state, number in counts.items()), "names")


main(sys.argv[1:])
