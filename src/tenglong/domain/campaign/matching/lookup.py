"""Single look-ups against the register: dictionaries for the blocks, arrays for the rows of a block.

Thousands of firms of a trade bear names that differ by a number, and so stand in one block: their levels are taken
from arrays, all at once, and only the few best are judged one by one. The answer is that of `compare` and
`probability` row by row, which the tests hold against it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from tenglong.domain.campaign.matching.blocking import keys
from tenglong.domain.campaign.reconciliation import Certainty, Judgement, Thresholds, judge, thresholds
from tenglong.domain.campaign.reconciliation.comparison import (
    Candidate,
    Field,
    Key,
    joinable_names,
    likenesses,
    rules,
    valid_code,
)
from tenglong.domain.campaign.reconciliation.weighing import field_levels, weights
from tenglong.domain.registry.names import NormalName

_SHOWN = 5

Levels = npt.NDArray[np.intp]
Texts = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Match:
    """The answer for one row: `firm_id` only where certain; `candidates`, best first, to choose from."""

    certainty: Certainty
    firm_id: Key | None
    candidates: tuple[tuple[Key, Judgement], ...] = ()


class Register:
    """The firms known, ready to be asked row by row; their ids are unique."""

    def __init__(self, firms: Iterable[Candidate], limits: Thresholds | None = None):
        self._limits = limits or thresholds()
        self._firms = sorted(firms, key=lambda firm: str(firm.id))
        names = [joinable_names(firm) for firm in self._firms]
        self._counts = np.array([len(one) for one in names], dtype=np.intp)
        self._first = np.cumsum(self._counts) - self._counts
        self._fulls = np.array([name.full for one in names for name in one], dtype=np.str_)
        self._cores = np.array([name.core.encode() for one in names for name in one], dtype=np.object_)
        self._codes, self._valid = self._texts(lambda firm: firm.code), self._texts(valid_code)
        self._counties = self._texts(lambda firm: firm.county)
        self._representatives = self._texts(lambda firm: firm.representative)
        self._addresses = tuple(
            self._texts(part)
            for part in (
                lambda firm: firm.address.text,
                lambda firm: firm.address.road,
                lambda firm: firm.address.number,
            )
        )
        self._by_key: dict[Hashable, list[int]] = defaultdict(list)
        for position, firm in enumerate(self._firms):
            for key in _keys(firm):
                self._by_key[key].append(position)

    def look_up(self, row: Candidate, *, before: int | None = None) -> Match:
        """Which firm `row` is. Firms of the same code come first, then namesakes in the same county.

        `before`: only the so many first firms, in the order of their ids as text, are asked.
        """
        known = {at for key in _keys(row) for at in self._by_key.get(key, ())}
        block = np.array(sorted(at for at in known if before is None or at < before), dtype=np.intp)
        if not len(block):
            return Match(Certainty.NONE, None)
        names, county = self._name_levels(row, block), _equal(self._counties[block], row.county)
        exact = (self._codes[block] == row.code) if row.code else np.zeros(len(block), dtype=bool)
        if not exact.any():
            exact = (names == 0) & (county == 0)
        scores = _probabilities()[
            names,
            _equal(self._valid[block], valid_code(row)),
            county,
            _equal(self._representatives[block], row.representative),
            self._address_levels(row, block),
        ]
        rivals = int(exact.sum()) if exact.any() else int((scores >= self._limits.certain_at).sum())
        if exact.any():
            block, scores = block[exact], scores[exact]
        best = np.lexsort((block, -scores))[:_SHOWN]
        return self._judged(row, [self._firms[at] for at in block[best]], rivals > 1)

    def _judged(self, row: Candidate, firms: Sequence[Candidate], rivals: bool) -> Match:
        judged = [(firm.id, judge(row, firm, rivals=rivals, limits=self._limits)) for firm in firms]
        worth = tuple((id, one) for id, one in judged if one.certainty is not Certainty.NONE)
        if not worth:
            return Match(Certainty.NONE, None)
        best_id, best = worth[0]
        return Match(best.certainty, best_id if best.certainty is Certainty.CERTAIN else None, worth)

    def _texts(self, part: Callable[[Candidate], str]) -> Texts:
        return np.array([part(firm) for firm in self._firms], dtype=np.str_)

    def _name_levels(self, row: Candidate, block: Levels) -> Levels:
        """The place of the level of each firm's most alike name; the place behind the last where a side has none."""
        found = np.full(len(block), len(field_levels()[Field.NAME]))
        counts = self._counts[block]
        owners = np.repeat(np.arange(len(block)), counts)
        flat = np.arange(len(owners)) + np.repeat(self._first[block] - np.cumsum(counts) + counts, counts)
        if len(flat):
            for name in joinable_names(row):
                levels = _levels_of(name, self._fulls[flat], self._cores[flat])
                np.minimum.at(found, owners, levels)
        return found

    def _address_levels(self, row: Candidate, block: Levels) -> Levels:
        """The same steps as `nearness`; 3 where it says nothing."""
        text, road, number = (column[block] for column in self._addresses)
        asked = row.address
        silent = 3
        on_road = np.where((road == "") | (asked.road == ""), silent, np.where(road != asked.road, 2, 1))
        if asked.number:
            on_road[(on_road == 1) & (number == asked.number)] = 0
        levels = np.where(text == asked.text, 0, on_road)
        levels[(text == "") | (asked.text == "")] = silent
        return levels


def _levels_of(name: NormalName, fulls: Texts, cores: npt.NDArray[np.object_]) -> Levels:
    """Places in `name_levels`: full, core, the steps of likeness, different."""
    core = name.core.encode()
    likeness = likenesses(core, cores.tolist())
    steps: dict[str, float] = rules().content["name_similarity"]
    levels = np.full(len(cores), 2 + len(steps))
    for place, least in reversed(list(enumerate(steps.values(), start=2))):
        levels[likeness >= least] = place
    levels[cores == core] = 1
    levels[fulls == name.full] = 0
    return levels


def _equal(texts: Texts, asked: str) -> Levels:
    """0 where they are the same, 1 where they differ, 2 where a side is silent."""
    if not asked:
        return np.full(len(texts), 2)
    return np.where(texts == "", 2, np.where(texts == asked, 0, 1))


@cache
def _probabilities() -> npt.NDArray[np.float64]:
    """The probability of every combination of levels, by their places; the place behind the last is silence."""
    levels = [(*known, None) for known in field_levels().values()]
    shape = tuple(len(known) for known in levels)
    told = (dict(zip(field_levels(), combination, strict=True)) for combination in product(*levels))
    return np.array([weights().probability(one) for one in told]).reshape(shape)


def _keys(row: Candidate) -> set[Hashable]:
    own: set[Hashable] = set(keys(row))
    return own | {("code", row.code)} if row.code else own
