"""Checks which part of the library names which.

    modules.py SRC         prints the graph of the rooms under SRC; fails on a cycle or a forbidden arrow
    modules.py --self-test fails unless seeded faults are found

A room is a top-level module: foo.rs and everything under foo/. lib.rs is no room: it may name all of them, and what it
re-exports is followed to the room it comes from. Inside a room, the same holds for every module that has modules: they
and the module's own file must not name each other in a circle, where a name that the file only re-exports does not
count. Comments, strings and items under #[cfg(test)] do not count.
"""

import bisect
import collections
import pathlib
import re
import sys
import tempfile

# A room may use rooms of its own layer and of lower ones. See ARCHITECTURE.md.
LAYERS = [
    # The instrumentation scope.
    {"scope"},
    {"proto", "wire", "error"},
    {"otel", "stack", "schema", "index", "data", "filter", "search"},
    {"client"},
    {"ops"},
    # Checks all of the others.
    {"doctor"},
    # The entry points of the fuzz targets, compiled only for them.
    {"fuzz"},
]
# For applications only: it uses only the lowest room, and no room but the doctor uses it.
APART = {"init"}
ABOVE_ALL = {"doctor"}
# Crates that only one room may use: the rest of the library uses only the OpenTelemetry API.
RESERVED = {
    "opentelemetry_sdk": "init",
    "opentelemetry_otlp": "init",
    "opentelemetry_proto": "init",
    "opentelemetry_appender_tracing": "init",
    "tracing_subscriber": "init",
}

# Comments (nested ones are found by hand), string, byte and character literals; lifetimes stay.
LITERAL = re.compile(
    r"""//[^\n]*|/\*|\b(?:b|c)?r(?P<h>\#*)".*?"(?P=h)|(?:\b[bc])?"(?:\\.|[^"\\])*"|(?:\bb)?'(?:\\'|\\[^']*|[^'\\\n])'""",
    re.S,
)
TOKEN = re.compile(r"\$?[A-Za-z_]\w*|r\#[A-Za-z_]\w*|::|=>|[{}()\[\];,*#!=<>]")
NAME = re.compile(r"(?:r\#)?[A-Za-z_]\w*$")


def code(text):
    """The text with comments and literals blanked out, line by line in place."""
    out, at = [], 0
    while found := LITERAL.search(text, at):
        end = found.end()
        if found.group() == "/*":
            depth = 1
            while depth and (mark := re.compile(r"/\*|\*/").search(text, end)):
                depth += 1 if mark.group() == "/*" else -1
                end = mark.end()
            end = len(text) if depth else end
        out += [text[at : found.start()], " ", "\n" * text.count("\n", found.start(), end)]
        at = end
    return "".join([*out, text[at:]])


def tokens(text):
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    return [(t.group().removeprefix("r#"), bisect.bisect(starts, t.start())) for t in TOKEN.finditer(text)]


def closing(toks, at):
    """Index just past the bracket that closes the one at `at`."""
    pairs, depth = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}, 0
    while at < len(toks):
        depth += pairs.get(toks[at][0], 0)
        at += 1
        if depth == 0:
            break
    return at


def without_tests(toks):
    """(tokens outside items under #[cfg(test)], names of modules declared there as `mod name;`)"""
    kept, test_modules, at = [], [], 0
    while at < len(toks):
        if toks[at][0] == "#" and at + 1 < len(toks) and toks[at + 1][0] == "[":
            end = closing(toks, at + 1)
            words = [t for t, _ in toks[at:end]]
            if words[2:4] == ["cfg", "("] and "test" in words and "not" not in words and "any" not in words:
                while end < len(toks) and toks[end][0] == "#":
                    end = closing(toks, end + 1)
                start = end
                while end < len(toks) and toks[end][0] not in ";{,":
                    end = closing(toks, end) if toks[end][0] in "([" else end + 1
                head = [t for t, _ in toks[start:end]]
                if end < len(toks) and toks[end][0] == "{":
                    end = closing(toks, end)
                    if "use" in head and end < len(toks) and toks[end][0] == ";":
                        end += 1
                else:
                    if "mod" in head:
                        test_modules.append(head[head.index("mod") + 1])
                    end += 1
                at = end
                continue
        kept.append(toks[at])
        at += 1
    return kept, test_modules


