"""A roadmap as documents to take away: the wall chart and the workbook, as far as the person may see it.

Neither knows a clock: the same roadmap, in the same state and for the same places, gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache

from django.db.models import Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro, half_up, plain
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting.documents import day_text
from tenglong.domain.reporting.roadmap.chart import chart_pages
from tenglong.domain.reporting.roadmap.chart.parts import LOOK
from tenglong.domain.reporting.roadmap.content import (
    AmountName,
    CaseLine,
    CheckLine,
    LoadLine,
    MoneyLine,
    MonthLine,
    PriceLine,
    PromiseLine,
    RoadmapContent,
    Step,
    TargetLine,
)
from tenglong.domain.reporting.roadmap.sheets import workbook_pages
from tenglong.domain.roadmap.measures import measures
from tenglong.domain.roadmap.settings import Clearance, Target
from tenglong.domain.roadmap.three_ables.checks import Check
from tenglong.domain.roadmap.wording import amount_label
from tenglong.queries.campaign.rosters import as_known, calibre_of
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.lines import LineDetail, all_lines, town_of
from tenglong.queries.roadmap.overview import sees_all
from tenglong.queries.roadmap.promises import PromiseRow, promise_rows
from tenglong.queries.roadmap.results import certificate_of, checks_of, prices_of
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.views import MONEY, cash_by_month, load_of_teams, visible_flows
from tenglong.store.models import Roadmap, User

PLACES = 4
"""Decimal places of a check's numbers in documents: enough for a ratio."""
WORDS = LOOK["said"]
MONEY_LINES = ("paid", "committed", "free", "planned", "left")


def chart_of(roadmap: Roadmap, scope: Scope, *, notice: str = "") -> bytes:
    """The wall chart as a PDF. `notice` marks the whole document; what is about invented firms is marked anyway.

    Raises:
        NotFound: the roadmap has no plan, or the letters of the chart have not been fetched.
    """
    from tenglong.domain.reporting.writers.pdf import write_pdf

    content = content_of(roadmap, scope, notice=notice)
    return write_pdf(chart_pages(content), title=content.title, created=content.computed_at)


def workbook_of(roadmap: Roadmap, scope: Scope, *, notice: str = "") -> bytes:
    """The workbook; raises NotFound like `chart_of` for a roadmap without a plan."""
    from tenglong.domain.reporting.writers.xlsx import write_pages

    content = content_of(roadmap, scope, notice=notice)
    return write_pages(workbook_pages(content), title=content.title, created=content.computed_at)


def chart_name(roadmap: Roadmap) -> str:
    """What the file of the wall chart is called."""
    return str(WORDS["chart"]).format(title=roadmap.title, number=roadmap.number)


def workbook_name(roadmap: Roadmap) -> str:
    """What the file of the workbook is called."""
    return str(WORDS["workbook"]).format(title=roadmap.title, number=roadmap.number)


def able_words(id: str) -> str:
    """What one of the three-ables is called."""
    return str(LOOK["ables"].get(id, id))


def outcome_words(id: str) -> str:
    """How a check ended, in words."""
    return str(LOOK["outcomes"].get(id, id))


def amounts_of(ids: Collection[str]) -> tuple[AmountName, ...]:
    """Names and units of amounts, in the order of the rule file."""
    return tuple(
        AmountName(one.id, str(amount_label(one.id)), one.unit)
        for one in measures().amounts.values()
        if one.id in ids
    )


def content_of(roadmap: Roadmap, scope: Scope, *, notice: str = "") -> RoadmapContent:
    """Everything that both documents print, of the cases that the person may see; raises like `chart_of`."""
    if not roadmap.plan_digest or roadmap.computed_at is None:
        problem = "第 {number} 号路线图没有方案，不能生成挂图和工作簿；请先编制。"
        raise NotFound(msg(problem, number=roadmap.number))
    settings, lines = settings_of(roadmap), list(all_lines(roadmap, scope))
    certificate, account = certificate_of(roadmap), account_of(roadmap, scope)
    return RoadmapContent(
        title=roadmap.title,
        territory=roadmap.place.name,
        calibre=calibre_of(as_known(roadmap.roster, roadmap.known_at)),
        standing=_standing(roadmap),
        certificate=str(certificate) if certificate else "",
        planned_by=_shown(roadmap.requested_by),
        facts_on=roadmap.facts_on,
        known_at=roadmap.known_at,
        computed_at=roadmap.computed_at,
        periods=settings.periods,
        end=settings.deadline + timedelta(days=1),
        measures=_choices("measure"),
        amounts=amounts_of({id for line in lines for id in line.row.amounts}),
        cases=tuple(_case(line) for line in lines),
        settled=tuple(_settled(roadmap, scope, lines)),
        money=tuple(MoneyLine(WORDS[name], getattr(account, name)) for name in MONEY_LINES),
        account=tuple(str(one) for one in account.sentences),
        promises=tuple(_promise(row) for row in promise_rows(roadmap, scope)),
        targets=tuple(_targets(roadmap)) if sees_all(roadmap, scope) else (),
        months=tuple(
            MonthLine(one.month, one.paid, one.due, one.cumulative, one.fund, one.available)
            for one in cash_by_month(roadmap, scope)
        ),
        loads=tuple(
            LoadLine(one.team, week, days, one.capacity)
            for one in load_of_teams(roadmap, scope)
            for week, days in one.weeks
        ),
        checks=tuple(_checks(roadmap, scope, lines)),
        prices=tuple(
            PriceLine(
                limit=str(one.label),
                step=one.step,
                unit=one.unit,
                points=half_up(one.per_step, PLACES),
                text="".join(map(str, one.sentences[:-1])),  # easing and tightening; the last is a caution
            )
            for one in prices_of(roadmap, scope)
        ),
        notice=notice or (WORDS["demo"] if _invented(roadmap) else ""),
    )


