"""The tree of places, valid in time: provinces, cities, counties, zones and towns.

A place row is one name of one place for a half-open span of days. A rename closes a row and opens
another with the same code; a merger closes a row and names the row that takes its figures from that
day. Asked as of an earlier day, everything stands where it stood: history is never rewritten.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from functools import cache, cached_property

from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.registry.places import Place, check_places, read_places

_SUFFIX = re.compile(r"(?<=..)(街道|[省市县区镇乡])$")
_SHOWN_CANDIDATES = 5


class Territory:
    """All places that ever were, and the tree of any one day.

    Raises:
        BadRules: the rows do not make one tree on every day (cycle, gap, overlap, missing parent or heir).
    """

    def __init__(self, places: Iterable[Place]):
        self.places: dict[int, Place] = {}
        rows = sorted(places, key=lambda place: place.id)
        check_places(rows)
        self.places.update((place.id, place) for place in rows)
        self._trees: dict[int, Tree] = {}

    def at(self, day: date) -> "Tree":
        """The tree of `day`; days between two changes share one tree."""
        span = bisect_right(self._change_days, day)
        if span not in self._trees:
            self._trees[span] = Tree(self, day)
        return self._trees[span]

    def find(self, text: str, *, within: str, day: date) -> Place:
        """The place on `day`, at or under `within`, that a person means by `text`.

        `text` is a code of 6, 9 or 12 characters, a name with or without its suffix (西塘, 西塘镇), a path
        (嘉善县西塘镇), an alias, or a former name. A direct child of `within` wins over places further
        down: in a city's table 南湖 is the district, in the district's own table the street.

        Raises:
            NotFound: nothing of that name there; the sentence names what is similar.
            BadValue: several places bear it; the sentence names them.
        """
        asked = _plain(text)
        tree = self.at(day)
        if asked and asked.isascii():
            return _by_code(asked, tree, within, text)
        named = self._named(asked, tree, within)
        near = [place for place in named if place.parent_id and tree.parent_code(place) == within]
        chosen = near if len(near) == 1 else named
        if len(chosen) > 1:
            problem = "“{text}”可以指 {candidates}，请填写全称或代码。"
            raise BadValue(msg(problem, text=text, candidates=_titles(chosen, tree)))
        if not chosen:
            similar = [
                place for place in tree.descendants(within) if _stem(asked) and _stem(asked) in place.name
            ]
            raise NotFound(_unknown(text, tree.place(within), _titles(similar, tree)))
        return chosen[0]

    def _named(self, asked: str, tree: "Tree", within: str) -> list[Place]:
        """The places of the scope with that name; full names before short ones, present before former."""
        full, short = tree.names(within)
        if asked in full or asked in short:
            return full.get(asked) or short[asked]
        codes = {place.code for place in tree.descendants(within)}
        former = [place for place in self.places.values() if asked in {place.name, _stem(place.name)}]
        homes = {self.home(place, tree.day) for place in former if place.valid_from <= tree.day}
        return sorted((place for place in homes if place and place.code in codes), key=lambda place: place.id)

    def home(self, place: Place, day: date) -> Place | None:
        """The place that counts the figures of `place` on `day`; None where nothing above it existed yet.

        A place that has ended counts under its successor. One that does not exist yet counts under the
        row that bore its code on that day, else under the only place that became it, else under its
        parent: so every row ever made counts exactly once on any day.
        """
        if place.valid_on(day):
            return place
        if place.valid_from <= day:
            return self.home(self.places[place.successor_id or 0], day)
        olds = self._became.get(place.id, [])
        same_code = [old for old in olds if old.code == place.code]
        if len(same_code or olds) == 1:
            return self.home((same_code or olds)[0], day)
        return None if place.parent_id is None else self.home(self.places[place.parent_id], day)

    @cached_property
    def _change_days(self) -> list[date]:
        days = {place.valid_from for place in self.places.values()}
        return sorted(days | {place.valid_to for place in self.places.values() if place.valid_to})

    @cached_property
    def _became(self) -> dict[int, list[Place]]:
        """For each row that began when others ended: those others."""
        before: dict[int, list[Place]] = {}
        for place in self.places.values():
            heir = self.places.get(place.successor_id or 0)
            if heir and heir.valid_from == place.valid_to:
                before.setdefault(heir.id, []).append(place)
        return before


class Tree:
    """The places in force on one day. Unknown codes raise NotFound."""

    def __init__(self, territory: Territory, day: date):
        self.day = day
        self.territory = territory
        self._by_code = {place.code: place for place in territory.places.values() if place.valid_on(day)}
        self._children: dict[str | None, list[Place]] = {}
        self._above: dict[str, tuple[Place, ...]] = {}
        self._below: dict[str, tuple[Place, ...]] = {}
        self._names: dict[str, tuple[dict[str, list[Place]], dict[str, list[Place]]]] = {}
        for place in sorted(self._by_code.values(), key=lambda place: (place.order, place.code)):
            self._children.setdefault(self.parent_code(place), []).append(place)

    def has(self, code: str) -> bool:
        """Whether some place bears `code` on this day."""
        return code in self._by_code

    def place(self, code: str) -> Place:
        """The place that bears `code` on this day."""
        if code not in self._by_code:
            problem = "{day} 没有代码为“{code}”的行政区划，请核对代码和日期。"
            raise NotFound(msg(problem, day=self.day, code=code))
        return self._by_code[code]

    @property
    def roots(self) -> tuple[Place, ...]:
        """The places without a parent."""
        return tuple(self._children.get(None, ()))

    def children(self, code: str) -> tuple[Place, ...]:
        """The places directly under `code`, in official order."""
        return tuple(self._children.get(self.place(code).code, ()))

    def ancestors(self, code: str) -> tuple[Place, ...]:
        """The places above `code`, nearest first."""
        if code not in self._above:
            above = self.parent_code(self.place(code))
            self._above[code] = (self.place(above), *self.ancestors(above)) if above else ()
        return self._above[code]

    def descendants(self, code: str) -> tuple[Place, ...]:
        """`code` itself and every place below it, in official order."""
        if code not in self._below:
            below = (place for child in self.children(code) for place in self.descendants(child.code))
            self._below[code] = (self.place(code), *below)
        return self._below[code]

    def members(self, code: str) -> frozenset[int]:
        """The ids of all rows, of any time, whose figures count under `code` on this day."""
        return self._members[self.place(code).code]

    @cached_property
    def _members(self) -> dict[str, frozenset[int]]:
        ids: dict[str, set[int]] = {code: set() for code in self._by_code}
        for place in self.territory.places.values():
            home = self.territory.home(place, self.day)
            code = home.code if home else None
            while code:
                ids[code].add(place.id)
                code = self.parent_code(self._by_code[code])
        return {code: frozenset(found) for code, found in ids.items()}

    def names(self, within: str) -> tuple[dict[str, list[Place]], dict[str, list[Place]]]:
        """The places at or under `within` by full and by short name, with or without the names above."""
        if within not in self._names:
            full: dict[str, list[Place]] = {}
            short: dict[str, list[Place]] = {}
            for place in self.descendants(within):
                own = self._paths(place)
                for name in own:
                    full.setdefault(name, []).append(place)
                for name in {_stem(name) for name in own} - own:
                    short.setdefault(name, []).append(place)
            self._names[within] = full, short
        return self._names[within]

    def _paths(self, place: Place) -> set[str]:
        own = {_plain(name) for name in (place.name, *place.aliases)}
        for above in self.ancestors(place.code):
            own |= {prefix + name for prefix in (above.name, _stem(above.name)) for name in own}
        return own

    def parent_code(self, place: Place) -> str | None:
        """The code directly above `place`, None at the top."""
        return None if place.parent_id is None else self.territory.places[place.parent_id].code


@cache
def load_places() -> Territory:
    """The places that ship with the program: Zhejiang, Jiaxing, its counties, zones and towns."""
    return Territory(read_places(load_rules("tenglong.domain.registry", "data/places.toml")))


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def _stem(name: str) -> str:
    """The name without 省 市 县 区 镇 乡 街道; at least two characters stay."""
    return _SUFFIX.sub("", name)


def _by_code(asked: str, tree: Tree, within: str, text: str) -> Place:
    """Statistical codes have 12 digits: a village leads to its town, trailing zeros to the county or city."""
    code = asked
    if len(asked) == 12:
        code = asked[:6] if asked.endswith("000000") else asked[:9]
    found = [place for place in tree.descendants(within) if place.code == code]
    if not found:
        problem = "没有代码为“{text}”的地方，或不在本辖区内，请填写 6、9 或 12 位区划代码。"
        raise NotFound(msg(problem, text=text))
    return found[0]


def _unknown(text: str, within: Place, candidates: str) -> Message:
    if candidates:
        problem = "{within}没有“{text}”，是否为 {candidates}？请填写全称或代码。"
        return msg(problem, within=within.name, text=text, candidates=candidates)
    return msg("{within}没有“{text}”，请填写全称或区划代码。", within=within.name, text=text)


def _titles(places: Iterable[Place], tree: Tree) -> str:
    shown = list(places)[:_SHOWN_CANDIDATES]
    return "、".join(
        "".join(above.name for above in tree.ancestors(place.code)[:1]) + f"{place.name}（{place.code}）"
        for place in shown
    )
