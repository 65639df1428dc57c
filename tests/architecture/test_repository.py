"""What is committed: no host of a registry, no path of a machine, versions and commands that agree."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import tenglong

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Spelled in pieces, so that this file does not contain what it looks for.
FORBIDDEN = {
    "the host of a package registry": r"(?:pyp"
    r"i|python"
    r"hosted|deb\.deb"
    r"ian)\.o"
    r"rg|registry\.npmj"
    r"s",
    "a path of somebody's machine": r"/(?:ho" r"me|ro" r"ot|wo" r"rk)/[a-z.]|/tmp/ba" r"sh_",
    "a merge that was not finished": r"^(?:<{7}|>{7}) ",
}


def tracked() -> list[Path]:
    """The text files that git keeps."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listing.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_the_version_is_one() -> None:
    assert tenglong.__version__ == PYPROJECT["project"]["version"]
    assert f"## {tenglong.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    requirements = [
        *PYPROJECT["build-system"]["requires"],
        *PYPROJECT["project"]["dependencies"],
        *PYPROJECT["project"]["optional-dependencies"]["dev"],
    ]
    without = [item for item in requirements if not re.search(re.escape(f'"{item}"') + r",?\s+# \w", text)]
    assert without == []


def test_locks_name_no_index() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert not re.search(r"https?://|^--(?!hash)", lock.read_text(encoding="utf-8"), re.MULTILINE), (
            lock.name
        )
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_every_make_command_in_a_page_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_decision_says_when_and_why(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"# \d{4} .+\n\n\d{4}-\d\d-\d\d · (?:accepted|superseded by \d{4})\n", text)
    assert text.startswith(f"# {path.name[:4]} ")
    assert "\n## Consequences\n" in text


def test_every_identifier_of_the_glossary_stands_in_the_source() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    sources = [path for path in tracked() if path.suffix in (".py", ".toml") and "src" in path.parts]
    words = {word for path in sources for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    named = {
        word
        for line in glossary.splitlines()
        if line.startswith("|")
        for word in re.findall(r"`(\w+)`", line)
    }
    assert named - words == set()
