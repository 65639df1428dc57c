"""Every form that writes, and whatever htmx sends, carries the key by which it is done once (config.once)."""

import re
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src/tenglong/web"
FORM = re.compile(r"<form\b([^>]*(?:\{%.*?%\}[^>]*)*)>(.*?)</form>", re.S)
POSTS = re.compile(r"""method=["']?post|formmethod=["']?post""", re.I)
HTMX = re.compile(r"\bhx-(?:post|put|patch|delete)=")
KEY = "{% csrf_token %}"


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(WEB.rglob("templates/**/*.html")):
        yield str(path.relative_to(WEB)), path.read_text(encoding="utf-8")


def test_every_form_that_posts_carries_a_key() -> None:
    found, without = 0, []
    for name, text in templates():
        whole = [match for match in FORM.finditer(text) if POSTS.search(match[0])]
        found += len(whole)
        without += [name for match in whole if KEY not in match[2]]
        assert len(re.findall(r"<form\b", text)) == len(FORM.findall(text)), f"{name}: a form without an end"
    assert not without and found > 40


def test_whatever_htmx_sends_stands_in_a_form_with_a_key() -> None:
    """htmx sends the fields of the form around an element along; the document's header is for what has none."""
    found = 0
    for name, text in templates():
        inside = [match.span() for match in FORM.finditer(text) if KEY in match[2]]
        for match in HTMX.finditer(text):
            found += 1
            assert any(start < match.start() < end for start, end in inside), name
    assert found >= 2
    assert (
        """hx-headers='{"X-CSRFToken": "{{ csrf_token }}"}'"""
        in dict(templates())["templates/layout/document.html"]
    )


def test_nothing_posts_past_forms_and_htmx() -> None:
    """Our own scripts send nothing but forms; who adds a `fetch` that writes gives it a key, and this test a line."""
    own = [path for path in (WEB / "static").glob("*.js")]
    assert own and not [
        path.name for path in own if re.search(r"fetch\(|XMLHttpRequest|sendBeacon", path.read_text("utf-8"))
    ]
