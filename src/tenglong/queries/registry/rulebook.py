"""The rulebook of a place: what its city, or whoever stands above it, put in place of the shipped rule files."""

from collections.abc import Iterable
from datetime import date, datetime

from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.queries.kernel.rules import shelf
from tenglong.queries.registry.territory import territory


def rulebook(code: str, day: date, known_at: datetime | None = None) -> Rulebook:
    """What counts on `day` at the place `code`, as it was known at a moment."""
    return shelf().book(path_of(code, day), day, known_at)


def rulebook_of(place_id: int, day: date, known_at: datetime | None = None) -> Rulebook:
    """What counts at a place given by its row."""
    return rulebook(territory().places[place_id].code, day, known_at)


def path_of(code: str, day: date) -> tuple[str, ...]:
    """A place and those above it on a day, the nearest first; a place that is closed has those of its successor."""
    tree = territory().at(day)
    if not tree.has(code):
        homes: Iterable = (territory().home(row, day) for row in territory().bearers.get(code, ()))
        code = next((home.code for home in homes if home), "")
    return (code, *(above.code for above in tree.ancestors(code))) if code else ()
