"""The sentences of a bulletin: templates from bulletins.toml, filled with figures that others computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.kernel.rulebook import Rule
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.reporting.bulletins.content import (
    OverdueItem,
    PrintedFigure,
    RankingRow,
    RosterProgress,
    WeeklyDelta,
)
from tenglong.domain.reporting.documents import Align, day_text

WORDING = Rule("bulletin", "tenglong.domain.reporting.bulletins", "bulletins.toml")
Words = Mapping[str, Any]
"""What a file of WORDING says."""
PAGE_MM = 156
"""How wide a page is between its margins."""
DONE = "销号"  # what a unit does to a case, unless the roster counts something else
NOTHING = "—"  # where there is nothing to print

COLUMNS = (
    "rank",
    "unit",
    "target",
    "done",
    "new",
    "rate",
    "pace_diff",
    "land",
    "energy",
    "last_rank",
    "change",
    "card",
)
"""The columns that the ranking may have."""
CORRECTION_COLUMNS = 6
ALIGNED = tuple(Align)


def parse_wording(rules: RuleFile) -> Words:
    """What a file of WORDING says.

    Raises:
        BadRules: a sentence names a clause, or the ranking a column, that does not exist; widths do not add up.
    """
    words = rules.content
    for sentence in words["headline"]:
        _check(rules, "headline.clauses", sentence["clauses"], tuple(words["clauses"]))
    columns = words["ranking"]["columns"]
    _check(rules, "ranking.columns.key", [column["key"] for column in columns], COLUMNS)
    check_columns(rules.name, "ranking.columns", columns)
    corrections = words["corrections"]
    for key in ("headers", "widths_mm", "aligns"):
        if len(corrections[key]) != CORRECTION_COLUMNS:
            problem = "规则文件 {name} 中 corrections.{key} 应有 {count} 项，现有 {given} 项。"
            given = len(corrections[key])
            raise BadRules(msg(problem, name=rules.name, key=key, count=CORRECTION_COLUMNS, given=given))
    pairs = zip(corrections["widths_mm"], corrections["aligns"], strict=True)
    check_columns(rules.name, "corrections", [{"width_mm": width, "align": align} for width, align in pairs])
    return words


def check_columns(name: str, key: str, columns: Sequence[Mapping[str, Any]]) -> None:
    """Raises BadRules where the columns of a table of a bulletin do not fill the page, or stand oddly in it."""
    for column in columns:
        if column.get("align", ALIGNED[0]) not in ALIGNED:
            problem = "规则文件 {name} 中 {key} 的 align 应为 {known} 之一，现为“{value}”。"
            values = {"known": "、".join(ALIGNED), "value": column["align"]}
            raise BadRules(msg(problem, name=name, key=key, **values))
    total = sum(column["width_mm"] for column in columns)
    if not columns or min(column["width_mm"] for column in columns) <= 0 or total > PAGE_MM:
        problem = "规则文件 {name} 中 {key} 的 width_mm 都应大于 0，合计不超过 {most}，现合计 {total}。"
        raise BadRules(msg(problem, name=name, key=key, most=PAGE_MM, total=total))


def _check(rules: RuleFile, key: str, given: Sequence[str], known: Sequence[str]) -> None:
    for one in given:
        if one not in known:
            problem = "规则文件 {name} 中 {key} 没有“{value}”可用，可用的有：{known}。"
            raise BadRules(msg(problem, name=rules.name, key=key, value=one, known="、".join(known)))


def amount(words: Words, value: Decimal, unit: str) -> str:
    """A quantity as official text prints it, rounded once from the exact value: 8940亩, 1.97万亩."""
    rule = words["units"].get(unit)
    if rule is None:
        return f"{value:f}{unit}"
    if abs(value) >= rule["wan_from"]:
        return f"{plain(half_up(value / 10000, rule['wan_places'])):f}万{unit}"
    return f"{plain(half_up(value, rule['places'])):f}{unit}"


def headline(words: Words, progress: RosterProgress, year: int) -> str:
    """总体进展: one sentence of all figures that have a clause; dates of `year` are printed without it."""
    figures = {figure.id: figure for figure in progress.figures}
    parts = []
    for sentence in words["headline"]:
        clauses = [_clause(words, figures[name], progress) for name in sentence["clauses"] if name in figures]
        if clauses:
            opening = sentence["opening"].format(as_of=short_day(progress.as_of, year))
            parts.append((opening, sentence["join"].join(clauses)))
    text = ""
    for opening, clauses_text in parts:  # a part with its own opening starts a new sentence
        text += ("。" if opening and text else "；" if text else "") + opening + clauses_text
    return text + "。" if text else ""


def _clause(words: Words, figure: PrintedFigure, progress: RosterProgress) -> str:
    forms = words["clauses"][figure.id]
    names = {"territory": progress.territory, "reference": progress.reference}
    if figure.printed == NOTHING:
        return str(forms.get("missing", f"{figure.name}{NOTHING}")).format(**names)
    if "text" in forms:
        return str(forms["text"]).format(value=_printed(words, figure), **names)
    points = Decimal(figure.printed)
    form = "equal" if not points else "ahead" if points > 0 else "behind"
    return str(forms[form]).format(value=f"{abs(points):f}{figure.unit}", **names)


def _printed(words: Words, figure: PrintedFigure) -> str:
    if figure.unit in words["units"]:
        return amount(words, Decimal(figure.exact), figure.unit)
    return figure.printed + figure.unit


def weekly(words: Words, progress: RosterProgress, year: int) -> str:
    """本周变化: gains of the week and how they compare with the week before; empty where there is no week."""
    if progress.week_start is None or not progress.weekly:
        return ""
    forms = words["weekly"]
    start, end = (short_day(day, year) for day in (progress.week_start, progress.as_of))
    deltas = forms["join"].join(_delta(words, delta) for delta in progress.weekly)
    return str(forms["opening"]).format(start=start, as_of=end, deltas=deltas)


def _delta(words: Words, delta: WeeklyDelta) -> str:
    forms, gain = words["weekly"], delta.this_week
    form = "none" if not gain else "gained" if gain > 0 else "lost"
    text = str(forms[form]).format(name=delta.name, value=amount(words, abs(gain), delta.unit))
    if delta.last_week is None:
        return text
    step = gain - delta.last_week
    comparison = "same" if not step else "more" if step > 0 else "less"
    return text + str(forms[comparison]).format(value=amount(words, abs(step), delta.unit))


def highlights_of(words: Words, rows: Sequence[RankingRow], *, done: str = DONE) -> tuple[str, ...]:
    """亮点: best by rate (ties included), most places gained, most written off this week."""
    forms = words["highlights"]
    best = [row for row in rows if row.rank is not None and row.rank <= forms["best_ranks"] and row.done]
    climbed = _top(rows, lambda row: row.change)
    busiest = _top(rows, lambda row: row.new)
    sentences = []
    if best:
        sentences.append(
            forms["best"].format(
                units=listing(words, (forms["best_item"].format(**_row(row)) for row in best))
            )
        )
    if climbed:
        units = listing(words, (forms["climbed_item"].format(**_row(row)) for row in climbed))
        sentences.append(forms["climbed"].format(units=units))
    if busiest:
        form = forms["busiest_one" if len(busiest) == 1 else "busiest"]
        sentences.append(
            form.format(units=listing(words, (row.unit for row in busiest)), new=busiest[0].new, done=done)
        )
    return tuple(sentences)


def _top(rows: Sequence[RankingRow], value: Callable[[RankingRow], int | None]) -> list[RankingRow]:
    """The rows with the greatest positive value, ties included."""
    most = max((value(row) or 0 for row in rows), default=0)
    return [row for row in rows if most and value(row) == most]


def problems_of(
    words: Words, rows: Sequence[RankingRow], overdue: Sequence[OverdueItem] = (), *, done: str = DONE
) -> tuple[str, ...]:
    """存在问题: units behind pace (slowest first), unfinished units without news, overdue items."""
    forms = words["problems"]
    behind = _behind(rows)
    idle = [row for row in rows if row.target is not None and row.done < row.target and row.new <= 0]
    late = sorted(overdue, key=lambda item: -item.days)
    sentences = []
    if behind:
        units = listing(words, (forms["behind_item"].format(**_row(row)) for row in behind), long=True)
        sentences.append(forms["behind"].format(count=len(behind), units=units))
    if idle:
        sentences.append(
            forms["idle"].format(count=len(idle), units=listing(words, (row.unit for row in idle)), done=done)
        )
    if late:
        items = listing(words, (forms["overdue_item"].format(**vars(item)) for item in late), long=True)
        sentences.append(forms["overdue"].format(count=len(late), items=items))
    return tuple(sentences)


def next_steps_of(
    words: Words,
    rows: Sequence[RankingRow],
    overdue: Sequence[OverdueItem],
    *,
    by: date,
    deadline: date,
    office: str,
    done: str = DONE,
) -> tuple[str, ...]:
    """下步要求: who catches up and who closes overdue items by `by`, and what remains by `deadline`."""
    forms = words["next_steps"]
    sentences = []
    if behind := _behind(rows):
        units = listing(words, (row.unit for row in behind))
        sentences.append(forms["catch_up"].format(units=units, deadline=day_text(by), done=done))
    if late := list(dict.fromkeys(item.unit for item in overdue)):
        sentences.append(
            forms["overdue"].format(units=listing(words, late), deadline=day_text(by), office=office)
        )
    if any(row.target is not None and row.done < row.target for row in rows):
        sentences.append(forms["finish"].format(deadline=day_text(deadline), done=done))
    return tuple(sentences)


def _behind(rows: Sequence[RankingRow]) -> list[RankingRow]:
    late = [(row.pace_diff, row) for row in rows if row.pace_diff is not None and row.pace_diff < 0]
    return [row for _, row in sorted(late, key=lambda pair: pair[0])]


def _row(row: RankingRow) -> dict[str, Any]:
    points = "" if row.pace_diff is None else f"{abs(row.pace_diff):f}"
    return {**vars(row), "rate": NOTHING if row.rate is None else f"{row.rate:f}", "points": points}


def listing(words: Words, items: Iterable[str], *, long: bool = False) -> str:
    """The items as one phrase; past the limit of the wording it says how many are left out."""
    forms, every = words["lists"], list(items)
    shown = every[: words["max_listed"]]
    text = forms["long_join" if long else "join"].join(shown)
    rest = len(every) - len(shown)
    return text + (forms["more"].format(rest=rest) if rest else "")


def short_day(day: date, year: int) -> str:
    """11月9日 in `year` itself, 2020年11月9日 otherwise."""
    return f"{day.month}月{day.day}日" if day.year == year else day_text(day)
