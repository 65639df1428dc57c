"""What a page asks of a browser that the oldest one cannot do, read with Python's parser of HTML."""

from html.parser import HTMLParser

from tools.floor.features import Found, newer
from tools.floor.styles import in_declarations


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Found] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look("elements", tag, f"<{tag}>")
        for name, value in attrs:
            self._look("attributes", name, f"{name}=")
            if name == "style" and value:
                self.found += [
                    Found(one.feature, one.since, self.getpos()[0]) for one in in_declarations(value)
                ]

    def _look(self, kind: str, name: str, label: str) -> None:
        since = newer(kind).get(name)
        if since:
            self.found.append(Found(label, since, self.getpos()[0]))


def in_markup(text: str) -> list[Found]:
    """Each newer element, attribute and style attribute of a page or a template."""
    reader = _Reader()
    reader.feed(text)
    return reader.found
