"""The sentences of a bulletin: templates from bulletins.toml, filled with figures that others computed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting.bulletins.content import (
    OverdueItem,
    PrintedFigure,
    RankingRow,
    RosterProgress,
    WeeklyDelta,
)
from tenglong.domain.reporting.documents import day_text

WORDING = load_rules("tenglong.domain.reporting.bulletins", "bulletins.toml").content
DONE = "销号"  # what a unit does to a case, unless the roster counts something else
NOTHING = WORDING["ranking"]["nothing"]


def amount(value: Decimal, unit: str) -> str:
    """A quantity as official text prints it, rounded once from the exact value: 8940亩, 1.97万亩."""
    rule = WORDING["units"].get(unit)
    if rule is None:
        return f"{value:f}{unit}"
    if abs(value) >= rule["wan_from"]:
        return f"{plain(half_up(value / 10000, rule['wan_places'])):f}万{unit}"
    return f"{plain(half_up(value, rule['places'])):f}{unit}"


def headline(progress: RosterProgress, year: int) -> str:
    """总体进展: one sentence of all figures that have a clause; dates of `year` are printed without it."""
    figures = {figure.id: figure for figure in progress.figures}
    parts = []
    for sentence in WORDING["headline"]:
        clauses = [_clause(figures[name], progress) for name in sentence["clauses"] if name in figures]
        if clauses:
            opening = sentence["opening"].format(as_of=short_day(progress.as_of, year))
            parts.append((opening, sentence["join"].join(clauses)))
    text = ""
    for opening, clauses_text in parts:  # a part with its own opening starts a new sentence
        text += ("。" if opening and text else "；" if text else "") + opening + clauses_text
    return text + "。" if text else ""


def _clause(figure: PrintedFigure, progress: RosterProgress) -> str:
    forms = WORDING["clauses"][figure.id]
    names = {"territory": progress.territory, "reference": progress.reference}
    if figure.printed == NOTHING:
        return str(forms.get("missing", f"{figure.name}{NOTHING}")).format(**names)
    if "text" in forms:
        return str(forms["text"]).format(value=_printed(figure), **names)
    points = Decimal(figure.printed)
    form = "equal" if not points else "ahead" if points > 0 else "behind"
    return str(forms[form]).format(value=f"{abs(points):f}{figure.unit}", **names)


def _printed(figure: PrintedFigure) -> str:
    if figure.unit in WORDING["units"]:
        return amount(Decimal(figure.exact), figure.unit)
    return figure.printed + figure.unit


def weekly(progress: RosterProgress, year: int) -> str:
    """本周变化: gains of the week and how they compare with the week before; empty where there is no week."""
    if progress.week_start is None or not progress.weekly:
        return ""
    forms = WORDING["weekly"]
    start, end = (short_day(day, year) for day in (progress.week_start, progress.as_of))
    deltas = forms["join"].join(_delta(delta) for delta in progress.weekly)
    return str(forms["opening"]).format(start=start, as_of=end, deltas=deltas)


def _delta(delta: WeeklyDelta) -> str:
    forms, gain = WORDING["weekly"], delta.this_week
    form = "none" if not gain else "gained" if gain > 0 else "lost"
    text = str(forms[form]).format(name=delta.name, value=amount(abs(gain), delta.unit))
    if delta.last_week is None:
        return text
    step = gain - delta.last_week
    comparison = "same" if not step else "more" if step > 0 else "less"
    return text + str(forms[comparison]).format(value=amount(abs(step), delta.unit))


def highlights_of(rows: Sequence[RankingRow], *, done: str = DONE) -> tuple[str, ...]:
    """亮点: best by rate (ties included), most places gained, most written off this week."""
    forms = WORDING["highlights"]
    best = [row for row in rows if row.rank is not None and row.rank <= forms["best_ranks"] and row.done]
    climbed = _top(rows, lambda row: row.change)
    busiest = _top(rows, lambda row: row.new)
    sentences = []
    if best:
        sentences.append(
            forms["best"].format(units=listing(forms["best_item"].format(**_row(row)) for row in best))
        )
    if climbed:
        units = listing(forms["climbed_item"].format(**_row(row)) for row in climbed)
        sentences.append(forms["climbed"].format(units=units))
    if busiest:
        form = forms["busiest_one" if len(busiest) == 1 else "busiest"]
        sentences.append(
            form.format(units=listing(row.unit for row in busiest), new=busiest[0].new, done=done)
        )
    return tuple(sentences)


def _top(rows: Sequence[RankingRow], value: Callable[[RankingRow], int | None]) -> list[RankingRow]:
    """The rows with the greatest positive value, ties included."""
    most = max((value(row) or 0 for row in rows), default=0)
    return [row for row in rows if most and value(row) == most]


def problems_of(
    rows: Sequence[RankingRow], overdue: Sequence[OverdueItem] = (), *, done: str = DONE
) -> tuple[str, ...]:
    """存在问题: units behind pace (slowest first), unfinished units without news, overdue items."""
    forms = WORDING["problems"]
    behind = _behind(rows)
    idle = [row for row in rows if row.target is not None and row.done < row.target and row.new <= 0]
    late = sorted(overdue, key=lambda item: -item.days)
    sentences = []
    if behind:
        units = listing((forms["behind_item"].format(**_row(row)) for row in behind), long=True)
        sentences.append(forms["behind"].format(count=len(behind), units=units))
    if idle:
        sentences.append(
            forms["idle"].format(count=len(idle), units=listing(row.unit for row in idle), done=done)
        )
    if late:
        items = listing((forms["overdue_item"].format(**vars(item)) for item in late), long=True)
        sentences.append(forms["overdue"].format(count=len(late), items=items))
    return tuple(sentences)


def next_steps_of(
    rows: Sequence[RankingRow],
    overdue: Sequence[OverdueItem],
    *,
    by: date,
    deadline: date,
    office: str,
    done: str = DONE,
) -> tuple[str, ...]:
    """下步要求: who catches up and who closes overdue items by `by`, and what remains by `deadline`."""
    forms = WORDING["next_steps"]
    sentences = []
    if behind := _behind(rows):
        units = listing(row.unit for row in behind)
        sentences.append(forms["catch_up"].format(units=units, deadline=day_text(by), done=done))
    if late := list(dict.fromkeys(item.unit for item in overdue)):
        sentences.append(forms["overdue"].format(units=listing(late), deadline=day_text(by), office=office))
    if any(row.target is not None and row.done < row.target for row in rows):
        sentences.append(forms["finish"].format(deadline=day_text(deadline), done=done))
    return tuple(sentences)


def _behind(rows: Sequence[RankingRow]) -> list[RankingRow]:
    late = [(row.pace_diff, row) for row in rows if row.pace_diff is not None and row.pace_diff < 0]
    return [row for _, row in sorted(late, key=lambda pair: pair[0])]


def _row(row: RankingRow) -> dict[str, Any]:
    points = "" if row.pace_diff is None else f"{abs(row.pace_diff):f}"
    return {**vars(row), "rate": NOTHING if row.rate is None else f"{row.rate:f}", "points": points}


def listing(items: Iterable[str], *, long: bool = False) -> str:
    """The items as one phrase; past the limit of the wording it says how many are left out."""
    forms, every = WORDING["lists"], list(items)
    shown = every[: WORDING["max_listed"]]
    text = forms["long_join" if long else "join"].join(shown)
    rest = len(every) - len(shown)
    return text + (forms["more"].format(rest=rest) if rest else "")


def short_day(day: date, year: int) -> str:
    """11月9日 in `year` itself, 2020年11月9日 otherwise."""
    return f"{day.month}月{day.day}日" if day.year == year else day_text(day)
