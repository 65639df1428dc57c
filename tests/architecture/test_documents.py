"""The pages for people: links lead somewhere, and commands that are named exist."""

import argparse
import re
import subprocess
from pathlib import Path

import pytest

from tenglong.cli.topics import TOPICS, parser_of

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|`|\$ |bin/)tenglong ((?:[a-z]+)(?: [a-z]+)?)", re.MULTILINE)
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
# Taken by the browser tests; until the first is kept, links to them lead nowhere yet.
SCREENSHOTS = ROOT / "docs/images"


def pages() -> list[Path]:
    """The Markdown files of the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name and (ROOT / name).exists()]


PAGES = pages()
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


def anchors(path: Path) -> set[str]:
    """What a link into a page may name after its #, as GitHub derives it from the headings."""
    headings = HEADING.findall(FENCED.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    found = []
    for link in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        leads = target.exists() or (SCREENSHOTS in target.parents and not SCREENSHOTS.exists())
        if not leads or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def unknown_tests(text: str) -> list[str]:
    """The tests named in a text that are not there."""
    found = []
    for name, function in NAMED_TEST.findall(text):
        path = ROOT / name
        if not path.exists() or (function and f"def {function}(" not in path.read_text(encoding="utf-8")):
            found.append(f"{name}::{function}")
    return found


def names(parser: argparse.ArgumentParser, before: str = "") -> set[str]:
    """Every command of a parser, such as "figures" and "ledger verify"."""
    inner = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    found = {name: choice for choices in inner for name, choice in choices.items()}
    deeper = [names(choice, f"{before}{name} ") for name, choice in found.items()]
    return {before + name for name in found}.union(*deeper)


def unknown_commands(text: str) -> list[str]:
    """The commands named in a text that `tenglong` does not have."""
    known = names(parser_of(TOPICS))
    with_deeds = {name.partition(" ")[0] for name in known if " " in name}
    return [
        said
        for said in COMMAND.findall(text)
        if said not in known and (said.partition(" ")[0] not in known or said.partition(" ")[0] in with_deeds)
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_named_exist(path: Path) -> None:
    assert unknown_commands(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_that_are_named_exist(path: Path) -> None:
    assert unknown_tests(path.read_text(encoding="utf-8")) == []


def test_a_wrong_command_and_a_wrong_link_would_show(tmp_path: Path) -> None:
    assert unknown_commands("Run `tenglong figure` or `tenglong ledger mend`, then `tenglong demo`.") == [
        "figure",
        "ledger mend",
    ]
    assert unknown_tests("See `tests/nowhere.py` and `tests/architecture/test_documents.py::test_x`.") == [
        "tests/nowhere.py::",
        "tests/architecture/test_documents.py::test_x",
    ]
    page = tmp_path / "page.md"
    page.write_text(
        "# One two\n[a](#one-two) [b](#three) [c](nowhere.md) [d](https://example.org)", encoding="utf-8"
    )
    assert broken(page) == ["#three", "nowhere.md"]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_opens_with_a_screenshot_and_the_two_commands(path: Path) -> None:
    opening = "\n".join(path.read_text(encoding="utf-8").splitlines()[:40])
    assert "docs/images/home.png" in opening
    assert "make run" in opening
    assert "make test" in opening


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_counts_the_entries_that_its_own_example_counts(path: Path) -> None:
    """The example's output is held against the demonstration by tests/acceptance/test_article.py."""
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"：(\d+) 笔记录哈希链完整，\d+ 户", text)
    said = re.findall(r"([\d,]+) (?:ledger entries|笔台账记录)", text)
    assert len(shown) == 3 and said == [f"{sum(map(int, shown)):,}"]
