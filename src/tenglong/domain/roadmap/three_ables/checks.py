"""One check of the three-ables review, and the thresholds that it is judged by (three_ables.toml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Self

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome


@dataclass(frozen=True)
class Check:
    """A figure against its limit, either None where it is not known, in `unit`; the sentence says all of it."""

    id: str
    able: Able
    outcome: Outcome
    value: Decimal | None
    limit: Decimal | None
    unit: str
    sentence: Message

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; `from_json` gives the same check back."""
        return {
            "id": self.id,
            "able": self.able,
            "outcome": self.outcome,
            "value": None if self.value is None else exact_text(self.value),
            "limit": None if self.limit is None else exact_text(self.limit),
            "unit": self.unit,
            "sentence": self.sentence.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The check that `to_json` stored."""
        value, limit = (None if data[key] is None else Decimal(data[key]) for key in ("value", "limit"))
        sentence = Message.from_json(data["sentence"])
        outcome = Outcome(data["outcome"])
        return cls(data["id"], Able(data["able"]), outcome, value, limit, data["unit"], sentence)


@dataclass(frozen=True)
class Threshold:
    """A number to judge by, None until the office sets it; `beyond` is the outcome where it is passed."""

    id: str
    zh: str
    en: str
    unit: str
    value: Decimal | None
    beyond: Outcome
    source: str


@dataclass(frozen=True)
class Words:
    """The labels of ables, outcomes and checks by id."""

    able: Mapping[str, str]
    outcome: Mapping[str, str]
    check: Mapping[str, str]


def parse_thresholds(rules: RuleFile) -> dict[str, Threshold]:
    """The thresholds of a rule file by id.

    Raises:
        BadRules: a key is missing or wrong.
    """
    try:
        return {row["id"]: _threshold(row) for row in rules.content["threshold"]}
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对阈值的编号、数值和依据。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


def _threshold(row: Mapping[str, Any]) -> Threshold:
    value = Decimal(row["value"]) if "value" in row else None
    texts = {key: row[key] for key in ("id", "zh", "en", "unit", "source")}
    return Threshold(value=value, beyond=Outcome(row["beyond"]), **texts)


@cache
def _shipped() -> dict[str, Threshold]:
    return parse_thresholds(load_rules("tenglong.domain.roadmap.three_ables", "three_ables.toml"))


@cache
def words() -> Words:
    """What ables, outcomes and checks are called."""
    content = load_rules("tenglong.domain.roadmap.three_ables", "three_ables.toml").content
    tables = ({id: one["zh"] for id, one in content[key].items()} for key in ("able", "outcome", "check"))
    return Words(*tables)


def thresholds(settings: Settings) -> dict[str, Threshold]:
    """The thresholds for a roadmap: those of its settings in place of the shipped ones.

    Raises:
        BadValue: the settings name a threshold that there is none of.
    """
    found = dict(_shipped())
    for id, value in settings.three_ables.items():
        if id not in found:
            known = "、".join(found)
            raise BadValue(msg("三可审查没有名为“{id}”的阈值，可设：{known}。", id=id, known=known))
        old = found[id]
        found[id] = Threshold(id, old.zh, old.en, old.unit, value, old.beyond, source=settings.title)
    return found


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes; passed where there are none."""
    order = list(Outcome)
    return max(outcomes, key=order.index, default=Outcome.PASS)