def paths(toks, at):
    """Every path of the tree that starts at `at`, as lists of names: `a::{b, c::d}` gives a::b and a::c::d."""
    prefix = []
    while at < len(toks):
        tok = toks[at][0]
        if tok == "{":
            end, at, found = closing(toks, at), at + 1, []
            while at < end - 1:
                inner, at = paths(toks, at)
                found += [prefix + p for p in inner]
                while at < end - 1 and toks[at - 1][0] != ",":
                    at += 1
            return found, end
        if tok != "*" and not NAME.match(tok.lstrip("$")):
            break
        prefix.append(tok.lstrip("$"))
        at += 1
        if at < len(toks) and toks[at][0] == "::":
            at += 1
            continue
        if at + 1 < len(toks) and toks[at][0] == "as":
            prefix.append("as")
            prefix.append(toks[at + 1][0])
            at += 2
        break
    return [prefix], at + 1


def references(toks, module):
    """(absolute path, line) of what the file of a module names by `crate`, `self`, `super` or one of its own modules."""
    children = {toks[at + 1][0] for at, (tok, _) in enumerate(toks[:-1]) if tok == "mod"}
    inline, depth, at = [], 0, 0
    while at < len(toks):
        tok, line = toks[at]
        before, following = toks[at - 1][0] if at else "", toks[at + 1][0] if at + 1 < len(toks) else ""
        if tok == "mod" and at + 2 < len(toks) and toks[at + 2][0] == "{":
            inline.append((following, depth))
        if tok in "{}":
            depth += 1 if tok == "{" else -1
            if inline and inline[-1][1] == depth and tok == "}":
                inline.pop()
        if before != "::" and following == "::" and NAME.match(tok.lstrip("$")):
            home = [*module, *(name for name, _ in inline)]
            for path in paths(toks, at)[0]:
                if path[0] in ("crate", "self", "super"):
                    path, base = list(path), [] if path[0] == "crate" else list(home)
                    path = path[1:] if path[0] == "crate" else path
                    while path and path[0] in ("self", "super"):
                        base = base[:-1] if path[0] == "super" else base
                        path = path[1:]
                    yield tuple(base + path), line
                elif path[0] in children:
                    yield (*home, *path), line
        at += 1


def cycles(arrows):
    """One cycle through each start of an arrow that is on any, shortest first, without repeats."""
    found = []
    for start in sorted({a for a, _ in arrows}):
        trail, queue = {start: None}, [start]
        for room in queue:
            for a, b in sorted(arrows):
                if a == room and b == start:
                    cycle = [room]
                    while trail[cycle[0]] is not None:
                        cycle.insert(0, trail[cycle[0]])
                    if not any(set(cycle) == set(other) for other in found):
                        found.append(cycle)
                    queue.clear()
                    break
                if a == room and b not in trail:
                    trail[b] = room
                    queue.append(b)
            if not queue:
                break
    return found


