"""Which column a header means, and what its brackets say: unit, basis or method, year."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.intake.kinds import Column, TableKind, Unit
from tenglong.domain.intake.numbers import accepted_factors, unit_key
from tenglong.domain.intake.parsed import tidy
from tenglong.domain.intake.values import choice_of
from tenglong.domain.kernel.folding import folded

_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans("[]{}【】〔〕〖〗", "()()()()()")
_LAST_BRACKET = re.compile(r"^(.+)\(([^()]*)\)$")
_TAIL = re.compile(r"^(.+?)[/,:_、-]([^/,:_、-]+(?:/[^/,:_、-]+)?)$")
_PREFIX = re.compile(r"^(?:其中|其)[:,]?")
_YEAR = re.compile(r"^((?:19|20)\d{2})年?度?")
_YEAR_ONLY = re.compile(r"^((?:19|20)\d{2})年?度?$")
_PIECES = re.compile(r"[,、;]")
_UNIT_WORD = re.compile(r"^(?:计量)?单位:?")
_NOISE = frozenset({"必填", "选填", "可选", "填写", "实际", "合计", "全年", "年", "上年", "数字"})


@dataclass(frozen=True)
class Header:
    """What a header says of its column. `unknown`: bracketed words that were not understood."""

    column: Column
    official: bool
    unit: str | None = None
    factor: Decimal | None = None
    qualifier: str | None = None
    year: int | None = None
    unknown: tuple[str, ...] = ()


def header_key(text: str) -> str:
    """The spelling by which headers are compared."""
    text = _SPACE.sub("", folded(text)).translate(_BRACKETS).replace("*", "")
    return _PREFIX.sub("", text).strip(":").casefold()


class HeaderReader:
    """Reads the headers of one kind of table."""

    def __init__(self, kind: TableKind):
        self._columns = {
            header_key(name): column for column in reversed(kind.columns) for name in column.names
        }
        for column in kind.columns:
            self._columns[header_key(column.header)] = column
        self._initials = {key[:1] for key in self._columns}
        self._units = {key for column in kind.columns if column.unit for key in accepted_factors(column.unit)}

    def read(self, parts: Sequence[str]) -> Header | None:
        """The column that a header means; `parts` are its levels from top to bottom, without repeats.

        A lower level counts with the upper ones in either order (签约 + 面积, 腾出用地 + 预计), then alone.
        """
        keys = [key for key in map(header_key, parts) if key]
        words = [key for key in keys if not self._says_only(key)]
        asides = [key for key in keys if self._says_only(key)]
        if not any(self._may_begin(word) for word in words):
            return None
        for pieces, own, upper in self._readings(words):
            for text, year in _without_year(pieces):
                if text in self._columns:
                    return self._header(self._columns[text], text, [*own], [*asides, *upper], year)
        return None

    def _may_begin(self, word: str) -> bool:
        """Whether a column's name may begin with `word`: of the names of firms and codes in a row hardly any."""
        return word[0] in self._initials or bool(_YEAR.match(word))

    def _says_only(self, key: str) -> bool:
        return key in self._units or bool(_YEAR_ONLY.match(key))

    def _readings(self, words: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
        """(text, its own brackets, brackets of upper levels), most literal first."""
        *upper, last = words
        parents = [tuple(self._peeled(word))[-1] for word in upper]
        above = [bracket for _, brackets in parents for bracket in brackets]
        for text, brackets in self._peeled(last):
            if upper:
                stem = "".join(word for word, _ in parents)
                yield stem + text, brackets, above
                yield text + stem, brackets, above
        for text, brackets in self._peeled(last):
            yield text, brackets, above

    def _peeled(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """The text, then with one trailing bracket or unit less at a time."""
        brackets: list[str] = []
        yield text, brackets
        while match := _LAST_BRACKET.match(text):
            text, brackets = match[1], [match[2], *brackets]
            yield text, brackets
        tail = _TAIL.match(text)
        if tail and tail[2] in self._units:
            yield tail[1], [tail[2], *brackets]
        for size in range(min(8, len(text) - 1), 0, -1):
            if text[-size:] in self._units and text[:-size] in self._columns:
                yield text[:-size], [text[-size:], *brackets]

    def _header(
        self, column: Column, text: str, own: list[str], upper: list[str], year: int | None
    ) -> Header:
        unit = factor = qualifier = None
        unknown: list[str] = []
        for position, piece in enumerate(_pieces(own) + _pieces(upper)):
            known = accepted_factors(column.unit) if column.unit else {}
            choice = self._qualifier(column, piece)
            if unit_key(piece) in known:
                unit, factor = (unit, factor) if unit else (piece, known[unit_key(piece)])
            elif choice:
                qualifier = qualifier or choice
            elif match := _YEAR_ONLY.match(piece):
                year = year or int(match[1])
            elif position < len(_pieces(own)) and piece not in _NOISE:
                unknown.append(piece)
        official = text == header_key(column.header)
        return Header(column, official, unit, factor, qualifier, year, tuple(unknown))

    def _qualifier(self, column: Column, piece: str) -> str | None:
        if column.qualifier is None:
            return None
        return next(
            (choice_of(piece, c.choices) for c in self._columns.values() if c.id == column.qualifier), None
        )


def unit_line(text: str) -> list[str]:
    """The units that a line such as 单位:亩、吨标煤、万元 names; [] when it is no such line."""
    found = re.search(
        r"(?:^|[^\u4e00-\u9fff]|计量|金额|面积|数量)单位:([^:]+?)(?:$|\s{2,}|[\u4e00-\u9fff]*:)", tidy(text)
    )
    return [piece for piece in re.split(r"[,、;\s]+", found[1].strip(" ()")) if piece] if found else []


def factor_from_line(unit: Unit, line: Sequence[str]) -> tuple[str, Decimal] | None:
    """The unit of this dimension that a unit line names; None if none or several that differ.

    The unit that the column is kept in wins: 单位:亩、㎡ means mu for land and square metres for floors.
    """
    known = accepted_factors(unit)
    named = {piece: known[unit_key(piece)] for piece in line if unit_key(piece) in known}
    for piece, factor in named.items():
        if factor == 1:
            return piece, factor
    return next(iter(named.items())) if len(named) == 1 else None


def _pieces(brackets: list[str]) -> list[str]:
    pieces = (_UNIT_WORD.sub("", piece) for bracket in brackets for piece in _PIECES.split(bracket))
    return [piece for piece in pieces if piece]


def _without_year(text: str) -> Iterator[tuple[str, int | None]]:
    yield text, None
    if match := _YEAR.match(text):
        yield text[match.end() :], int(match[1])
