"""What is known of the cases of a roster on a day, as known at a moment: what a roadmap is planned from."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.process import FINAL
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.registry.processes import processes_in
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.queries.campaign.figures import question
from tenglong.queries.ledger.fold import said_of_cases
from tenglong.queries.registry.book import firms_then, kept_firms, name_of, names_then, observations
from tenglong.queries.roadmap.histories import Told, told_of_cases
from tenglong.queries.roadmap.holdings import NOWHERE, Site, sites_on
from tenglong.queries.roadmap.lines import town_of
from tenglong.store.models import Case, EvaluationResult, Objection, Roster

INDICATORS = ("energy", "wastewater", "cod", "staff", "tax", "land", "land_owned")
DONE = ("write_off", "check_passed", "handover", "demolition", "closure", "completion")
"""The slots after which nothing is left to plan."""
ATTRIBUTES = ("zone", "team", "batch", "measure", "party", "processes")
REMOVED = "removed"
AT_ONCE = 10_000

Observed = dict[tuple[int, str], dict[str, int]]
"""Millionths by basis, for (firm, indicator)."""


@dataclass(frozen=True)
class _Known:
    """What was read beside the ledger, by firm; `case_of` the case of each firm on the roster."""

    kept: Mapping[int, int]
    firm_of: Mapping[int, int]
    names: Mapping[int, str]
    basis: str
    observed: Observed
    sites: Mapping[int, Site]
    grades: Mapping[int, str]
    objections: Mapping[int, int]
    case_of: Mapping[int, int]
    attributes: Mapping[int, Mapping[str, str]]


def facts_of(roster: Roster, code: str, as_of: date, known_at: datetime, scope: Scope) -> list[FirmFacts]:
    """The targets of the roster under `code` within `scope`, by number, as they were on the day and known then; those
    that were paid and are no targets any more as removed.

    Numbers come from the ledger's baselines, else from the latest full year that was reported by then. Entries of a
    later day or recorded later play no part, nor do batches, measures and teams that were decided later.

    Raises:
        NotFound: there is no such place on the day.
    """
    asked = question(roster=roster, code=code, as_of=as_of, known_at=known_at, scope=scope)
    told = told_of_cases(roster.pk, asked.at)
    rows = Case.objects.filter(roster=roster, place_id__in=asked.place_ids).select_related("firm")
    cases = [case for case in rows.order_by("number") if case.pk in told and _counts(told[case.pk])]
    known = _known(roster, cases, asked.at, known_at)
    return [_facts(case, told[case.pk], known, as_of) for case in cases]


def _counts(told: Told) -> bool:
    """Whether a case is a target, or was paid: what was paid to a case that was taken off the list is gone too."""
    return told.on("target") or bool(told.quantity("paid_amount"))


def _known(roster: Roster, cases: list[Case], at: AsOf, known_at: datetime) -> _Known:
    kept, as_of, then = kept_firms(known_at), at.day, firms_then(known_at)
    records = {case.pk: then.get(case.pk, case.firm_id) for case in cases}
    firm_of = {case: kept.get(firm, firm) for case, firm in records.items()}
    firms, merged = set(firm_of.values()), {*kept, *kept.values(), *then.values()}
    return _Known(
        kept=kept,
        firm_of=firm_of,
        names=names_then(known_at),
        basis=roster.energy_basis,
        observed=_observed(roster, as_of.year - 1, known_at, kept, merged),
        sites=sites_on(as_of, firms, kept, known_at),
        grades=_grades(roster, as_of.year, known_at, kept, merged),
        objections=_objections(known_at, kept),
        case_of={firm: case for case, firm in firm_of.items()},
        attributes=said_of_cases(roster.pk, at, ATTRIBUTES),
    )


def _facts(case: Case, told: Told, known: _Known, as_of: date) -> FirmFacts:
    firm = known.firm_of[case.pk]
    said = {name: known.attributes.get(case.pk, {}).get(name, "") for name in ATTRIBUTES}
    site = known.sites.get(firm, NOWHERE)
    place, town = town_of(case.place_id, as_of)
    landlord = known.case_of.get(site.landlord) if site.landlord is not None else None
    seen = _Numbers(firm, told, known)
    return FirmFacts(
        id=str(case.pk),
        number=case.number,
        name=name_of(case, known.names),
        place=place,
        town=town,
        zone=said["zone"],
        team=said["team"],
        party=said["party"],
        landlord="" if landlord in (None, case.pk) else str(landlord),
        parcel=site.parcel,
        processes=processes_in(said["processes"]),
        batch=said["batch"],
        measure=said["measure"],
        state=told.state if told.on("target") else REMOVED,
        grade=known.grades.get(firm, ""),
        land=None if said["party"] == "tenant" else seen.land(site),
        floor_area=None if site.floor is None else from_micro(site.floor),
        energy=seen.number("energy_baseline", "energy"),
        wastewater=seen.number("wastewater_baseline", "wastewater"),
        cod=seen.number("cod_baseline", "cod"),
        jobs=seen.observed("staff"),
        tax=seen.observed("tax"),
        appraised=told.quantity("appraised_value"),
        offered=told.quantity("offered_value"),
        price=told.quantity("contract_price"),
        paid=told.quantity("paid_amount"),
        signed_on=told.day("contract"),
        emptied_on=told.day("premises"),
        started_on=told.started_on,
        done_on=max(filter(None, map(told.day, DONE)), default=None),
        appraiser_on=told.day("appraiser"),
        consultations=told.consultations,
        objections=known.objections.get(firm, 0),
    )


@dataclass(frozen=True)
class _Numbers:
    """The numbers of one firm; None is not known."""

    firm: int
    told: Told
    known: _Known

    def number(self, slot: str, indicator: str) -> Decimal | None:
        """What the ledger says, else what was observed."""
        found = self.told.quantity(slot)
        return self.observed(indicator) if found is None else found

    def observed(self, indicator: str) -> Decimal | None:
        """The latest observation, in the basis of the roster where there are several."""
        found = self.known.observed.get((self.firm, indicator))
        if not found:
            return None
        return from_micro(found.get(self.known.basis, next(iter(found.values()))))

    def land(self, site: Site) -> Decimal | None:
        """The land of its parcels, else what was observed, else what the ledger expects."""
        if site.land is not None:
            return from_micro(site.land)
        observed = self.observed("land_owned")
        found = self.observed("land") if observed is None else observed
        return self.told.quantity("land_expected") if found is None else found


def _observed(
    roster: Roster, year: int, known_at: datetime, kept: Mapping[int, int], merged: Collection[int]
) -> Observed:
    """The latest of each, of the latest year up to `year`; those of a merged record count for the firm it is."""
    rows = observations(known_at).filter(year__lte=year, indicator__in=INDICATORS)
    rows = rows.filter(Q(firm__in=_on(roster)) | Q(firm__in=merged))
    found: Observed = {}
    years: dict[tuple[int, str], int] = {}
    fields = rows.order_by("year", "id").values_list("firm_id", "indicator", "year", "basis", "quantity")
    for firm, indicator, of, basis, quantity in fields.iterator(chunk_size=AT_ONCE):
        key = kept.get(firm, firm), indicator
        if years.get(key) != of:
            years[key], found[key] = of, {}
        found[key][basis] = quantity
    return found


def _grades(
    roster: Roster, year: int, known_at: datetime, kept: Mapping[int, int], merged: Collection[int]
) -> dict[int, str]:
    """The last final grade of each firm that was final by then."""
    rows = EvaluationResult.objects.filter(
        evaluation__state=FINAL, evaluation__finalised_at__lte=known_at, evaluation__year__lte=year
    )
    rows = rows.filter(Q(firm__in=_on(roster)) | Q(firm__in=merged)).exclude(grade="")
    ordered = rows.order_by("evaluation__year", "evaluation__finalised_at")
    return {kept.get(firm, firm): grade for firm, grade in ordered.values_list("firm_id", "grade")}


def _on(roster: Roster) -> Any:
    """The firms of the roster's cases."""
    return Case.objects.filter(roster=roster).values("firm_id")


def _objections(known_at: datetime, kept: Mapping[int, int]) -> Counter[int]:
    """How many objections of each firm were open then."""
    rows = Objection.objects.filter(recorded_at__lte=known_at)
    rows = rows.filter(Q(decided_at__isnull=True) | Q(decided_at__gt=known_at))
    firms: Iterable[int] = rows.values_list("firm_id", flat=True)
    return Counter(kept.get(firm, firm) for firm in firms)
