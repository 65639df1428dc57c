"""The measures of a campaign, from measures.toml: whom they suit, what they free and cost, and their steps."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.facts import FirmFacts

SIGNED, DONE = "signed", "done"
OPEN = "open"
"""A case that is in no batch yet."""
COMPENSATION = "compensation"
FREED = ("land", "floor_area", "energy", "wastewater", "cod")
LOST = ("jobs", "tax")
CAPACITIES = ("appraisals", "legal")


@dataclass(frozen=True)
class Step:
    """One step: the ledger entry that ends it, at least `days` after the one before (the first: after the start).

    `staff` is the share of the measure's staff days that it takes; `uses` the capacities of which it takes one.
    """

    kind: str
    days: int
    working: bool
    staff: Decimal
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Price:
    """A unit price in 10,000 yuan for each unit `of` a fact (or for each case), paid `to` parties."""

    id: str
    zh: str
    en: str
    unit: str
    of: str
    to: tuple[str, ...]
    compensation: bool
    value: Decimal


@dataclass(frozen=True)
class AmountKind:
    """What options bring or take, in its unit; rounded half up to `places` once."""

    id: str
    takes: bool
    unit: str
    places: int


@dataclass(frozen=True)
class Suits:
    """A rule: a firm fits when everything that is stated holds. A figure that is not known fits no range."""

    parties: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    ranges: tuple[tuple[str, Decimal | None, Decimal | None], ...] = ()

    def fits(self, facts: FirmFacts) -> bool:
        """Whether a firm is one of those meant."""
        return (
            (not self.parties or facts.party in self.parties)
            and (not self.grades or facts.grade in self.grades)
            and (not self.processes or not set(self.processes).isdisjoint(facts.processes))
            and all(_within(getattr(facts, key), least, most) for key, least, most in self.ranges)
        )


@dataclass(frozen=True)
class Measure:
    """A measure. `frees` and `loses` are shares of what a firm has, `staff` are days: a base and for each unit.

    Money is due after signing by the payments of the settings (`paid` is SIGNED), or whole with the last step (DONE).
    `bonus`: signing early earns one. `park`: it takes floor area in a park.
    """

    id: str
    batches: tuple[str, ...]
    paid: str
    bonus: bool
    park: bool
    pays: tuple[str, ...]
    frees: Mapping[str, Decimal]
    loses: Mapping[str, Decimal]
    staff: Mapping[str, Decimal]
    suits: tuple[Suits, ...]
    steps: tuple[Step, ...]

    @property
    def empties(self) -> bool:
        """Whether the firm leaves its premises."""
        return "floor_area" in self.frees

    def has(self, kind: str) -> bool:
        """Whether an entry of this kind is one of its steps."""
        return any(step.kind == kind for step in self.steps)


@dataclass(frozen=True)
class Measures:
    """The whole file."""

    measures: Mapping[str, Measure]
    prices: Mapping[str, Price]
    amounts: Mapping[str, AmountKind]
    estimates: Mapping[str, Decimal]
    otherwise: Mapping[str, tuple[str, ...]]
    of_contract: str
    done_states: frozenset[str]
    out_states: frozenset[str]
    counts_as: Mapping[str, str]
    digest: str

    def suitable(self, facts: FirmFacts, enabled: Collection[str]) -> tuple[Measure, ...]:
        """The enabled measures that may be proposed for a firm.

        What was decided before is kept: a measure, else a batch, of which those measures are offered that suit by the
        rules; where none does, those of `otherwise`.
        """
        if facts.measure:
            return tuple(one for one in self._of(enabled) if one.id == facts.measure)
        offered = [one for one in self._of(enabled) if not facts.batch or facts.batch in one.batches]
        suiting = tuple(one for one in offered if any(rule.fits(facts) for rule in one.suits))
        if suiting:
            return suiting
        usual = self.otherwise[facts.batch or OPEN]
        return tuple(one for one in offered if one.id in usual)

    def contract(self, id: str) -> Measure:
        """The measure that a signed contract is for: the one that the case names, if contracts are signed in it."""
        named = self.measures.get(id)
        return named if named and named.has(SIGNED) else self.measures[self.of_contract]

    def _of(self, enabled: Collection[str]) -> Iterator[Measure]:
        return (one for one in self.measures.values() if one.id in enabled)


@cache
def measures() -> Measures:
    """The measures that ship with the program."""
    return parse_measures(load_rules("tenglong.domain.roadmap", "measures.toml"))


@cache
def measure_labels() -> Mapping[str, str]:
    """What measures are called, by id: the words of intake's choices."""
    return _choices("measure")


