"""Writes the pages of docs/reference: rule files, parsers and settings in words.

python -m tools.documents            writes them
python -m tools.documents --check    changes nothing; fails when a page is not what the source says
"""

import sys
from pathlib import Path

from tools.reference import (
    api,
    commands,
    figures,
    ledger,
    processes,
    roadmap,
    roles,
    rules,
    sbom,
    schemes,
    settings,
    states,
    tables,
)

REFERENCE = Path(__file__).resolve().parents[1] / "docs/reference"

PAGES = {
    "api.md": api.page,
    "commands.md": commands.page,
    "figures.md": figures.page,
    "ledger.md": ledger.page,
    "processes.md": processes.page,
    "roadmap-problem.schema.json": roadmap.page,
    "roadmap-settings.schema.json": roadmap.settings_page,
    "roles.md": roles.page,
    "rules.md": rules.page,
    "sbom.cdx.json": sbom.page,
    "schemes.md": schemes.page,
    "settings.md": settings.page,
    "states.md": states.page,
    "tables.md": tables.page,
}


def main(*, check: bool) -> int:
    """Write the pages, or say which are out of date; the exit code."""
    stale = False
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page()
        if check and not (path.exists() and path.read_text(encoding="utf-8") == text):
            print(f"docs/reference/{name} is not what the source says: run 'make docs'")
            stale = True
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
