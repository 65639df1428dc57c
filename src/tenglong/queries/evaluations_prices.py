"""差别化价格执行名单: what the grades of a run cost or save each firm, for the office that carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.history import years_in
from tenglong.domain.evaluation.prices import Lever, Rate, Refund, lever, policy_rate, refund
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.grades import grade_histories
from tenglong.store.models import Evaluation, EvaluationResult


@dataclass(frozen=True)
class Priced:
    """A firm on the list: its grade, how many years in a row it has it, the rate that counts, and what it gets back."""

    firm_id: int
    name: str
    code: str
    place: str
    grade: str
    years: int
    total: Decimal | None
    rate: Rate | None
    refund: Refund | None


@dataclass(frozen=True)
class PriceList:
    """The list of one lever. `known` is False where no document is known that sets rates for the place and year."""

    lever: Lever
    year: int
    place: str
    rows: tuple[Priced, ...]
    known: bool


def price_list(
    run: Evaluation,
    scope: Scope,
    lever_id: str = "electricity",
    *,
    year: int | None = None,
    rates_of: str = "",
) -> PriceList:
    """The firms of a run that a lever makes dearer or cheaper in `year`, the year after the evaluated one unless told.

    `rates_of` is the code of a place whose rates are tried out instead of the firm's own.

    Raises:
        BadValue: there is no such lever.
    """
    when = run.year + 1 if year is None else year
    rows = EvaluationResult.objects.filter(evaluation=run).exclude(grade="").select_related("firm", "place")
    if not scope.everywhere:
        rows = rows.filter(place_id__in=scope.places)
    grades = grade_histories(set(rows.values_list("firm__place_id", flat=True)), run.year - 1)
    chosen = lever(lever_id)
    found = tuple(_priced(run, rows, grades, chosen, when=when, rates_of=rates_of))
    place = rates_of or run.place.code
    known = any(policy_rate(place, when, grade, 99, chosen.id) for grade in run.counts.get("grades", {}))
    ordered = sorted(found, key=lambda one: (one.place, -(one.rate.value if one.rate else 0), one.name))
    return PriceList(chosen, when, place, tuple(ordered), known or bool(found))


def _priced(
    run: Evaluation,
    rows: "list[EvaluationResult] | object",
    grades: dict[int, dict[int, str]],
    chosen: Lever,
    *,
    when: int,
    rates_of: str,
) -> Iterator[Priced]:
    for row in rows.iterator(chunk_size=2_000):  # type: ignore[attr-defined]
        history = {**grades.get(row.firm_id, {}), run.year: row.grade}
        years, code = years_in(history, row.grade, through=run.year), rates_of or row.place.code
        rate = policy_rate(code, when, row.grade, years, chosen.id)
        back = refund(code, when, chosen.id, before=history.get(run.year - 1, ""), now=row.grade)
        if rate or back:
            yield Priced(
                firm_id=row.firm_id,
                name=row.firm.name,
                code=row.firm.code or row.firm.temporary_id or "",
                place=row.place.name,
                grade=row.grade,
                years=years,
                total=None if row.total is None else from_micro(row.total),
                rate=rate,
                refund=back,
            )
