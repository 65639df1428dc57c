"""What a run says of the firms that may be seen: lists, counts, one firm, and who moved between two runs."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from django.db.models import F, Q, QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.registry.industry import division, read_industry
from tenglong.queries.registry.names import name_like
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Evaluation, EvaluationResult

PAGE_SIZE = 50
SORTS = {
    "rank": ("peer_group", "rank"),
    "total": ("total",),
    "name": ("firm__name",),
    "place": ("place__order", "peer_group", "rank"),
}
By = Literal["county", "town", "industry", "peer_group"]


@dataclass(frozen=True)
class ResultFilter:
    """What a list of results is narrowed to, and its order; "" narrows nothing.

    `grade` may be "-" for firms without one. `code` is a place whose firms are meant, `text` a part of the name or the
    beginning of the credit code. `firms` are the only firms that are meant. `sort` is a key of SORTS, with "-" before
    it for descending.
    """

    grade: str = ""
    status: str = ""
    reason: str = ""
    peer_group: str = ""
    code: str = ""
    industry: str = ""
    text: str = ""
    sort: str = "rank"
    firms: frozenset[int] | None = None


@dataclass(frozen=True)
class ResultRow:
    """One firm's line in a list; `grade_before` is the grade by quota where an adjustment changed it."""

    firm_id: int
    name: str
    code: str
    place: str
    place_id: int
    industry: str
    status: str
    reason: str
    peer_group: str
    total: Decimal | None
    rank: int | None
    peers: int | None
    grade: str
    grade_by_quota: str
    adjustments: tuple[str, ...]
    land: Decimal | None
    kept: bool


