"""What reading a table of firms gives, whatever the file: rows to rate, rows that cannot be, and what is to be said."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenglong.domain.evaluation.inputs import one_basis
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.kernel.errors import BadFile, BadValue
from tenglong.domain.kernel.messages import Message, label, msg

NAMED = 5  # how many of many a sentence names
UNREADABLE, NO_ID, NO_YEAR = "unreadable", "no_id", "no_year"


@dataclass(frozen=True)
class Unread:
    """A row that cannot be rated: where it stands, as far as it could be read, and why.

    `others` are further cells of the row that could not be read.
    """

    place: str
    id: str
    name: str
    year: int | None
    reason: str
    message: Message
    others: tuple[Message, ...] = ()


@dataclass(frozen=True)
class FirmTable:
    """A table of firms that engines can read: a Parquet file with `id`, `year` and the columns of the scheme.

    `rows` are those of the file and `unread`, together all rows of the input. `name` tells whether there is a
    column `name`; `years` are those that occur, in order. `original`: the file is the input itself, untouched.
    """

    path: Path
    rows: int
    years: tuple[int, ...]
    name: bool
    unread: tuple[Unread, ...] = ()
    notes: tuple[Message, ...] = ()
    original: bool = False


def why_not(place: str, problem: Message | None, id: str, year: int | None) -> tuple[str, Message] | None:
    """Why the row at `place` cannot be rated, with the id of the reason; None if it can."""
    if problem:
        return UNREADABLE, problem
    if not id:
        return NO_ID, msg("{place}没有写明是哪家企业，请补填编号、代码或名称。", place=place)
    if year is None:
        return NO_YEAR, msg("{place}没有写年度，请补填。", place=place)
    return None


def refuse_doubles(
    filename: str, doubles: Mapping[str, Sequence[str]], count: int, *, by_name: bool = False
) -> None:
    """Refuse a table in which a firm stands twice in one year; `doubles` are some of them, with their places.

    Where firms are known `by_name` only, two of one name may be two firms.

    Raises:
        BadFile: there are any.
    """
    if count:
        named = "；".join(f"{id}（{'、'.join(places[:NAMED])}）" for id, places in doubles.items())
        problem = (
            "文件“{name}”里有 {count} 家企业在同一年度不止一行：{named}。"
            "每家企业每年只能有一行，请合并或删除后重试。"
        )
        if by_name:
            problem = (
                "文件“{name}”里有 {count} 个企业名称在同一年度不止一行：{named}。同名的可能是不同的企业，"
                "请加上“统一社会信用代码”列加以区分；确是同一家的，只保留一行。"
            )
        raise BadFile(msg(problem, name=filename, count=count, named=named))


_YEAR_IN_HEADER = re.compile(r"(?<!\d)((?:19|20)\d{2})年?度?")


def check_year(filename: str, headers: Iterable[str], year: int) -> None:
    """Refuse headers that name other years only than the one for which all rows are to be taken.

    Raises:
        BadValue: they do.
    """
    said = {int(found) for header in headers for found in _YEAR_IN_HEADER.findall(header)}
    if said and year not in said:
        problem = "文件“{name}”的表头写的是 {years} 年，评价年度却是 {year} 年，请核对后改用相应年度的表。"
        raise BadValue(msg(problem, name=filename, years="、".join(map(str, sorted(said))), year=year))


def check_bases(wanted: Wanted, bases: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Message]:
    """The notes on columns whose basis the table does not state; `bases`: by column, by basis, some places.

    Raises:
        BadValue: a basis is not that of the scheme, or two are mixed.
    """
    for id, stated in bases.items():
        one_basis(stated, label(wanted.column[id].zh), expected=wanted.column[id].basis)
    problem = "“{column}”没有写明口径，按评价办法的要求读取；如果不是，请换算后重试。"
    silent = (id for id, stated in bases.items() if set(stated) == {""})
    return [msg(problem, column=label(wanted.column[id].zh)) for id in silent]
