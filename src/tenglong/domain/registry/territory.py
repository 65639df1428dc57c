"""The tree of places, valid in time: provinces, cities, counties, zones and towns.

A place row is one name of one place for a half-open span of days. A rename closes a row and opens
another with the same code; a merger closes a row and names the row that takes its figures from that
day. Asked as of an earlier day, everything stands where it stood: history is never rewritten.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise

from tenglong.domain.kernel.errors import BadRules, BadValue, NotFound
from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import Message, msg


class Level(StrEnum):
    """What kind of unit a place is; a zone stands beside counties and has no national code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"
    TOWN = "town"


RANK = {Level.PROVINCE: 0, Level.CITY: 1, Level.COUNTY: 2, Level.ZONE: 2, Level.TOWN: 3}
"""How far below the top a level stands; a place lies under one of a lower number."""


@dataclass(frozen=True)
class Place:
    """One name of one place from `valid_from` until the day before `valid_to`.

    `parent_id` is any row of the parent's code: the parent on a day is the row of that code valid then.
    `successor_id` is the row that counts this place's figures from `valid_to` on; `origin_id` the row that it was split
    from, which counts its figures before `valid_from`.
    """

    id: int
    code: str
    name: str
    level: Level
    parent_id: int | None
    order: int
    valid_from: date
    valid_to: date | None = None
    successor_id: int | None = None
    aliases: tuple[str, ...] = ()
    origin_id: int | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


