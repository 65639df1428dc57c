"""What counts without the files that the rules ask for: the past that came in by tables, until it is completed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tenglong.domain.campaign.evidence import approves
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.campaign.evidence import lacking_kinds
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Rows
from tenglong.store.models import Case, Entry, Evidence, Roster


@dataclass(frozen=True)
class Lacking:
    """An entry that counts without its files; `past`: an approval that came in by a table (历史补录)."""

    entry_id: int
    case_id: int
    firm_id: int
    firm: str
    place: str
    kind: str
    effective_on: date
    recorded_by: str
    past: bool


def lacking(roster: Roster, places: Collection[int]) -> Rows[Lacking]:
    """The entries of a roster's cases in these places that count and lack files, in the order they were recorded."""
    few, kinds = lacking_kinds(places)
    given = Evidence.objects.filter(entry_id=OuterRef("pk")).order_by().values("entry_id")
    slots = {vocabulary().kind(kind).slot for kind in kinds}
    rows = Entry.objects.filter(roster_id=roster.pk, slot__in=sorted(slots), kind__in=sorted(kinds))
    rows = rows.filter(case_id__in=Case.objects.filter(roster=roster, place_id__in=places).values("pk"))
    rows = rows.annotate(given=Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), 0)).filter(few)
    return Rows(rows.exclude(pk__in=_taken_back(roster)).order_by("id"), _described)


def _described(rows: Sequence[Entry]) -> list[Lacking]:
    cases = Case.objects.select_related("firm").in_bulk({row.case_id for row in rows})
    places = territory().places
    return [
        Lacking(
            entry_id=row.pk,
            case_id=row.case_id,
            firm_id=cases[row.case_id].firm_id,
            firm=cases[row.case_id].firm.name,
            place=places[cases[row.case_id].place_id].code,
            kind=row.kind,
            effective_on=day_of(row.effective_day),
            recorded_by=row.recorded_by,
            past=row.import_id is not None and approves(row.kind),
        )
        for row in rows
    ]


def _taken_back(roster: Roster) -> QuerySet[Entry, Any]:
    """An odd number of corrections takes an entry back."""
    corrections = Entry.objects.filter(roster_id=roster.pk, root__isnull=False).order_by().values("root")
    return corrections.annotate(odd=Count("pk") % 2).filter(odd=1).values("root")
