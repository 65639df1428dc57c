"""What must stand on file before a person records an entry (prerequisites.toml): checks, meters, waiting times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any, TypeVar

from tenglong.domain.campaign.cases import standing
from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.errors import BadRules, Conflict
from tenglong.domain.kernel.messages import Message, either, label, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.entries import Draft, Entry
from tenglong.domain.ledger.kinds import vocabulary

T = TypeVar("T")


@dataclass(frozen=True)
class Need:
    """Before `kind`, one of `any_of` must count."""

    kind: str
    any_of: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Bar:
    """While `counts` counts, `kind` is refused; `ended_by` ends it."""

    kind: str
    counts: str
    ended_by: str
    zh: str
    en: str


@dataclass(frozen=True)
class Wait:
    """After the last `after`, so many working days pass before `kind`, unless one of `unless` followed on it."""

    kind: str
    after: str
    working_days: int
    unless: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Prerequisites:
    """All of the file, in its order."""

    needs: tuple[Need, ...]
    bars: tuple[Bar, ...]
    waits: tuple[Wait, ...]


@cache
def prerequisites() -> Prerequisites:
    """The prerequisites that ship with the program."""
    return parse_prerequisites(load_rules("tenglong.domain.campaign", "prerequisites.toml"))


def parse_prerequisites(rules: RuleFile) -> Prerequisites:
    """The prerequisites that a rule file states.

    Raises:
        BadRules: a key is unknown or missing, or a kind is none.
    """
    return Prerequisites(_rows(rules, "need", Need), _rows(rules, "bar", Bar), _rows(rules, "wait", Wait))


def _rows(rules: RuleFile, name: str, table: type[T]) -> tuple[T, ...]:
    names = {one.name for one in fields(table)}  # type: ignore[arg-type]
    for row in rules.content.get(name, ()):
        if row.keys() != names or not vocabulary().kinds.keys() >= set(_kinds(row)):
            problem = "规则文件 {name} 的 {table} 有误：键或台账事项未知，或缺少键，请改正：{row}。"
            raise BadRules(msg(problem, name=rules.name, table=name, row=str(row)))
    return tuple(table(**_frozen(row)) for row in rules.content.get(name, ()))


def _kinds(row: Mapping[str, Any]) -> list[str]:
    single = [row[key] for key in ("kind", "counts", "ended_by", "after") if key in row]
    return [*single, *row.get("any_of", ()), *row.get("unless", ())]


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def hindrance(
    kind: str, day: date, history: Sequence[Entry | Draft], calendar: Callable[[], WorkingCalendar]
) -> Message | None:
    """Why `kind` may not be recorded for `day` after `history`, the entries of a case that count in their order; None
    when it may. What happened after that day does not speak for it; `calendar` is asked for only where a time runs."""
    before = [fact for fact in history if fact.effective_on <= day]
    slots, words, rules = standing(before).slots, vocabulary(), prerequisites()
    for need in rules.needs:
        if need.kind == kind and not any(slots.get(words.kind(one).slot) for one in need.any_of):
            names = either(words.kind(one).zh for one in need.any_of)
            return msg("{why}，请先登记“{names}”。", why=label(need.zh), names=names)
    for bar in rules.bars:
        if bar.kind == kind and slots.get(words.kind(bar.counts).slot):
            return msg(
                "{why}，请先登记“{names}”。", why=label(bar.zh), names=label(words.kind(bar.ended_by).zh)
            )
    waits = (wait for wait in rules.waits if wait.kind == kind)
    return next((said for wait in waits if (said := _too_early(wait, day, before, calendar))), None)


def check_prerequisites(
    kind: str, day: date, history: Sequence[Entry | Draft], calendar: Callable[[], WorkingCalendar]
) -> None:
    """Raises Conflict when `hindrance` says why not."""
    if problem := hindrance(kind, day, history, calendar):
        raise Conflict(problem)


def _too_early(
    wait: Wait, day: date, before: Sequence[Entry | Draft], calendar: Callable[[], WorkingCalendar]
) -> Message | None:
    told = [index for index, fact in enumerate(before) if fact.kind == wait.after]
    if not told or any(fact.kind in wait.unless for fact in before[told[-1] :]):
        return None
    last = calendar().add_working_days(before[told[-1]].effective_on, wait.working_days)
    if day > last:
        return None
    problem = "{why}（{days} 个工作日，到 {last} 止），请在此之后登记，或先登记“{names}”。"
    names = either(vocabulary().kind(one).zh for one in wait.unless)
    return msg(problem, why=label(wait.zh), days=wait.working_days, last=last, names=names)