@dataclass(frozen=True)
class Bar:
    """One unit of a chart: how many firms have each grade ("" for none), and the land that they use, in mu."""

    key: str
    label: str
    firms: dict[str, int] = field(default_factory=dict)
    land: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A firm whose result in a revision is another one than in the run that it revises."""

    firm_id: int
    name: str
    place: str
    before: str
    after: str
    total_before: Decimal | None
    total_after: Decimal | None
    rank_before: int | None
    rank_after: int | None


def result_page(
    run: Evaluation, scope: Scope, wanted: ResultFilter, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[ResultRow], int]:
    """One page of the results that may be seen, and how many there are in all."""
    return result_slice(run, scope, wanted, (max(page, 1) - 1) * size, size)


def result_slice(
    run: Evaluation, scope: Scope, wanted: ResultFilter, start: int, count: int
) -> tuple[list[ResultRow], int]:
    """At most `count` of the results that may be seen, after the first `start`, and how many there are in all."""
    found = _narrowed(run, scope, wanted)
    return list(_rows(_ordered(found, wanted)[start : start + count])), found.count()


def all_results(run: Evaluation, scope: Scope, wanted: ResultFilter) -> Iterator[ResultRow]:
    """Every result that may be seen, for exports."""
    return _rows(_ordered(_narrowed(run, scope, wanted), wanted))


def result_of(run: Evaluation, firm_id: int, scope: Scope) -> EvaluationResult:
    """One firm's result.

    Raises:
        NotFound: it has none in the run, or lies where the person may not look.
    """
    found = (
        EvaluationResult.objects.filter(evaluation=run, firm_id=firm_id)
        .select_related("firm", "place")
        .first()
    )
    if found is None or not (scope.everywhere or found.place_id in scope.places):
        raise NotFound(msg("这次评价中没有这家企业，或不在您的辖区内，请从结果列表中选择。"))
    return found


def known_land(scheme: SchemeFile, land: Decimal | None) -> dict[str, Fraction | None]:
    """The land of a firm as a figure that its scheme reads; nothing where firms are rated by merged parcels."""
    if "land" not in scheme.column or scheme.merge is not None:
        return {}
    return {"land": None if land is None else Fraction(land)}


def grade_counts(run: Evaluation, scope: Scope) -> dict[str, int]:
    """How many firms that may be seen have each grade; "" for those without one."""
    return dict(Counter(_seen(run, scope).values_list("grade", flat=True)))


def peer_groups(run: Evaluation, scope: Scope) -> list[str]:
    """The peer groups of the rated firms that may be seen."""
    rows = _seen(run, scope).exclude(rank=None).order_by("peer_group")
    return list(rows.values_list("peer_group", flat=True).distinct())


def industries(run: Evaluation, scope: Scope) -> list[str]:
    """The divisions of the firms that may be seen."""
    codes = _seen(run, scope).exclude(industry="").values_list("industry", flat=True).distinct()
    return sorted({division(code) for code in codes})


def distribution(run: Evaluation, scope: Scope, by: By) -> list[Bar]:
    """Grades by place, industry or peer group, in official order or by name."""
    firms: dict[str, Counter[str]] = defaultdict(Counter)
    land: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    units = _Units(run, by)
    for row in (
        _seen(run, scope).values_list("place_id", "industry", "peer_group", "grade", "land").iterator()
    ):
        place_id, industry, group, grade, micro = row
        key, names_it = units.of(place_id, industry, group)
        names[key] = names_it
        firms[key][grade] += 1
        land[key][grade] += micro or 0
    return [
        Bar(key, names[key], dict(firms[key]), {grade: from_micro(area) for grade, area in land[key].items()})
        for key in sorted(firms, key=units.order)
    ]


def grade_changes(run: Evaluation, scope: Scope) -> list[Change]:
    """The firms whose grade, total or rank a revision changed; those with another grade first."""
    before = {row.firm_id: row for row in _rows(_seen(run.revises, scope))} if run.revises else {}
    found = []
    for now in _rows(_seen(run, scope)) if before else ():
        old = before.get(now.firm_id)
        if old and (old.grade, old.total, old.rank) != (now.grade, now.total, now.rank):
            found.append(
                Change(
                    now.firm_id,
                    now.name,
                    now.place,
                    old.grade,
                    now.grade,
                    old.total,
                    now.total,
                    old.rank,
                    now.rank,
                )
            )
    return sorted(found, key=lambda one: (one.before == one.after, one.place, one.name))


class _Units:
    """What a chart counts by."""

    def __init__(self, run: Evaluation, by: By):
        self._by, self._places = by, territory().places
        self._order: dict[str, tuple[int, str]] = {}

    def of(self, place_id: int, industry: str, group: str) -> tuple[str, str]:
        """The key and the name of the unit that a firm counts under."""
        if self._by == "peer_group":
            return group, group
        if self._by == "industry":
            key = division(industry)
            return key, read_industry(key).name or key
        place = self._places[place_id]
        if self._by == "county" and place.level == "town" and place.parent_id:
            place = self._places[place.parent_id]
        self._order[place.code] = place.order, place.code
        return place.code, place.name

    def order(self, key: str) -> tuple[int, str]:
        """Places in official order, everything else by its key."""
        return self._order.get(key, (0, key))


def _seen(run: Evaluation, scope: Scope) -> QuerySet[EvaluationResult]:
    rows = EvaluationResult.objects.filter(evaluation=run)
    return rows if scope.everywhere else rows.filter(place_id__in=scope.places)


def _narrowed(run: Evaluation, scope: Scope, wanted: ResultFilter) -> QuerySet[EvaluationResult]:
    rows = _seen(run, scope)
    plain = {
        name: getattr(wanted, name) for name in ("status", "reason", "peer_group") if getattr(wanted, name)
    }
    rows = rows.filter(**plain)
    if wanted.grade:
        rows = rows.filter(grade="" if wanted.grade == "-" else wanted.grade)
    if wanted.firms is not None:
        rows = rows.filter(firm_id__in=wanted.firms)
    if wanted.code:
        day = run.requested_at.date()
        rows = rows.filter(place_id__in=territory().at(day).members(wanted.code))
    if wanted.industry:
        rows = rows.filter(industry__startswith=wanted.industry)
    if wanted.text:
        rows = rows.filter(name_like(wanted.text, "firm__") | Q(firm__code__startswith=wanted.text.upper()))
    return rows


def _ordered(rows: QuerySet[EvaluationResult], wanted: ResultFilter) -> QuerySet[EvaluationResult]:
    """Firms that are not ranked come last, whatever the direction."""
    fields = SORTS.get(wanted.sort.lstrip("-"), SORTS["rank"])
    down = wanted.sort.startswith("-")
    order = [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in fields]
    return rows.alias(unranked=Q(rank=None)).order_by("unranked", *order, "firm_id")


def _rows(rows: QuerySet[EvaluationResult]) -> Iterator[ResultRow]:
    for row in rows.select_related("firm", "place").iterator(chunk_size=2_000):
        yield ResultRow(
            firm_id=row.firm_id,
            name=row.firm.name,
            code=row.firm.code or row.firm.temporary_id or "",
            place=row.place.name,
            place_id=row.place_id,
            industry=row.industry,
            status=row.status,
            reason=row.reason,
            peer_group=row.peer_group,
            total=None if row.total is None else from_micro(row.total),
            rank=row.rank,
            peers=row.peers,
            grade=row.grade,
            grade_by_quota=row.grade_by_quota,
            adjustments=tuple(row.adjustments),
            land=None if row.land is None else from_micro(row.land),
            kept=row.kept,
        )