def _settled(roadmap: Roadmap, scope: Scope, lines: list[LineDetail]) -> Iterator[CaseLine]:
    """What finished cases are still paid, by place, zone and team: what flows of money say beyond the lines."""
    rows = visible_flows(roadmap, scope).filter(amount=MONEY).values("place_id", "zone", "team")
    owed: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows.annotate(micro=Sum("quantity")).order_by("zone", "place_id", "team"):
        town = town_of(row["place_id"], roadmap.facts_on)[1]
        owed[row["zone"], town, row["team"]] += from_micro(row["micro"])
    for line in lines:
        owed[line.row.zone, line.row.town_name, line.row.team] -= line.row.amounts.get(MONEY, Decimal(0))
    for (zone, town, team), amount in owed.items():
        if amount:
            yield CaseLine(0, WORDS["settled"], zone, town, team, amounts={MONEY: amount}, settled=True)


def _promise(row: PromiseRow) -> PromiseLine:
    before, now = row.promise.before, row.promise.now
    return PromiseLine(
        number=row.number,
        name=row.name,
        zone=row.zone,
        team=row.team,
        fate=WORDS[row.promise.fate.value],
        start_before=before.start_on,
        done_before=before.done_on,
        start_now=now.start_on,
        done_now=now.done_on,
        why=str(row.promise.why),
    )


def _invented(roadmap: Roadmap) -> bool:
    """Whether its roster says of itself that it is a demonstration, or a firm is known not to exist."""
    calibre = calibre_of(as_known(roadmap.roster, roadmap.known_at))
    said = f"{calibre.title}{calibre.issuer}{calibre.definition}"
    return WORDS["demo"] in said or roadmap.lines.filter(case__firm__synthetic=True).exists()


def _shown(username: str) -> str:
    """What a person is called on paper; the machine has no account."""
    user = User.objects.filter(username=username).first()
    return (user.display_name if user else "") or username


def _standing(roadmap: Roadmap) -> str:
    day = day_text(roadmap.adopted_on) if roadmap.adopted_on else ""
    return str(LOOK["standing"][roadmap.state]).format(day=day)


def _case(line: LineDetail) -> CaseLine:
    row, kinds = line.row, vocabulary().kinds
    notes = [WORDS[name] for name in ("fixed", "adjusted") if getattr(row, name)]
    steps = tuple(Step(kinds[one.kind].zh, one.due_on, one.provisional) for one in line.milestones)
    if unsettled := [step.name for step in steps if step.provisional]:
        notes.append(WORDS["provisional_note"].format(steps="、".join(unsettled)))
    return CaseLine(
        number=row.number,
        name=row.name,
        zone=row.zone,
        town=row.town_name,
        team=row.team,
        batch=_choices("batch").get(row.batch, row.batch),
        measure=row.measure,
        start_on=row.start_on,
        done_on=row.done_on,
        steps=steps,
        amounts=row.amounts,
        outcome=outcome_words(row.outcome),
        note="；".join(notes),
    )


@cache
def _choices(column: str) -> dict[str, str]:
    """The labels of a column of the case ledger, by id in their usual order."""
    return {choice.id: choice.label for choice in table_kind("case_ledger").column(column).choices}


def _targets(roadmap: Roadmap) -> Iterator[TargetLine]:
    settings = settings_of(roadmap)
    for target in settings.targets:
        words = {
            "whose": _whose(target, roadmap),
            "amount": amount_label(target.amount),
            "least": plain(Decimal(target.at_least)),
            "unit": measures().amounts[target.amount].unit,
        }
        yield TargetLine(str(WORDS["amount"]).format(**words), target.by)
    for clearance in settings.clearances:
        wished = clearance.bonus is not None
        said = str(WORDS["wished" if wished else "cleared"]).format(whose=_whose(clearance, roadmap))
        yield TargetLine(said, clearance.by)


def _whose(part: Target | Clearance, roadmap: Roadmap) -> str:
    """A zone by its name, a town by that of its code; nothing where all are meant."""
    tree, code = territory().at(roadmap.facts_on), getattr(part, "town", "")
    return part.zone or (tree.place(code).name if code and tree.has(code) else code)


def _checks(roadmap: Roadmap, scope: Scope, lines: list[LineDetail]) -> Iterator[CheckLine]:
    """The checks of the plan, then those of each case that are not passed."""
    for check in checks_of(roadmap, scope):
        yield _check(check, "")
    for line in lines:
        for check in line.checks:
            if check.outcome != "pass":
                yield _check(check, line.row.name)


def _check(check: Check, firm: str) -> CheckLine:
    value, limit = (None if one is None else half_up(one, PLACES) for one in (check.value, check.limit))
    return CheckLine(
        able=able_words(check.able),
        outcome=outcome_words(check.outcome),
        text=str(check.sentence),
        passed=check.outcome == "pass",
        firm=firm,
        value=value,
        limit=limit,
        unit=check.unit,
    )
