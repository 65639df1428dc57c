"""The parcels that an amount of land reported for a case may belong to."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from tenglong.domain.kernel.quantities import from_micro
from tenglong.store.models import Case, Entry, Holding, Parcel


@dataclass(frozen=True)
class Choice:
    """A parcel by its number, with its area in mu where it is known."""

    id: int
    number: str
    area: Decimal | None


def parcels_of(case: Case) -> list[Choice]:
    """The parcels that the firm holds, and those that entries of the case name already; of a parcel of which it holds a
    part for itself, the area is that part's."""
    named = Entry.objects.filter(case_id=case.pk).exclude(parcel_id=None).values("parcel_id")
    rows = Parcel.objects.filter(Q(holdings__firm_id=case.firm_id) | Q(pk__in=named)).distinct()
    held = Holding.objects.filter(firm_id=case.firm_id, part_micro__isnull=False)
    parts = dict(held.values_list("parcel_id", "part_micro"))
    areas = ((row, parts.get(row.pk, row.area_micro)) for row in rows.order_by("number"))
    return [Choice(row.pk, row.number, None if area is None else from_micro(area)) for row, area in areas]
