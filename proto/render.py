#!/usr/bin/env python3
"""Writes the .proto files next to it from the descriptors in the PyPI package pymilvus.

    python3 proto/render.py           rewrite proto/*.proto
    python3 proto/render.py --check   fail if they differ from the descriptors

`pymilvus/grpc_gen/*_pb2.py` contain serialized FileDescriptorProtos: the interface of Milvus. Privilege options and
language packages are left out, because clients do not need them. For the next version of Milvus, change VERSION, run
this, then regenerate src/proto as described in build.rs.
"""

import ast
import difflib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

VERSION = "3.0.2"
HERE = pathlib.Path(__file__).resolve().parent
# Comments for the elements of these full names, which rustdoc shows.
COMMENTS = {
    "milvus.proto.milvus.MilvusService": "What a Milvus proxy offers to clients.",
    "milvus.proto.milvus.ProxyService": "Answered by a proxy when it is asked to register a link.",
    "milvus.proto.common.Status": "How a request went. Milvus answers nearly every failure as gRPC OK with a Status whose code is not 0.",
    "milvus.proto.schema.FloatArray": "Packed little-endian floats: vectors, row after row, or a scalar column.",
}


def descriptors(scratch):
    """The FileDescriptorProtos of the pinned pymilvus, by file name."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "install", "--root-user-action=ignore", "--target", f"{scratch}/lib", "protobuf>=5,<7"], check=True)
    subprocess.run([*pip, "download", "--no-deps", "--dest", scratch, f"pymilvus=={VERSION}"], check=True)
    sys.path.insert(0, f"{scratch}/lib")
    from google.protobuf import descriptor_pb2

    wheel = next(pathlib.Path(scratch).glob("pymilvus-*.whl"))
    files = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("pymilvus/grpc_gen/") and name.endswith("_pb2.py"):
                file = descriptor_pb2.FileDescriptorProto()
                file.ParseFromString(serialized(archive.read(name).decode()))
                files[file.name] = file
    return files


def serialized(source):
    """The bytes given to AddSerializedFile in a generated Python module, read without running it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
            return ast.literal_eval(node.args[0])
    raise SystemExit("a generated module of pymilvus holds no serialized descriptor")


