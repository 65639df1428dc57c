"""Which town an address speaks of: a suggestion for whoever left the town away, never a choice."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.territory import Level, Place, Territory, Tree

_SUFFIX = re.compile(r"(?<=..)(?:街道|镇|乡)$")
_COUNTY_SUFFIX = re.compile(r"(?<=..)[县区市]$")
_ROAD = re.compile(r"(?:大道|中路|东路|西路|南路|北路|[路街巷弄桥港村])")
"""What follows a short name that is part of a longer one: 西塘路, 西塘桥 are no 西塘镇."""
_SHOWN = 5


class Suggestion(NamedTuple):
    """A town that an address may mean; `former` is what it was called there, "" for its own name."""

    town: Place
    former: str = ""


class _Hit(NamedTuple):
    """A name at a place of the text; what is longer and further ahead counts first, full names before short ones."""

    start: int
    length: int
    whole: bool
    suggestion: Suggestion


def towns_in(address: str, territory: Territory, *, within: str, day: date) -> list[Suggestion]:
    """The towns at or under `within` on `day` that an address may mean: none, one, or all that bear the name.

    A county that the text names narrows it down. A former name leads to the town that took over. Of two names at one
    place of the text the longer one counts: 西塘桥街道 is not 西塘镇. Never raises for any text.
    """
    text = re.sub(r"\s+", "", folded(address))
    tree = territory.at(day)
    hits = list(chain(_present(text, tree, within), _former(text, territory, tree, within)))
    if not hits:
        return []
    whole = [hit for hit in hits if hit.whole] or hits
    start = min(hit.start for hit in whole)
    length = max(hit.length for hit in whole if hit.start == start)
    best = [hit.suggestion for hit in whole if (hit.start, hit.length) == (start, length)]
    own = [one for one in best if not one.former] or best
    narrowed = [one for one in own if _county_named(text[:start], tree, one.town)]
    return sorted(set(narrowed or own), key=lambda one: one.town.code)


def town_question(found: Iterable[Suggestion], tree: Tree) -> Message | None:
    """What is asked about a row whose town is left away; None where the address says nothing."""
    names = [_title(one, tree) for one in found][:_SHOWN]
    if not names:
        return None
    problem = (
        "没有填写镇（街道），按县（市、区）登记。从地址看可能是 {towns}；如果是，请在“镇（街道）”列填写。"
    )
    return msg(problem, towns="、".join(names))


def _present(text: str, tree: Tree, within: str) -> Iterator[_Hit]:
    for town in tree.descendants(within):
        if town.level is Level.TOWN:
            yield from _hits(text, town.name, Suggestion(town))


def _former(text: str, territory: Territory, tree: Tree, within: str) -> Iterator[_Hit]:
    """Hits of names that towns bore until some day."""
    for row in territory.ended:
        if row.level is Level.TOWN and row.valid_to and row.valid_to <= tree.day and row.name in text:
            home = territory.home(row, tree.day)
            if home and home.name != row.name and tree.is_under(home.code, within):
                yield from _hits(text, row.name, Suggestion(home, row.name))


def _hits(text: str, name: str, suggestion: Suggestion) -> Iterator[_Hit]:
    at = text.find(name)
    if at >= 0:
        yield _Hit(at, len(name), True, suggestion)
        return
    short = _SUFFIX.sub("", name)
    at = text.find(short) if short != name else -1
    if at >= 0 and not _ROAD.match(text, at + len(short)):
        yield _Hit(at, len(short), False, suggestion)


def _county_named(before: str, tree: Tree, town: Place) -> bool:
    """Whether the text before the town names a place above it below the city."""
    counties = [above for above in tree.ancestors(town.code) if above.level in (Level.COUNTY, Level.ZONE)]
    return any(_COUNTY_SUFFIX.sub("", county.name) in before for county in counties)


def _title(one: Suggestion, tree: Tree) -> str:
    above = "".join(place.name for place in tree.ancestors(one.town.code)[:1])
    former = f"，原{one.former}" if one.former else ""
    return f"{above}{one.town.name}（{one.town.code}{former}）"
