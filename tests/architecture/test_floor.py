"""Nothing is served that the oldest browser cannot do: styles, scripts and templates, each read by a parser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.floor.features import Found, borne, oldest
from tools.floor.markup import in_markup
from tools.floor.scripts import in_script
from tools.floor.styles import in_style

WEB = Path(__file__).resolve().parents[2] / "src/tenglong/web"
STATIC = WEB / "static"
SERVED = sorted(path for path in STATIC.rglob("*") if path.suffix in (".css", ".js"))
READERS: dict[str, Callable[[str], list[Found]]] = {".css": in_style, ".js": in_script, ".html": in_markup}


def names(path: Path, feature: str) -> set[tuple[str, str]]:
    """Under which names floor.toml may allow the feature in this file."""
    return {("", feature), (path.relative_to(STATIC).as_posix(), feature)}


def test_the_styles_and_scripts_of_the_library_are_there():
    assert {path.name for path in SERVED} >= {"tabler.min.css", "tenglong.css", "tenglong.js", "htmx.min.js"}


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_what_is_served_is_understood_by_the_oldest_browser(path):
    found = READERS[path.suffix](path.read_text(encoding="utf-8"))
    refused = [one for one in found if not names(path, one.feature) & borne()]
    told = [f"line {one.line}: {one.feature}, since Chromium {one.since}" for one in refused]
    assert not told, (
        f"{path.name} must do with Chromium {oldest()}: write it in an older way, or see tools/floor"
    )


def test_every_template_is_understood_by_the_oldest_browser():
    templates = sorted(WEB.rglob("*.html"))
    told = [f"{path.name}: {one.feature}" for path in templates for one in in_markup(path.read_text("utf-8"))]
    assert templates and not told


def test_nothing_is_allowed_that_nothing_needs():
    needed = {
        name
        for path in SERVED
        for one in READERS[path.suffix](path.read_text(encoding="utf-8"))
        for name in names(path, one.feature)
    }
    assert borne() <= needed
