"""What became of what a roadmap announced, case by case, when it is planned anew (docs/algorithms/roadmap.md 7.5).

A promise is a measure, the day on which it starts and the day by which it is done. One rule after the other:

1. missed: a day that was announced lies before the day of the facts and what it announced had not happened: the start
   of a case that has not begun, the end of one that has.
2. broken: the case takes another measure now, or waits.
3. moved: it starts on another day (unless it had begun), or is done later than announced.
4. kept: everything else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.measures import measure_labels


class Fate(StrEnum):
    """What became of a promise, in the order in which people are told."""

    KEPT = "kept"
    MOVED = "moved"
    BROKEN = "broken"
    MISSED = "missed"


@dataclass(frozen=True)
class Arranged:
    """What a roadmap says of a case: a measure with its first and last day; no measure: it waits."""

    measure: str = ""
    start_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Fulfilment:
    """One promise: what was announced, what is planned now, what became of it and why."""

    id: str
    fate: Fate
    before: Arranged
    now: Arranged
    why: Message


def begun(firm: FirmFacts) -> bool:
    """Whether work on a case had begun on the day of the facts: a contract, or any step after its plan."""
    return firm.signed_on is not None or firm.started_on is not None


def passed(before: Arranged, firm: FirmFacts, today: date) -> bool:
    """Whether an announced day is over without what it announced (rule 1)."""
    due = before.done_on if begun(firm) else before.start_on
    return due is not None and due < today


def fulfilment(before: Arranged, firm: FirmFacts, now: Arranged, today: date) -> Fulfilment:
    """What became of one promise; `now` is what the new roadmap says of the case, `today` the day of its facts."""
    fate, why = _judged(before, firm, now, today)
    return Fulfilment(firm.id, fate, before, now, why)


def fulfilments(
    before: Mapping[str, Arranged], firms: Iterable[FirmFacts], now: Mapping[str, Arranged], today: date
) -> list[Fulfilment]:
    """Of every promise to a case that the new roadmap still plans for, in the order of the cases."""
    promised = (firm for firm in firms if firm.id in now and before.get(firm.id, Arranged()).measure)
    return [fulfilment(before[firm.id], firm, now[firm.id], today) for firm in promised]


def counted(found: Sequence[Fulfilment]) -> dict[Fate, int]:
    """How many promises had which fate."""
    return {fate: sum(one.fate == fate for one in found) for fate in Fate}


def _judged(before: Arranged, firm: FirmFacts, now: Arranged, today: date) -> tuple[Fate, Message]:
    if passed(before, firm, today):
        return Fate.MISSED, _missed(before, firm, now, today)
    if now.measure != before.measure:
        return Fate.BROKEN, _broken(before, now)
    if not begun(firm) and now.start_on != before.start_on:
        return Fate.MOVED, msg("启动由 {before} 改为 {now}。", before=before.start_on, now=now.start_on)
    if now.done_on and before.done_on and now.done_on > before.done_on:
        said = msg(
            "完成由 {before} 推迟到 {now}{why}", before=before.done_on, now=now.done_on, why=_later(firm)
        )
        return Fate.MOVED, said
    return Fate.KEPT, msg("按原定日期办理。")


def _missed(before: Arranged, firm: FirmFacts, now: Arranged, today: date) -> Message:
    due = before.done_on if begun(firm) else before.start_on
    fields: dict[str, object] = {"due": due, "today": today, "done": now.done_on}
    if begun(firm):
        return msg("原定 {due} 完成，到 {today} 台账没有完成，现定 {done} 完成。", **fields)
    if not now.measure:
        return msg("原定 {due} 启动，到 {today} 台账没有启动，本方案也没有安排。", **fields)
    return msg("原定 {due} 启动，到 {today} 台账没有启动，现定 {now} 启动。", now=now.start_on, **fields)


def _broken(before: Arranged, now: Arranged) -> Message:
    announced = _measure(before.measure)
    if not now.measure:
        return msg("原定“{before}”，本方案没有安排。", before=announced)
    return msg("处置方式由“{before}”改为“{now}”。", before=announced, now=_measure(now.measure))


def _later(firm: FirmFacts) -> Message:
    """Why a case whose start stands is done later."""
    if firm.signed_on is not None:
        return msg("：{day} 才签约，此后各步骤顺延。", day=firm.signed_on)
    if begun(firm):
        return msg("：已启动，余下步骤从现在算起。")
    return msg("：余下步骤的期限顺延。")


def _measure(id: str) -> Message | str:
    known = measure_labels().get(id)
    return label(known) if known else id
