"""docs/reference/rules.md: every rule file, what it decides, where it comes from, its digest."""

import tomllib
from pathlib import Path

from tenglong.domain.kernel.rulefiles import load_rules_from
from tools.reference import markdown
from tools.reference.markdown import code

PACKAGE = Path(__file__).resolve().parents[2] / "src/tenglong"

HEAD = """\
# Rule files

Drawn from the files themselves by `make docs`; do not edit. What a file decides is its own first comment.
The digest is the beginning of the SHA-256 of its bytes; a changed rule shows here as a changed digest, and
an issued bulletin keeps one digest over the files that its figures and words rest on
(`actions/reporting/bulletins.py`). “[inference]”, “[assumption]” and “[memory]” mark what no document at hand states.
How to change one: [replace-rules.md](../how-to/replace-rules.md).
"""


def page() -> str:
    """One line for each file, in the order of the folders."""
    rows = [rule_row(path) for path in sorted(PACKAGE.rglob("*.toml"))]
    return markdown.page(HEAD, markdown.table(["file", "decides", "source", "digest"], rows))


def rule_row(path: Path) -> list[str]:
    """One rule file."""
    rules, said = load_rules_from(path), tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    return [code(path.relative_to(PACKAGE)), first_comment(path), said, code(rules.digest[:12])]


def first_comment(path: Path) -> str:
    """The comment that a rule file begins with, up to the end of its first sentence."""
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        words += line.lstrip("#").split()
    return f"{' '.join(words).partition('. ')[0].rstrip('.')}."
