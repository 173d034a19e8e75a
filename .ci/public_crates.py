"""The crates whose types are in the public interface, from rustdoc's JSON: public_crates.py JSON.

A new incompatible version of one of them is a new incompatible version of this crate. Prints their names.
"""

import json
import sys

STANDARD = {"std", "core", "alloc"}


def ids(node):
    """The ids of all types and traits that a part of an item names."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("resolved_path", "trait") and isinstance(value, dict) and "id" in value:
                yield value["id"]
            yield from ids(value)
    elif isinstance(node, list):
        for value in node:
            yield from ids(value)


with open(sys.argv[1], encoding="utf-8") as file:
    doc = json.load(file)
crates = set()
for item in doc["index"].values():
    inner = item["inner"]
    implementation = inner.get("impl", {})
    # What the compiler adds, and what other crates implement for all types.
    if implementation.get("is_synthetic") or implementation.get("blanket_impl"):
        continue
    # A public item is reached from the root; others are not in this JSON, except those that are hidden.
    if item["crate_id"] != 0 or "use" in inner:
        source = inner.get("use", {}).get("id")
        found = [source] if source is not None else []
    else:
        found = ids(inner)
    for number in found:
        path = doc["paths"].get(str(number))
        if path is not None and path["crate_id"] != 0:
            crates.add(doc["external_crates"][str(path["crate_id"])]["name"])
print("\n".join(sorted(crates - STANDARD)))