class File:
    """Renders one FileDescriptorProto."""

    def __init__(self, file):
        self.file, self.lines = file, []

    def render(self):
        file = self.file
        self.add(0, f"// Rendered by proto/render.py from the descriptors of pymilvus {VERSION}. Do not edit.")
        self.add(0, f'syntax = "{file.syntax or "proto2"}";')
        self.add(0, f"package {file.package};")
        self.gap()
        for path in sorted(file.dependency):
            if not path.startswith("google/"):
                self.add(0, f'import "{path}";')
        self.gap()
        for enum in file.enum_type:
            self.enum(0, file.package, enum)
            self.gap()
        for message in file.message_type:
            self.message(0, file.package, message)
            self.gap()
        for service in file.service:
            self.service(file.package, service)
            self.gap()
        return "\n".join(self.lines).rstrip() + "\n"

    def add(self, depth, line):
        self.lines.append("  " * depth + line)

    def gap(self):
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def comment(self, depth, full_name):
        if full_name in COMMENTS:
            self.add(depth, f"// {COMMENTS[full_name]}")

    def enum(self, depth, scope, enum):
        self.comment(depth, f"{scope}.{enum.name}")
        self.add(depth, f"enum {enum.name} {{")
        if enum.options.allow_alias:
            self.add(depth + 1, "option allow_alias = true;")
        self.reserved(depth + 1, enum, inclusive=True)
        for value in enum.value:
            deprecated = " [deprecated = true]" if value.options.deprecated else ""
            self.add(depth + 1, f"{value.name} = {value.number}{deprecated};")
        self.add(depth, "}")

    def message(self, depth, scope, message):
        full = f"{scope}.{message.name}"
        self.comment(depth, full)
        self.add(depth, f"message {message.name} {{")
        if message.options.deprecated:
            self.add(depth + 1, "option deprecated = true;")
        self.reserved(depth + 1, message, inclusive=False)
        for enum in message.enum_type:
            self.enum(depth + 1, full, enum)
        maps = {f".{full}.{nested.name}": nested for nested in message.nested_type if nested.options.map_entry}
        for nested in message.nested_type:
            if not nested.options.map_entry:
                self.message(depth + 1, full, nested)
        written = set()
        for field in message.field:
            if field.HasField("oneof_index") and not field.proto3_optional:
                if field.oneof_index not in written:
                    written.add(field.oneof_index)
                    self.add(depth + 1, f"oneof {message.oneof_decl[field.oneof_index].name} {{")
                    for member in message.field:
                        if member.HasField("oneof_index") and member.oneof_index == field.oneof_index:
                            self.field(depth + 2, member, maps, label=False)
                    self.add(depth + 1, "}")
            else:
                self.field(depth + 1, field, maps, label=True)
        self.add(depth, "}")

    def reserved(self, depth, owner, inclusive):
        numbers = [
            str(r.start) if r.start == (r.end if inclusive else r.end - 1) else f"{r.start} to {r.end if inclusive else r.end - 1}"
            for r in owner.reserved_range
        ]
        if numbers:
            self.add(depth, f"reserved {', '.join(numbers)};")
        if owner.reserved_name:
            self.add(depth, "reserved " + ", ".join(f'"{name}"' for name in owner.reserved_name) + ";")

    def field(self, depth, field, maps, label):
        entry = maps.get(field.type_name)
        if entry is not None:
            key, value = (self.type_of(part) for part in entry.field)
            kind = f"map<{key}, {value}>"
        else:
            kind = self.type_of(field)
            if label and field.label == field.LABEL_REPEATED:
                kind = f"repeated {kind}"
            elif label and field.proto3_optional:
                kind = f"optional {kind}"
            elif label and self.file.syntax != "proto3":
                kind = f"{'required' if field.label == field.LABEL_REQUIRED else 'optional'} {kind}"
        options = []
        if field.options.deprecated:
            options.append("deprecated = true")
        if field.options.HasField("packed"):
            options.append(f"packed = {str(field.options.packed).lower()}")
        suffix = f" [{', '.join(options)}]" if options else ""
        self.add(depth, f"{kind} {field.name} = {field.number}{suffix};")

    def type_of(self, field):
        if field.type_name:
            return self.local(field.type_name)
        return field.Type.Name(field.type).removeprefix("TYPE_").lower()

    def local(self, name):
        """A full type name as short as it can be: all packages share the prefix milvus.proto."""
        return name.removeprefix(f".{self.file.package}.").removeprefix(".milvus.proto.")

    def service(self, package, service):
        self.comment(0, f"{package}.{service.name}")
        self.add(0, f"service {service.name} {{")
        for rpc in service.method:
            request, response = self.local(rpc.input_type), self.local(rpc.output_type)
            request = f"stream {request}" if rpc.client_streaming else request
            response = f"stream {response}" if rpc.server_streaming else response
            body = "{ option deprecated = true; }" if rpc.options.deprecated else "{}"
            self.add(1, f"rpc {rpc.name}({request}) returns ({response}) {body}")
        self.add(0, "}")


def main():
    check = sys.argv[1:] == ["--check"]
    with tempfile.TemporaryDirectory() as scratch:
        rendered = {name: File(file).render() for name, file in descriptors(scratch).items()}
    stale = {path.name for path in HERE.glob("*.proto")} - set(rendered)
    differs = False
    for name, text in sorted(rendered.items()):
        path = HERE / name
        old = path.read_text() if path.exists() else ""
        if check:
            diff = list(difflib.unified_diff(old.splitlines(), text.splitlines(), f"proto/{name}", f"pymilvus {VERSION}", lineterm=""))
            print("\n".join(diff[:40]), end="\n" if diff else "")
            differs |= bool(diff)
        elif old != text:
            path.write_text(text)
            print(f"wrote proto/{name}")
    for name in sorted(stale):
        print(f"proto/{name} is in no descriptor of pymilvus {VERSION}")
    if differs or stale:
        raise SystemExit(1)
    print(f"proto: {len(rendered)} files as in pymilvus {VERSION}")


if __name__ == "__main__":
    main()
