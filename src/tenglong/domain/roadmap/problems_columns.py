"""The objects of a JSON file as columns: firm after firm goes in, arrays come out."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.problems import Codes, Flags, Periods, Tag
from tenglong.domain.roadmap.problems_amounts import Block, exact
from tenglong.domain.roadmap.problems_format import AmountSpec
from tenglong.domain.roadmap.problems_sentences import wrong


@dataclass(frozen=True)
class FirmColumns:
    """The firms in the order of the file."""

    ids: tuple[str, ...]
    tags: Mapping[str, Tag]
    must: Flags


@dataclass(frozen=True)
class MeasureColumns:
    """The measures in any order, with what they bring and take; `firm` and the periods as in `problems.Measures`."""

    firm: Codes
    name: Codes
    names: tuple[str, ...]
    first: Periods
    last: Periods
    blocks: tuple[Block, ...]


@dataclass
class Codebook:
    """Texts in the order in which they came, each with its number."""

    numbers: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        """The number of a text, given out now if it is new."""
        return self.numbers.setdefault(text, len(self.numbers))


class Collector:
    """Takes firms that have the types of `FirmSpec`; raises BadFile where their keys do not fit each other."""

    def __init__(self, name: str, periods: int, amounts: Mapping[str, AmountSpec]):
        self._file, self._periods, self._amounts = name, periods, amounts
        self._ids: dict[str, int] = {}
        self._must = array("b")
        self._tags: dict[str, tuple[Codebook, dict[int, int]]] = {}
        self._names = Codebook()
        self._measures: tuple[array[Any], ...] = tuple(array(code) for code in "iihhh")
        self._cells: dict[tuple[str, tuple[float, ...]], tuple[array[Any], ...]] = {}

    def add(self, firms: Iterable[Mapping[str, Any]]) -> None:
        """Some more firms, with their measures."""
        for firm in firms:
            number = len(self._ids)
            if self._ids.setdefault(firm["id"], number) != number:
                raise wrong(self._file, f"firms[{firm['id']}]", msg("编号重复，请每家企业用一个编号。"))
            self._must.append(firm.get("must", False))
            for key, value in firm.get("tags", {}).items():
                book, codes = self._tags.setdefault(key, (Codebook(), {}))
                codes[number] = book.code(value)
            seen = set()
            for measure in firm.get("measures", ()):
                where = f"firms[{firm['id']}].measures[{measure['name']}]"
                if measure["name"] in seen:
                    raise wrong(self._file, where, msg("同一企业的措施名称重复，请改名。"))
                seen.add(measure["name"])
                self._measure(where, number, measure)

    def _measure(self, where: str, firm: int, measure: Mapping[str, Any]) -> None:
        first, last = measure.get("from", 1), measure.get("until", self._periods)
        if not first <= last <= self._periods:
            raise wrong(self._file, where, window_sentence(self._periods))
        row = (firm, self._names.code(measure["name"]), first - 1, last - 1, measure.get("duration", 1))
        for column, value in zip(self._measures, row, strict=True):
            column.append(value)
        for amount, value in measure.get("amounts", {}).items():
            self._amount(where, amount, value, (first - 1, last - 1))

    def _amount(self, where: str, amount: str, value: Any, window: tuple[int, int]) -> None:
        if amount not in self._amounts:
            raise wrong(self._file, f"{where}.amounts", unknown_amount(amount))
        shares = self._amounts[amount].profile
        if isinstance(value, dict):
            shares, value = tuple(value["profile"]), value["total"]
            check_profile(self._file, f"{where}.amounts.{amount}.profile", shares)
        cells = self._cells.setdefault((amount, shares), tuple(array(code) for code in "ihhd"))
        measure, (first, last) = len(self._measures[0]) - 1, window
        if not isinstance(value, list):
            lines = [(measure, first, last, value)]
        elif len(value) == last - first + 1:
            lines = [(measure, first + k, first + k, one) for k, one in enumerate(value)]
        else:
            said = msg(
                "每个开始时期要有一个数字，应有 {want} 个，现有 {have} 个。",
                want=last - first + 1,
                have=len(value),
            )
            raise wrong(self._file, f"{where}.amounts.{amount}", said)
        for line in lines:
            for column, one in zip(cells, line, strict=True):
                column.append(one)

    def firms(self) -> FirmColumns:
        """The firms that were added."""
        tags = {}
        for key, (book, codes) in self._tags.items():
            column = np.full(len(self._ids), -1, np.int32)
            column[np.fromiter(codes.keys(), np.int64)] = np.fromiter(codes.values(), np.int32)
            tags[key] = Tag(tuple(book.numbers), column)
        return FirmColumns(tuple(self._ids), tags, np.array(self._must, dtype=bool))

    def measures(self) -> MeasureColumns:
        """Their measures."""
        firm, name, first, last, duration = (np.array(column) for column in self._measures)
        blocks = tuple(
            block_of(list(self._amounts), self._amounts, key, tuple(np.array(one) for one in cells), duration)
            for key, cells in self._cells.items()
        )
        return MeasureColumns(firm, name, tuple(self._names.numbers), first, last, blocks)


def block_of(
    ids: list[str],
    amounts: Mapping[str, AmountSpec],
    key: tuple[str, tuple[float, ...]],
    cells: tuple[Any, ...],
    duration: Periods,
) -> Block:
    """The block of an amount with a profile; `cells` are the columns measure, first, last and total."""
    amount, shares = key
    measure, first, last, total = cells
    spec = amounts[amount]
    lag = (
        np.zeros(len(measure), np.int16) if spec.kind == "takes" else (duration[measure] - 1).astype(np.int16)
    )
    return Block(ids.index(amount), spec.decimals, measure, first, last, lag, total, shares)


def check_profile(name: str, key: str, shares: tuple[float, ...]) -> None:
    """Raises BadFile unless the shares add up to 1 exactly."""
    if shares and sum(map(exact, shares)) != 1:
        raise wrong(name, key, msg("各期比例之和应为 1，现为 {sum}。", sum=sum(map(exact, shares))))


def window_sentence(periods: int) -> Message:
    """What is wrong with a window of start periods."""
    return msg("from 不应晚于 until，until 不应超过期数 {periods}。", periods=periods)


def unknown_amount(amount: str) -> Message:
    """What is wrong with the name of an amount."""
    return msg("amounts 中没有定义“{amount}”，请补上定义或核对拼写。", amount=amount)
