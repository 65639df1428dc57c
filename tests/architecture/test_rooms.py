"""Every layer has the rooms of the domain's stages, and no others (docs/adr/0018-rooms.md)."""

from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src/tenglong"
STAGES = {path.parent.name for path in (PACKAGE / "domain").glob("*/__init__.py")}
# Not of one stage: what every page loads.
OF_EVERY_PAGE = {"web": {"collected", "locale", "static", "templates", "templatetags"}}


@pytest.mark.parametrize("layer", ["queries", "actions", "web", "api", "cli"])
def test_the_folders_of_a_layer_are_stages(layer: str) -> None:
    folders = {path.name for path in (PACKAGE / layer).iterdir() if path.is_dir() and any(path.rglob("*.*"))}
    assert folders - {"__pycache__"} - OF_EVERY_PAGE.get(layer, set()) - STAGES == set()


def test_templates_of_two_rooms_have_different_names() -> None:
    places = [PACKAGE / "web/templates", *(PACKAGE / "web").glob("*/templates")]
    names = [str(path.relative_to(place)) for place in places for path in place.rglob("*.html")]
    assert sorted(names) == sorted(set(names))


def test_no_module_repeats_the_name_of_its_room() -> None:
    modules = [path for path in PACKAGE.rglob("*/*.py") if path.parent.name in STAGES]
    assert [str(path) for path in modules if path.stem.startswith(path.parent.name)] == []
