"""What happens to places: added, put in order, renamed, moved, merged, split and closed, each from a day on.

A change gives the rows that it touches as they were and as they are from then on. Nothing of earlier days moves: a row
ends on the day and another begins, so that figures and ranks as of earlier days stay what they were. Taking the changes
back one after the other, from the last, gives the places as they were known at any moment (`known_before`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

from tenglong.domain.kernel.errors import BadRules, BadValue, Conflict
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.territory import RANK, Level, Place, Territory, Tree

_CODE = re.compile(r"\d{4}[0-9A-Z]{2}([0-9A-Z]{3})?")
_NAME = re.compile(r"[\w（）()·、—-]{2,40}")
_OWN = "ZYXWVUT"
"""How codes of this program's own begin after those of the place above: no official code has letters."""
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Kind(StrEnum):
    """What happens to a place. `take_back` says that an earlier change was recorded by mistake."""

    ADD = "add"
    ORDER = "order"
    RENAME = "rename"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"
    CLOSE = "close"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Step:
    """One thing that happens on a day to the place `code`; to add one, `code` is the place above it.

    `name`: of what begins, or what the place is called from then on; `new_code`: of what begins. `other`: the code of
    the place that it merges into, that takes over from it, or that it comes under. `position` in the official order,
    from 1. `aliases`: what people also call it, a new official code among them: the code of a place never changes.
    """

    kind: Kind
    day: date
    code: str
    name: str = ""
    new_code: str = ""
    other: str = ""
    position: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """The rows that a step touches, by id: as they were (None: not there), and as they are from then on."""

    before: Mapping[int, Place | None]
    after: Mapping[int, Place | None]
    answering: frozenset[int]
    """The places whose offices answer for it: those above everything that it touches. 0 is above a province."""

    @property
    def undone(self) -> "Change":
        """What takes it back."""
        return Change(self.after, self.before, self.answering)


def change(territory: Territory, step: Step, next_id: int) -> Change:
    """What a step does. New rows get ids from `next_id` on.

    Raises:
        NotFound: a place is not there on the day; BadValue: something is missing or impossible.
        Conflict: something happened to the place later, or the name or code is taken.
    """
    draft = _Draft(territory, step.day, next_id)
    _HOW[step.kind](draft, step)
    return draft.change()


def answering(
    before: Mapping[int, Place | None], after: Mapping[int, Place | None], known: Mapping[int, Place]
) -> frozenset[int]:
    """The places above everything that a change touches, those that take over from what ends among it; of places that
    are `known` beside it."""
    asked = set()
    for row in (*before.values(), *after.values()):
        if row is None:
            continue
        if row.parent_id is None or row.parent_id in known:
            asked.add(row.parent_id or 0)
        if heir := known.get(row.successor_id or 0):
            asked.add(heir.id if row.parent_id == heir.id else heir.parent_id or 0)
    return frozenset(asked)


def applied(territory: Territory, changes: Iterable[Change]) -> Territory:
    """The places after changes, in their order.

    Raises:
        Conflict: they do not fit what happened to places later.
    """
    rows: dict[int, Place | None] = dict(territory.places)
    for one in changes:
        rows |= one.after
    try:
        return Territory(row for row in rows.values() if row is not None)
    except BadRules as error:
        problem = "这一步与单位在其他日期的变动不符：{why}"
        raise Conflict(msg(problem, why=error.message)) from error