_SUFFIX = re.compile(r"(?<=..)(街道|[省市县区镇乡])$")
_SHOWN_CANDIDATES = 5
_TREES_KEPT = 20  # the whole country takes 20 MB a day


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
            while len(self._trees) >= _TREES_KEPT:
                self._trees.pop(next(iter(self._trees)), None)
            self._trees[span] = Tree(self, day)
        return self._trees[span]

    def find(self, text: str, *, within: str, day: date) -> Place:
        """The place on `day`, at or under `within`, that a person means by `text`.

        `text` is a code of 6, 9 or 12 characters, a name with or without its suffix (西塘, 西塘镇), a path
        (嘉善县西塘镇), an alias, or a former name. A direct child of `within` wins over places further
        down: in a city's table 南湖 is the district, in the district's own table the street.

        Raises:
            NotFound: nothing of that name there; the sentence names what is similar.
            BadValue: several places bear it, or the one that did was closed; the sentence names them, or its successor.
        """
        asked = _plain(text)
        tree = self.at(day)
        if asked and asked.isascii():
            return self._by_code(asked, tree, within, text)
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
        return self._former((row for row in self.ended if asked in {row.name, _stem(row.name)}), tree, within)

    def _by_code(self, asked: str, tree: "Tree", within: str, text: str) -> Place:
        """Statistical codes have 12 digits: a village leads to its town, trailing zeros to the county or city."""
        code = asked
        if len(asked) == 12:
            code = asked[:6] if asked.endswith("000000") else asked[:9]
        if tree.has(code) and tree.is_under(code, within):
            return tree.place(code)
        if also := tree.names(within)[0].get(code):
            return also[0]
        former = () if tree.has(code) else self.bearers.get(code, ())
        if found := self._former(former, tree, within):
            return found[0]
        problem = "没有代码为“{text}”的地方，或不在本辖区内，请填写 6、9 或 12 位区划代码。"
        raise NotFound(msg(problem, text=text))

    def _former(self, rows: Iterable[Place], tree: "Tree", within: str) -> list[Place]:
        """The places of the scope that went on from ended rows under another name or code.

        Raises:
            BadValue: there is none, but one that was closed; new facts belong to its successor.
        """
        went_on, closed = [], None
        for row in rows:
            home = self.home(row, tree.day) if row.valid_from <= tree.day else None
            if home is None or not tree.is_under(home.code, within):
                continue
            if self.goes_on(row, tree.day):
                went_on.append(home)
            else:
                closed = row
        if closed and not went_on:
            raise BadValue(self.closing(closed, tree.day))
        return sorted(set(went_on), key=lambda place: place.id)

    def goes_on(self, place: Place, day: date) -> bool:
        """Whether the place is there on a later day, if under another name or code: it did not end in another one."""
        while not place.valid_on(day):
            heir = self.places[place.successor_id or 0]
            if heir.code != place.code and self._became.get(heir.id) != [place]:
                return False
            place = heir
        return True

    def closing(self, place: Place, day: date) -> Message:
        """The sentence that names who took over from a place that is closed on `day`."""
        heir = self.home(place, day)
        problem = "“{place}”已于 {day} 撤并，由“{heir}”（{code}）承接，请改填“{heir}”。"
        return msg(
            problem,
            place=place.name,
            day=place.valid_to,
            heir=heir.name if heir else "",
            code=heir.code if heir else "",
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that a place bears or bore."""
        return frozenset(row.name for row in self.places.values())

    @cached_property
    def ended(self) -> tuple[Place, ...]:
        """The rows that end on some day."""
        return tuple(row for row in self.places.values() if row.valid_to is not None)

    def closed(self, code: str, day: date) -> Place | None:
        """The last row that bore `code` and had ended by `day`."""
        rows = [row for row in self.bearers.get(code, ()) if row.valid_to and row.valid_to <= day]
        return rows[-1] if rows else None

    @cached_property
    def bearers(self) -> dict[str, list[Place]]:
        """Every row by the code that it bears, the earliest first."""
        found: dict[str, list[Place]] = {}
        for row in sorted(self.places.values(), key=lambda row: row.valid_from):
            found.setdefault(row.code, []).append(row)
        return found

    def home(self, place: Place, day: date) -> Place | None:
        """The place that counts the figures of `place` on `day`; None where nothing above it existed yet.

        A place that has ended counts under its successor. One that does not exist yet counts under the
        row that bore its code on that day, else under the only place that became it, else under the one
        that it was split from, else under its parent: so every row ever made counts exactly once on any day.
        """
        if place.valid_on(day):
            return place
        if place.valid_from <= day:
            return self.home(self.places[place.successor_id or 0], day)
        olds = self._became.get(place.id, [])
        same_code = [old for old in olds if old.code == place.code]
        if len(same_code or olds) == 1:
            return self.home((same_code or olds)[0], day)
        before = place.parent_id if place.origin_id is None else place.origin_id
        return None if before is None else self.home(self.places[before], day)

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
            if closed := self.territory.closed(code, self.day):
                raise NotFound(self.territory.closing(closed, self.day))
            problem = "{day} 没有代码为“{code}”的行政区划，请核对代码和日期。"
            raise NotFound(msg(problem, day=self.day, code=code))
        return self._by_code[code]

    def is_under(self, code: str, within: str) -> bool:
        """Whether the place is `within` or lies below it."""
        return code == within or any(above.code == within for above in self.ancestors(code))

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

    @cached_property
    def positions(self) -> dict[int, int]:
        """Where each row, of any time, stands in the official order of this day, parents before children; what counts
        nowhere yet stands behind all."""
        codes = [place.code for root in self.roots for place in self.descendants(root.code)]
        position = {code: number for number, code in enumerate(codes)}
        homes = ((place.id, self.territory.home(place, self.day)) for place in self.territory.places.values())
        return {id: position[home.code] if home else len(position) for id, home in homes}

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


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", folded(text)).upper()


def _stem(name: str) -> str:
    """The name without 省 市 县 区 镇 乡 街道; at least two characters stay."""
    return _SUFFIX.sub("", name)


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


# What a set of rows must satisfy to be one tree on every day.


def check_places(rows: Sequence[Place]) -> None:
    """Refuse rows that do not make one tree on every day.

    Parents must be of a higher level and successors must outlive what they succeed, so neither the
    tree nor the line of successors can run in a circle.

    Raises:
        BadRules: a repeated id, an empty span, a gap or overlap in one code's rows, a parent that is
            missing for part of the time or not of a higher level, an ended place without an heir.
    """
    by_id = {row.id: row for row in rows}
    if len(by_id) < len(rows):
        raise BadRules(msg("行政区划有重复的 id，请为每一行使用不同的 id。"))
    by_code = {
        code: sorted(group, key=lambda row: row.valid_from)
        for code, group in groupby(sorted(rows, key=lambda row: row.code), key=lambda row: row.code)
    }
    for spans in by_code.values():
        _check_spans(spans)
    for row in rows:
        _check_parent(row, by_id, by_code)
        _check_successor(row, by_id)


def _check_spans(spans: Sequence[Place]) -> None:
    for row in spans:
        if row.valid_to is not None and row.valid_to <= row.valid_from:
            raise BadRules(msg("{place} 的终止日期不晚于起始日期，请改正。", place=_title(row)))
    for one, other in pairwise(spans):
        if one.valid_to is None or one.valid_to > other.valid_from:
            problem = "{one} 与 {other} 的有效期重叠，请使前者的终止日期等于后者的起始日期。"
            raise BadRules(msg(problem, one=_title(one), other=_title(other)))
        if one.valid_to < other.valid_from:
            problem = "{one} 与 {other} 的有效期之间有空档，请使前者的终止日期等于后者的起始日期。"
            raise BadRules(msg(problem, one=_title(one), other=_title(other)))


def _check_parent(row: Place, by_id: dict[int, Place], by_code: dict[str, list[Place]]) -> None:
    if row.parent_id is None:
        return
    parent = by_id.get(row.parent_id)
    if parent is None:
        raise BadRules(msg("{place} 的上级不存在，请先补充上级。", place=_title(row)))
    if RANK[parent.level] >= RANK[row.level]:
        problem = "{place} 的上级 {parent} 级别不高于它自己，行政区划会成环，请改正上级。"
        raise BadRules(msg(problem, place=_title(row), parent=_title(parent)))
    spans = by_code[parent.code]
    end = spans[-1].valid_to
    if spans[0].valid_from > row.valid_from or (
        end is not None and (row.valid_to is None or row.valid_to > end)
    ):
        problem = "{place} 有效期内有一段时间没有上级 {parent}，请为这段时间另立一行或改正日期。"
        raise BadRules(msg(problem, place=_title(row), parent=_title(parent)))


def _check_successor(row: Place, by_id: dict[int, Place]) -> None:
    if row.valid_to is None:
        if row.successor_id is not None:
            raise BadRules(
                msg("{place} 没有终止日期，却写了承接单位，请补日期或删去承接单位。", place=_title(row))
            )
        return
    heir = by_id.get(row.successor_id or 0)
    if heir is None:
        raise BadRules(msg("{place} 已撤销，请写明由谁承接（successor）。", place=_title(row)))
    if not heir.valid_on(row.valid_to):
        problem = "{place} 的承接单位 {heir} 在 {day} 并不存在，请改正承接单位或日期。"
        raise BadRules(msg(problem, place=_title(row), heir=_title(heir), day=row.valid_to))


def _title(row: Place) -> str:
    return f"{row.name}（{row.code}，id {row.id}）"
