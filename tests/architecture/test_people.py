"""People are shown by their name: what a row keeps of somebody is what they sign in with."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
TEMPLATES = sorted(SOURCE.rglob("*.html"))
SHOWN = re.compile(r"{{.*?}}|{% (?:blocktranslate|with|include) .*?%}")
NAMED = re.compile(r"[\w.]+(?:\.|_)by\b(?![\w.])(\|person)?")
NO_PERSON = {"file.merge.by", "file.grades.by", "group.by", "one.by", "task.by", "form.by", "settings.by"}
"""What is called so and is no person: days, columns, fields of a form."""


def unnamed(text: str) -> list[str]:
    """What a template prints of somebody by the name that they sign in with."""
    found = (one for part in SHOWN.findall(text) for one in NAMED.finditer(part))
    return [one[0] for one in found if not one[1] and one[0] not in NO_PERSON]


@pytest.mark.parametrize(
    "text", ["{{ batch.uploaded_by }}", "{% blocktranslate with name=run.decided_by|script %}"]
)
def test_a_template_that_shows_the_login_is_found(text: str) -> None:
    assert unnamed(text)


def test_no_template_shows_people_by_their_login() -> None:
    assert len(TEMPLATES) > 100
    found = {path.name: names for path in TEMPLATES if (names := unnamed(path.read_text(encoding="utf-8")))}
    assert found == {}