class _Draft:
    """The rows that a step touches, while it is thought through."""

    def __init__(self, territory: Territory, day: date, next_id: int):
        self.day, self.tree = day, territory.at(day)
        self._territory, self._next_id = territory, next_id
        self._after: dict[int, Place | None] = {}

    def open(self, code: str) -> Place:
        """The place on the day, to which nothing happens later.

        Raises:
            NotFound: there is none; Conflict: something happens to it later.
        """
        place = self.tree.place(code)
        if place.valid_to is not None:
            problem = "“{place}”在 {day} 已有变动，请填写这一天或更晚的日期，或先撤回那次变动。"
            raise Conflict(msg(problem, place=place.name, day=place.valid_to))
        return place

    def anew(self, place: Place, **said: Any) -> Place:
        """The place says something else from the day on. It keeps its code: what lies under it stays there."""
        row = replace(place, **said)
        if place.valid_from < self.day:
            row = replace(row, id=self._new_id(), valid_from=self.day, origin_id=None)
            self._put(replace(place, valid_to=self.day, successor_id=row.id))
        self._put(row)
        return row

    def begin(self, **said: Any) -> Place:
        """A place that was not there before."""
        row = Place(id=self._new_id(), valid_from=self.day, **said)
        self._put(row)
        return row

    def end(self, place: Place, heir: Place) -> None:
        """The place ends, and its figures go to another.

        Raises:
            Conflict: it began on that very day.
        """
        if place.valid_from == self.day:
            problem = "“{place}”从 {day} 起才有，不能在当天撤并；登记错了请撤回那一步。"
            raise Conflict(msg(problem, place=place.name, day=self.day))
        self._put(replace(place, valid_to=self.day, successor_id=heir.id))
        self.under(place, heir)

    def under(self, place: Place, heir: Place) -> None:
        """What lies under a place comes under another."""
        for child in self.tree.children(place.code):
            _check_above(heir, child.level, child.name)
            self.anew(self.open(child.code), parent_id=heir.id)

    def new_code(self, wanted: str, level: Level, above: Place) -> str:
        """The code that is wanted, else one of this program's own.

        Raises:
            BadValue: it is no code of the level; Conflict: some place bears or bore it.
        """
        taken = {place.code for place in self._territory.places.values()}
        if not wanted:
            return next(code for code in _own_codes(level, above) if code not in taken)
        length = 9 if level is Level.TOWN else 6
        if not _CODE.fullmatch(wanted) or len(wanted) != length:
            problem = "“{code}”不是{length}位区划代码；没有代码可不填，系统会编一个内部代码。"
            raise BadValue(msg(problem, code=wanted, length=str(length)))
        if wanted in taken:
            raise Conflict(msg("代码“{code}”已被使用过，请核对。", code=wanted))
        return wanted

    def check_name(self, name: str, above: str | None, own: str = "") -> None:
        """Refuse a name that is none, or that a place beside the one of the code `own` bears.

        Raises:
            BadValue, Conflict.
        """
        if not _NAME.fullmatch(name):
            problem = "“{name}”不能作为单位名称，请填写 2 至 40 个字，不含空格和符号。"
            raise BadValue(msg(problem, name=name[:50]))
        beside = self.tree.children(above) if above else self.tree.roots
        if any(place.name == name and place.code != own for place in beside):
            raise Conflict(msg("同一上级之下已有“{name}”，请换一个名称，或核对是否已登记。", name=name))

    def change(self) -> Change:
        """All of it; where nothing would be different there is nothing to do.

        Raises:
            Conflict: nothing is different.
        """
        before = {id: self._territory.places.get(id) for id in self._after}
        if before == self._after:
            raise Conflict(msg("没有任何改动，无需保存。"))
        return Change(before, self._after, answering(before, self._after, self._territory.places))

    def _put(self, row: Place) -> None:
        self._after[row.id] = row

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


def _add(draft: _Draft, step: Step) -> None:
    above = draft.open(step.code)
    beside = draft.tree.children(above.code)
    towns = bool(beside) and all(place.level is Level.TOWN for place in beside)
    level = Level.TOWN if towns or RANK[above.level] == RANK[Level.COUNTY] else Level.ZONE
    _check_above(above, level, step.name)
    for name in (step.name, *step.aliases):
        draft.check_name(name, above.code)
    last = max((place.order for place in beside), default=0)
    code = draft.new_code(step.new_code, level, above)
    draft.begin(
        code=code, name=step.name, level=level, parent_id=above.id, order=last + 1, aliases=step.aliases
    )


def _order(draft: _Draft, step: Step) -> None:
    place = draft.open(step.code)
    above = draft.tree.parent_code(place)
    beside = list(draft.tree.children(above)) if above else list(draft.tree.roots)
    if not 1 <= step.position <= len(beside):
        problem = "次序应为 1 至 {last} 的整数，请改正。"
        raise BadValue(msg(problem, last=len(beside)))
    beside.remove(place)
    beside.insert(step.position - 1, place)
    for number, one in enumerate(beside, start=1):
        if one.order != number:
            draft.anew(draft.open(one.code), order=number)


