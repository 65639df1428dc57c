"""The three-ables review (三可审查): a plan and each firm in it judged with numbers (docs/algorithms/roadmap.md 8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.generation.timing import Parts
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.capacity import capacity_checks
from tenglong.domain.roadmap.three_ables.checks import Check, thresholds, words, worst
from tenglong.domain.roadmap.three_ables.firms import deals_of, firm_checks
from tenglong.domain.roadmap.three_ables.money import money_checks
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome
from tenglong.domain.roadmap.three_ables.space import moving, park_checks, space_checks

_OF_FIRMS = {
    "offer": Able.ACCEPTABLE,
    "consultations": Able.ACCEPTABLE,
    "appraiser": Able.ACCEPTABLE,
    "deviation": Able.ACCEPTABLE,
    "objections": Able.ACCEPTABLE,
    "periods": Able.FEASIBLE,
}


@dataclass(frozen=True)
class ThreeAbles:
    """The checks of the plan, those of each firm that does not wait by its id; the worst outcome by zone and in all."""

    plan: tuple[Check, ...]
    firms: Mapping[str, tuple[Check, ...]]
    zones: Mapping[str, Outcome]
    outcome: Outcome

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; `from_json` gives the same back."""
        return {
            "plan": [check.to_json() for check in self.plan],
            "firms": {id: [check.to_json() for check in checks] for id, checks in self.firms.items()},
            "zones": dict(self.zones),
            "outcome": self.outcome,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` stored."""
        return cls(
            tuple(Check.from_json(one) for one in data["plan"]),
            {id: tuple(Check.from_json(one) for one in checks) for id, checks in data["firms"].items()},
            {zone: Outcome(outcome) for zone, outcome in data["zones"].items()},
            Outcome(data["outcome"]),
        )


def judge(
    facts: Sequence[FirmFacts],
    lines: Sequence[LinePlan],
    settings: Settings,
    calendar: WorkingCalendar,
    *,
    owed: Mapping[str, Parts] | None = None,
) -> ThreeAbles:
    """The review of a plan.

    `facts` are those of all cases, also of signed ones that take no part any more: their contracts are what others are
    compared with. `owed` is what such contracts still pay, by firm and day. What is not known makes a check
    conditional, and its sentence says which figure to report.

    Raises:
        BadValue: the settings name a threshold that there is none of.
    """
    limits, known = thresholds(settings), {one.id: one for one in facts}
    starting = [line for line in lines if line.measure]
    deals, homes = deals_of(known), moving(known, starting, settings)
    firms = {
        line.id: (
            *firm_checks(known[line.id], line, deals, settings, limits, calendar=calendar),
            *park_checks(homes.get(line.id)),
        )
        for line in starting
    }
    plan = (
        *_of_firms(known, firms),
        *money_checks(known, starting, settings, limits, owed or {}),
        *capacity_checks(known, starting, settings, limits, calendar),
        *space_checks(homes, settings),
    )
    by_able = tuple(check for able in Able for check in plan if check.able == able)
    return ThreeAbles(by_able, firms, _zones(known, firms), worst(check.outcome for check in plan))


def _of_firms(facts: Mapping[str, FirmFacts], firms: Mapping[str, tuple[Check, ...]]) -> Iterator[Check]:
    """For each check of firms how many have which outcome, and one of those to look at first."""
    for id, able in _OF_FIRMS.items():
        mine = [(firm, check) for firm, checks in firms.items() for check in checks if check.id == id]
        if not mine:
            continue
        outcome = worst(check.outcome for _, check in mine)
        count = {one: len({firm for firm, check in mine if check.outcome == one}) for one in Outcome}
        failed = Decimal(count[Outcome.FAIL])
        first = next((firm, check) for firm, check in mine if check.outcome == outcome)
        sentence = _count_sentence(id, count, outcome, (facts[first[0]].name, first[1].sentence))
        yield Check(id, able, outcome, failed, Decimal(0), "家", sentence)


def _count_sentence(
    id: str, count: Mapping[Outcome, int], outcome: Outcome, example: tuple[str, Message]
) -> Message:
    fields = {"check": label(words().check[id]), "passed": count[Outcome.PASS]}
    fields |= {"conditional": count[Outcome.CONDITIONAL], "failed": count[Outcome.FAIL]}
    if outcome == Outcome.PASS:
        return msg("{check}：{passed} 家通过。", **fields)
    told = {"name": example[0], "sentence": example[1]}
    return msg(
        "{check}：{passed} 家通过，{conditional} 家有条件，{failed} 家不通过；如“{name}”：{sentence}",
        **fields,
        **told,
    )


def _zones(facts: Mapping[str, FirmFacts], firms: Mapping[str, tuple[Check, ...]]) -> dict[str, Outcome]:
    """The worst outcome of the firms of each zone."""
    found: dict[str, list[Outcome]] = {}
    for firm, checks in firms.items():
        found.setdefault(facts[firm].zone, []).extend(check.outcome for check in checks)
    return {zone: worst(outcomes) for zone, outcomes in sorted(found.items())}
