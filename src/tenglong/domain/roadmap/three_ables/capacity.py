"""Whether a plan can be carried out: load of teams, appraisers, enforcement (domain.md §11.4).

A capacity of a week of five working days is held against each period of the plan by the working days in it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.generation.timing import Parts
from tenglong.domain.roadmap.settings import Settings, next_period
from tenglong.domain.roadmap.three_ables.checks import Check, Threshold
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome
from tenglong.domain.roadmap.wording import said

NOTHING = Decimal(0)
WORKING_WEEK = 5
_PLACES = 2


@dataclass(frozen=True)
class Periods:
    """First and last day of each period, and the working days in it."""

    windows: tuple[tuple[date, date], ...]
    working: tuple[int, ...]


@dataclass(frozen=True)
class Loads:
    """What is used in each period, and what there is."""

    windows: tuple[tuple[date, date], ...]
    used: tuple[Decimal, ...]
    there: tuple[Fraction, ...]

    def over(self) -> list[int]:
        """The periods in which more is used than there is, the worst first."""
        short = [n for n, (used, there) in enumerate(zip(self.used, self.there, strict=True)) if used > there]
        return sorted(short, key=lambda n: self.there[n] - Fraction(self.used[n]))

    def tightest(self) -> int:
        """The period of which the largest share is used."""
        return max(range(len(self.windows)), key=self._share)

    def share(self) -> Fraction:
        """That share."""
        return self._share(self.tightest())

    def _share(self, n: int) -> Fraction:
        return Fraction(self.used[n]) / self.there[n] if self.there[n] else Fraction(0)


def capacity_checks(
    facts: Mapping[str, FirmFacts],
    lines: Sequence[LinePlan],
    settings: Settings,
    limits: Mapping[str, Threshold],
    calendar: WorkingCalendar,
) -> Iterator[Check]:
    """The checks of a plan; its lines are those of firms that do not wait."""
    days = windows(settings, lines)
    periods = Periods(days, tuple(calendar.working_days(*window) for window in days))
    yield from _teams(facts, lines, settings, periods)
    yield from _open_cases(facts, lines, limits["team_cases"])
    yield _appraisals(lines, settings, periods)
    yield _legal(lines, settings, periods)


def windows(settings: Settings, lines: Iterable[LinePlan]) -> tuple[tuple[date, date], ...]:
    """First and last day of each period of the plan, and of those after it in which something is still to be done."""
    until = max((day for line in lines for day, _ in _work(line)), default=settings.deadline)
    found = list(zip(settings.periods, settings.last_days, strict=True))
    while found[-1][1] < until:
        first = found[-1][1] + timedelta(days=1)
        found.append((first, next_period(first, settings.period) - timedelta(days=1)))
    return tuple(found)


def _work(line: LinePlan) -> Parts:
    return (*line.staff, *line.appraisals, *line.legal)


def _loads(periods: Periods, parts: Iterable[tuple[date, Decimal]], each: Fraction) -> Loads:
    """`each` is what there is in a working day. What is due before the plan counts in its first period."""
    used = [NOTHING] * len(periods.windows)
    firsts = [first for first, _ in periods.windows]
    for day, value in parts:
        used[max(bisect_right(firsts, day) - 1, 0)] += value
    return Loads(periods.windows, tuple(used), tuple(each * days for days in periods.working))


def team_of(one: FirmFacts) -> str:
    """The team of a firm; without one the town's people."""
    return one.team or one.town


def _check(
    id: str, outcome: Outcome, figures: tuple[Decimal | None, Decimal | None], unit: str, said_: Message
) -> Check:
    return Check(id, Able.FEASIBLE, outcome, *figures, unit, said_)


def _teams(
    facts: Mapping[str, FirmFacts],
    lines: Sequence[LinePlan],
    settings: Settings,
    periods: Periods,
) -> Iterator[Check]:
    capacity, by_team = settings.capacity, _by_team(facts, lines)
    nobody = len(by_team.pop("", ()))
    if nobody:
        said_ = msg(
            "{count} 家企业没有专班，也不知道属于哪个镇（街道），无法核对工日，请分配专班。", count=nobody
        )
        yield _check("team_load", Outcome.CONDITIONAL, (Decimal(nobody), None), "家", said_)
    loads = {}
    for team, theirs in sorted(by_team.items()):
        each = capacity.teams.get(team, capacity.staff_days_per_week)
        if each is None:
            said_ = msg("没有填报专班“{team}”每周的工日，无法核对，请填报。", team=team)
            yield _check("team_load", Outcome.CONDITIONAL, (None, None), "工日", said_)
        else:
            parts = [part for line in theirs for part in line.staff]
            loads[team] = _loads(periods, parts, Fraction(each) / WORKING_WEEK)
    over = {team: found for team, load in loads.items() if (found := load.over())}
    for team, found in over.items():
        yield _overload("team_load", loads[team], found, "工日", team=team)
    if loads and not over:
        team, load = max(loads.items(), key=lambda one: one[1].share())
        said_ = msg(
            "各专班每期工日都够；最紧的是专班“{team}”：{load}。", team=team, load=_load_words(load, "工日")
        )
        yield _check("team_load", Outcome.PASS, _figures(load, load.tightest()), "工日", said_)