def _rename(draft: _Draft, step: Step) -> None:
    place = draft.open(step.code)
    for alias in step.aliases:
        draft.check_name(alias, draft.tree.parent_code(place), own=place.code)
    said: dict[str, Any] = {"aliases": step.aliases} if step.aliases else {}
    if step.name and step.name != place.name:
        draft.check_name(step.name, draft.tree.parent_code(place))
        said["name"] = step.name
    if not said:
        raise Conflict(msg("没有任何改动，无需保存。"))
    draft.anew(place, **said)


def _move(draft: _Draft, step: Step) -> None:
    place, above = draft.open(step.code), draft.open(_needed(step.other, msg("请填写新的上级。")))
    _check_above(above, place.level, place.name)
    if draft.tree.parent_code(place) == above.code:
        raise Conflict(msg("“{place}”已在“{above}”之下，无需移动。", place=place.name, above=above.name))
    draft.check_name(place.name, above.code)
    last = max((one.order for one in draft.tree.children(above.code)), default=0)
    draft.anew(place, parent_id=above.id, order=last + 1)


def _merge(draft: _Draft, step: Step) -> None:
    place = draft.open(step.code)
    if step.other:
        heir = draft.open(step.other)
        if RANK[heir.level] != RANK[place.level]:
            problem = "“{place}”只能并入同级的单位；“{heir}”与它不同级，请改选，或按“撤销”登记。"
            raise BadValue(msg(problem, place=place.name, heir=heir.name))
    else:
        draft.check_name(
            _needed(step.name, msg("请填写并入的单位，或合并后的新名称。")), draft.tree.parent_code(place)
        )
        code = draft.new_code(step.new_code, place.level, place)
        heir = draft.begin(
            code=code, name=step.name, level=place.level, parent_id=place.parent_id, order=place.order
        )
    _check_heir(draft.tree, place, heir)
    draft.end(place, heir)


def _split(draft: _Draft, step: Step) -> None:
    place = draft.open(step.code)
    for name in (_needed(step.name, msg("请填写分出单位的名称。")), *step.aliases):
        draft.check_name(name, draft.tree.parent_code(place))
    above = draft.tree.place(draft.tree.parent_code(place) or place.code)
    code = draft.new_code(step.new_code, place.level, above)
    last = max((one.order for one in draft.tree.children(above.code)), default=0)
    draft.begin(
        code=code, name=step.name, level=place.level, parent_id=place.parent_id, order=last + 1,
        aliases=step.aliases, origin_id=place.id,
    )  # fmt: skip


def _close(draft: _Draft, step: Step) -> None:
    place, heir = draft.open(step.code), draft.open(_needed(step.other, msg("请填写承接单位。")))
    if RANK[heir.level] > RANK[place.level]:
        problem = "承接“{place}”的应是同级或上级单位，“{heir}”比它低，请改选。"
        raise BadValue(msg(problem, place=place.name, heir=heir.name))
    _check_heir(draft.tree, place, heir)
    draft.end(place, heir)


_HOW: dict[Kind, Callable[[_Draft, Step], None]] = {
    Kind.ADD: _add,
    Kind.ORDER: _order,
    Kind.RENAME: _rename,
    Kind.MOVE: _move,
    Kind.MERGE: _merge,
    Kind.SPLIT: _split,
    Kind.CLOSE: _close,
}


def _needed(text: str, problem: Message) -> str:
    if not text:
        raise BadValue(problem)
    return text


def _check_above(above: Place, level: Level, name: str) -> None:
    if RANK[above.level] >= RANK[level]:
        problem = "“{place}”不能设在“{above}”之下：上级须比它高一级，请改选。"
        raise BadValue(msg(problem, place=name, above=above.name))


def _check_heir(tree: Tree, place: Place, heir: Place) -> None:
    if heir in tree.descendants(place.code):
        problem = "“{heir}”在“{place}”之下，不能承接它，请改选。"
        raise BadValue(msg(problem, place=place.name, heir=heir.name))


def _own_codes(level: Level, above: Place) -> Iterator[str]:
    """Codes for places without one: behind the digits of the city or county above them."""
    if level is Level.TOWN:
        yield from (above.code[:6] + "".join(end) for end in product(_OWN, _DIGITS, _DIGITS))
    else:
        yield from (above.code[:4] + "".join(end) for end in product(_OWN, _DIGITS))
