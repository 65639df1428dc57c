"""The table of firms for a scheme, from the register: few statements, however many firms. Missing stays missing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.columns import last_grade, register_columns, years_in
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.inputs import Stated, check_columns
from tenglong.domain.evaluation.kept import FirmsTable, Row, columns_of
from tenglong.domain.evaluation.schemes import Column, Scheme
from tenglong.domain.evaluation.screening.rules import Rules
from tenglong.domain.intake.kinds import units as kept_units
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import listed, msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.registry.industry import division
from tenglong.domain.registry.territory import Level
from tenglong.queries.evaluation.grades import AT_ONCE, grade_histories
from tenglong.queries.registry.book import kept_firms, observations
from tenglong.queries.registry.parcels import Land, land_on
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Firm, Observation

NAMED = 4
SCALES = {"above_scale": "规上", "below_scale": "规下"}


@dataclass
class Observed:
    """The latest observation of a firm, indicator and year, by basis: (quantity, unit)."""

    by_basis: dict[str, tuple[int, str]] = field(default_factory=dict)


Observations = dict[tuple[int, int, str], Observed]


@dataclass(frozen=True)
class Known:
    """What is wanted, and what was read of the register beside the firms themselves."""

    wanted: Mapping[str, Column]
    observed: Observations
    land: dict[int, dict[int, Land]]
    grades: dict[int, dict[int, str]]
    places: dict[int, dict[str, str]]
    graded_through: int


def firms_table(
    scheme: Scheme,
    place: str,
    year: int,
    scope: Scope,
    *,
    graded_through: int | None = None,
    known_at: datetime | None = None,
) -> FirmsTable:
    """Every firm under `place` within `scope`, with the columns that `scheme` reads, for `year`.

    What was observed, who holds which land and which records are one firm is as known at `known_at` (None: now),
    however long the reading takes; who the firms are is what the register says now.

    Where a benchmark is last year's, its rows come too. History columns look at the final grades up to
    `graded_through`, the year before unless told. `id` is the number of the firm.

    Raises:
        BadValue: an indicator reads a column of which nothing was observed, or units or bases do not fit.
        NotFound: there is no such place in that year.
    """
    through = year - 1 if graded_through is None else graded_through
    years = [year - 1, year] if _reads_last_year(scheme) else [year]
    table = _table(scheme.column, _places(place, year, scope), years, through, known_at)
    _check_anything(scheme, table.rows, year)
    return table


def screening_table(rules: Rules, place: str, year: int, scope: Scope) -> FirmsTable:
    """The same for the columns that screening reads; the grades of `year` itself count in the history.

    Raises:
        BadValue: units or bases do not fit; NotFound: there is no such place in that year.
    """
    return _table(rules.columns, _places(place, year, scope), [year], year)


def bare_table(place: str, year: int, scope: Scope) -> FirmsTable:
    """Every firm under `place` with what every kept table holds (columns.ALWAYS), and nothing else."""
    return _table({}, _places(place, year, scope), [year], year)


def _places(place: str, year: int, scope: Scope) -> frozenset[int]:
    return scope.narrowed(territory().at(date(year, 12, 31)).members(place)).places


def _table(
    wanted: Mapping[str, Column],
    places: frozenset[int],
    years: Sequence[int],
    graded_through: int,
    known_at: datetime | None = None,
) -> FirmsTable:
    kept = kept_firms(known_at)
    rows_then = observations(known_at).filter(year__in=years)
    observed = _observations(wanted, rows_then, places, kept)
    _check_units(wanted, observed, years[-1])
    history = {"grade_last", "years_in_d"} & wanted.keys()
    known = Known(
        wanted=wanted,
        observed=observed,
        land={one: land_on(date(one, 12, 31), kept, known_at=known_at) for one in years},
        grades=grade_histories(places, graded_through) if history else {},
        places={id: names_of_place(id, years[-1]) for id in places},
        graded_through=graded_through,
    )
    columns = columns_of(wanted)
    makers = [(column, _maker(column, known)) for column in columns]
    firms = list(_firms(places))
    rows: list[Row] = [
        {column: make(firm, one) for column, make in makers} for one in years for firm in firms
    ]
    return FirmsTable(columns, rows)


Maker = Callable[[dict[str, Any], int], Any]


def _maker(column: str, known: Known) -> Maker:
    """How to fill one column of a firm in a year."""
    if column.startswith("land") and column in register_columns():
        return _land_maker(column, known)
    makers: dict[str, Maker] = {
        "id": lambda firm, year: str(firm["id"]),
        "year": lambda firm, year: from_micro(year * 1_000_000),
        "name": lambda firm, year: firm["name"],
        "code": lambda firm, year: firm["code"] or firm["temporary_id"],
        "subject_type": lambda firm, year: firm["party_type"] or None,
        "scale": lambda firm, year: SCALES.get(firm["size"], firm["size"]) or None,
        "industry_code": lambda firm, year: firm["industry"] or None,
        "industry": lambda firm, year: division(firm["industry"]) or None,
        "industry_section": lambda firm, year: firm["industry"][:1] or None,
        "county": lambda firm, year: known.places[firm["place_id"]].get("county"),
        "town": lambda firm, year: known.places[firm["place_id"]].get("town"),
        "place": lambda firm, year: known.places[firm["place_id"]]["code"],
        "shared_parcel": lambda firm, year: _land(known, firm, year).shared_parcel or None,
        "grade_last": lambda firm, year: (
            last_grade(_grades(known, firm), through=known.graded_through) or None
        ),
        "years_in_d": lambda firm, year: _years_in_d(known, firm),
    }
    return makers.get(column) or _observation_maker(column, known)


def _land_maker(column: str, known: Known) -> Maker:
    """Land as it was observed for the year, else as it follows from the parcels."""
    part = {
        "land": "used",
        "land_owned": "owned",
        "land_rented_in": "rented_in",
        "land_rented_out": "rented_out",
    }[column]

    def make(firm: dict[str, Any], year: int) -> Any:
        said = known.observed.get((firm["id"], year, column))
        if said:
            return from_micro(next(iter(said.by_basis.values()))[0])
        micro = getattr(_land(known, firm, year), part)
        return None if micro is None else from_micro(micro)

    return make


def _observation_maker(column: str, known: Known) -> Maker:
    wanted = known.wanted[column]

    def make(firm: dict[str, Any], year: int) -> Any:
        said = known.observed.get((firm["id"], year, column))
        if said is None or wanted.type == "text":
            return None
        found = said.by_basis.get(wanted.basis) or next(iter(said.by_basis.values()))
        return found[0] != 0 if wanted.type == "flag" else from_micro(found[0])

    return make


def _land(known: Known, firm: dict[str, Any], year: int) -> Land:
    return known.land[year].get(firm["id"]) or Land()


def _grades(known: Known, firm: dict[str, Any]) -> dict[int, str]:
    return known.grades.get(firm["id"], {})


def _years_in_d(known: Known, firm: dict[str, Any]) -> Any:
    grade = register_columns()["years_in_d"].grade
    return from_micro(years_in(_grades(known, firm), grade, through=known.graded_through) * 1_000_000)


def _firms(places: Iterable[int]) -> Iterable[dict[str, Any]]:
    rows = Firm.objects.filter(absorbed_by=None, place_id__in=list(places)).order_by("id")
    fields = ("id", "name", "code", "temporary_id", "party_type", "size", "industry", "place_id")
    return rows.values(*fields).iterator(chunk_size=AT_ONCE)


def _observations(
    columns: Mapping[str, Column], rows: QuerySet[Observation], places: Iterable[int], kept: Mapping[int, int]
) -> Observations:
    """The latest of each of `rows`; those of a record that was merged count for the firm it turned out to be."""
    wanted = {id for id, column in columns.items() if column.type != "text"} | {"land"}
    rows = rows.filter(indicator__in=sorted(wanted)).filter(
        Q(firm__place_id__in=list(places)) | Q(firm__absorbed_by__isnull=False)
    )
    found: Observations = defaultdict(Observed)
    fields = rows.order_by("id").values_list("firm_id", "year", "indicator", "basis", "quantity", "unit")
    for firm, year, indicator, basis, quantity, unit in fields.iterator(chunk_size=AT_ONCE):
        found[kept.get(firm, firm), year, indicator].by_basis[basis] = quantity, unit
    return dict(found)


def _check_anything(scheme: Scheme, rows: Iterable[Row], year: int) -> None:
    """A column that an indicator reads and that nobody has a value of was never brought in."""
    wanted = _read_by_indicators(scheme)
    for row in rows:
        if row["year"] == year:
            wanted = [column for column in wanted if row[column] is None]
        if not wanted:
            return
    problem = "{year} 年没有“{columns}”的任何数据，不能评价。请先导入年度数据表。"
    raise BadValue(msg(problem, year=year, columns=listed(scheme.column[id].zh for id in wanted)))


def _check_units(wanted: Mapping[str, Column], observed: Observations, year: int) -> None:
    """Units and bases of the year are those that are wanted."""
    units: dict[str, set[str]] = defaultdict(set)
    bases: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (firm, of, indicator), said in observed.items():
        if of != year or indicator not in wanted:
            continue
        chosen = wanted[indicator].basis
        for basis in [chosen] if chosen in said.by_basis else list(said.by_basis):
            units[indicator].add(said.by_basis[basis][1])
            if basis:
                bases[indicator][basis].append(firm)
    named, written = _names(bases), {unit.canonical: unit.label for unit in kept_units()}
    for id, found in units.items():
        by_basis = {
            basis: [named.get(firm, str(firm)) for firm in firms] for basis, firms in bases[id].items()
        }
        for unit in sorted(found):
            check_columns(wanted, {id: Stated(written.get(unit, unit), by_basis)})


def _read_by_indicators(scheme: Scheme) -> list[str]:
    texts = [text for one in scheme.indicator for text in (one.numerator, one.denominator) if text]
    return list(dict.fromkeys(name for text in texts for name in names(parse(text, where=text))))


def _names(bases: Mapping[str, Mapping[str, list[int]]]) -> dict[int, str]:
    """The names of the few firms that a sentence may name."""
    ids = {firm for found in bases.values() for firms in found.values() for firm in firms[:NAMED]}
    return dict(Firm.objects.filter(pk__in=ids).values_list("id", "name"))


def _reads_last_year(scheme: Scheme) -> bool:
    return any(one.benchmark and one.benchmark.year == "last" for one in scheme.indicator)


def names_of_place(place_id: int, year: int) -> dict[str, str]:
    """The county and the town of a place, and its code, as they stood at the end of the year."""
    whole, day = territory(), date(year, 12, 31)
    here = whole.home(whole.places[place_id], day) or whole.places[place_id]
    tree, found = whole.at(day), {"code": here.code}
    for place in (here, *tree.ancestors(here.code)):
        if place.level == Level.TOWN:
            found["town"] = place.name
        if place.level in (Level.COUNTY, Level.ZONE):
            found.setdefault("county", place.name)
    return found
