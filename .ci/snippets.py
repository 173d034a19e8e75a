"""The programs of the READMEs: each a ```toml block of dependencies, a ```rust block and a ```text block of its output.

    snippets.py write FOLDER FILE..   makes a workspace in FOLDER with a package for each program; prints which of them
                                      can be built together, a line for each build
    snippets.py run FOLDER FILE..     runs the programs, in the order of each file, and keeps what they write
    snippets.py check FOLDER FILE..   compares what they wrote with what the files show
    snippets.py self-test

A program has the dependencies of the last ```toml block before it. Its standard error must stay empty. One with the line
`<!-- runs until SIGTERM -->` before it gets that signal when it has written its first line.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import tomllib

FENCE = re.compile(r"^(<!-- runs until SIGTERM -->\n)?```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 120


class Mistake(Exception):
    pass


def programs(path):
    """Name, manifest, source, output and whether it runs until SIGTERM, of each program of a file."""
    blocks = [match.groups() for match in FENCE.finditer(path.read_text())]
    language = path.name.removesuffix(".md").removeprefix("README").strip(".").lower() or "en"
    manifest, found = None, []
    for (endless, kind, text), (_, next_kind, output) in zip(blocks, blocks[1:] + [(None, "", "")]):
        if kind == "toml":
            manifest = text
        elif kind.startswith("rust"):
            name = f"{language}-{len(found) + 1}"
            if kind != "rust":
                raise Mistake(f"{path}: program {name} is marked {kind!r}: it is to be run, so mark it 'rust'")
            if manifest is None or "dependencies" not in tomllib.loads(manifest):
                raise Mistake(f"{path}: no [dependencies] before program {name}")
            if next_kind != "text":
                raise Mistake(f"{path}: no output after program {name}")
            found.append((name, manifest, text, output, endless is not None))
    if not found:
        raise Mistake(f"{path}: no program")
    return found


def write(folder, found):
    root = pathlib.Path.cwd()
    members = ", ".join(f'"{name}"' for name, *_ in found)
    (folder / "Cargo.toml").write_text(
        f'[workspace]\nresolver = "3"\nmembers = [{members}]\n\n'
        f'[profile.dev]\ndebug = "line-tables-only"\n\n[patch.crates-io]\nmilvus-otel = {{ path = "{root}" }}\n'
    )
    (folder / "Cargo.lock").write_bytes((root / "Cargo.lock").read_bytes())
    for name, manifest, source, *_ in found:
        package = f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n'
        (folder / name / "src").mkdir(parents=True)
        (folder / name / "Cargo.toml").write_text(package + manifest)
        (folder / name / "src" / "main.rs").write_text(source)
    for group in groups(found):
        print(*group)


def groups(found):
    """Programs that ask for the same of every crate that two of them ask for.

    What is built together gets the features that any of it asks for, and these must not be what makes another one build.
    """
    made = []
    for name, manifest, *_ in found:
        wanted = tomllib.loads(manifest)["dependencies"]
        for names, crates in made:
            if all(crates.get(crate, asked) == asked for crate, asked in wanted.items()):
                names.append(name)
                crates.update(wanted)
                break
        else:
            made.append(([name], wanted))
    return [names for names, _ in made]


def run(folder, found):
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    for name, *_, endless in found:
        out, err = folder / f"{name}.out", folder / f"{name}.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            program = target / "debug" / name
            process = subprocess.Popen([program], stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL)
        try:
            while endless and process.poll() is None and not out.stat().st_size:
                time.sleep(0.05)
            if endless:
                process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)
        finally:
            process.kill()
        (folder / f"{name}.status").write_text(str(process.returncode))


def check(folder, found):
    for name, _, _, output, _ in found:
        wrote = (folder / f"{name}.out").read_text()
        errors = (folder / f"{name}.err").read_text()
        status = (folder / f"{name}.status").read_text()
        if status != "0":
            raise Mistake(f"program {name} ended with status {status}:\n{wrote}{errors}")
        if wrote != output:
            raise Mistake(f"program {name} does not write what is shown, but:\n{wrote}")
        if errors:
            raise Mistake(f"program {name} writes {len(errors.splitlines())} lines to the standard error:\n{errors}")


def self_test():
    good = "```toml\n[dependencies]\n```\n```rust\nfn main() {}\n```\nIt writes:\n```text\n3\n```\n"
    for what, text in [
        ("a program without its output", good.replace("```text", "```sh")),
        ("a program that is not run", good.replace("```rust", "```rust,no_run")),
        ("a program without dependencies", good.replace("[dependencies]", "")),
        ("a file without programs", "nothing"),
    ]:
        try:
            programs(Text(text))
        except Mistake:
            print(f"rejected as expected: {what}")
        else:
            raise Mistake(f"accepted: {what}")
    other = good.replace("[dependencies]", '[dependencies]\ntokio = "1"')
    full = good.replace("[dependencies]", '[dependencies]\ntokio = { version = "1", features = ["full"] }')
    apart = groups(programs(Text(good + other + full)))
    assert apart == [["en-1", "en-2"], ["en-3"]], apart
    assert [source for _, _, source, *_ in programs(Text(good))] == ["fn main() {}\n"]


class Text:
    """A file that is not on disk."""

    name = "README.md"

    def __init__(self, text):
        self.text = text

    def read_text(self):
        return self.text

    def __str__(self):
        return self.name


def main():
    if sys.argv[1] == "self-test":
        return self_test()
    folder, files = pathlib.Path(sys.argv[2]), [pathlib.Path(name) for name in sys.argv[3:]]
    found = [program for path in files for program in programs(path)]
    {"write": write, "run": run, "check": check}[sys.argv[1]](folder, found)


try:
    main()
except Mistake as mistake:
    sys.exit(f"error: {mistake}")
