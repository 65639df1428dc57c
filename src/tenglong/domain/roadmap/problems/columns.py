"""The objects of a JSON file as columns: firm after firm goes in, arrays come out."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.problems.format import AmountSpec, Exact, ProblemSpec, wrong
from tenglong.domain.roadmap.problems.problem import Block, Codes, Flags, Periods, Tag, in_units


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

    def __init__(self, name: str, spec: ProblemSpec):
        self._file, self._periods, self._amounts = name, len(spec.periods), spec.amounts
        self._lasting: dict[int, Lasting] = {}
        self._timings = {id: Timing(spec, id) for id in spec.timings}
        self._ids: dict[str, int] = {}
        self._must = array("b")
        self._tags: dict[str, tuple[Codebook, dict[int, int]]] = {}
        self._names = Codebook()
        self._measures: tuple[array[Any], ...] = tuple(array(code) for code in "iihh")
        self._cells: dict[tuple[str, tuple[Exact, ...]], tuple[array[Any], ...]] = {}

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
        row = (firm, self._names.code(measure["name"]), first - 1, last - 1)
        for column, value in zip(self._measures, row, strict=True):
            column.append(value)
        arrivals = self._arrivals(where, measure)
        for amount, value in measure.get("amounts", {}).items():
            if amount not in self._amounts:
                raise wrong(self._file, f"{where}.amounts", unknown_amount(amount))
            self._amount(
                f"{where}.amounts.{amount}", amount, value, arrivals.runs(amount, first - 1, last - 1)
            )

    def _arrivals(self, where: str, measure: Mapping[str, Any]) -> "Lasting | Timing":
        """When the amounts of a measure arrive; measures that last alike share the answer."""
        if "timing" not in measure:
            duration = measure.get("duration", 1)
            return self._lasting.setdefault(duration, Lasting(self._amounts, duration))
        if measure["timing"] not in self._timings:
            said = msg("timings 中没有名为“{id}”的进度，请补上或核对拼写。", id=measure["timing"])
            raise wrong(self._file, f"{where}.timing", said)
        return self._timings[measure["timing"]]

    def _amount(self, where: str, amount: str, value: Any, runs: "list[Run]") -> None:
        if isinstance(value, dict):
            shares, value = tuple(value["profile"]), value["total"]
            check_profile(self._file, f"{where}.profile", shares)
            runs = [Run(runs[0].first, runs[-1].last, 0, shares)]
        totals = [self._units(where, amount, one) for one in value] if isinstance(value, list) else None
        first, last = runs[0].first, runs[-1].last
        if totals is not None and len(totals) != last - first + 1:
            said = msg(
                "每个开始时期要有一个数字，应有 {want} 个，现有 {have} 个。",
                want=last - first + 1,
                have=len(totals),
            )
            raise wrong(self._file, where, said)
        units = 0 if totals is not None else self._units(where, amount, value)
        measure = len(self._measures[0]) - 1
        for run in runs:
            cells = self._cells.get((amount, run.shares))
            if cells is None:
                cells = self._cells[amount, run.shares] = tuple(array(code) for code in "ihhhq")
            measures, begin, until, lags, values = cells
            if totals is None:
                measures.append(measure)
                begin.append(run.first)
                until.append(run.last)
                lags.append(run.lag)
                values.append(units)
            else:
                starts = range(run.first, run.last + 1)
                measures.extend([measure] * len(starts))
                begin.extend(starts)
                until.extend(starts)
                lags.extend([run.lag] * len(starts))
                values.extend(totals[run.first - first : run.last - first + 1])

    def _units(self, where: str, amount: str, value: Exact) -> int:
        """A number of the file in whole stored units."""
        places = self._amounts[amount].decimals
        units = in_units(value, places)
        if units is None:
            raise wrong(self._file, where, too_fine(value, places))
        return units

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
        firm, name, first, last = (np.array(column) for column in self._measures)
        ids = list(self._amounts)
        blocks = []
        for (id, shares), cells in self._cells.items():
            measure, start, until, lag, total = map(np.array, cells)
            blocks.append(Block(ids.index(id), measure, start, until, lag, total, shares))
        return MeasureColumns(firm, name, tuple(self._names.numbers), first, last, tuple(blocks))


class Run(NamedTuple):
    """Start periods from which an amount arrives alike: whole after `lag` periods or, with shares, spread."""

    first: int
    last: int
    lag: int
    shares: tuple[Exact, ...]


class Lasting:
    """Measures that last as long from whatever period they start."""

    def __init__(self, amounts: Mapping[str, AmountSpec], duration: int):
        self._amounts, self._duration = amounts, duration
        self._runs: dict[tuple[str, int, int], list[Run]] = {}

    def runs(self, amount: str, first: int, last: int) -> list[Run]:
        """All start periods of the window alike."""
        key = (amount, first, last)
        if key not in self._runs:
            spec = self._amounts[amount]
            self._runs[key] = [
                Run(first, last, 0 if spec.kind == "takes" else self._duration - 1, spec.profile)
            ]
        return self._runs[key]


class Timing:
    """A timing of the file, checked by `check_timings`."""

    def __init__(self, spec: ProblemSpec, id: str):
        self._amounts, self._timing = spec.amounts, spec.timings[id]
        self._runs: dict[tuple[str, int, int], list[Run]] = {}

    def runs(self, amount: str, first: int, last: int) -> list[Run]:
        """The runs of an amount within a window of start periods."""
        key = (amount, first, last)
        if key not in self._runs:
            self._runs[key] = self._found(amount, first, last)
        return self._runs[key]

    def _found(self, amount: str, first: int, last: int) -> list[Run]:
        found: list[Run] = []
        for start in range(first, last + 1):
            lag, shares = self._arrival(amount, start)
            if found and (found[-1].lag, found[-1].shares) == (lag, shares):
                found[-1] = found[-1]._replace(last=start)
            else:
                found.append(Run(start, start, lag, shares))
        return found

    def _arrival(self, amount: str, start: int) -> tuple[int, tuple[Exact, ...]]:
        spec = self._amounts[amount]
        profiles = self._timing.profiles.get(amount)
        if profiles is None:
            return (0 if spec.kind == "takes" else self._timing.duration[start] - 1), spec.profile
        shares = profiles[start]
        return (len(shares) - 1, ()) if shares[-1] == 1 else (0, shares)


def check_timings(spec: ProblemSpec, name: str) -> None:
    """Raises BadFile unless timings have an entry for each period, and profiles of amounts that the file defines."""
    for id, timing in spec.timings.items():
        key, periods = f"timings[{id}]", len(spec.periods)
        for list_key, rows in [("duration", timing.duration), *timing.profiles.items()]:
            if len(rows) != periods:
                said = msg("应为每期一项，应有 {want} 项，现有 {have} 项。", want=periods, have=len(rows))
                raise wrong(name, f"{key}.{list_key}", said)
        for amount, profiles in timing.profiles.items():
            if amount not in spec.amounts:
                raise wrong(name, f"{key}.profiles", unknown_amount(amount))
            for shares in profiles:
                check_profile(name, f"{key}.profiles.{amount}", shares)


def check_profile(name: str, key: str, shares: tuple[Exact, ...]) -> None:
    """Raises BadFile unless the shares add up to 1 exactly."""
    if shares and sum(shares) != 1:
        raise wrong(name, key, msg("各期比例之和应为 1，现为 {sum}。", sum=sum(shares)))


def too_fine(value: Exact, places: int) -> Message:
    """What is wrong with a number that is no whole number of stored units."""
    return msg(
        "{value} 超过 {places} 位小数，不能按存储单位取整。请改写到 {places} 位，或提高 decimals。",
        value=value,
        places=places,
    )


def window_sentence(periods: int) -> Message:
    """What is wrong with a window of start periods."""
    return msg("from 不应晚于 until，until 不应超过期数 {periods}。", periods=periods)


def unknown_amount(amount: str) -> Message:
    """What is wrong with the name of an amount."""
    return msg("amounts 中没有定义“{amount}”，请补上定义或核对拼写。", amount=amount)