class Crate:
    """The source files under one directory, and the arrows between their rooms."""

    def __init__(self, src):
        self.src = pathlib.Path(src)
        self.arrows = {}  # (from, to) -> first "file:line"
        self.faults = []
        self.files = {}
        skipped = set()
        for file in sorted(self.src.rglob("*.rs")):
            toks, tests = without_tests(tokens(code(file.read_text())))
            self.files[file] = toks
            base = file.parent if file.stem in ("lib", "main", "mod") else file.with_suffix("")
            for name in tests:
                skipped |= {base / f"{name}.rs", base / name}
        for file in list(self.files):
            if file in skipped or any(parent in skipped for parent in file.parents):
                del self.files[file]
        self.root = self.src / "lib.rs"
        self.rooms = {file.relative_to(self.src).parts[0].removesuffix(".rs") for file in self.files} - {"lib", "main"}
        self.exports = self.reexports()
        for file, toks in self.files.items():
            if file != self.root:
                self.read(file, toks)
        self.judge()

    def reexports(self):
        """What lib.rs makes reachable as crate::Name, by the room it comes from."""
        exports, toks = {}, self.files.get(self.root, [])
        for at, (tok, _) in enumerate(toks):
            if tok == "use":
                for path in paths(toks, at + 1)[0]:
                    path = path[1:] if path[:1] in (["crate"], ["self"]) else path
                    if len(path) > 1 and path[0] in self.rooms:
                        exports[path[-1]] = path[0]
        return exports

    def read(self, file, toks):
        module = self.module(file)
        room = module[0]
        for path, line in references(toks, module):
            self.arrow(room, path, f"{file.relative_to(self.src.parent)}:{line}")
        for at, (tok, line) in enumerate(toks[:-1]):
            before, following = toks[at - 1][0] if at else "", toks[at + 1][0]
            if before != "::" and tok in RESERVED and (following == "::" or before == "use") and room != RESERVED[tok]:
                where = f"{file.relative_to(self.src.parent)}:{line}"
                self.faults.append(f"{where}: only {RESERVED[tok]} may name {tok}")

    def arrow(self, room, path, where):
        name = path[0] if path else ""
        to = name if name in self.rooms else self.exports.get(name)
        if name and to is None:
            self.faults.append(f"{where}: crate::{name} is neither a room nor re-exported from one by lib.rs: name its room")
        elif name and to != room:
            self.arrows.setdefault((room, to), where)

    def judge(self):
        layer = {name: level for level, names in enumerate(LAYERS) for name in names}
        for room in sorted(self.rooms - layer.keys() - APART):
            self.faults.append(f"room {room} has no place yet: add it to LAYERS in .ci/modules.py")
        for (a, b), where in sorted(self.arrows.items()):
            if a in ABOVE_ALL and b in APART:
                continue
            if {a, b} & APART and not (a in APART and b in LAYERS[0]):
                self.faults.append(f"{where}: {a} names {b}, but {(sorted({a, b} & APART))[0]} stands apart")
            elif layer.get(a, 0) < layer.get(b, 0):
                self.faults.append(f"{where}: {a} names {b}, which is built on top of it")
        inside = [self.inside(parent) for parent in sorted(self.parents())]
        for arrows in [self.arrows, *inside]:
            for cycle in cycles(arrows):
                steps = zip(cycle, cycle[1:] + cycle[:1])
                self.faults.append("cycle: " + ", ".join(f"{a} -> {b} ({arrows[a, b]})" for a, b in steps))

    def module(self, file):
        """The path of the module that a file holds."""
        return tuple(file.relative_to(self.src).with_suffix("").parts)

    def parents(self):
        """The modules that have modules in files of their own."""
        return {self.module(file)[:-1] for file in self.files} - {()}

    def inside(self, parent):
        """The arrows between the modules of one module and its own file, as (from, to) -> first "file:line"."""
        depth, arrows = len(parent), {}
        files = {file: self.module(file) for file in self.files if self.module(file)[:depth] == parent}
        parts = {module[depth] for module in files.values() if len(module) > depth}
        own = self.files.get(self.src.joinpath(*parent).with_suffix(".rs"), [])
        uses = collections.Counter(tok for tok, _ in own)
        exports = {}
        for at, (tok, _) in enumerate(own):
            for path in paths(own, at + 1)[0] if tok == "use" else []:
                path = path[1:] if path[:1] == ["self"] else path
                if len(path) > 1 and path[0] in parts:
                    exports[path[-1]] = path[0]
        for file, module in files.items():
            unit = module[depth] if len(module) > depth else parent[-1]
            for path, line in references(self.files[file], module):
                if path[:depth] != parent or len(path) <= depth:
                    continue
                name = path[depth]
                to = name if name in parts else exports.get(name, parent[-1])
                only_exported = unit == parent[-1] and uses[path[-1]] < 2
                if to != unit and not only_exported:
                    arrows.setdefault((unit, to), f"{file.relative_to(self.src.parent)}:{line}")
        return arrows

    def graph(self):
        lines = []
        for room in sorted(self.rooms):
            targets = sorted(b for a, b in self.arrows if a == room)
            lines.append(f"{room:8} -> {', '.join(targets) or '(nothing)'}")
        return "\n".join(lines)


