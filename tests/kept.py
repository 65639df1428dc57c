"""What was drawn, written or searched when people last looked at it, line by line, in `tests/spec/kept`.

Where every millimetre, colour and word of a document is on purpose, its text is the table of cases. Whoever changes
a document on purpose runs the test with `TENGLONG_KEEP=1`, reads the difference in git, and commits it.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "spec/kept"
FROM_ELSEWHERE = re.compile(r"docProps/|theme|fontTable|numbering|webSettings|customXml|thumbnail")
"""Parts that libraries write alike into every file."""


def first_difference(name: str, lines: Iterable[str]) -> str:
    """The first line that is not as it was kept; empty if all are."""
    path, found = FOLDER / f"{name}.txt", list(lines)
    if os.environ.get("TENGLONG_KEEP"):
        path.write_text("\n".join(found) + "\n", encoding="utf-8")
    kept = path.read_text(encoding="utf-8").splitlines()
    for number, (now, before) in enumerate(zip(found, kept, strict=False), 1):
        if now != before:
            return f"{path.name}:{number}: {before} → {now}"
    return "" if len(found) == len(kept) else f"{path.name}: {len(kept)} → {len(found)} lines"


def package_lines(written: bytes) -> list[str]:
    """The parts of a docx or xlsx, an element a line."""
    lines: list[str] = []
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        for name in sorted(package.namelist()):
            if FROM_ELSEWHERE.search(name):
                continue
            text = package.read(name).decode("utf-8", "backslashreplace")
            broken = text.replace("><", ">\n<").replace("\r", "\\r")
            lines += [f"=== {name}", *broken.splitlines()]
    return lines