@cache
def batch_labels() -> Mapping[str, str]:
    """What the three batches are called, by id."""
    return _choices("batch")


def _choices(column: str) -> Mapping[str, str]:
    return {one.id: one.label for one in table_kinds()["case_ledger"].by_id[column].choices}


def parse_measures(rules: RuleFile) -> Measures:
    """The measures that a rule file states.

    Raises:
        BadRules: a key is missing or wrong, shares of staff do not add up to 1, or a name is not known.
    """
    content = rules.content
    try:
        found = Measures(
            measures={row["id"]: _measure(row) for row in content["measure"]},
            prices={row["id"]: _price(row) for row in content["price"]},
            amounts={row["id"]: _amount(row) for row in content["amount"]},
            estimates=_numbers(content["estimates"]),
            otherwise={key: tuple(ids) for key, ids in content["otherwise"].items()},
            of_contract=content["contract"],
            done_states=frozenset(content["states"]["done"]),
            out_states=frozenset(content["states"]["out"]),
            counts_as=content["states"]["counts_as"],
            digest=rules.digest,
        )
        _check(found)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对措施、步骤、单价和比例。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error
    return found


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        id=row["id"],
        batches=tuple(row["batches"]),
        paid=row["paid"],
        bonus=row.get("bonus", False),
        park=row.get("park", False),
        pays=tuple(row["pays"]),
        frees=_numbers(row["frees"]),
        loses=_numbers(row["loses"]),
        staff=_numbers(row["staff"]),
        suits=tuple(_suits(rule) for rule in row["suits"]),
        steps=tuple(_step(step) for step in row["step"]),
    )


def _step(row: Mapping[str, Any]) -> Step:
    working = {"working": True, "calendar": False}[row["calendar"]]
    return Step(row["kind"], row["days"], working, Decimal(row["staff"]), tuple(row.get("uses", ())))


def _price(row: Mapping[str, Any]) -> Price:
    compensation = {COMPENSATION: True, "support": False}[row["kind"]]
    texts = (row["id"], row["zh"], row["en"], row["unit"], row["of"])
    return Price(*texts, tuple(row["to"]), compensation, Decimal(row["value"]))


def _amount(row: Mapping[str, Any]) -> AmountKind:
    return AmountKind(row["id"], {"takes": True, "brings": False}[row["kind"]], row["unit"], row["places"])


def _suits(row: Mapping[str, Any]) -> Suits:
    lists = {key: tuple(row.get(key, ())) for key in ("parties", "grades", "processes")}
    given = {key: _numbers(value) for key, value in row.items() if key not in lists}
    return Suits(**lists, ranges=tuple((key, one.get("min"), one.get("max")) for key, one in given.items()))


def _numbers(row: Mapping[str, Any]) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in row.items() if not isinstance(value, Mapping)}


def _within(value: Decimal | None, least: Decimal | None, most: Decimal | None) -> bool:
    return value is not None and (least is None or value >= least) and (most is None or value <= most)


def _check(found: Measures) -> None:
    """Raises ValueError or KeyError with what does not fit."""
    for measure in found.measures.values():
        kinds = [step.kind for step in measure.steps]
        wrong = [
            measure.id not in measure_labels(),
            not set(measure.batches) <= set(batch_labels()),
            measure.paid not in (SIGNED, DONE) or measure.paid == SIGNED and SIGNED not in kinds,
            measure.bonus and SIGNED not in kinds,
            not set(measure.pays) <= set(found.prices),
            not set(measure.frees) <= set(FREED) or not set(measure.loses) <= set(LOST),
            any(not 0 <= share <= 1 for share in (*measure.frees.values(), *measure.loses.values())),
            sum(step.staff for step in measure.steps) != 1,
            any(step.days < 0 or not set(step.uses) <= set(CAPACITIES) for step in measure.steps),
            not set(kinds) <= set(vocabulary().kinds) or len(set(kinds)) < len(kinds),
            any(key not in FirmFacts.__annotations__ for rule in measure.suits for key, *_ in rule.ranges),
        ]
        if any(wrong):
            raise ValueError(f"{measure.id}: {wrong.index(True) + 1}")
    usual = {id for ids in found.otherwise.values() for id in ids}
    if not usual <= set(found.measures) or set(found.otherwise) != {*batch_labels(), OPEN}:
        raise ValueError("otherwise")
    if not found.measures[found.of_contract].has(SIGNED):
        raise ValueError(found.of_contract)
