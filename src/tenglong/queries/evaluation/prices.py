"""差别化价格执行名单: what the grades of a run cost or save each firm, for the office that carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.columns import years_in
from tenglong.domain.evaluation.prices import (
    ENVIRONMENT_CREDIT,
    Charge,
    Lever,
    Prices,
    Refund,
    highest,
    lever,
    policy_rate,
    prices,
    refund,
)
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.evaluation.grades import grade_histories
from tenglong.queries.registry.rulebook import rulebook
from tenglong.store.models import Evaluation, EvaluationResult


@dataclass(frozen=True)
class Priced:
    """A firm on the list: its grade, for how many years in a row, the rate that counts, and what it gets back."""

    firm_id: int
    name: str
    code: str
    place: str
    grade: str
    years: int
    total: Decimal | None
    charge: Charge | None
    refund: Refund | None


@dataclass(frozen=True)
class PriceList:
    """The list of one lever. `known` is False where no document is known that sets rates for the place and year."""

    lever: Lever
    year: int
    place: str
    rows: tuple[Priced, ...]
    known: bool


@dataclass(frozen=True)
class Terms:
    """What is asked: the rates that are known, the lever, the year of the prices, whose rates, and firms' grades of
    environmental credit."""

    prices: Prices
    lever: Lever
    year: int
    rates_of: str
    credit: Mapping[int, str]


def price_list(
    run: Evaluation,
    scope: Scope,
    lever_id: str = "electricity",
    *,
    year: int | None = None,
    rates_of: str = "",
    credit: Mapping[int, str] | None = None,
) -> PriceList:
    """The firms of a run that a lever makes dearer or cheaper in `year`, the year after the evaluated one unless told.

    `rates_of` is the code of a place whose rates are tried out instead of the firm's own; `credit` are grades of
    environmental credit, of whose surcharge and the evaluation's only the higher one counts.

    Raises:
        BadValue: there is no such lever.
    """
    ours = prices_in(run)
    terms = Terms(ours, lever(ours, lever_id), run.year + 1 if year is None else year, rates_of, credit or {})
    rows = EvaluationResult.objects.filter(evaluation=run).exclude(grade="").select_related("firm", "place")
    if not scope.everywhere:
        rows = rows.filter(place_id__in=scope.places)
    grades = grade_histories(set(rows.values_list("firm__place_id", flat=True)), run.year - 1)
    priced = (_priced(row, grades.get(row.firm_id, {}), run.year, terms) for row in rows.iterator(2_000))
    found = [one for one in priced if one.charge or one.refund]
    place = rates_of or run.place.code
    known = bool(found) or any(
        policy_rate(ours, place, terms.year, grade, 99, lever=terms.lever.id)
        for grade in run.counts.get("grades", {})
    )
    ordered = sorted(
        found, key=lambda one: (one.place, -(one.charge.rate.value if one.charge else 0), one.name)
    )
    return PriceList(terms.lever, terms.year, place, tuple(ordered), known)


def prices_of(result: EvaluationResult) -> list[tuple[Lever, Priced]]:
    """What each lever charges or gives one firm in the year after the evaluated one; `result` with firm and run."""
    run = result.evaluation
    earlier = grade_histories([result.firm.place_id], run.year - 1).get(result.firm_id, {})
    ours = prices_in(run)
    asked = [Terms(ours, one, run.year + 1, "", {}) for one in ours.levers.values()]
    found = [(terms.lever, _priced(result, earlier, run.year, terms)) for terms in asked]
    return [(lever, priced) for lever, priced in found if priced.charge or priced.refund]


def prices_in(run: Evaluation) -> Prices:
    """The rates that are known where a run was made, by the rules of the year that follows the evaluated one."""
    return prices(rulebook(run.place.code, date(run.year + 1, 12, 31)))


def _priced(row: EvaluationResult, earlier: Mapping[int, str], evaluated: int, terms: Terms) -> Priced:
    code, wanted = terms.rates_of or row.place.code, terms.lever.id
    years = years_in({**earlier, evaluated: row.grade}, row.grade, through=evaluated)
    rates = [policy_rate(terms.prices, code, terms.year, row.grade, years, lever=wanted)]
    if grade := terms.credit.get(row.firm_id):
        rates.append(
            policy_rate(terms.prices, code, terms.year, grade, 1, lever=wanted, rating=ENVIRONMENT_CREDIT)
        )
    return Priced(
        firm_id=row.firm_id,
        name=row.firm.name,
        code=row.firm.code or row.firm.temporary_id or "",
        place=row.place.name,
        grade=row.grade,
        years=years,
        total=None if row.total is None else from_micro(row.total),
        charge=highest(rates),
        refund=refund(
            terms.prices, code, terms.year, wanted, before=earlier.get(evaluated - 1, ""), now=row.grade
        ),
    )
