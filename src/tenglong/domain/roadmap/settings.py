"""Settings of a roadmap from a file or a form: what is not stated is filled in from settings.toml."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from tenglong.domain.kernel.errors import BadFile, BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.kernel.rulefiles import load_rules, parse_toml
from tenglong.domain.kernel.validation import Sentence, first_problem, key_path, sentence
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.problems.format import MOST_PERIODS, SENTENCES

# What an office states before a roadmap is planned: each key has its type here, settings.toml has the
# defaults.
#
# docs/reference/roadmap-settings.schema.json is drawn from these classes.
#
# Amounts of money are in 10,000 yuan (万元), land in mu, floor area in m², energy in tce, wastewater and COD
# in t a year.

_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,15})?")

PeriodKind = Literal["week", "ten_days", "month", "quarter"]
TargetAmount = Literal["write_off", "land", "floor_area", "energy", "wastewater", "cod"]


def _number(value: Any) -> Decimal:
    """A number, written as one or as a text of digits: JSON and forms send exact numbers as texts."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise PydanticCustomError("number", "a number")
    text = (
        value
        if isinstance(value, str)
        else exact_text(Decimal(repr(value) if isinstance(value, float) else value))
    )
    if not _PLAIN.fullmatch(text):
        raise PydanticCustomError("number", "a number")
    return Decimal(text)


_AS_NUMBER = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _PLAIN.pattern}]})
Exact = Annotated[
    Decimal, BeforeValidator(_number), PlainSerializer(exact_text, when_used="json"), _AS_NUMBER
]
Size = Annotated[Exact, Field(ge=0)]
Share = Annotated[Exact, Field(ge=0, le=1)]
Days = Annotated[int, Strict(), Field(ge=0, le=3660)]
Text = Annotated[str, Strict(), Field(min_length=1, max_length=200)]
Free = Annotated[str, Strict()]
YesNo = Annotated[bool, Strict()]
Id = Annotated[str, Strict(), Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Month = Annotated[
    str, Strict(), Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="a calendar month, as 2021-05")
]