def _by_team(facts: Mapping[str, FirmFacts], lines: Sequence[LinePlan]) -> dict[str, list[LinePlan]]:
    found: dict[str, list[LinePlan]] = {}
    for line in lines:
        found.setdefault(team_of(facts[line.id]), []).append(line)
    return found


def _figures(load: Loads, n: int) -> tuple[Decimal, Decimal]:
    return load.used[n], half_up(load.there[n], _PLACES)


def _load_words(load: Loads, unit: str | Message) -> Message:
    n = load.tightest()
    fields = {"first": load.windows[n][0], "last": load.windows[n][1], "unit": unit}
    return msg(
        "{first} 至 {last} 需 {used} {unit}，可用 {there} {unit}",
        used=said(load.used[n]),
        there=said(load.there[n]),
        **fields,
    )


def _overload(
    id: str, load: Loads, over: list[int], unit: str, *, words: str | Message = "", team: str = ""
) -> Check:
    n = over[0]
    fields = {
        "who": msg("专班“{team}”", team=team) if team else "",
        "first": load.windows[n][0],
        "last": load.windows[n][1],
        "used": said(load.used[n]),
        "there": said(load.there[n]),
        "by": said(Fraction(load.used[n]) - load.there[n]),
        "unit": words or unit,
        "count": len(over),
    }
    said_ = msg(
        "{who}{first} 至 {last} 需 {used} {unit}，只有 {there} {unit}，缺 {by} {unit}（共 {count} 期不够），"
        "请增派力量或推迟。",
        **fields,
    )
    return _check(id, Outcome.FAIL, _figures(load, n), unit, said_)


def _open_cases(
    facts: Mapping[str, FirmFacts], lines: Sequence[LinePlan], limit: Threshold
) -> Iterator[Check]:
    """The largest number of cases that a team has open on one day."""
    peaks = {}
    for team, theirs in sorted(_by_team(facts, lines).items()):
        if team:
            peaks[team] = _peak(
                [(line.start_on, line.done_on) for line in theirs if line.start_on and line.done_on]
            )
    most = limit.value or NOTHING
    over = [team for team, (count, _) in peaks.items() if count > most]
    if over:
        team = max(over, key=lambda one: peaks[one][0])
        count, day = peaks[team]
        fields = {"team": team, "day": day, "count": count, "most": said(most), "by": said(count - most)}
        said_ = msg(
            "{teams} 个专班同时在办超过 {most} 户，最多的专班“{team}”到 {day} 有 {count} 户，多 {by} 户，"
            "请增派人手或错开。",
            teams=len(over),
            **fields,
        )
        yield _check("team_cases", limit.beyond, (Decimal(count), most), limit.unit, said_)
    if peaks and not over:
        team = max(peaks, key=lambda one: peaks[one][0])
        said_ = msg(
            "各专班同时在办都不超过 {most} 户，最多的专班“{team}”{count} 户。",
            team=team,
            count=peaks[team][0],
            most=said(most),
        )
        yield _check("team_cases", Outcome.PASS, (Decimal(peaks[team][0]), most), limit.unit, said_)


def _peak(spans: list[tuple[date, date]]) -> tuple[int, date]:
    """The most spans on one day, and the first such day."""
    changes: dict[date, int] = {}
    for first, last in spans:
        changes[first] = changes.get(first, 0) + 1
        after = last + timedelta(days=1)
        changes[after] = changes.get(after, 0) - 1
    best, count, found = 0, 0, min(changes, default=date.min)
    for day in sorted(changes):
        count += changes[day]
        if count > best:
            best, found = count, day
    return best, found


def _appraisals(lines: Sequence[LinePlan], settings: Settings, periods: Periods) -> Check:
    each = settings.capacity.appraisals_per_day
    if each is None:
        said_ = msg("没有填报每个工作日能评估多少件，无法核对，请填报。")
        return _check("appraisals", Outcome.CONDITIONAL, (None, None), "件", said_)
    load = _loads(periods, [part for line in lines for part in line.appraisals], Fraction(each))
    over = load.over()
    if over:
        return _overload("appraisals", load, over, "件", words=msg("件评估"))
    if not any(load.used):
        return _check("appraisals", Outcome.PASS, (NOTHING, None), "件", msg("不需要评估。"))
    said_ = msg("评估能力够用；最紧的一期{load}。", load=_load_words(load, msg("件评估")))
    return _check("appraisals", Outcome.PASS, _figures(load, load.tightest()), "件", said_)


def _legal(lines: Sequence[LinePlan], settings: Settings, periods: Periods) -> Check:
    each = settings.capacity.legal_per_week
    if each is None:
        said_ = msg("没有填报每周能办结多少件执法案件，无法核对，请填报。")
        return _check("legal", Outcome.CONDITIONAL, (None, None), "件", said_)
    load = _loads(periods, [part for line in lines for part in line.legal], Fraction(each) / WORKING_WEEK)
    over = load.over()
    if over:
        return _overload("legal", load, over, "件", words=msg("件案件"))
    if not any(load.used):
        return _check("legal", Outcome.PASS, (NOTHING, None), "件", msg("不需要办理执法案件。"))
    said_ = msg("执法办案能力够用；最紧的一期{load}。", load=_load_words(load, msg("件案件")))
    return _check("legal", Outcome.PASS, _figures(load, load.tightest()), "件", said_)
