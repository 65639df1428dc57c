"""Rows of places, and what a set of them must satisfy to be one tree on every day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile


class Level(StrEnum):
    """What kind of unit a place is; a zone stands beside counties and has no national code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"
    TOWN = "town"


_RANK = {Level.PROVINCE: 0, Level.CITY: 1, Level.COUNTY: 2, Level.ZONE: 2, Level.TOWN: 3}


@dataclass(frozen=True)
class Place:
    """One name of one place from `valid_from` until the day before `valid_to`.

    `parent_id` is any row of the parent's code: the parent on a day is the row of that code valid then.
    `successor_id` is the row that counts this place's figures from `valid_to` on.
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

    def valid_on(self, day: date) -> bool:
        """Whether the row is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def read_places(rules: RuleFile) -> list[Place]:
    """The rows of a places file; parents and successors are named there by code.

    Raises:
        BadRules: a row lacks a key, has an unknown level, or names a code that is not in the file.
    """
    rows = sorted(rules.content["places"], key=lambda row: (row["code"], row.get("from", date.min)))
    last_id = {row["code"]: row["id"] for row in rows}
    following = {one["id"]: other["id"] for one, other in pairwise(rows) if one["code"] == other["code"]}
    try:
        return [_place(row, rules.content["always"], last_id, following) for row in rows]
    except (KeyError, ValueError) as error:
        problem = "行政区划文件 {name} 有误：{why}，请核对每行的键、级别和上级代码。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


def _place(row: Mapping[str, Any], always: date, last_id: dict[str, int], following: dict[int, int]) -> Place:
    successor = last_id[row["successor"]] if "successor" in row else following.get(row["id"])
    return Place(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        level=Level(row["level"]),
        parent_id=last_id[row["parent"]] if "parent" in row else None,
        order=row["order"],
        valid_from=row.get("from", always),
        valid_to=row.get("to"),
        successor_id=successor if "to" in row else None,
        aliases=tuple(row.get("aliases", ())),
    )


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
    if _RANK[parent.level] >= _RANK[row.level]:
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
