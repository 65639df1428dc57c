"""Single look-ups against the register: plain dictionaries for the exact joins, rapidfuzz for the rest.

Also the obvious implementation that judges the list engine: same keys, same levels, same weights.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from tenglong.domain.campaign.matching.blocking import keys
from tenglong.domain.campaign.reconciliation import (
    Certainty,
    Judgement,
    Thresholds,
    judge,
    same_code,
    same_name_and_county,
    thresholds,
)
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Key, compare
from tenglong.domain.campaign.reconciliation.weighing import weights

_SHOWN = 5


@dataclass(frozen=True)
class Match:
    """The answer for one row: `firm_id` only where certain; `candidates`, best first, to choose from."""

    certainty: Certainty
    firm_id: Key | None
    candidates: tuple[tuple[Key, Judgement], ...] = ()


class Register:
    """The firms known so far, ready to be asked row by row."""

    def __init__(self, firms: Iterable[Candidate], limits: Thresholds | None = None):
        self._limits = limits or thresholds()
        self._by_key: dict[Hashable, list[Candidate]] = defaultdict(list)
        for firm in firms:
            self.add(firm)

    def add(self, firm: Candidate) -> None:
        """Know one more firm: a file's own rows must find each other."""
        for key in self._keys(firm):
            self._by_key[key].append(firm)

    def look_up(self, row: Candidate) -> Match:
        """Which firm `row` is. Firms of the same code come first, then namesakes in the same county."""
        found = {firm.id: firm for key in self._keys(row) for firm in self._by_key.get(key, ())}
        pool = _exact(row, found.values())
        rivals = len(pool) > 1
        scored = [(weights().probability(compare(row, firm)), firm) for firm in pool or found.values()]
        scored.sort(key=lambda pair: (-pair[0], str(pair[1].id)))
        if not pool:
            rivals = sum(score >= self._limits.certain_at for score, _ in scored) > 1
        judged = [
            (firm.id, judge(row, firm, rivals=rivals, limits=self._limits)) for _, firm in scored[:_SHOWN]
        ]
        worth = tuple(
            (id, judgement) for id, judgement in judged if judgement.certainty is not Certainty.NONE
        )
        if not worth:
            return Match(Certainty.NONE, None)
        best_id, best = worth[0]
        return Match(best.certainty, best_id if best.certainty is Certainty.CERTAIN else None, worth)

    def _keys(self, row: Candidate) -> set[Hashable]:
        own: set[Hashable] = set(keys(row))
        return own | {("code", row.code)} if row.code else own


def _exact(row: Candidate, firms: Iterable[Candidate]) -> list[Candidate]:
    """The firms of the row's code; where there is none, those of its full name in its county."""
    known = list(firms)
    bearers = [firm for firm in known if same_code(row, firm)]
    return bearers or [firm for firm in known if same_name_and_county(row, firm)]
