"""Checks that every code block of a page is in the file that is named before it.

    chapter.py PAGE

A block follows a line `<!-- path/of/file -->`. Its lines are consecutive lines of that file, indented less by the same number
of spaces; a line `// ..` stands for lines that are left out.
"""

import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"(?:^<!-- (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def parts(code):
    """The consecutive pieces of a block."""
    return [part for part in re.split(r"^ *// \.\.\n", code, flags=re.MULTILINE) if part.strip()]


def contains(text, part):
    lines, wanted = text.splitlines(), part.strip("\n").splitlines()
    for start in range(len(lines) - len(wanted) + 1):
        found = "\n".join(lines[start : start + len(wanted)])
        if textwrap.dedent(found) == textwrap.dedent("\n".join(wanted)):
            return True
    return False


page = pathlib.Path(sys.argv[1])
count = 0
for match in BLOCK.finditer(page.read_text()):
    file, language, code = match.groups()
    if language == "text" or language == "sh":
        continue
    if file is None:
        sys.exit(f"error: {page}: no `<!-- file -->` before:\n{code}")
    text = pathlib.Path(file).read_text()
    for part in parts(code):
        if not contains(text, part):
            sys.exit(f"error: {page}: not in {file}:\n{part}")
    count += 1
if not count:
    sys.exit(f"error: {page}: no code")
print(f"{count} blocks of {page} are in the files that they name")