def self_test():
    sound = {
        "lib.rs": "pub mod client; pub mod ops; mod wire; pub use client::{Client, builder::Builder as B};\n"
        "#[cfg(test)] mod everywhere;",
        "client.rs": "//! see [`crate::ops`]\nuse crate::wire::{self, frame::*};\n#[cfg(test)]\nmod tests { use crate::ops::X; use opentelemetry_sdk as s; }\n"
        "fn f() -> &'static str { \"crate::ops::no\" /* crate::ops /* nested */ crate::ops */ }\n#[cfg(test)] mod far;",
        "client/builder.rs": "use super::Client; use super::super::wire::Frame; const C: char = '\"'; // crate::ops\n",
        "client/far.rs": "use crate::ops::Anything;",
        "everywhere.rs": "use crate::ops::A; use crate::init::B;",
        "ops.rs": "use crate::{Client, wire}; mod inner { use super::super::client; use crate::B; }",
        "wire.rs": "use opentelemetry::trace; macro_rules! m { () => { $crate::wire::x() } }",
        "init.rs": "use opentelemetry_sdk::trace; use crate::scope::scope; mod deep { use super::super::init::x; }",
        "doctor.rs": "use crate::{Client, init::Telemetry};",
        "scope.rs": "",
    }
    seeds = [
        (None, {}, None),
        ("a cycle", {"wire.rs": "use crate::error::E;", "error.rs": "fn f() { crate::wire::g() }"}, "cycle: error -> wire"),
        ("a cycle of three", {"otel.rs": "use crate::data;", "data.rs": "use crate::{a::b, filter::{c, d}};", "filter.rs": "use crate::otel;", "a.rs": ""}, "cycle: data -> filter"),
        ("a cycle in a room", {"data.rs": "mod a; mod b;", "data/a.rs": "use super::b::B;", "data/b.rs": "use crate::data::a::A;"}, "cycle: a -> b"),
        ("a cycle through re-exports", {"data.rs": "mod a; mod b; pub use a::A; pub use b::B;", "data/a.rs": "use super::B;", "data/b.rs": "fn f(a: super::A) {}"}, "cycle: a -> b"),
        ("a cycle deep in a room", {"data/a.rs": "mod b; mod c;", "data.rs": "mod a;", "data/a/b.rs": "use super::c;", "data/a/c.rs": "use super::b;"}, "cycle: b -> c"),
        ("a module and its part", {"data.rs": "mod a; use a::A; struct D; fn f(a: A) {}", "data/a.rs": "use super::D;"}, "cycle: a -> data"),
        ("client naming ops", {"client/call.rs": "impl X { fn f(&self) -> crate::ops::Search {} }"}, "client names ops"),
        ("client naming ops by super", {"client/call.rs": "use super::super::{wire, ops::Search};"}, "client names ops"),
        ("naming a re-export", {"wire.rs": "use crate::Client;"}, "wire names client"),
        ("naming through a macro", {"wire.rs": "macro_rules! m { () => { $crate::ops::x() } }"}, "wire names ops"),
        ("the SDK outside init", {"wire.rs": "use opentelemetry_sdk::trace::Tracer;"}, "only init may name opentelemetry_sdk"),
        ("the exporter outside init", {"wire.rs": "fn f(x: opentelemetry_otlp::Y) {}"}, "only init may name opentelemetry_otlp"),
        ("ops naming the doctor", {"ops.rs": "use crate::doctor::check;"}, "ops names doctor"),
        ("init naming the doctor", {"init.rs": "use crate::doctor::check;"}, "init stands apart"),
        ("init naming a room", {"init.rs": "use crate::wire;"}, "init stands apart"),
        ("a room naming init", {"client.rs": "use crate::init::Guard;"}, "init stands apart"),
        ("a new room", {"extra.rs": ""}, "room extra has no place"),
        ("a name of unknown origin", {"wire.rs": "use crate::Mystery;"}, "crate::Mystery is neither"),
        ("code after a test item", {"client.rs": "#[cfg(test)] use crate::wire::{a, b}; fn f() { crate::ops::g() }"}, "client names ops"),
        ("code beside a lifetime", {"client.rs": "fn f<'a>(x: &'a str) { let q = ['\\'', '\\\\', '\"', b'\\'']; crate::ops::g(q, x) }"}, "client names ops"),
    ]
    seeds.append((None, {"data.rs": "mod a; mod b; pub use a::A; pub struct D;", "data/a.rs": "use super::{D, b::B};", "data/b.rs": "use super::D;"}, None))
    for what, change, expected in seeds:
        with tempfile.TemporaryDirectory() as scratch:
            for name, text in {**sound, **change}.items():
                path = pathlib.Path(scratch, "src", name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            crate = Crate(pathlib.Path(scratch, "src"))
            if what is None and (crate.faults or set(crate.arrows) != {("client", "wire"), ("doctor", "client"), ("doctor", "init"), ("init", "scope"), ("ops", "client"), ("ops", "wire")}):
                sys.exit(f"self-test: a sound crate gives {crate.faults} and {crate.arrows}")
            if what and not any(expected in fault for fault in crate.faults):
                sys.exit(f"self-test: {what} was not found; faults: {crate.faults}")
            if what:
                print(f"rejected as expected: {what}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1], "lib.rs").is_file():
        sys.exit(__doc__)
    crate = Crate(sys.argv[1])
    print(crate.graph())
    for fault in crate.faults:
        print(f"error: {fault}", file=sys.stderr)
    if crate.faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