class Part(BaseModel):
    """A table of the file. `assumed` names the numbers in it that no source states, and why they were chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Free = ""
    assumed: dict[str, str] = {}


class Weighing(Part):
    """What the plan is to bring.

    `benefit`: most value, in points; `cost`: least money for the targets; `lexicographic`: most value, of which
    `tolerance` may be given up to save money.
    """

    kind: Literal["benefit", "cost", "lexicographic"]
    weights: dict[Id, Exact] = Field(
        description="points for each unit of an amount; what is lost counts with a minus"
    )
    discount_per_month: Annotated[Exact, Field(gt=0, le=1)] = Field(
        description="what a point is worth a month later"
    )
    tolerance: Share


class Payment(Part):
    """A part of what a contract pays, due so many days after signing; `name` as 首付款."""

    name: Text
    days: Days
    share: Share


class Fund(Part):
    """Money from the first day of the plan; without `total` and `cash` money is not limited.

    `cash` is what may be paid out by calendar month; what a month leaves goes on to the next. `financing` is approved
    credit on top of the total.
    """

    total: Size | None = None
    financing: Size = Decimal(0)
    cash: dict[Month, Size] = {}
    payments: Annotated[tuple[Payment, ...], Field(min_length=1)]


class Tier(Part):
    """Who signs within so many days of the campaign gets this share of the bonus (domain.md §9.4)."""

    days: Days
    share: Share


class Bonus(Part):
    """早搬早奖: `rate` of the compensation, by tiers; nothing after the last.

    Days count from `counted_from`, else from the start.
    """

    rate: Share
    tiers: tuple[Tier, ...]
    counted_from: date | None = None


class Capacity(Part):
    """What can be done at a time; None is no limit. A firm without a team counts for the one of its town."""

    staff_days_per_week: Size | None = Field(description="of each team, in a week of five working days")
    teams: dict[Text, Size] = Field(
        default={}, description="of single teams; a town's name for firms without a team"
    )
    appraisals_per_day: Size | None = Field(description="in a working day")
    legal_per_week: Size | None = Field(description="enforcement cases in a week of five working days")


class Park(Part):
    """Workshops to move to: vacant m², for firms with one of these processes; none named: for all."""

    name: Text
    vacant: Size
    processes: tuple[Text, ...] = ()


class Target(Part):
    """So much by a day, in all or in one town (its code) or zone. What firms already finished brought counts."""

    amount: TargetAmount
    by: date
    at_least: Size
    town: Free = ""
    zone: Free = ""


class Clearance(Part):
    """整区清零: every firm of the zone done by a day; with a bonus (in points) it is a wish, not a duty."""

    zone: Text
    by: date
    bonus: Size | None = None


class Sequence(Part):
    """Who comes before whom.

    A tenant starts `landlord_gap_days` or more after its landlord. Firms with a polluting process start within so many
    days, the other tenants of their landlord not before them.
    """

    landlord_first: YesNo
    landlord_gap_days: Days
    polluting: tuple[Text, ...]
    polluting_within_days: Days | None = None
    polluting_before_neighbours: YesNo


class JobsCap(Part):
    """At most so many jobs lost in a town (its code) or a zone, or in all."""

    at_most: Size
    town: Free = ""
    zone: Free = ""


class Caps(Part):
    """What may be lost at most; nothing stated: no limit."""

    jobs: tuple[JobsCap, ...] = ()
    tax: Size | None = None


class FixedChoice(Part):
    """A case (its number in the store) whose measure, or also whose start, is decided; it does not wait."""

    case: Text
    measure: Id
    start: date | None = None


class Stability(Part):
    """What departing from an announced roadmap costs when it is planned anew, in points (7.4)."""

    per_period: Size
    other: Size


class Solver(Part):
    """How long to search; the same seed and work give the same plan as long as the time does not end the search."""

    seconds: Annotated[int, Strict(), Field(ge=1, le=86_400)]
    work: Size | None = None
    seed: Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]
    gap: Share


class Settings(Part):
    """Everything that an office states for one roadmap."""

    format: Literal["tenglong-roadmap-settings/1"]
    title: Annotated[str, Strict(), Field(max_length=120)]
    start: date
    deadline: date
    period: PeriodKind
    periods_from: date | None = Field(
        default=None, description="the day from which weeks and ten days count; the first day unless told"
    )
    late: YesNo = Field(description="whether a measure may start that is done only after the deadline")
    aim: Weighing
    fund: Fund
    bonus: Bonus
    capacity: Capacity
    parks: tuple[Park, ...] = ()
    targets: tuple[Target, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    sequence: Sequence
    caps: Caps
    measures: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="the measures that may be taken"
    )
    prices: dict[Id, Size] = Field(default={}, description="unit prices that replace those of measures.toml")
    estimates: dict[Id, Size] = Field(
        default={}, description="figures for what is not known, as in measures.toml"
    )
    choices: tuple[FixedChoice, ...] = ()
    stability: Stability
    three_ables: dict[Id, Exact] = Field(
        default={}, description="thresholds that replace those of three_ables.toml"
    )
    solver: Solver

    @cached_property
    def periods(self) -> tuple[date, ...]:
        """The first day of each period: the start, then every 7 or 10 days or the first days of months or quarters.

        Weeks and ten days that count from an earlier day go on: then the first period is shorter. A period ends with
        the day of each target, so that what is done by that day is what counts for it.
        """
        found, day = [], self.periods_from or self.start
        while day <= self.start:
            day = next_period(day, self.period)
        while day <= self.deadline:
            found.append(day)
            day = next_period(day, self.period)
        after_targets = (target.by + timedelta(days=1) for target in self.targets)
        found += [day for day in after_targets if self.start < day <= self.deadline]
        return (self.start, *sorted(set(found)))

    @property
    def last_days(self) -> tuple[date, ...]:
        """The last day of each period; of the last one the deadline."""
        return (*(later - timedelta(days=1) for _, later in pairwise(self.periods)), self.deadline)

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is stated, defaults included."""
        content = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def next_period(day: date, kind: str) -> date:
    """The first day of the period after the one that begins on `day`."""
    if kind in ("week", "ten_days"):
        return day + timedelta(days=7 if kind == "week" else 10)
    step = 1 if kind == "month" else 3
    months = day.year * 12 + (day.month - 1) // step * step + step
    return date(months // 12, months % 12 + 1, 1)


WHOLE = ("weights",)
"""Tables that are taken as they are stated: a weight that is left out is none."""
_OWN: dict[str, Sentence] = {
    "number": lambda _: msg("应为数字：小数点前后各不超过 15 位。"),
    "string_pattern_mismatch": lambda _: msg("格式不对：编号用小写英文字母和数字，月份写作 2021-05。"),
}


def read_settings(given: str | Mapping[str, Any], name: str = "settings.toml") -> Settings:
    """Settings from a TOML text, or from the tables of a JSON file or a form; `start` and `deadline` must be stated.

    Tables are filled in key by key, lists are taken as they are.

    Raises:
        BadFile: not TOML, or a key is missing, unknown or wrong; the sentence names file, key and remedy.
    """
    stated = _parsed(given, name) if isinstance(given, str) else given
    content = _merged(_defaults(), stated)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise _not_valid(name, error, content) from None
    for key, problem in _contradictions(settings):
        raise _refusal(name, key, problem)
    return settings


def default_settings(start: date, deadline: date, **stated: Any) -> Settings:
    """The settings of settings.toml for these days; `stated` replaces single keys. Raises like `read_settings`."""
    return read_settings({"start": start, "deadline": deadline, **stated})


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return parse_toml(name, text.encode(), decimals=True)
    except BadRules as error:
        raise BadFile(error.message) from error


def _defaults() -> dict[str, Any]:
    return load_rules("tenglong.domain.roadmap", "settings.toml").content


def _merged(usual: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """`usual` with what is stated in its place, table by table."""
    found = dict(usual)
    for key, value in stated.items():
        below = found.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping) and key not in WHOLE:
            value = _merged(below, value)
        found[key] = value
    return found


def _refusal(name: str, key: str | Message, problem: Message) -> BadFile:
    return BadFile(msg("编制设置 {name} 的 {key}：{problem}", name=name, key=key, problem=problem))


def _not_valid(name: str, error: ValidationError, content: Mapping[str, Any]) -> BadFile:
    problem = first_problem(error)
    key = key_path(content, problem, named_by="name") or msg("（整个文件）")
    return _refusal(name, key, sentence(problem, {**SENTENCES, **_OWN}))


def _contradictions(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Keys that do not fit each other, each with what to do."""
    if settings.deadline < settings.start:
        yield "deadline", msg("截止日期 {deadline} 早于开始日期 {start}，请检查起止日期。", **_days(settings))
    elif len(settings.periods) > MOST_PERIODS:
        yield (
            "period",
            msg(
                "期数 {count} 超过 {most}，请改用更长的周期。", count=len(settings.periods), most=MOST_PERIODS
            ),
        )
    if sum(payment.share for payment in settings.fund.payments) != 1:
        yield "fund.payments", msg("各笔付款的比例之和应为 1，请改正。")
    days = [tier.days for tier in settings.bonus.tiers]
    if days != sorted(set(days)):
        yield "bonus.tiers", msg("奖励档的天数应由小到大，不重复。")
    yield from _unknown(settings)
    yield from _misplaced(settings)


def _unknown(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Ids that measures.toml does not have."""
    known = measures()
    named = [
        ("measures", settings.measures, known.measures),
        ("choices", [choice.measure for choice in settings.choices], known.measures),
        ("prices", settings.prices, known.prices),
        ("estimates", settings.estimates, known.estimates),
        ("aim.weights", settings.aim.weights, known.amounts),
    ]
    for key, ids, allowed in named:
        for id in ids:
            if id not in allowed:
                yield key, msg("没有“{id}”，可用的有：{known}。", id=id, known="、".join(sorted(allowed)))


def _misplaced(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Days outside the plan, two places at once, a name twice."""
    dated = [(f"targets[{n}].by", one.by) for n, one in enumerate(settings.targets, 1)]
    dated += [(f"clearances[{n}].by", one.by) for n, one in enumerate(settings.clearances, 1)]
    starts = [(f"choices[{n}].start", one.start) for n, one in enumerate(settings.choices, 1)]
    for key, day in (*dated, *starts):
        if day is not None and not settings.start <= day <= settings.deadline:
            yield key, msg("{day} 不在 {start} 至 {deadline} 之内，请改正。", day=day, **_days(settings))
    placed = [(f"targets[{n}]", one) for n, one in enumerate(settings.targets, 1)]
    placed += [(f"caps.jobs[{n}]", one) for n, one in enumerate(settings.caps.jobs, 1)]  # type: ignore[misc]
    for key, one in placed:
        if one.town and one.zone:
            yield key, msg("town 和 zone 只写一个。")
    twice = [
        ("parks", [park.name for park in settings.parks]),
        ("choices", [choice.case for choice in settings.choices]),
    ]
    for key, names in twice:
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield key, msg("“{name}”重复，请每个只写一次。", name=name)


def _days(settings: Settings) -> dict[str, date]:
    return {"start": settings.start, "deadline": settings.deadline}
